"""Orders that are paid at a provider's page, on fakes: who may learn of the payment, and what holds whoever does."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain import CartLine, Order, OrderStatus, Product
from app.domain.payments import Done
from app.domain.taxes import one_rate
from app.errors import CartChanged, Conflict, InvalidInput, PaymentDeclined, PaymentUnavailable, PaymentUnclear
from app.services.checkout.checkout import CheckoutRequest, CheckoutService
from app.services.checkout.providers import Providers
from tests.support.fakes import (
    FakeCarts,
    FakeCatalog,
    FakeOrders,
    FakeOutbox,
    FakePages,
    FakePayments,
    FakeSettlement,
)
from tests.unit.checkout.test_checkout import ADDRESS, OWNER

PAID, CHARGING, FAILED = OrderStatus.PAID, OrderStatus.CHARGING, OrderStatus.PAYMENT_FAILED
LATE = "Your payment came after this order was given up, so it was paid back in full. Order again."


class Shop:
    """A checkout whose provider has pages, with one mug of which ten are left, two of them in the cart."""

    def __init__(self) -> None:
        self.catalog = FakeCatalog(Product("mug", "Mug", 20_000, 10, 5))
        self.carts, self.orders = FakeCarts(), FakeOrders()
        self.pages, self.cards = FakePages(), FakePayments()
        self.offered = ["pages", "fake"]
        self.service = CheckoutService(
            self.orders, self.catalog, self.carts, FakeSettlement(self.catalog, self.carts),
            Providers([self.pages, self.cards], lambda: self.offered), FakeOutbox(),
            currency=lambda: "INR", taxes=lambda: one_rate(Decimal(0)), sleep=lambda _: None,
        )  # fmt: skip
        self.finishing = self.service.finishing
        self.fill()

    def fill(self, quantity: int = 2) -> None:
        self.carts.put(OWNER, CartLine("mug", quantity, 20_000))

    def place(self, key: str | None = None, method: str = "") -> Order:
        return self.service.place(CheckoutRequest(OWNER, None, "a@shop.example", ADDRESS, None, key, method=method))

    def sweep(self, order: Order) -> Order:
        """Once its time is over."""
        self.orders.expire(order.order_id)
        self.service.sweep()
        return self.now(order)

    def now(self, order: Order) -> Order:
        found = self.orders.get(order.order_id)
        assert found is not None
        return found

    def close_pages(self) -> None:
        """As after 35 minutes."""
        past = datetime.now(UTC) - timedelta(minutes=2)
        for order_id, page in self.pages.open.items():
            self.pages.open[order_id] = type(page)(page.url, past)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_an_order_waits_with_its_units_held_until_its_page_closes(shop: Shop):
    order = shop.place()
    assert order.is_awaiting_payment
    assert order.payment_due is not None
    assert timedelta(minutes=34) < order.payment_due - datetime.now(UTC) <= timedelta(minutes=35)
    assert (shop.catalog.stock("mug"), len(shop.carts.get(OWNER).lines)) == (8, 1)


@pytest.mark.parametrize("who", ["learn", "sweep"])
def test_whoever_learns_of_it_makes_it_paid_once(shop: Shop, who: str):
    order = shop.place()
    shop.pages.pay(order)
    for _ in range(2):
        shop.finishing.learn(order.order_id) if who == "learn" else shop.sweep(order)
    assert shop.now(order).status is PAID
    assert shop.finishing.learn(order.order_id).status is PAID
    assert (shop.catalog.stock("mug"), shop.carts.get(OWNER).lines) == (8, ())
    assert not shop.pages.refunds


def test_who_comes_back_without_paying_finds_it_still_open(shop: Shop):
    order = shop.place()
    assert shop.finishing.learn(order.order_id).is_awaiting_payment


def test_the_sweeper_leaves_an_open_page_alone(shop: Shop):
    assert shop.sweep(shop.place()).is_awaiting_payment


@pytest.mark.parametrize(("seconds", "asked"), [(14.0, 1), (0.1, 3)])
def test_a_provider_that_is_away_is_not_waited_for_with_each_of_its_orders(seconds: float, asked: int):
    """Those of others are brought to their end all the same; and while it answers quickly, one holds up no other."""
    shop, now, calls = Shop(), [0.0], list[int]()
    shop.service._clock = lambda: now[0]
    shop.cards.answers = [PaymentUnclear()]
    for owner, method in (("a", "pages"), ("b", "pages"), ("c", "pages"), ("d", "fake")):
        shop.carts.put(f"guest#{owner}", CartLine("mug", 1, 20_000))
        with suppress(PaymentUnclear):
            shop.service.place(
                CheckoutRequest(f"guest#{owner}", None, "a@x.example", ADDRESS, None, None, method=method)
            )

    def away(order: Order) -> None:
        now[0] += seconds
        calls.append(order.order_id)
        raise PaymentUnclear()

    shop.pages.state = away  # type: ignore[assignment, method-assign]
    shop.orders.expire(*shop.orders.rows)
    assert shop.service.sweep() == 1
    assert len(calls) == asked
    assert shop.orders.statuses() == [CHARGING, CHARGING, CHARGING, FAILED]


def test_one_that_is_not_paid_in_time_is_voided_and_its_units_are_given_back(shop: Shop):
    order = shop.place("k")
    shop.close_pages()
    over = shop.sweep(order)
    assert (over.status, shop.catalog.stock("mug")) == (FAILED, 10)
    assert over.failure == "This order was not paid in time, so it was given up. Nothing was charged; order again."
    assert not isinstance(shop.pages.start(order, "", None), Done)
    with pytest.raises(PaymentDeclined):
        shop.place("k")


def test_the_same_click_again_leads_to_the_same_page(shop: Shop):
    assert shop.place("k") == shop.place("k")
    assert len(shop.orders.rows) == 1


@pytest.mark.parametrize("method", ["", "fake"])
def test_a_new_checkout_voids_the_page_before(shop: Shop, method: str):
    first = shop.place("k1")
    second = shop.place("k2", method)
    assert shop.now(first).status is FAILED
    assert second.status is (PAID if method else CHARGING)
    assert shop.catalog.stock("mug") == 8
    assert shop.pages.state(first) != shop.pages.state(second)


def test_a_new_checkout_of_a_changed_cart_voids_it_too(shop: Shop):
    first = shop.place("k1")
    shop.fill(10)
    assert shop.place("k2").is_awaiting_payment
    assert (shop.now(first).status, shop.catalog.stock("mug")) == (FAILED, 0)


def test_a_new_checkout_that_finds_the_page_just_paid_buys_nothing_twice(shop: Shop):
    first = shop.place("k1")
    shop.pages.pay(first)
    with pytest.raises(CartChanged):
        shop.place("k2")
    assert [attempt.order.status for attempt in shop.orders.rows.values()] == [PAID]


def test_a_new_checkout_while_the_provider_is_away_changes_nothing(shop: Shop):
    first = shop.place("k1")
    shop.pages.void = _away  # type: ignore[method-assign]
    with pytest.raises(PaymentUnclear):
        shop.place("k2")
    assert shop.now(first).is_awaiting_payment
    assert len(shop.orders.rows) == 1


def _away(_: Order) -> Done:
    raise PaymentUnclear()


class TestMoneyThatComesLate:
    def test_goes_back_once(self, shop: Shop):
        order = shop.place()
        shop.close_pages()
        shop.sweep(order)
        shop.pages.book[order.order_id] = Done(40_000, "pi_1", "Card", "INR")
        for _ in range(3):
            assert shop.finishing.learn(order.order_id).failure == LATE
        assert shop.pages.refunds == {f"late:{order.order_id}": 40_000}
        assert shop.catalog.stock("mug") == 10

    def test_goes_back_also_when_it_came_in_the_middle_of_giving_up(self, shop: Shop):
        order = shop.place()
        shop.pages.pay(order)
        complete = shop.orders.complete

        def given_up_first(*args: object) -> object:
            shop.orders.fail(order.order_id, CHARGING, "given up")
            return complete(*args)  # type: ignore[arg-type]

        shop.orders.complete = given_up_first  # type: ignore[method-assign,assignment]
        assert shop.finishing.learn(order.order_id).failure == LATE
        assert shop.pages.refunds == {f"late:{order.order_id}": 40_000}

    def test_a_refund_without_an_answer_is_tried_again(self, shop: Shop):
        order = shop.place()
        shop.close_pages()
        shop.sweep(order)
        shop.pages.book[order.order_id] = Done(40_000, "pi_1", "Card", "INR")
        refund, shop.pages.refund = shop.pages.refund, lambda *_: _away(order)  # type: ignore[method-assign,assignment,return-value]
        with pytest.raises(PaymentUnclear):
            shop.finishing.learn(order.order_id)
        shop.pages.refund = refund  # type: ignore[method-assign]
        assert shop.finishing.learn(order.order_id).failure == LATE


@pytest.mark.parametrize(("amount", "currency"), [(39_999, "INR"), (40_001, "INR"), (40_000, "USD")])
def test_another_amount_or_currency_is_paid_back_and_buys_nothing(shop: Shop, amount: int, currency: str):
    order = shop.place()
    shop.pages.pay(order, amount, currency)
    for _ in range(2):
        over = shop.finishing.learn(order.order_id)
    assert over.status is FAILED
    assert over.failure is not None
    assert "Another amount" in over.failure
    assert shop.pages.refunds == {f"late:{order.order_id}": amount}
    assert shop.catalog.stock("mug") == 10


def test_a_checkout_that_died_before_it_knew_the_page_is_found_by_the_sweeper(shop: Shop):
    wait, shop.orders.wait = shop.orders.wait, _died  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        shop.place("k")
    shop.orders.wait = wait  # type: ignore[method-assign]
    order = next(iter(shop.orders.rows.values())).order
    assert not order.is_awaiting_payment
    assert shop.sweep(order).is_awaiting_payment
    assert shop.place("k").is_awaiting_payment


def _died(*_: object) -> bool:
    raise RuntimeError("killed")


def test_what_the_provider_refuses_gives_the_units_back(shop: Shop):
    def refuse(*_: object) -> Done:
        raise PaymentUnavailable()

    shop.pages.start = refuse  # type: ignore[method-assign]
    with pytest.raises(PaymentUnavailable):
        shop.place("k")
    assert shop.catalog.stock("mug") == 10


def test_a_method_that_is_not_on_offer_is_refused(shop: Shop):
    shop.offered = ["fake"]
    for method in ("pages", "nothing"):
        with pytest.raises(InvalidInput) as caught:
            shop.place(method=method)
        assert caught.value.field == "method"
    assert shop.place().status is PAID
    shop.offered = []
    with pytest.raises(PaymentUnavailable):
        shop.place()


def test_an_order_of_a_provider_that_is_not_set_up_any_more_is_left_alone(shop: Shop):
    order = shop.place()
    with pytest.raises(Conflict):
        Providers([shop.cards]).of(order)
