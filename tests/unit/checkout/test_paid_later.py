"""Orders that are paid by transfer or on delivery, on fakes: accepted at once, a sale when somebody confirms it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from app.domain import Actor, CartLine, Order, OrderStatus, Product
from app.domain.payments import PayBy
from app.domain.taxes import one_rate
from app.errors import Conflict, NotFound, TooManyUnpaid
from app.services.audit.log import AuditService
from app.services.checkout.budget import CheckoutBudgets
from app.services.checkout.checkout import CheckoutRequest, CheckoutService
from app.services.checkout.payments import PaymentService
from app.services.checkout.ports import NEVER_BEGUN, PaymentSession, SessionState
from app.services.checkout.providers import Providers
from app.stores.local.later_payments import LaterPayments
from tests.support.fakes import FakeCarts, FakeCatalog, FakeOrders, FakeOutbox, FakePayments, FakeSettlement
from tests.unit.checkout.test_checkout import ADDRESS, OWNER

RAVI = Actor("Ravi")


class FakeSessions:
    def __init__(self) -> None:
        self.rows: dict[int, PaymentSession] = {}

    def begin(self, order_id: int, provider: str, return_url: str, until: datetime) -> PaymentSession:
        new = PaymentSession(order_id, provider, SessionState.OPEN, f"t{order_id}", return_url, until, "", "")
        return self.rows.setdefault(order_id, new)

    def of(self, order_id: int) -> PaymentSession | None:
        return self.rows.get(order_id)

    def of_token(self, token: str) -> PaymentSession | None:
        return next((row for row in self.rows.values() if row.token == token), None)

    def note(self, order_id: int, reference: str, url: str) -> None:
        self.rows[order_id] = replace(self.rows[order_id], reference=reference, url=url)

    def close(self, order_id: int, provider: str, state: SessionState, reference: str = "") -> PaymentSession:
        never = PaymentSession(order_id, provider, state, "t", "", datetime.now(UTC), reference or NEVER_BEGUN, "")
        row = self.rows.setdefault(order_id, never)
        if row.state is SessionState.OPEN:
            self.rows[order_id] = replace(row, state=state)
        return self.rows[order_id]


class FakeAudit:
    def __init__(self) -> None:
        self.entries: dict[str, Any] = {}

    def append(self, entry: Any, key: str | None = None) -> bool:
        return self.entries.setdefault(str(key), entry) is entry

    def has(self, key: str) -> bool:
        return key in self.entries


class Shop:
    """One mug at 200.00 of which ten are left, two of them in the cart, to be paid by transfer within 7 days."""

    def __init__(self) -> None:
        self.catalog = FakeCatalog(Product("mug", "Mug", 20_000, 10, 5))
        self.carts, self.orders, self.sessions = FakeCarts(), FakeOrders(), FakeSessions()
        self.days = 7
        self.transfer = LaterPayments(PayBy.TRANSFER, self.sessions, lambda: self.days)
        providers = Providers([self.transfer, FakePayments()])
        self.service = CheckoutService(
            self.orders, self.catalog, self.carts, FakeSettlement(self.catalog, self.carts), providers, FakeOutbox(),
            currency=lambda: "INR", taxes=lambda: one_rate(Decimal(0)), sleep=lambda _: None,
        )  # fmt: skip
        self.audit = FakeAudit()
        self.payments = PaymentService(
            providers, self.service.finishing, self.orders, self.sessions, None,  # type: ignore[arg-type]
            AuditService(self.audit), lambda shop: (),  # type: ignore[arg-type]
        )  # fmt: skip
        self.carts.put(OWNER, CartLine("mug", 2, 20_000))

    def place(self, key: str | None = None) -> Order:
        return self.service.place(CheckoutRequest(OWNER, None, "a@shop.example", ADDRESS, None, key, method="transfer"))

    def sweep(self, order: Order) -> OrderStatus:
        self.orders.expire(order.order_id)
        self.service.sweep()
        return self.orders.rows[order.order_id].order.status

    def let_it_lapse(self, order: Order) -> OrderStatus:
        row = self.sessions.rows[order.order_id]
        self.sessions.rows[order.order_id] = replace(row, until=datetime.now(UTC) - timedelta(seconds=1))
        return self.sweep(order)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_it_is_accepted_at_once_and_counts_as_nothing_yet(shop: Shop):
    order = shop.place()
    assert order.is_accepted
    assert (order.status, order.paid_at) == (OrderStatus.CHARGING, None)
    assert (shop.catalog.stock("mug"), shop.carts.get(OWNER).lines) == (8, ())
    assert order.payment_due is not None
    assert timedelta(days=6, hours=23) < order.payment_due - datetime.now(UTC) <= timedelta(days=7)


def test_the_same_click_and_an_emptied_cart_find_the_one_order(shop: Shop):
    first = shop.place("k")
    assert shop.place("k").order_id == shop.place().order_id == first.order_id


def test_another_cart_makes_another_order_and_leaves_the_first_alone(shop: Shop):
    first = shop.place()
    shop.carts.put(OWNER, CartLine("mug", 1, 20_000))
    second = shop.place()
    assert [attempt.order.is_accepted for attempt in shop.orders.rows.values()] == [True, True]
    assert second.order_id != first.order_id


def test_confirmed_it_is_paid_once_with_one_entry_in_the_log(shop: Shop):
    order = shop.place()
    for _ in range(3):
        paid = shop.payments.confirm(order.order_id, RAVI)
    assert (paid.status, paid.payment_method) == (OrderStatus.PAID, "Bank transfer")
    assert shop.catalog.reservations[order.order_id].state == "settled"
    assert [entry.action for entry in shop.audit.entries.values()] == ["order.confirm"]


def test_what_was_put_into_the_cart_meanwhile_stays_there(shop: Shop):
    order = shop.place()
    shop.carts.put(OWNER, CartLine("mug", 5, 20_000))
    shop.payments.confirm(order.order_id, RAVI)
    assert [line.quantity for line in shop.carts.get(OWNER).lines] == [5]


def test_the_sweeper_waits_as_long_as_was_promised_and_then_gives_the_units_back(shop: Shop):
    order = shop.place()
    shop.days = 1  # set since: for new orders
    assert shop.sweep(order) is OrderStatus.CHARGING
    assert shop.let_it_lapse(order) is OrderStatus.PAYMENT_FAILED
    assert shop.catalog.stock("mug") == 10


@pytest.mark.parametrize("end", ["lapse", "given up"])
def test_confirmed_too_late_it_changes_nothing_and_says_so(shop: Shop, end: str):
    order = shop.place()
    if end == "lapse":
        shop.let_it_lapse(order)
    else:
        shop.payments.give_up(order.order_id, RAVI)
    with pytest.raises(Conflict, match="was given up"):
        shop.payments.confirm(order.order_id, RAVI)
    assert (shop.orders.statuses(), shop.catalog.stock("mug")) == (["payment_failed"], 10)


def test_of_confirming_and_giving_up_at_once_the_first_holds(shop: Shop):
    order = shop.place()
    shop.transfer.confirm(order)  # and its process died
    with pytest.raises(Conflict):
        shop.payments.give_up(order.order_id, RAVI)
    assert shop.orders.statuses() == ["paid"]


def test_a_process_that_died_after_confirming_is_followed_by_the_sweeper(shop: Shop):
    order = shop.place()
    learn = shop.service.finishing.learn
    shop.service.finishing.learn = _die  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        shop.payments.confirm(order.order_id, RAVI)
    assert shop.orders.handed_over == [order.order_id]
    shop.service.finishing.learn = learn  # type: ignore[method-assign]
    assert shop.sweep(order) is OrderStatus.PAID


def _die(_: int) -> Order:
    raise KeyboardInterrupt


def test_giving_up_twice_is_once(shop: Shop):
    order = shop.place()
    for _ in range(2):
        assert shop.payments.give_up(order.order_id, RAVI).status is OrderStatus.PAYMENT_FAILED
    assert shop.catalog.stock("mug") == 10


def test_no_other_order_is_confirmed_by_hand(shop: Shop):
    card = CheckoutRequest(OWNER, None, "a@shop.example", ADDRESS, {}, None, method="fake")
    paid = shop.service.place(card)
    with pytest.raises(Conflict):
        shop.payments.confirm(paid.order_id, RAVI)
    with pytest.raises(Conflict):
        shop.payments.give_up(paid.order_id, RAVI)
    with pytest.raises(NotFound):
        shop.payments.confirm(99, RAVI)


class TestHowMuchMayStayUnpaid:
    def order(
        self, shop: Shop, owner: str = OWNER, email: str = "a@shop.example", units: int = 1, **values: Any
    ) -> Order:
        shop.carts.put(owner, CartLine("mug", units, 20_000))
        asked = CheckoutRequest(owner, None, email, ADDRESS, None, None, method="transfer")
        return shop.service.place(replace(asked, **values))

    @pytest.mark.parametrize("who", [{}, {"owner": "guest#other"}, {"email": "b@shop.example"}])
    def test_three_orders_of_an_owner_or_an_e_mail_address(self, shop: Shop, who: dict[str, str]):
        orders = [self.order(shop) for _ in range(3)]
        with pytest.raises(TooManyUnpaid, match="3 orders of yours still wait"):
            self.order(shop, **who)
        assert (len(shop.orders.rows), shop.catalog.stock("mug")) == (3, 7)
        shop.payments.confirm(orders[0].order_id, RAVI)
        assert self.order(shop, **who).is_accepted

    def test_of_somebody_else_others_may_order(self, shop: Shop):
        for _ in range(3):
            self.order(shop)
        assert self.order(shop, "guest#other", "b@shop.example").is_accepted

    def test_what_is_paid_at_once_is_not_counted(self, shop: Shop):
        for _ in range(3):
            self.order(shop)
        assert self.order(shop, method="fake").status is OrderStatus.PAID

    def test_guests_hold_twenty_units_at_most(self, shop: Shop):
        shop.catalog.adjust_stock("more", "mug", delta=90)
        self.order(shop, units=15)
        with pytest.raises(TooManyUnpaid, match="at most 20 units"):
            self.order(shop, units=6)
        assert self.order(shop, units=5).is_accepted

    def test_who_is_signed_in_may_order_more(self, shop: Shop):
        shop.catalog.adjust_stock("more", "mug", delta=90)
        assert self.order(shop, "user#7", units=50, user_id=7).is_accepted

    def test_a_repeat_of_the_third_click_finds_its_order(self, shop: Shop):
        for _ in range(2):
            self.order(shop)
        third = self.order(shop, idempotency_key="k")
        assert self.order(shop, idempotency_key="k").order_id == third.order_id

    @pytest.mark.parametrize(
        ("method", "user_id", "counted"), [("transfer", None, 2), ("fake", None, 1), ("delivery", 7, 0)]
    )
    def test_guests_behind_one_network_are_counted_together(self, method: str, user_id: int | None, counted: int):
        rules = SimpleNamespace(limit=lambda rule, value: (rule.name, value))
        asked = CheckoutRequest(OWNER, user_id, None, ADDRESS, None, None, method=method, network="203.0.113.9")
        assert len(CheckoutBudgets(rules).of(asked).network) == counted  # type: ignore[arg-type]
