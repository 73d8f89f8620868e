"""How large orders are: the median, and which stand out, cancelled or not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain import Period
from app.domain.amounts import rounded_value
from app.money import Formats
from app.services.analytics.order_size_ports import LargeOrder, OrderValue, Quantities
from app.services.analytics.order_sizes import (
    OrderSizeAnalytics,
    OrderSizes,
    Outlier,
    median,
    outlier_words,
    without_cancelled_words,
)
from app.services.analytics.ports import DaySales
from app.services.analytics.sales import SalesTotals
from tests.unit.analytics.test_sales_analytics import analytics

POUNDS = Formats("GBP", 2, "en_GB", ZoneInfo("Europe/London"))
AT = datetime(2011, 12, 9, 9, 15, tzinfo=UTC)
DAY = Period.of_day(date(2011, 12, 9))


class Orders:
    """A reader of orders of these values; what its customer gave back of the largest."""

    def __init__(self, values: list[OrderValue], largest: list[int], given_back: int = 0) -> None:
        self.values, self.largest, self.given_back = values, largest, given_back
        self.looked = 0

    def order_values(self, start: date, end: date) -> list[OrderValue]:
        return self.values

    def largest_orders(self, start: date, end: date, most: int) -> list[LargeOrder]:
        self.looked += 1
        return [LargeOrder(n, f"58148{n}", 7, AT, value) for n, value in enumerate(self.largest[:most])]

    def quantities(self, order: LargeOrder, until: datetime) -> Quantities:
        assert until == AT + timedelta(days=7)
        return Quantities({"craft": 80_995}, {"craft": self.given_back})


def sizes(orders: Orders) -> OrderSizes:
    gross = sum(one.value * one.orders for one in orders.values)
    count = sum(one.orders for one in orders.values)
    sales = analytics(days=[DaySales(DAY.start, count, count, gross, 0, 0)])
    return OrderSizeAnalytics(orders, sales).of(DAY)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        ([OrderValue(5, 1)], 5),
        ([OrderValue(5, 1), OrderValue(8, 1)], 7),  # 6.5, half up
        ([OrderValue(5, 3), OrderValue(1_000_000, 2)], 5),
        ([OrderValue(1, 2), OrderValue(9, 2)], 5),
    ],
)
def test_the_median_is_the_middle_of_all_orders(values: list[OrderValue], expected: int | None) -> None:
    assert median(values) == expected


@pytest.mark.parametrize(
    ("minor", "expected"),
    [(0, 0), (999, 999), (1_005, 1_010), (1_004, 1_000), (99_950, 100_000), (168_469, 168_000)],
)
def test_values_are_counted_to_three_significant_digits(minor: int, expected: int) -> None:
    assert rounded_value(minor) == expected


def test_one_order_of_a_million_among_a_thousand_of_ten_stands_out() -> None:
    found = sizes(Orders([OrderValue(1_000, 1_000), OrderValue(100_000_000, 1)], [100_000_000, 1_000]))
    assert found.median == 1_000
    assert [(one.value, one.is_cancelled) for one in found.outliers] == [(100_000_000, False)]
    assert found.outliers[0].share == pytest.approx(0.990, abs=0.001)


def test_it_is_cancelled_once_all_of_it_came_back() -> None:
    values = [OrderValue(30_300, 600), OrderValue(16_846_960, 1)]
    whole, some = (sizes(Orders(values, [16_846_960], given_back=units)) for units in (80_995, 80_994))
    assert ([one.is_cancelled for one in whole.outliers], whole.cancelled()) == ([True], 16_846_960)
    assert ([one.is_cancelled for one in some.outliers], some.cancelled()) == ([False], 0)
    assert whole.cancelled(AT - timedelta(minutes=1)) == 0, "it had not been paid by then"


@pytest.mark.parametrize(
    "values",
    [
        [],
        [OrderValue(10, 1)],
        [OrderValue(10, 8), OrderValue(10_000, 1)],  # too few to say what is usual
        [OrderValue(100, 500), OrderValue(1_900, 3)],  # hardly twenty times the median
        [OrderValue(10, 90_000), OrderValue(300, 1)],  # far, but nothing beside the sum
    ],
)
def test_what_is_usual_or_makes_no_sum_is_not_named_or_looked_for(values: list[OrderValue]) -> None:
    orders = Orders(values, [1])
    assert sizes(orders).outliers == ()
    assert orders.looked == 0


def test_words_say_how_large_and_what_sales_are_without_it() -> None:
    one = Outlier(1, "581483", AT, 16_846_960, 0.0411, True)
    assert outlier_words(one, POUNDS) == "£168K on 9 Dec 2011, 4% of gross sales; cancelled within 7 days"
    now, before = SalesTotals(900, gross=26_846_960), SalesTotals(800, gross=9_800_000)
    found, none = OrderSizes(30_000, (one,)), OrderSizes(30_000, ())
    assert without_cancelled_words(now, found, before, none, None, POUNDS) == (
        "£100K without what was cancelled, 2% more than before"
    )
    assert without_cancelled_words(now, none, before, none, None, POUNDS) == ""
