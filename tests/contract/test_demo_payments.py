"""What the demo payment provider promises, on SQLite and on MariaDB."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from app.domain import (
    ChargeState,
)
from app.errors import Conflict, InvalidInput, PaymentUnclear
from app.stores.local.demo_payments import DemoPayments
from app.stores.sql.engine.database import Database
from tests.concurrency import at_once


class TestDemoPayments:
    CARD = {"number": "4242 4242 4242 4242", "expiry": "12/30", "cvc": "123", "name": "Asha"}

    @pytest.fixture
    def payments(self, database: Database) -> DemoPayments:
        return DemoPayments(database, timeout_seconds=0, today=lambda: date(2026, 11, 22))

    def card(self, number: str) -> dict[str, str]:
        return self.CARD | {"number": number}

    def test_charges_once_and_keeps_no_number(self, payments: DemoPayments, database: Database):
        first = payments.charge(1, 500, self.CARD)
        assert (first.state, first.amount, first.method) == (ChargeState.APPROVED, 500, "Card ending 4242")
        assert payments.charge(1, 900, self.card("4000000000000002")) == first == payments.lookup(1)
        book = database.read(lambda c: c.execute(text("SELECT * FROM demo_charges")).all())
        assert "424242424242" not in str(book)

    def test_declines(self, payments: DemoPayments):
        assert payments.charge(1, 500, self.card("4000000000000002")).state is ChargeState.DECLINED

    def test_a_late_approval_is_found_by_looking_it_up(self, payments: DemoPayments):
        with pytest.raises(PaymentUnclear):
            payments.charge(1, 500, self.card("4000000000000119"))
        assert payments.void(1).state is ChargeState.APPROVED

    def test_a_voided_order_cannot_be_charged_late(self, payments: DemoPayments):
        payments.void(1)
        with pytest.raises(PaymentUnclear):
            payments.charge(1, 500, self.card("4000000000000119"))
        assert payments.charge(1, 500, self.CARD).state is ChargeState.VOIDED

    def test_one_that_never_arrives_leaves_no_charge(self, payments: DemoPayments):
        with pytest.raises(PaymentUnclear):
            payments.charge(1, 500, self.card("4000000000000341"))
        assert payments.lookup(1) is None

    def test_of_charging_and_voiding_at_once_one_happens(self, payments: DemoPayments):
        for order_id in range(1, 9):
            both = at_once(2, lambda n, o=order_id: payments.void(o) if n else payments.charge(o, 500, self.CARD))
            assert len({charge.state for charge in both}) == 1

    def test_refunds_once_per_key_and_never_more_than_was_charged(self, payments: DemoPayments):
        payments.charge(1, 500, self.CARD)
        payments.refund("a", 1, 300)
        payments.refund("a", 1, 300)
        with pytest.raises(Conflict):
            payments.refund("b", 1, 201)
        payments.refund("b", 1, 200)

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
            payments.check_card(self.CARD | wrong)
        assert caught.value.field == field

    def test_all_that_is_wrong_with_a_card_is_said_at_once(self, payments: DemoPayments):
        with pytest.raises(InvalidInput) as caught:
            payments.check_card({"number": "4242", "expiry": "13/30", "cvc": "x"})
        assert list(caught.value.wrong) == ["number", "expiry", "cvc"]
        assert caught.value.wrong["number"] == caught.value.message

    def test_this_month_is_still_good(self, payments: DemoPayments):
        payments.check_card(self.CARD | {"expiry": "11 / 2026"})
