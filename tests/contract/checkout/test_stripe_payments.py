"""What payments by Stripe promise, on both databases, against a fake of Stripe's HTTP interface."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import pytest

from app.domain import Address, Order, OrderStatus
from app.domain.payments import Done, GoTo, Voided
from app.errors import Conflict, HookRefused, InvalidInput, PaymentUnavailable, PaymentUnclear
from app.services.checkout.ports import SessionState
from app.stores.sql.engine.database import Database
from app.stores.sql.orders.payment_sessions import SqlPaymentSessions
from app.stores.stripe import client
from app.stores.stripe.amounts import from_stripe, to_stripe
from app.stores.stripe.client import Stripe
from app.stores.stripe.payments import StripePayments
from tests.support.concurrency import at_once
from tests.support.fake_stripe import SECRET_KEY, WEBHOOK_SECRET, FakeStripe

BACK = "https://shop.example/checkout/return/x"


def order(order_id: int = 1, total: int = 50_000, reference: str | None = None, currency: str = "INR") -> Order:
    """As far as a provider looks at it."""
    return Order(
        order_id, "guest#a", OrderStatus.CHARGING, "asha@shop.example", Address("", "", "", "", ""), (),
        currency=currency, subtotal=total, tax=0, total=total, tax_rate="0", created_at=datetime.now(UTC).replace(
            microsecond=0
        ), payment_reference=reference,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library rests half a second before it asks again."""
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_a, **_k: 0.0)


@pytest.fixture
def stripe() -> Iterator[FakeStripe]:
    fake = FakeStripe()
    yield fake
    fake.close()


@pytest.fixture
def payments(database: Database, stripe: FakeStripe) -> StripePayments:
    return StripePayments(Stripe(SECRET_KEY, stripe.url, 2.0), SqlPaymentSessions(database), WEBHOOK_SECRET)


def begun(payments: StripePayments, one: Order) -> str:
    """A session's name at Stripe."""
    went = payments.start(one, BACK, None)
    assert isinstance(went, GoTo)
    return went.url.rpartition("/")[2]


class TestASession:
    def test_is_paid_at_its_page_by_card_alone(self, payments: StripePayments, stripe: FakeStripe):
        one = order()
        went = payments.start(one, BACK, {"number": "4242 4242 4242 4242"})
        assert isinstance(went, GoTo)
        assert (went.until - one.created_at).total_seconds() == 35 * 60
        reference = went.url.rpartition("/")[2]
        given = stripe.sessions[reference]["given"]
        assert given["payment_method_types[0]"] == "card"
        assert given["success_url"] == given["cancel_url"] == BACK
        assert "4242" not in str(given)
        assert payments.state(one) == went
        assert stripe.pay(reference)
        paid = payments.state(one)
        assert isinstance(paid, Done)
        assert (paid.amount, paid.currency, paid.method) == (50_000, "INR", "Card ending 4242")
        assert paid.reference.startswith("pi_")

    def test_a_repeat_gives_the_same(self, payments: StripePayments, stripe: FakeStripe):
        one = order()
        assert payments.start(one, BACK, None) == payments.start(one, "https://elsewhere.example", None)
        assert len(stripe.sessions) == 1

    def test_an_answer_that_is_lost_once_is_asked_for_again(self, payments: StripePayments, stripe: FakeStripe):
        stripe.cut(1)
        begun(payments, order())
        assert len(stripe.sessions) == 1

    def test_whose_making_was_never_answered_is_found(self, payments: StripePayments, stripe: FakeStripe):
        one = order()
        stripe.cut(2)
        with pytest.raises(PaymentUnclear):
            payments.start(one, BACK, None)
        assert len(stripe.sessions) == 1
        assert isinstance(payments.state(one), GoTo)
        stripe.pay(next(iter(stripe.sessions)))
        assert isinstance(payments.state(one), Done)
        assert isinstance(payments.void(one), Done)
        assert len(stripe.sessions) == 1

    def test_is_found_by_its_time_once_stripe_forgot_its_key(self, payments: StripePayments, stripe: FakeStripe):
        one = order()
        stripe.cut(2)
        with pytest.raises(PaymentUnclear):
            payments.start(one, BACK, None)
        stripe.pay(next(iter(stripe.sessions)))
        stripe.forget_keys()
        stripe.clock = lambda: time.time() + 90_000
        assert isinstance(payments.state(one), Done)

    def test_that_never_reached_stripe_is_voided(self, payments: StripePayments, stripe: FakeStripe):
        one = order()
        stripe.is_away = True
        with pytest.raises(PaymentUnclear):
            payments.start(one, BACK, None)
        with pytest.raises(PaymentUnclear):
            payments.void(one)
        stripe.is_away = False
        assert payments.void(one) == payments.state(one) == Voided()
        assert payments.start(one, BACK, None) == Voided()
        assert [session["status"] for session in stripe.sessions.values()] == ["expired"]

    def test_is_void_before_it_began(self, payments: StripePayments, stripe: FakeStripe):
        assert payments.void(order()) == Voided()
        assert payments.start(order(), BACK, None) == Voided()
        assert not stripe.calls

    def test_that_was_voided_cannot_be_paid(self, payments: StripePayments, stripe: FakeStripe):
        reference = begun(payments, order())
        assert payments.void(order()) == Voided()
        assert not stripe.pay(reference)

    def test_of_paying_and_voiding_at_once_one_happens(self, payments: StripePayments, stripe: FakeStripe):
        for one in map(order, range(1, 5)):
            reference = begun(payments, one)
            became = at_once(2, lambda n, one=one, to=reference: stripe.pay(to) if n else payments.void(one))
            assert isinstance(became[0], Done) == became[1]

    def test_that_expired_by_itself_is_void(self, payments: StripePayments, stripe: FakeStripe):
        begun(payments, order())
        stripe.clock = lambda: time.time() + 36 * 60
        assert payments.state(order()) == payments.void(order()) == Voided()

    def test_two_shops_of_one_account_do_not_share_it(
        self, payments: StripePayments, stripe: FakeStripe, database: Database
    ):
        """The same order number of another shop, with the same parameters."""
        begun(payments, order(1))
        tokens = {session["client_reference_id"] for session in stripe.sessions.values()}
        begun(payments, order(2))
        assert len({session["client_reference_id"] for session in stripe.sessions.values()} - tokens) == 1

    def test_is_not_begun_for_what_no_card_pays(self, payments: StripePayments, stripe: FakeStripe):
        for one in (order(1, 10**9), order(2, 1_001, currency="KWD")):
            with pytest.raises(InvalidInput):
                payments.start(one, BACK, None)
            assert payments.state(one) is None
            assert payments.void(one) == Voided()
        assert not stripe.sessions

    def test_is_not_begun_with_a_wrong_key(self, payments: StripePayments, stripe: FakeStripe):
        stripe.key = "sk_test_another"
        with pytest.raises(PaymentUnavailable):
            payments.start(order(), BACK, None)
        assert payments.void(order()) == Voided()


