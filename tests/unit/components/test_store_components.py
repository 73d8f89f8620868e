"""What shoppers see: words for stock, filters in the URL, carts with obstacles, the invoice, safe ways onward."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from plotly.utils import PlotlyJSONEncoder

from app.addresses import product_path, with_next
from app.domain import (
    Access,
    Address,
    Order,
    OrderLine,
    OrderReturn,
    OrderStatus,
    PricedCart,
    PricedLine,
    Principal,
    Product,
    ProductPicture,
    ProductStatus,
    ReturnLine,
    Role,
)
from app.domain.order_money import TaxMode, TaxRate
from app.domain.shop import Shop
from app.domain.taxes import combined
from app.errors import InvalidInput, Shortage
from app.money import Formats
from components.kit.forms import text_field
from components.kit.frame import Frame
from components.shop.cart_lines import cart_view, obstacles
from components.shop.checkout_form import cart_notice
from components.shop.invoice import invoice
from components.shop.list_state import Filters
from components.shop.order_summary import order_summary
from components.shop.pager import pager
from components.shop.prices import tax_note
from components.shop.product_card import buy_control, picture, product_card, product_grid, stock_words
from components.shop.shell import store_frame
from pages.account._way_back import local_path
from pages.shop._cart_changes import text_from, units_from
from tests.support.order_money import flat_money

FORMATS = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
CANDLE = Product("CAN-1", "Jasmine Candle", 69_900, 12, 25, category="Candles")
TAX = "plus 5% tax"
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def words(component: Any) -> str:
    """All text of a component tree, in order."""
    if component is None:
        return ""
    if isinstance(component, str | int | float):
        return f"{component} "
    if isinstance(component, list | tuple):
        return "".join(words(child) for child in component)
    return words(getattr(component, "children", None))


def plain(component: Any) -> str:
    return " ".join(words(component).split())


def as_json(component: Any) -> str:
    return json.dumps(component, cls=PlotlyJSONEncoder)


def priced_line(product: Product, quantity: int, accepted: int) -> PricedLine:
    return PricedLine(product, quantity, accepted, product.price)


def cart_of(*lines: PricedLine) -> PricedCart:
    return PricedCart("r1", lines, flat_money(*(line.total for line in lines)))


def test_only_uploaded_pictures_are_fitted_into_their_frame_whole() -> None:
    drawn = Product("mug", "Mug", 100, 1, 1)
    assert picture(drawn, sizes="64px").className == "picture"
    assert picture(replace(drawn, pictures=(ProductPicture("a.webp"),)), sizes="64px").className == "picture is-photo"


class TestStockInWords:
    @pytest.mark.parametrize(
        ("stock", "said"), [(6, "In stock"), (5, "Only 5 left"), (1, "Only 1 left"), (0, "Sold out"), (-1, "Sold out")]
    )
    def test_says_how_much_is_left(self, stock: int, said: str) -> None:
        assert plain(stock_words(replace(CANDLE, stock=stock))) == said

    def test_a_removed_product_is_not_called_sold_out(self) -> None:
        assert plain(stock_words(replace(CANDLE, status=ProductStatus.REMOVED))) == "No longer sold"


class TestProductCard:
    def test_shows_name_price_and_stock(self) -> None:
        assert plain(product_card(CANDLE, FORMATS, TAX)).startswith("Jasmine Candle ₹699.00 plus 5% tax In stock")

    def test_markup_in_a_name_stays_text(self) -> None:
        card = product_card(replace(CANDLE, name="<img src=x onerror=alert(1)>"), FORMATS, TAX)
        assert "<img src=x onerror=alert(1)>" in words(card)
        assert "dangerously" not in as_json(card).lower()

    def test_what_is_in_the_cart_shows_its_stepper(self) -> None:
        assert buy_control(CANDLE, 2).className == "buy is-in-cart"
        assert buy_control(CANDLE, 0).className == "buy"

    def test_a_sold_out_product_cannot_be_added(self) -> None:
        assert plain(buy_control(replace(CANDLE, stock=0), 0)) == "Sold out"

    @pytest.mark.parametrize(
        ("product_id", "name", "address"),
        [
            ("a/b?c", "Mug", "/product/a%2Fb%3Fc/mug"),
            ("a b", "Walnut Bowl, 50 % oiled!", "/product/a%20b/walnut-bowl-50-oiled"),
            ("x", "../../Evil?a=b#c", "/product/x/evil-a-b-c"),
            ("x", "</script> \u2028 <b>", "/product/x/script-b"),
            ("x", "***", "/product/x"),
            ("x", "Größe", "/product/x/gr%C3%B6%C3%9Fe"),
            ("x", "मिट्टी कप", f"/product/x/{quote('मिट्टी-कप')}"),
            ("x", "long " * 40, f"/product/x/{'-'.join(['long'] * 12)}"),
            ("x", "y" * 200, f"/product/x/{'y' * 60}"),
        ],
    )
    def test_an_address_has_the_id_and_words_of_the_name(self, product_id: str, name: str, address: str) -> None:
        assert product_path(product_id, name) == address


class TestFilters:
    def test_a_url_is_read_and_written_back_the_same(self) -> None:
        query = {
            "q": "lamp",
            "category": "Lighting",
            "sort": "price_asc",
            "in_stock": "1",
            "price_max": "499.50",
            "page": "3",
        }
        filters = Filters.from_query(query, 2)
        assert filters == Filters("lamp", ("Lighting",), "price_asc", True, None, 49_950, 3)
        assert dict(filters.pairs(2)) == query

    @pytest.mark.parametrize(
        "query",
        [
            {"page": "-1"}, {"page": "x"}, {"page": "²"}, {"page": "9" * 30}, {"sort": "'; drop"}, {"price_min": "NaN"},
            {"price_min": "-3"}, {"price_max": "1e99"}, {"in_stock": "maybe"}, {"q": "   "}, {"q": None},
        ],
    )  # fmt: skip
    def test_nonsense_in_a_url_counts_as_absent(self, query: dict[str, Any]) -> None:
        assert Filters.from_query(query, 2) == Filters()

    def test_a_price_range_typed_the_wrong_way_round_is_turned(self) -> None:
        filters = Filters.from_query({"price_min": "500", "price_max": "20"}, 2)
        assert (filters.price_min, filters.price_max) == (2_000, 50_000)

    def test_a_changed_filter_starts_at_page_one(self) -> None:
        assert Filters(q="lamp", page=4).href(2, categories=("Toys & Games",)) == "/?q=lamp&category=Toys+%26+Games"

    def test_the_plain_list_has_a_plain_url(self) -> None:
        assert Filters(categories=("Toys",)).href(2, categories=()) == "/"

    def test_values_that_are_given_several_times_stand_beside_each_other(self) -> None:
        filters = Filters.from_query({"category": ["Toys", "Books", "Toys", ""], "tag": "gift"}, 2)
        assert (filters.categories, filters.tags, filters.category) == (("Toys", "Books"), ("gift",), "")
        assert filters.href(2) == "/?category=Toys&category=Books&tag=gift"
        assert filters.toggled("categories", "Toys") == ("Books",)
        assert filters.toggled("tags", "Gift") == ()
        assert len(Filters.from_query({"category": [str(n) for n in range(999)]}, 2).categories) == 20


class TestPager:
    def test_names_first_last_and_neighbours(self) -> None:
        assert plain(pager(5, 9, str)) == "Previous Page 1 … Page 4 5 Page 6 … Page 9 Next"

    def test_one_page_needs_none(self) -> None:
        assert pager(1, 1, str) is None


class TestCart:
    def test_a_short_line_says_what_to_do_and_blocks_checkout(self) -> None:
        cart = cart_of(priced_line(replace(CANDLE, stock=2), 5, CANDLE.price))
        seen = plain(cart_view(cart, "page", FORMATS, TAX))
        assert "Only 2 left; you asked for 5. Take 2" in seen
        assert "Fix the marked lines first." in seen
        assert obstacles(cart) == list(cart.lines)

    def test_a_changed_price_is_shown_with_the_old_one(self) -> None:
        cart = cart_of(priced_line(CANDLE, 1, 59_900))
        seen = plain(cart_view(cart, "drawer", FORMATS, TAX))
        assert "Was ₹599.00 when you added it." in seen
        assert "Accept new prices" in seen

    def test_a_product_that_is_gone_can_only_be_removed(self) -> None:
        cart = cart_of(priced_line(replace(CANDLE, status=ProductStatus.REMOVED), 1, CANDLE.price))
        seen = plain(cart_view(cart, "page", FORMATS, TAX))
        assert "This product is no longer sold. Remove it to go on. Remove" in seen

    def test_totals_show_tax(self) -> None:
        seen = plain(cart_view(cart_of(priced_line(CANDLE, 2, CANDLE.price)), "page", FORMATS, TAX))
        assert "Subtotal ₹1,398.00 Tax (5%) ₹69.90 Total ₹1,467.90" in seen

    def test_each_price_of_a_product_says_that_tax_comes_on_top(self) -> None:
        cart = cart_of(priced_line(CANDLE, 2, CANDLE.price))
        for shown in (cart_view(cart, "drawer", FORMATS, TAX), order_summary(cart, FORMATS, TAX)):
            assert "₹699.00 each plus 5% tax" in plain(shown)
        assert "tax" not in plain(product_card(CANDLE, FORMATS, ""))
        rates = [TaxRate(Decimal(rate)) for rate in ("0.05", "0")]
        assert [tax_note(one, TaxMode.ADDED, FORMATS) for one in rates] == [TAX, ""]

    def test_a_price_that_holds_tax_says_so_and_names_it(self) -> None:
        both = TaxRate(Decimal("0.09"), "CGST"), TaxRate(Decimal("0.09"), "SGST")
        assert tax_note(combined(both), TaxMode.INCLUDED, FORMATS) == "incl. 18% CGST + SGST"
        assert tax_note(both[0], TaxMode.ADDED, FORMATS, with_rate=False) == "plus CGST"

    def test_an_empty_cart_leads_to_the_shop(self) -> None:
        assert "Browse the shop" in plain(cart_view(cart_of(), "page", FORMATS, TAX))

    def test_when_nothing_is_left_there_is_still_a_way_on(self) -> None:
        assert "Remove and go on" in plain(
            cart_notice([Shortage("CAN-1", "Candle", 2, 0)], [], FORMATS, "accept", tried=True)
        )


class TestTaxWords:
    @pytest.mark.parametrize(("rate", "said"), [("0.05", "5%"), ("0.075", "7.5%"), ("0.2", "20%"), ("0", "0%")])
    def test_names_the_rate(self, rate: str, said: str) -> None:
        assert FORMATS.rate(rate) == said

    @pytest.mark.parametrize(("locale", "said"), [("en_GB", "12.5%"), ("de_DE", "12,5\N{NO-BREAK SPACE}%")])
    def test_is_written_as_the_locale_writes_it(self, locale: str, said: str) -> None:
        assert replace(FORMATS, locale=locale).rate("0.125") == said


ORDER = Order(
    order_id=65,
    owner="guest#x",
    status=OrderStatus.PAID,
    email="ana@example.com",
    address=Address("Ana <b>Silva</b>", "Rua Augusta 12", "Lisboa", "1100-053", "PT"),
    lines=(OrderLine(1, "CAN-1", "Jasmine Candle", 69_900, 2, returned=1),),
    currency="INR",
    subtotal=139_800,
    tax=6_990,
    total=146_790,
    tax_rate="0.05",
    created_at=AT,
    paid_at=AT,
    payment_method="Card ending 4242",
    refunded=73_395,
)


class TestInvoice:
    def test_shows_lines_tax_totals_address_and_method(self) -> None:
        seen = plain(invoice(ORDER, (), FORMATS, Shop("Retail Sync")))
        for part in ("Invoice 10065", "Jasmine Candle", "₹1,398.00", "Tax (5%) ₹69.90", "Total ₹1,467.90", "Portugal"):
            assert part in seen
        assert "Card ending 4242" in seen
        assert "Ana <b>Silva</b>" in seen

    def test_shows_what_came_back_and_was_refunded(self) -> None:
        back = OrderReturn(
            1, 65, AT, "admin", "Chipped", (ReturnLine(1, "CAN-1", "Jasmine Candle", 1, 69_900, True),), 73_395
        )
        seen = plain(invoice(ORDER, (back,), FORMATS, Shop("Retail Sync")))
        assert "1 × Jasmine Candle" in seen
        assert "₹733.95 refunded" in seen
        assert "Partly refunded" in seen


class TestHeader:
    def frame_for(self, principal: Principal) -> str:
        return plain(store_frame(Frame(principal, "Retail Sync", "home"), "content"))

    def test_a_guest_is_asked_in(self) -> None:
        seen = self.frame_for(Principal("guest#1"))
        assert "Sign in" in seen
        assert "Admin" not in seen

    def test_a_customer_sees_orders_and_no_staff_pages(self) -> None:
        seen = self.frame_for(Principal("user#1", 1, "Ana Silva", "ana@example.com", Role.CUSTOMER))
        assert "Your orders" in seen
        assert "Sign out" in seen
        assert "Wall" not in seen

    @pytest.mark.parametrize("role", [Role.OPS, Role.ANALYST, Role.ADMIN])
    def test_staff_get_to_admin_and_wall(self, role: Role) -> None:
        principal = Principal("user#2", 2, "Dev Rao", "dev@example.com", role)
        assert principal.may(Access.WATCH)
        seen = self.frame_for(principal)
        assert "Admin" in seen
        assert "Wall" in seen


class TestWhereToGoNext:
    @pytest.mark.parametrize("path", ["/checkout", "/orders/12?thanks=1", "/?q=lamp&page=2"])
    def test_local_paths_are_kept(self, path: str) -> None:
        assert local_path(path) == path

    @pytest.mark.parametrize(
        "path",
        [
            "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
            "javascript:alert(1)", "evil", "", None, 7, ["/"], "/login?next=/login", "/register", "/\n/evil",
            "///evil.example", "/" + "a" * 600, "/api/logout", "/api/account/data",
            "/./api/logout", "/x/../api/logout", "/%61pi/logout", "/..//evil.example", "/%2e%2e//evil.example",
            "/orders//1", "/api",
        ],
    )  # fmt: skip
    def test_anything_else_leads_to_the_shop(self, path: Any) -> None:
        assert local_path(path) == "/"

    def test_the_way_back_is_quoted(self) -> None:
        assert with_next("/login", "/orders?page=2") == "/login?next=%2Forders%3Fpage%3D2"
        assert with_next("/login", "/") == "/login"


class TestWhatBrowsersSend:
    @pytest.mark.parametrize("value", [True, "2", None, 1.5, float("nan"), float("inf"), [1], {}])
    def test_units_must_be_a_whole_number(self, value: Any) -> None:
        with pytest.raises(InvalidInput):
            units_from(value)

    def test_a_whole_float_is_a_number_of_units(self) -> None:
        assert units_from(3.0) == 3

    @pytest.mark.parametrize("value", [7, ["a"], {"a": 1}, "x" * 201])
    def test_text_must_be_text_of_bearable_length(self, value: Any) -> None:
        with pytest.raises(InvalidInput):
            text_from(value, "Name")


def test_a_product_that_changed_is_drawn_anew_and_the_others_are_as_they_were():
    tea, cup = replace(CANDLE, name="Tea", product_id="P1"), CANDLE
    before = product_grid([tea, cup], FORMATS, "", {}).children
    after = product_grid([replace(tea, stock=2), cup], FORMATS, "", {}).children
    assert "Only 2 left" in words(after[0])
    assert after[1] is before[1]
    assert product_grid([tea, cup], FORMATS, "", {"CAN-1": 3}).children[1] is not before[1]


def test_a_label_s_mark_is_a_word_of_its_own():
    label = text_field("line2", "Flat, floor, company", optional=True).children[0]
    read_out = "".join(part if isinstance(part, str) else part.children for part in label.children)
    assert read_out == "Flat, floor, company optional"
