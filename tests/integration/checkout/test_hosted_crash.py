"""Orders that are paid at a provider's page, and processes that die at any step of it: nothing is lost, doubled or
left held, and who paid has the order or the money back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain import Order, OrderStatus
from app.errors import PaymentDeclined
from app.stores.sql.engine.database import Database
from app.stores.sql.orders.payment_sessions import SqlPaymentSessions
from app.stores.sql.tables import order_lines, orders, payments
from app.stores.stripe.client import Stripe
from app.stores.stripe.payments import StripePayments
from tests.support.checkout_shop import OWNER, RECEIVED, Killed, Mortal, Shop, count, one
from tests.support.fake_stripe import SECRET_KEY, WEBHOOK_SECRET, FakeStripe

HOUR = 3600


@pytest.fixture(scope="module")
def server() -> Iterator[FakeStripe]:
    fake = FakeStripe()
    yield fake
    fake.close()


class Hosted:
    """The shop of test_crash, paid by Stripe."""

    def __init__(self, database: Database, stripe: FakeStripe) -> None:
        self.database, self.stripe = database, stripe
        self.shop = self.process()

    def process(self, died: tuple[str, str] | None = None, after: bool = False) -> Shop:
        """Another process of the shop. `died`: the store and the step of it at which it will die."""
        store, method = died or ("", "")
        sessions: Any = SqlPaymentSessions(self.database)
        if store == "sessions":
            sessions = Mortal(sessions, method, after)
        provider = StripePayments(Stripe(SECRET_KEY, self.stripe.url, 2.0), sessions, WEBHOOK_SECRET)
        replaced: dict[str, Any] = {"payments": lambda _: provider}
        if store == "payments":
            replaced["payments"] = lambda _: Mortal(provider, method, after)
        elif store and store != "sessions":
            replaced[store] = lambda inner: Mortal(inner, method, after)
        return Shop(self.database, replaced)

    def pay(self) -> list[bool]:
        """At every page that there is."""
        return [self.stripe.pay(reference) for reference in list(self.stripe.sessions)]

    def statuses(self) -> list[str]:
        return list(self.database.read(lambda c: c.execute(select(orders.c.status)).scalars().all()))

    def only(self) -> Order:
        (order_id,) = self.database.read(lambda c: c.execute(select(orders.c.order_id)).scalars().all())
        order = self.shop.orders.get(order_id)
        assert isinstance(order, Order)
        return order

    def check(self, *, held: int = 0) -> None:
        """Every unit is on the shelf, sold or held; all money that was taken is an order's or was paid back."""
        shop = self.shop
        paid = select(orders.c.order_id).where(orders.c.status == OrderStatus.PAID.value)
        sold = one(shop, select(func.sum(order_lines.c.quantity)).where(order_lines.c.order_id.in_(paid)))
        assert sum(shop.catalog.held().values()) == held
        assert shop.catalog.get("mug").stock + sold + held == RECEIVED
        taken = sum(1 for session in self.stripe.sessions.values() if session["status"] == "complete")
        assert taken == count(shop, payments) + len(self.stripe.refunds)
        assert count(shop, payments) == count(shop, orders, orders.c.status == OrderStatus.PAID.value)


@pytest.fixture
def hosted(empty_database: Database, server: FakeStripe, monkeypatch: pytest.MonkeyPatch) -> Hosted:
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *_a, **_k: 0.0)
    for book in (server.sessions, server.refunds, server.answers):
        book.clear()
    server.clock, server.is_away = _clock(0), False
    hosted = Hosted(empty_database, server)
    hosted.shop.stock_up()
    return hosted


def _clock(later: float) -> Any:
    import time

    return lambda: time.time() + later


STARTING = [("payments", "start"), ("sessions", "begin"), ("sessions", "note"), ("orders", "wait")]
MOMENTS = [
    pytest.param(step, after, id=f"{'after' if after else 'before'} {step[1]}")
    for step in STARTING
    for after in (False, True)
]


@pytest.mark.parametrize("is_paid", [True, False], ids=["then paid", "then left"])
@pytest.mark.parametrize(("step", "after"), MOMENTS)
def test_killed_on_the_way_to_the_page(hosted: Hosted, step: tuple[str, str], after: bool, is_paid: bool):
    with pytest.raises(Killed):
        hosted.process(step, after).place(key="k")
    hosted.shop.later()
    has_page = step not in (("payments", "start"), ("sessions", "begin")) or after
    assert hosted.only().is_awaiting_payment == has_page
    hosted.check(held=2 if has_page else 0)
    if is_paid:
        assert hosted.pay() == [True] * has_page
    else:
        hosted.stripe.clock = _clock(HOUR)
    hosted.shop.later()
    assert hosted.only().status is (OrderStatus.PAID if is_paid and has_page else OrderStatus.PAYMENT_FAILED)
    hosted.check()
    assert len(hosted.stripe.sessions) == has_page


LEARNING = [
    (("payments", "state"), True),
    (("orders", "complete"), False),
    (("orders", "complete"), True),
    (("settlement", "settle_and_take"), False),
    (("settlement", "settle_and_take"), True),
]


@pytest.mark.parametrize(("step", "after"), LEARNING)
def test_killed_while_it_learns_that_it_is_paid(hosted: Hosted, step: tuple[str, str], after: bool):
    order = hosted.shop.place(key="k")
    hosted.pay()
    with pytest.raises(Killed):
        hosted.process(step, after).checkout.finishing.learn(order.order_id)
    hosted.shop.later()
    assert hosted.shop.checkout.finishing.learn(order.order_id).status is OrderStatus.PAID
    hosted.check()
    assert hosted.shop.receipts == [order.order_id]
    assert hosted.shop.carts.get(OWNER).lines == ()


GIVING_UP = [("payments", "void"), ("sessions", "close"), ("catalog", "release"), ("orders", "fail")]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", GIVING_UP, ids=lambda step: step[1])
def test_killed_while_a_new_checkout_voids_the_page(hosted: Hosted, step: tuple[str, str], after: bool):
    first = hosted.shop.place(key="k1")
    with pytest.raises(Killed):
        hosted.process(step, after).place(key="k2")
    second = hosted.shop.place(key="k2")
    assert second.is_awaiting_payment
    assert second.order_id != first.order_id
    hosted.check(held=2)
    assert hosted.pay() == [False, True]
    hosted.shop.later()
    assert sorted(hosted.statuses()) == ["paid", "payment_failed"]
    hosted.check()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_while_late_money_is_paid_back(hosted: Hosted, after: bool):
    order = hosted.shop.place(key="k")
    hosted.stripe.clock = _clock(HOUR)
    hosted.shop.later()
    with pytest.raises(PaymentDeclined):
        hosted.shop.place(key="k")
    for session in hosted.stripe.sessions.values():
        session |= {"status": "open", "expires_at": session["expires_at"] + 2 * HOUR}
    assert hosted.pay() == [True]
    with pytest.raises(Killed):
        hosted.process(("payments", "refund"), after).checkout.finishing.learn(order.order_id)
    hosted.stripe.forget_keys()
    for _ in range(2):
        hosted.shop.checkout.finishing.learn(order.order_id)
    assert [one["amount"] for one in hosted.stripe.refunds.values()] == [order.total]
    hosted.check()