class TestAnotherAccount:
    """The shop changed to it while sessions of the account before were open: it knows none of them."""

    def test_waits_until_nobody_can_pay_there_and_is_void_then(self, payments: StripePayments, stripe: FakeStripe):
        one = order()
        begun(payments, one)
        stripe.sessions.clear()
        state = payments.state(one)
        assert isinstance(state, GoTo)
        assert (state.until - one.created_at).total_seconds() == 35 * 60
        with pytest.raises(PaymentUnclear):
            payments.void(one)

    def test_is_void_after_its_time(
        self, payments: StripePayments, stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
    ):
        one = order()
        begun(payments, one)
        stripe.sessions.clear()
        monkeypatch.setattr("app.stores.stripe.payments.datetime", _In36Minutes)
        assert payments.state(one) == payments.void(one) == Voided()

    def test_nobody_is_sent_there_any_more(self, payments: StripePayments, stripe: FakeStripe, database: Database):
        begun(payments, order())
        stripe.sessions.clear()
        payments.state(order())
        session = SqlPaymentSessions(database).of(1)
        assert session is not None
        assert session.state is SessionState.VOIDED

    def test_refunds_nothing_of_the_one_before(self, payments: StripePayments, stripe: FakeStripe):
        begun(payments, order())
        with pytest.raises(Conflict, match="another Stripe account"):
            payments.refund(order(reference="pi_of_another"), 100, "return:1")

    def test_a_dispute_of_the_one_before_is_about_no_order(self, payments: StripePayments, stripe: FakeStripe):
        reference = begun(payments, order())
        stripe.pay(reference)
        body, headers = stripe.message("charge.dispute.created", stripe.dispute(reference))
        stripe.disputes.clear()
        assert payments.event(headers, body).order_id is None


