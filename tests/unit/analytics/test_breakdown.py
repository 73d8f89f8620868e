"""Shares of categories and countries: of what sold, and of what a list leaves out."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from app.domain import Period, Product
from app.money import Formats
from app.services.analytics.breakdown import Breakdowns, Part, Slice, largest
from app.services.analytics.breakdown_ports import CountrySales, ProductSums
from app.services.analytics.margin import Margin, margin_of
from app.services.analytics.ports import DaySales
from app.services.analytics.sales import SalesTotals
from tests.unit.analytics.test_sales_analytics import analytics

INDIA = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
DAY = Period.of_day(date(2026, 3, 1))


def breakdowns(days: list[DaySales] | None = None, products: list[ProductSums] | None = None) -> Breakdowns:
    reader: Any = SimpleNamespace(
        products=lambda *_: (
            products
            or [
                ProductSums("mug", 3, 300, 0, 0),
                ProductSums("pot", 1, 100, 0, 0),
                ProductSums("gone", 0, 0, 1, 70),
            ]
        ),
        countries=lambda *_: [CountrySales("FR", 1, 1, 100, 0), CountrySales("IN", 1, 3, 300, 0)],
    )
    known = (Product("mug", "Mug", 100, 1, 1, "Kitchen"), Product("pot", "Pot", 100, 1, 1, "Garden"))
    return Breakdowns(reader, analytics(days=days or []), INDIA, lambda: known)


def test_shares_are_of_what_sold_and_leave_out_what_only_came_back():
    large, small = (margin_of(SalesTotals(gross=gross)) for gross in (300, 100))
    assert breakdowns().category_shares(DAY, Part()) == [
        Slice("Kitchen", 3, 300, 0.75, large),
        Slice("Garden", 1, 100, 0.25, small),
    ]
    assert breakdowns().country_shares(DAY, Part()) == [
        Slice("IN", 3, 300, 0.75, large),
        Slice("FR", 1, 100, 0.25, small),
    ]


def test_what_was_given_back_is_no_best_seller():
    sums = [
        ProductSums("craft", 80_995, 168_470, 80_995, 168_470),
        ProductSums("mug", 3, 300, 1, 100),
        ProductSums("pot", 2, 250, 0, 0),
        ProductSums("POST", 9, 900, 0, 0),
    ]
    best = breakdowns(products=sums).best(DAY, Part())
    assert [(row.product_id, row.kept_units, row.net) for row in best] == [("pot", 2, 250), ("mug", 2, 200)]


def test_countries_are_known_from_the_first_sale_on():
    assert breakdowns().known_countries() == set()
    assert breakdowns([DaySales(date(2026, 3, 1), 1, 1, 100, 0, 0)]).known_countries() == {"IN", "FR"}


def test_the_rest_is_summed_and_a_chosen_one_is_always_listed():
    slices = [Slice(f"k{n}", 1, 10, 0.25) for n in range(4)]
    first = largest(slices, 2)
    assert ([one.key for one in first.shown], first.others, first.others_share) == (["k0", "k1"], 2, 0.5)
    chosen = largest(slices, 2, "k3")
    assert ([one.key for one in chosen.shown], chosen.others, chosen.others_share) == (["k0", "k1", "k3"], 1, 0.25)
    assert largest(slices, 2, "k0").others == 2
    assert largest([], 2) == ([], 0, 0)


def test_the_margin_of_a_product_is_of_its_own_sales_and_one_that_never_sold_has_none():
    sums = [ProductSums("mug", 3, 300, 1, 100, 120, 300, 100), ProductSums("pot", 2, 250, 0, 0)]
    found = breakdowns(products=sums)
    assert found.margin_of_product(DAY, "mug") == Margin(200, 120, 300, 0.0, is_known=True)
    assert found.margin_of_product(DAY, "pot").unknown == 1.0
    assert found.margin_of_product(DAY, "none") == Margin(0, 0, 0, None, is_known=False)
