"""Checkout on fakes: who gets which answer, and what is left behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain import Address, CartLine, Order, OrderStatus, Product, ProductStatus
from app.domain.payments import Declined, Done, PaymentState, Voided
from app.domain.taxes import one_rate
from app.errors import (
    Busy,
    CartChanged,
    CheckoutInProgress,
    EmptyCart,
    InvalidInput,
    OutOfStock,
    PaymentDeclined,
    PaymentRequired,
    PaymentUnclear,
    PriceChanged,
    TotalChanged,
)
from app.services.checkout.checkout import CheckoutRequest, CheckoutService
from app.services.checkout.providers import Providers
from app.services.orders.ports import Attempt
from tests.support.fakes import FakeCarts, FakeCatalog, FakeOrders, FakeOutbox, FakePayments, FakeSettlement

OWNER = "guest#secret"
ADDRESS = Address("Asha Rao", "1 Lake Road", "Pune", "411001", "IN", region="Maharashtra")
DECLINED = Declined("Declined by the bank.")
CARD = {"number": "4242424242424242", "expiry": "12/40", "cvc": "123", "name": "Asha"}


class Shop:
    """A checkout on fakes, with one mug at 199.99 of which ten are left, two of them in the cart."""

    def __init__(self, *answers: PaymentState | Exception) -> None:
        self.catalog = FakeCatalog(Product("mug", "Mug", 19_999, 10, 5), Product("pot", "Pot", 500, 10, 5))
        self.carts, self.orders, self.outbox = FakeCarts(), FakeOrders(), FakeOutbox()
        self.payments = FakePayments(*answers)
        self.slept: list[float] = []
        self.while_waiting: Callable[[], None] = lambda: None
        self.service = CheckoutService(
            self.orders, self.catalog, self.carts, FakeSettlement(self.catalog, self.carts),
            Providers([self.payments]),
            self.outbox,
            currency=lambda: "INR", taxes=lambda: one_rate(Decimal("0.05")), sleep=self._sleep, wait_seconds=5.0,
        )  # fmt: skip
        self.fill()

    def fill(self, quantity: int = 2) -> None:
        self.carts.put(OWNER, CartLine("mug", quantity, 19_999))

    def place(self, **changes: object) -> Order:
        request = CheckoutRequest(OWNER, None, "asha@shop.example", ADDRESS, CARD, None)
        return self.service.place(replace(request, **changes))

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.while_waiting()


def test_a_paid_order_costs_what_the_catalog_says_plus_tax():
    order = Shop().place()
    assert (order.status, order.subtotal, order.tax, order.total) == (OrderStatus.PAID, 39_998, 2_000, 41_998)


def test_paying_settles_the_units_and_empties_the_cart_at_once():
    shop = Shop()
    order = shop.place()
    assert shop.catalog.reservations[order.order_id].state == "settled"
    assert shop.carts.get(OWNER).lines == ()
    assert shop.outbox.marked == [f"settle:{order.order_id}", f"take_cart:{order.order_id}"]


def test_what_fails_after_paying_is_no_news_for_the_shopper():
    shop = Shop()
    shop.carts.take_bought = None  # type: ignore[assignment]
    assert shop.place().status is OrderStatus.PAID
    assert shop.outbox.marked == []


class TestTheSameRequestAgain:
    def test_same_key_gives_the_first_answer_even_with_a_new_cart(self):
        shop = Shop()
        first = shop.place(idempotency_key="k")
        shop.fill()
        assert shop.place(idempotency_key="k") == first
        assert shop.orders.statuses() == ["paid"]

    def test_same_key_with_another_request_is_refused(self):
        shop = Shop()
        shop.place(idempotency_key="k")
        with pytest.raises(InvalidInput, match="idempotency key was used for another request"):
            shop.place(idempotency_key="k", email="someone@shop.example")

    def test_same_key_with_another_card_is_another_request(self):
        shop = Shop(DECLINED)
        with pytest.raises(PaymentDeclined):
            shop.place(idempotency_key="k")
        with pytest.raises(InvalidInput):
            shop.place(idempotency_key="k", details=CARD | {"number": "5555555555554444"})

    def test_same_key_after_a_decline_is_declined_again_without_a_charge(self):
        shop = Shop(DECLINED)
        for _ in range(2):
            with pytest.raises(PaymentDeclined, match=r"Declined by the bank\."):
                shop.place(idempotency_key="k")
        assert shop.orders.statuses() == ["payment_failed"]

    def test_same_key_after_a_shortage_names_the_same_lines(self):
        shop = Shop()
        shop.fill(11)
        for _ in range(2):
            with pytest.raises(OutOfStock, match="Only 10 of Mug left; you asked for 11"):
                shop.place(idempotency_key="k")
            shop.catalog.change("mug", stock=10)
        assert shop.orders.statuses() == ["rejected"]

    def test_another_key_on_a_cart_that_is_being_paid_joins_its_order(self):
        shop = Shop()
        self._start(shop, key="k1")
        shop.while_waiting = lambda: shop.orders._move(1, OrderStatus.CHARGING, status=OrderStatus.PAID)
        assert shop.place(idempotency_key="k2").order_id == 1

    def test_a_click_on_a_cart_that_its_order_emptied_answers_with_it(self):
        shop = Shop()
        assert shop.place() == shop.place()

    def test_an_explicit_clear_ends_that(self):
        shop = Shop()
        shop.place()
        shop.carts.clear(OWNER)
        with pytest.raises(EmptyCart):
            shop.place()

    def test_a_double_click_finds_its_order_though_the_cart_was_filled_again(self):
        shop = Shop()
        seen = shop.carts.get(OWNER).revision
        first = shop.place(cart_revision=seen)
        shop.fill()
        assert shop.place(cart_revision=seen) == first

    def test_who_repeats_a_click_after_a_crash_finds_the_cart_without_what_was_bought(self):
        """Taken out later, it would be what the shopper put in since, and the next click would get the old order."""
        shop = Shop()
        taking, shop.carts.take_bought = shop.carts.take_bought, None  # type: ignore[assignment]
        first = shop.place(idempotency_key="click")
        assert shop.carts.get(OWNER).lines
        shop.carts.take_bought = taking  # type: ignore[method-assign]
        assert shop.place(idempotency_key="click") == first
        assert shop.carts.get(OWNER).lines == ()
        shop.fill(1)
        shop.service.take_cart({"order_id": first.order_id})  # the worker comes late
        assert [line.quantity for line in shop.carts.get(OWNER).lines] == [1]

    def test_waits_about_five_seconds_and_then_says_that_it_is_in_progress(self):
        shop = Shop()
        self._start(shop)
        with pytest.raises(CheckoutInProgress):
            shop.place()
        assert sum(shop.slept) == pytest.approx(5.0, abs=0.2)

    def test_a_decline_can_be_repeated_with_another_card_on_the_same_cart(self):
        shop = Shop(DECLINED)
        with pytest.raises(PaymentDeclined):
            shop.place()
        assert shop.catalog.stock("mug") == 10
        assert shop.place(details=CARD | {"number": "5555555555554444"}).status is OrderStatus.PAID
        assert shop.orders.statuses() == ["payment_failed", "paid"]

    @staticmethod
    def _start(shop: Shop, key: str | None = None) -> None:
        """An order of this cart that another process is charging right now."""
        request = CheckoutRequest(OWNER, None, "asha@shop.example", ADDRESS, CARD, key)
        attempt, _ = shop.orders.begin(shop.service._priced(shop.carts.get(OWNER), request))
        assert shop.orders.start_charging(attempt.order.order_id)


class TestWhatCannotBeBought:
    def test_a_short_line_rejects_the_order_and_takes_nothing(self):
        shop = Shop()
        shop.carts.put(OWNER, CartLine("pot", 2, 500), CartLine("mug", 11, 19_999))
        with pytest.raises(OutOfStock) as caught:
            shop.place()
        assert [(s.product_id, s.available) for s in caught.value.shortages] == [("mug", 10)]
        assert (shop.catalog.stock("pot"), shop.orders.statuses(), shop.payments.book) == (10, ["rejected"], {})

    def test_a_removed_or_unknown_product_is_sold_out(self):
        shop = Shop()
        shop.catalog.change("mug", status=ProductStatus.REMOVED)
        with pytest.raises(OutOfStock, match="Mug is sold out"):
            shop.place()
        shop.carts.put(OWNER, CartLine("gone", 1, 1))
        with pytest.raises(OutOfStock):
            shop.place()
        assert shop.orders.statuses() == []

    def test_a_changed_price_must_be_accepted_first(self):
        shop = Shop()
        shop.catalog.change("mug", price=20_000)
        with pytest.raises(PriceChanged) as caught:
            shop.place()
        assert [(c.was, c.now) for c in caught.value.changes] == [(19_999, 20_000)]
        assert shop.orders.statuses() == []

    def test_a_total_other_than_the_one_shown_is_refused(self):
        with pytest.raises(TotalChanged):
            Shop().place(expected_total=41_997)
        assert Shop().place(expected_total=41_998).total == 41_998

    def test_a_cart_other_than_the_one_shown_is_refused(self):
        with pytest.raises(CartChanged):
            Shop().place(cart_revision="an older one")

    def test_more_than_99_lines_are_refused_in_words(self):
        shop = Shop()
        shop.carts.put(OWNER, *(CartLine(f"p{n}", 1, 1) for n in range(100)))
        with pytest.raises(InvalidInput, match="at most 99 different products"):
            shop.place()

    def test_an_empty_cart(self):
        with pytest.raises(EmptyCart):
            Shop().place(owner="guest#new")


class TestWhatIsCheckedBeforeAnythingIsWritten:
    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"email": None}, "email"),
            ({"email": "not an address"}, "email"),
            ({"address": replace(ADDRESS, name=" ")}, "name"),
            ({"address": replace(ADDRESS, line1="")}, "line1"),
            ({"address": replace(ADDRESS, city="x" * 81)}, "city"),
            ({"address": replace(ADDRESS, postcode="\x07")}, "postcode"),
            ({"address": replace(ADDRESS, postcode=7)}, "postcode"),
            ({"address": replace(ADDRESS, country="XX")}, "country"),
            ({"address": replace(ADDRESS, country="")}, "country"),
            ({"idempotency_key": "k" * 129}, "idempotency_key"),
        ],
    )
    def test_names_the_field(self, changes: dict[str, object], field: str):
        shop = Shop()
        with pytest.raises(InvalidInput) as caught:
            shop.place(**changes)
        assert caught.value.field == field
        assert shop.orders.statuses() == []

    def test_a_wrong_card_leaves_no_order(self):
        shop = Shop()
        shop.payments.refuses_details = True
        with pytest.raises(InvalidInput):
            shop.place()
        assert shop.orders.statuses() == []

    def test_what_is_wrong_with_contact_address_and_card_is_said_at_once(self):
        shop = Shop()
        shop.payments.refuses_details = True
        with pytest.raises(InvalidInput) as caught:
            shop.place(email="nobody", address=replace(ADDRESS, name="", postcode="4110"))
        assert set(caught.value.wrong) == {"email", "name", "postcode", "number"}
        assert shop.orders.statuses() == []

    def test_texts_are_trimmed_and_the_country_is_upper_case(self):
        address = Shop().place(address=replace(ADDRESS, name="  Asha   Rao ", country="in")).address
        assert (address.name, address.country) == ("Asha Rao", "IN")

    def test_a_client_that_is_not_asked_for_an_address_needs_none(self):
        nowhere = Address("Asha", "", "", "", "")
        assert Shop().place(address=nowhere, needs_address=False, user_id=7).status is OrderStatus.PAID

    def test_the_request_shows_neither_card_nor_address_nor_owner_key(self):
        request = CheckoutRequest(OWNER, None, "asha@shop.example", ADDRESS, CARD, None)
        assert repr(request) == "<checkout request of guest >"


class TestTheSweeper:
    def test_an_unclear_payment_stays_charging_and_is_handed_over(self):
        shop = Shop(PaymentUnclear())
        with pytest.raises(PaymentUnclear):
            shop.place()
        assert (shop.orders.statuses(), shop.orders.handed_over) == (["charging"], [1])
        assert shop.catalog.stock("mug") == 8

    def test_completes_what_was_charged_late(self):
        shop = Shop(PaymentUnclear())
        shop.payments.is_late = True
        with pytest.raises(PaymentUnclear):
            shop.place()
        shop.orders.expire(1)
        assert shop.service.sweep() == 1
        assert shop.orders.statuses() == ["paid"]
        assert shop.carts.get(OWNER).emptied_by == 1

    def test_voids_and_gives_back_what_was_not(self):
        shop = Shop(PaymentUnclear())
        with pytest.raises(PaymentUnclear):
            shop.place(idempotency_key="k")
        shop.orders.expire(1)
        shop.service.sweep()
        assert (shop.orders.statuses(), shop.catalog.stock("mug")) == (["payment_failed"], 10)
        assert shop.payments.book[1] == Voided()
        assert shop.place(idempotency_key="k").status is OrderStatus.PAID  # its client never had an answer

    def test_a_slow_checkout_that_lost_its_order_returns_what_it_became(self):
        shop = Shop()

        def sweep_first(order_id: int) -> None:
            shop.orders.expire(order_id)
            shop.service.sweep()

        shop.payments.before_start = sweep_first
        with pytest.raises(PaymentDeclined, match="Nothing was charged"):
            shop.place()
        assert (shop.orders.statuses(), shop.catalog.stock("mug")) == (["payment_failed"], 10)

    def test_a_slow_checkout_whose_order_the_sweeper_completed_returns_it_paid(self):
        shop = Shop()
        complete = shop.orders.complete

        def swept_in_between(*args: object) -> bool:
            shop.orders.complete = complete  # type: ignore[method-assign]
            shop.orders.expire(1)
            shop.service.sweep()
            return complete(*args)  # type: ignore[arg-type]

        shop.orders.complete = swept_in_between  # type: ignore[method-assign,assignment]
        assert shop.place().status is OrderStatus.PAID
        assert shop.orders.statuses() == ["paid"]

    def test_gives_up_an_order_that_was_never_reserved(self):
        shop = Shop()
        attempt: Attempt
        request = CheckoutRequest(OWNER, None, "asha@shop.example", ADDRESS, CARD, None)
        attempt, _ = shop.orders.begin(shop.service._priced(shop.carts.get(OWNER), request))
        shop.orders.expire(attempt.order.order_id)
        shop.service.sweep()
        assert (shop.orders.statuses(), shop.catalog.stock("mug")) == (["payment_failed"], 10)

    def test_one_order_that_cannot_be_finished_does_not_hold_up_the_others(self):
        shop = Shop(PaymentUnclear(), PaymentUnclear())
        for quantity in (1, 2):
            shop.fill(quantity)
            with pytest.raises(PaymentUnclear):
                shop.place()
        void = shop.payments.void

        def down_for_the_first(order: Order) -> object:
            if order.order_id == 1:
                raise RuntimeError("the provider is down")
            return void(order)

        shop.payments.void = down_for_the_first  # type: ignore[method-assign,assignment]
        shop.orders.expire(1, 2)
        assert shop.service.sweep() == 1
        assert shop.orders.statuses() == ["charging", "payment_failed"]


def test_a_rush_gives_the_order_up_and_lets_the_key_run_again():
    shop = Shop()
    reserve, calls = shop.catalog.reserve, []

    def busy_once(*args: object) -> object:
        calls.append(args)
        if len(calls) == 1:
            raise Busy()
        return reserve(*args)  # type: ignore[arg-type]

    shop.catalog.reserve = busy_once  # type: ignore[method-assign,assignment]
    with pytest.raises(Busy):
        shop.place(idempotency_key="k")
    assert shop.place(idempotency_key="k").status is OrderStatus.PAID
    assert shop.orders.statuses() == ["payment_failed", "paid"]


def test_a_provider_that_needs_details_charges_nobody_without_any():
    shop = Shop()
    shop.payments.needs_details = True
    with pytest.raises(PaymentRequired):
        shop.place(details=None)
    assert not shop.orders.rows
    assert not shop.payments.book
    assert shop.place().status is OrderStatus.PAID


def test_every_answer_of_a_checkout_is_observed():
    shop = Shop(DECLINED, Done(41_998, "ref", "Card"), OSError("gone"))
    heard: list[str] = []
    shop.service._observe = heard.append
    with pytest.raises(PaymentDeclined):
        shop.place()
    shop.place()
    shop.fill()
    with pytest.raises(OSError, match="gone"):
        shop.place()
    shop.carts.put(OWNER)
    with pytest.raises(EmptyCart):
        shop.place()
    assert heard == ["payment_declined", "paid", "internal_error", "empty_cart"]