class _In36Minutes(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + timedelta(minutes=36)


class TestRefunds:
    def paid(self, payments: StripePayments, stripe: FakeStripe) -> Order:
        stripe.pay(begun(payments, order()))
        found = payments.state(order())
        assert isinstance(found, Done)
        return order(reference=found.reference)

    def test_once_per_id_and_never_more_than_was_paid(self, payments: StripePayments, stripe: FakeStripe):
        paid = self.paid(payments, stripe)
        payments.refund(paid, 30_000, "return:1")
        payments.refund(paid, 30_000, "return:1")
        with pytest.raises(Conflict):
            payments.refund(paid, 20_001, "return:2")
        payments.refund(paid, 20_000, "return:3")
        assert sorted(one["amount"] for one in stripe.refunds.values()) == [20_000, 30_000]

    def test_a_part_with_a_digit_that_cards_know_not_is_refused(self, payments: StripePayments, stripe: FakeStripe):
        one = order(1, 5_550, currency="KWD")
        stripe.pay(begun(payments, one))
        found = payments.state(one)
        assert isinstance(found, Done)
        paid = order(1, 5_550, found.reference, "KWD")
        with pytest.raises(Conflict, match="without the last digit"):
            payments.refund(paid, 1_853, "return:1")
        payments.refund(paid, 5_550, "return:2")
        assert [one["amount"] for one in stripe.refunds.values()] == [5_550]

    def test_two_at_once_are_one(self, payments: StripePayments, stripe: FakeStripe):
        paid = self.paid(payments, stripe)
        at_once(4, lambda _: payments.refund(paid, 10_000, "return:1"))
        assert len(stripe.refunds) == 1

    def test_one_whose_answer_was_lost_is_not_made_twice(self, payments: StripePayments, stripe: FakeStripe):
        paid = self.paid(payments, stripe)
        stripe.cut(2, "POST /v1/refunds")
        with pytest.raises(PaymentUnclear):
            payments.refund(paid, 10_000, "return:1")
        stripe.forget_keys()
        payments.refund(paid, 10_000, "return:1")
        assert len(stripe.refunds) == 1


class TestEvents:
    def test_of_a_session_names_the_order(self, payments: StripePayments, stripe: FakeStripe):
        reference = begun(payments, order(7))
        body, headers = stripe.message("checkout.session.completed", stripe.shown(reference))
        assert payments.event(headers, body).order_id == 7

    def test_of_another_shop_names_none(self, payments: StripePayments, stripe: FakeStripe):
        reference = begun(payments, order())
        foreign = stripe.shown(reference) | {"client_reference_id": "another"}
        body, headers = stripe.message("checkout.session.completed", foreign)
        assert payments.event(headers, body).order_id is None

    @pytest.mark.parametrize("wrong", ["secret", "age", "body", "unsigned", "no utf-8", "no json", "no ids"])
    def test_that_is_forged_or_old_is_refused(self, payments: StripePayments, stripe: FakeStripe, wrong: str):
        about = stripe.shown(begun(payments, order()))
        signing = {"secret": {"secret": "whsec_other"}, "age": {"age": 301}}.get(wrong, {})
        if wrong == "no ids":
            about["id"] = None
        body, headers = stripe.message("checkout.session.completed", about, **signing)
        if wrong == "body":
            body = body.replace(b"completed", b"expired")
        if wrong == "no utf-8":
            body = b"\xff\xfe"
        if wrong == "no json":
            from stripe import WebhookSignature

            body = b"[]"
            headers["Stripe-Signature"] = WebhookSignature.generate_signature_header("[]", WEBHOOK_SECRET)
        with pytest.raises(HookRefused):
            payments.event({} if wrong == "unsigned" else headers, body)

    def test_a_dispute_is_told_as_it_is_now(self, payments: StripePayments, stripe: FakeStripe):
        reference = begun(payments, order(7))
        stripe.pay(reference)
        first = stripe.dispute(reference)
        stripe.dispute(reference, "lost")
        body, headers = stripe.message("charge.dispute.created", first)
        told = payments.event(headers, body)
        assert told.order_id == 7
        assert told.dispute is not None
        assert (told.dispute.amount, told.dispute.status, told.dispute.currency) == (50_000, "lost", "INR")


@pytest.mark.parametrize(
    ("amount", "currency", "theirs"),
    [
        (1_999, "EUR", 1_999),
        (500, "JPY", 500),
        (1_230, "KWD", 1_230),
        (5, "ISK", 500),
        (5, "UGX", 500),
        (7, "LAK", 700),
    ],
)
def test_amounts_are_counted_as_stripe_counts_them(amount: int, currency: str, theirs: int):
    assert to_stripe(amount, currency) == theirs
    assert from_stripe(theirs, currency) == amount


def test_two_tries_end_before_the_sweeper_may_take_the_order():
    from app.stores.sql.orders.orders import CHECKOUT_LEASE

    assert CHECKOUT_LEASE.total_seconds() > client.TIMEOUT_SECONDS * (client.RETRIES + 1)
