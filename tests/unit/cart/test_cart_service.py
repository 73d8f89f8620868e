"""The cart service over an SQLite file: what the shopper may do and what it costs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain import Product, ProductStatus
from app.domain.taxes import one_rate
from app.errors import InvalidInput, NotFound, OutOfStock
from app.services.cart.carts import CartService
from app.stores.sql.cart.carts import SqlCarts
from app.stores.sql.catalog.catalog import SqlCatalog
from app.stores.sql.engine.database import Database

ME, GUEST = "user#7", "guest#abc"
MUG = Product("mug", "Mug", 1_050, 5, 15)
BOWL = Product("bowl", "Bowl", 333, 2, 15)


class Shop:
    def __init__(self, database: Database) -> None:
        self.catalog = SqlCatalog(database)
        self.carts = SqlCarts(database)
        self.cart = CartService(self.carts, self.catalog, lambda: one_rate(Decimal("0.05")))
        for product in (MUG, BOWL):
            self.catalog.add(product)

    def quantities(self, owner: str = ME) -> dict[str, int]:
        return {line.product.product_id: line.quantity for line in self.cart.view(owner).lines}


@pytest.fixture
def shop(empty_database: Database) -> Shop:
    return Shop(empty_database)


class TestTotals:
    def test_tax_is_rounded_half_up_once(self, shop: Shop):
        shop.cart.add(ME, "mug", 1)
        priced = shop.cart.add(ME, "bowl", 2)
        assert (priced.subtotal, priced.tax, priced.total) == (1_716, 86, 1_802)

    def test_an_empty_cart_costs_nothing(self, shop: Shop):
        priced = shop.cart.view(ME)
        assert (priced.lines, priced.subtotal, priced.tax, priced.total) == ((), 0, 0, 0)

    def test_counts_units(self, shop: Shop):
        shop.cart.add(ME, "mug", 3)
        shop.cart.add(ME, "bowl")
        assert shop.cart.view(ME).units == 4


class TestAdd:
    def test_never_more_than_is_available(self, shop: Shop):
        shop.cart.add(ME, "mug", 4)
        shop.cart.add(ME, "mug", 4)
        assert shop.quantities() == {"mug": 5}

    def test_not_one_more_is_out_of_stock(self, shop: Shop):
        shop.cart.add(ME, "bowl", 2)
        with pytest.raises(OutOfStock, match="Only 2 of Bowl left; you asked for 3"):
            shop.cart.add(ME, "bowl")

    def test_sold_out(self, shop: Shop):
        shop.catalog.adjust_stock("e", "mug", set_to=0)
        with pytest.raises(OutOfStock, match="Mug is sold out"):
            shop.cart.add(ME, "mug")

    @pytest.mark.parametrize("product_id", ["nope", "", "MUG", None, 7])
    def test_unknown_products(self, shop: Shop, product_id: object):
        with pytest.raises(NotFound):
            shop.cart.add(ME, product_id)

    def test_products_out_of_the_store(self, shop: Shop):
        shop.catalog.update(replace(MUG, status=ProductStatus.REMOVED))
        with pytest.raises(NotFound):
            shop.cart.add(ME, "mug")

    @pytest.mark.parametrize("units", [0, -1, 1.5, "2", True, None, float("nan"), 10**9])
    def test_wrong_units(self, shop: Shop, units: object):
        with pytest.raises(InvalidInput) as raised:
            shop.cart.add(ME, "mug", units)
        assert raised.value.field == "quantity"
        assert shop.quantities() == {}


class TestSetQuantity:
    def test_is_cut_to_what_is_available(self, shop: Shop):
        shop.cart.set_quantity(ME, "mug", 50)
        assert shop.quantities() == {"mug": 5}

    def test_zero_removes_even_what_is_gone(self, shop: Shop):
        shop.cart.add(ME, "mug")
        shop.catalog.update(replace(MUG, status=ProductStatus.REMOVED))
        assert shop.cart.set_quantity(ME, "mug", 0).lines == ()

    def test_sold_out_meanwhile(self, shop: Shop):
        shop.cart.add(ME, "mug", 2)
        shop.catalog.adjust_stock("e", "mug", set_to=0)
        with pytest.raises(OutOfStock):
            shop.cart.set_quantity(ME, "mug", 1)

    def test_removing_and_clearing(self, shop: Shop):
        shop.cart.add(ME, "mug")
        shop.cart.add(ME, "bowl")
        assert len(shop.cart.remove(ME, "mug").lines) == 1
        assert shop.cart.remove(ME, "never-there").lines != ()
        assert shop.cart.clear(ME).lines == ()


class TestWhatChangedMeanwhile:
    def test_stock_that_went_away_shows_as_a_short_line(self, shop: Shop):
        shop.cart.add(ME, "mug", 4)
        shop.catalog.adjust_stock("e", "mug", set_to=1)
        (line,) = shop.cart.view(ME).lines
        assert (line.quantity, line.is_short) == (4, True)

    def test_a_product_that_is_gone_stays_as_a_short_line(self, shop: Shop):
        shop.carts.add(ME, "deleted", 2, 400, 9)
        (line,) = shop.cart.view(ME).lines
        assert (line.is_short, line.total) == (True, 800)

    def test_a_new_price_shows_until_it_is_accepted(self, shop: Shop):
        shop.cart.add(ME, "mug")
        shop.catalog.update(replace(MUG, price=2_000))
        before = shop.cart.view(ME)
        assert (before.lines[0].price_changed, before.subtotal) == (True, 2_000)
        after = shop.cart.accept_prices(ME)
        assert (after.lines[0].price_changed, after.revision != before.revision) == (False, True)
        assert shop.cart.accept_prices(ME).revision == after.revision


class TestMerge:
    def test_a_merged_line_is_cut_to_what_is_available(self, shop: Shop):
        shop.cart.add(ME, "mug", 4)
        shop.cart.add(GUEST, "mug", 3)
        shop.cart.merge(GUEST, ME)
        shop.cart.merge(GUEST, ME)
        assert (shop.quantities(), shop.quantities(GUEST)) == ({"mug": 5}, {})

    def test_what_sold_out_stays_visible(self, shop: Shop):
        shop.cart.add(GUEST, "mug", 3)
        shop.catalog.adjust_stock("e", "mug", set_to=0)
        (line,) = shop.cart.merge(GUEST, ME).lines
        assert line.is_short


class TestSnapshot:
    """Products as of a second ago put something in without a look at the catalogue, and never refuse by themselves."""

    @pytest.fixture
    def old_news(self, shop: Shop) -> CartService:
        known = {product.product_id: product for product in (MUG, replace(BOWL, stock=0))}
        return CartService(
            shop.carts,
            shop.catalog,
            lambda: one_rate(Decimal("0.05")),
            lambda ids: {key: known[key] for key in ids if key in known},
        )

    def test_units_that_came_back_since_can_be_had(self, shop: Shop, old_news: CartService):
        assert old_news.put_in(ME, "bowl", 3).units == 2
        assert old_news.set_quantity(ME, "bowl", 1).units == 1

    def test_products_that_are_newer_than_it_can_be_had(self, shop: Shop, old_news: CartService):
        shop.catalog.add(Product("pot", "Pot", 700, 5, 1))
        assert old_news.add(ME, "pot").units == 1

    def test_what_sold_out_since_is_refused_once_the_cart_holds_what_there_seemed_to_be(
        self, shop: Shop, old_news: CartService
    ):
        shop.catalog.adjust_stock("e", "mug", set_to=1)
        assert old_news.add(ME, "mug", 5).units == 5  # as on the page; checkout says what is left
        with pytest.raises(OutOfStock, match="Only 1 of Mug left"):
            old_news.add(ME, "mug")

    def test_the_catalogue_is_not_asked(self, shop: Shop, old_news: CartService):
        shop.catalog.get_many = None  # type: ignore[assignment, method-assign]
        assert old_news.add(ME, "mug", 2).subtotal == 2_100
        assert old_news.set_quantity(ME, "mug", 3).units == 3
        assert old_news.remove(ME, "mug").units == 0
