"""What the demo payment provider promises, on SQLite and on MariaDB."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from app.domain import Address, Order, OrderStatus
from app.domain.payments import Declined, Done, Voided
from app.errors import Conflict, InvalidInput, PaymentUnclear
from app.stores.local.demo_payments import DemoPayments
from app.stores.sql.engine.database import Database
from tests.support.concurrency import at_once


def order(order_id: int = 1, total: int = 500) -> Order:
    """As far as a provider looks at it."""
    return Order(
        order_id, "guest#a", OrderStatus.CHARGING, None, Address("", "", "", "", ""), (),
        currency="INR", subtotal=total, tax=0, total=total, tax_rate="0", created_at=datetime(2026, 11, 22, tzinfo=UTC),
    )  # fmt: skip


class TestDemoPayments:
    CARD = {"number": "4242 4242 4242 4242", "expiry": "12/30", "cvc": "123", "name": "Asha"}

    @pytest.fixture
    def payments(self, database: Database) -> DemoPayments:
        return DemoPayments(database, timeout_seconds=0, today=lambda: date(2026, 11, 22))

    def card(self, number: str) -> dict[str, str]:
        return self.CARD | {"number": number}

    def test_charges_once_and_keeps_no_number(self, payments: DemoPayments, database: Database):
        first = payments.start(order(), "", self.CARD)
        assert isinstance(first, Done)
        assert (first.amount, first.method) == (500, "Card ending 4242")
        assert payments.start(order(total=900), "", self.card("4000000000000002")) == first == payments.state(order())
        book = database.read(lambda c: c.execute(text("SELECT * FROM demo_charges")).all())
        assert "424242424242" not in str(book)

    def test_declines(self, payments: DemoPayments):
        declined = payments.start(order(), "", self.card("4000000000000002"))
        assert declined == payments.state(order())
        assert declined == Declined("The card was declined. Nothing was charged; try another card.")

    def test_an_order_can_be_paid_without_a_card(self, payments: DemoPayments):
        paid = payments.start(order(), "", None)
        assert isinstance(paid, Done)
        assert (paid.amount, paid.method) == (500, "Demo payment")

    def test_a_late_approval_is_found_by_looking_it_up(self, payments: DemoPayments):
        with pytest.raises(PaymentUnclear):
            payments.start(order(), "", self.card("4000000000000119"))
        assert isinstance(payments.state(order()), Done)
        assert isinstance(payments.void(order()), Done)

    def test_a_voided_order_cannot_be_charged_late(self, payments: DemoPayments):
        payments.void(order())
        with pytest.raises(PaymentUnclear):
            payments.start(order(), "", self.card("4000000000000119"))
        assert payments.start(order(), "", self.CARD) == payments.state(order()) == Voided()

    def test_one_that_never_arrives_leaves_no_charge(self, payments: DemoPayments):
        with pytest.raises(PaymentUnclear):
            payments.start(order(), "", self.card("4000000000000341"))
        assert payments.state(order()) is None

    def test_of_charging_and_voiding_at_once_one_happens(self, payments: DemoPayments):
        for one in map(order, range(1, 9)):
            both = at_once(2, lambda n, one=one: payments.void(one) if n else payments.start(one, "", self.CARD))
            assert len(set(both)) == 1

    def test_refunds_once_per_id_and_never_more_than_was_charged(self, payments: DemoPayments):
        payments.start(order(), "", self.CARD)
        payments.refund(order(), 300, "a")
        payments.refund(order(), 300, "a")
        with pytest.raises(Conflict):
            payments.refund(order(), 201, "b")
        payments.refund(order(), 200, "b")

    def test_cards_are_told_apart_by_no_more_than_an_order_shows_and_their_expiry(self, payments: DemoPayments):
        assert payments.traits(self.CARD) == ("4242", "12/30")
        assert payments.traits(None) == ("", "")

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"number": "4242424242424241"}, "number"),
            ({"number": ""}, "number"),
            ({"number": "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢"}, "number"),
            ({"number": 4242424242424242}, "number"),
            ({"expiry": "10/26"}, "expiry"),
            ({"expiry": "13/30"}, "expiry"),
            ({"expiry": "12/99"}, "expiry"),
            ({"cvc": "12"}, "cvc"),
        ],
    )
    def test_a_card_that_cannot_be_one(self, payments: DemoPayments, wrong: dict[str, str], field: str):
        with pytest.raises(InvalidInput) as caught:
            payments.check(self.CARD | wrong)
        assert caught.value.field == field

    def test_all_that_is_wrong_with_a_card_is_said_at_once(self, payments: DemoPayments):
        with pytest.raises(InvalidInput) as caught:
            payments.check({"number": "4242", "expiry": "13/30", "cvc": "x"})
        assert list(caught.value.wrong) == ["number", "expiry", "cvc"]
        assert caught.value.wrong["number"] == caught.value.message

    def test_this_month_is_still_good(self, payments: DemoPayments):
        payments.check(self.CARD | {"expiry": "11 / 2026"})
