"""Delivery in a checkout: what is charged and promised for it, and what is refused because it changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.domain import Address, CartLine, Delivery, Order, OrderStatus, Product
from app.domain.shipping import Method, Place, PriceBy, ShippingPlan, Step, Zone
from app.domain.taxes import one_rate
from app.errors import InvalidInput, PriceChanged, TermsChanged, TotalChanged
from app.services.checkout.checkout import CheckoutRequest, CheckoutService
from app.services.checkout.providers import Providers
from app.services.shipping.ports import StoredPlan
from app.services.shipping.shipping import ShippingService
from app.services.shipping.working_days import WorkingDays
from tests.support.fakes import FakeCarts, FakeCatalog, FakeOrders, FakeOutbox, FakePayments, FakeSettlement

OWNER = "guest#secret"
ADDRESS = Address("Asha Rao", "1 Lake Road", "Pune", "411001", "IN", region="Maharashtra")
CARD = {"number": "4242424242424242", "expiry": "12/40", "cvc": "123", "name": "Asha"}
POST = Method(1, "Post", PriceBy.WEIGHT, (Step(500, 4_900), Step(None, 9_900)), weekdays=(0, 1, 2, 3, 4, 5, 6))
COURIER = Method(2, "Courier", PriceBy.ITEM, (Step(None, 15_000),), days_least=0, days_most=0)
FETCHED = Method(3, "Pick-up", PriceBy.ITEM, (Step(None, 0),), pick_up="1 Lake Road")
NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)


class NoDaysOff:
    def between(self, *_: object) -> list[object]:
        return []


class Shop:
    """With one mug of 300 g at 199.99 in the cart, and methods to India."""

    def __init__(self, *methods: Method) -> None:
        self.catalog = FakeCatalog(Product("mug", "Mug", 19_999, 10, 5, weight=300))
        self.carts, self.orders = FakeCarts(), FakeOrders()
        self.plan = ShippingPlan("one", (Zone(1, "India", (Place("IN"),), methods),) if methods else ())
        days = WorkingDays(NoDaysOff(), NoDaysOff(), lambda: "IN")  # type: ignore[arg-type]
        shipping = ShippingService(
            self, lambda: self.plan.revision, days, ZoneInfo("Asia/Kolkata"), lambda: "IN", now=lambda: NOW  # type: ignore[arg-type]
        )  # fmt: skip
        self.refreshed: Callable[[], None] = lambda: None
        self.service = CheckoutService(
            self.orders, self.catalog, self.carts, FakeSettlement(self.catalog, self.carts),
            Providers([FakePayments()]), FakeOutbox(),
            currency=lambda: "INR", taxes=lambda: one_rate(Decimal("0.05")), shipping=shipping,
            refresh=lambda: self.refreshed(),
        )  # fmt: skip
        self.carts.put(OWNER, CartLine("mug", 1, 19_999))

    def read(self) -> StoredPlan:
        return StoredPlan(self.plan, "")

    def ships(self, *methods: Method) -> None:
        self.plan = ShippingPlan(f"{self.plan.revision}+", (Zone(1, "India", (Place("IN"),), methods),))

    def place(self, **changes: object) -> Order:
        request = CheckoutRequest(OWNER, None, "asha@shop.example", ADDRESS, CARD, None)
        return self.service.place(replace(request, **changes))


def test_what_was_chosen_is_charged_taxed_and_promised():
    order = Shop(POST, COURIER).place(delivery_method=2)
    assert (order.subtotal, order.shipping, order.tax, order.total) == (19_999, 15_000, 1_750, 36_749)
    assert order.delivery == Delivery(2, "Courier", *(date(2026, 11, 30),) * 3)


def test_who_chooses_nothing_gets_the_cheapest_that_is_brought():
    order = Shop(FETCHED, COURIER, POST).place()
    assert (order.shipping, order.delivery) == (
        4_900, Delivery(1, "Post", date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 3))
    )  # fmt: skip


def test_without_any_method_it_is_as_before():
    order = Shop().place()
    assert (order.shipping, order.delivery, order.total) == (0, None, 20_999)


def test_an_order_without_an_address_is_shipped_within_the_shops_own_country():
    nowhere = Address("", "", "", "", "")
    assert Shop(POST).place(address=nowhere, needs_address=False).shipping == 4_900


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"delivery_method": 9}, "delivery"),
        ({"delivery_method": "1"}, "delivery"),
        ({"delivery_method": True}, "delivery"),
        ({"address": replace(ADDRESS, country="FR", region="", postcode="75001")}, "country"),
    ],
)
def test_what_is_not_offered_is_refused_and_leaves_nothing(changes: dict[str, object], field: str):
    shop = Shop(POST)
    with pytest.raises(InvalidInput) as raised:
        shop.place(**changes)
    assert list(raised.value.wrong) == [field]
    assert shop.orders.statuses() == []


class TestMeanwhile:
    """The shopper was shown 19,999 + 4,900 + tax, then the shop changed."""

    SHOWN = 26_144

    def test_another_price_is_refused_with_the_total(self):
        shop = Shop(POST)
        assert shop.place(expected_total=self.SHOWN).total == self.SHOWN
        shop = Shop(POST)
        shop.ships(replace(POST, steps=(Step(None, 5_900),)))
        with pytest.raises(TotalChanged):
            shop.place(expected_total=self.SHOWN, delivery_method=1)
        assert shop.orders.statuses() == []

    def test_a_method_that_was_taken_away_is_refused(self):
        shop = Shop(POST, COURIER)
        shop.ships(COURIER)
        with pytest.raises(InvalidInput, match="no longer offered"):
            shop.place(expected_total=self.SHOWN, delivery_method=1)

    def test_a_country_that_lost_its_zone_is_refused(self):
        shop = Shop(POST)
        shop.plan = ShippingPlan("two", (Zone(2, "France", (Place("FR"),), (POST,)),))
        with pytest.raises(InvalidInput, match="do not deliver to this country"):
            shop.place(expected_total=self.SHOWN, delivery_method=1)

    def test_a_new_price_of_the_goods_is_told_first(self):
        shop = Shop(POST)
        shop.carts.put(OWNER, CartLine("mug", 1, 15_000))
        with pytest.raises(PriceChanged):
            shop.place(delivery_method=9)

    def test_what_changed_in_the_last_second_is_priced_anew(self):
        """The order's row was refused, as another process wrote other zones since this one read them."""
        shop = Shop(POST)
        begin, tries = shop.orders.begin, []

        def refused_once(new: object) -> object:
            tries.append(new)
            if len(tries) == 1:
                raise TermsChanged()
            return begin(new)  # type: ignore[arg-type]

        shop.orders.begin = refused_once  # type: ignore[assignment,method-assign]
        shop.refreshed = lambda: shop.ships(replace(POST, steps=(Step(None, 5_900),)))
        order = shop.place()
        assert (order.status, order.shipping, len(tries)) == (OrderStatus.PAID, 5_900, 2)


def test_a_repeat_with_another_method_is_another_request():
    shop = Shop(POST, COURIER)
    first = shop.place(idempotency_key="k", delivery_method=1)
    assert shop.place(idempotency_key="k", delivery_method=1) == first
    with pytest.raises(InvalidInput, match="used for another request"):
        shop.place(idempotency_key="k", delivery_method=2)
