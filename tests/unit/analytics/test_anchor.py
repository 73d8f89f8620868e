"""Where the last days end, and that each number of them ends there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain import AlertRule, Comparison, Period, Trade
from app.services.analytics.anchor import Anchor
from app.services.analytics.breakdown_ports import Level
from app.services.analytics.holdings import Holdings
from app.services.analytics.ports import DaySales, MinuteSales
from app.services.analytics.stock import StockAnalytics
from tests.unit.alerts.test_rules import HEAD, Sales, service
from tests.unit.alerts.test_rules import NOW as RULES_NOW
from tests.unit.analytics.test_holdings import FakeReader
from tests.unit.analytics.test_sales_analytics import FakeSales
from tests.unit.analytics.test_stock_analytics import NOW, TODAY, UTC_STORE, FakeStock, product

LAST = TODAY - timedelta(days=200)


def sale(day: date) -> DaySales:
    return DaySales(day, 1, 1, 100, 5, 0)


def given_back(day: date) -> DaySales:
    return DaySales(day, 0, 0, 0, 0, 100)


def trade(*days: DaySales) -> Trade:
    return Anchor(FakeSales(days=days), UTC_STORE, lambda: NOW).trade()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "anchor"),
    [
        ([], TODAY),
        ([sale(TODAY - timedelta(days=27))], TODAY),  # within the last 28 days, today among them
        ([sale(TODAY - timedelta(days=28))], TODAY - timedelta(days=28)),
        ([sale(LAST), given_back(TODAY - timedelta(days=3))], LAST),
        ([given_back(LAST)], TODAY),
        ([sale(LAST), sale(TODAY)], TODAY),
    ],
    ids=["never", "27 days ago", "28 days ago", "a return is no sale", "returns only", "sold again"],
)
def test_the_last_days_end_today_or_with_a_quiet_shops_last_sale(days: list[DaySales], anchor: date) -> None:
    found = trade(*days)
    assert found.anchor == anchor
    assert found.last(7) == Period(anchor - timedelta(days=6), anchor + timedelta(days=1))


def test_the_first_sale_of_all_shows_at_once() -> None:
    reader = FakeSales()
    anchor = Anchor(reader, UTC_STORE, lambda: NOW)  # type: ignore[arg-type]
    assert anchor.trade().first_day is None
    reader._days = [sale(TODAY)]
    assert anchor.trade().first_day == TODAY


def test_today_is_no_full_day_but_a_quiet_shops_last_day_is() -> None:
    assert trade(sale(TODAY)).full_end == TODAY
    assert trade(sale(LAST)).full_end == LAST + timedelta(days=1)


def test_a_quiet_shops_velocity_is_that_of_its_last_28_days_of_trade() -> None:
    reader = FakeStock([("a", LAST, 14), ("a", LAST - timedelta(days=27), 14)], {"a": NOW - timedelta(days=900)})
    reader._days = [sale(LAST - timedelta(days=27)), sale(LAST)]
    products = (product("a", 10, 50),)
    stock = StockAnalytics(reader, UTC_STORE, lambda: products, dict, now=lambda: NOW)
    assert stock.velocities() == {"a": 1.0}
    assert stock.velocity_of("a") == 1.0
    row = stock.overview().to_dict("records")[0]
    assert (row["velocity"], row["days_of_cover"], row["sold_28d"]) == (1.0, 10.0, 28)


def test_what_sold_in_a_quiet_shops_last_90_days_is_not_dead() -> None:
    quiet = Trade(date(2020, 1, 1), LAST, TODAY)

    def sold(days_before: int) -> datetime:
        return datetime.combine(LAST - timedelta(days=days_before), datetime.min.time(), UTC) + timedelta(hours=12)

    levels = [Level("lately", 3, sold(800), sold(89)), Level("long-ago", 3, sold(800), sold(90))]
    of = Holdings(
        FakeReader(levels), UTC_STORE, lambda: (product("lately"), product("long-ago")), lambda: quiet, lambda: NOW  # type: ignore[arg-type]
    )  # fmt: skip
    assert of.dead()["product_id"].tolist() == ["long-ago"]


class QuietSales(Sales):
    def __init__(self, last: date) -> None:
        super().__init__(0)
        self.last = last

    def day_bounds(self) -> tuple[date, date]:
        return self.last, self.last

    def last_sale_day(self) -> date:
        return self.last

    def between(self, start: datetime, end: datetime) -> MinuteSales:
        at = datetime.combine(self.last, datetime.min.time(), UTC) + timedelta(hours=6)
        return MinuteSales(start, *((1, 1, 900, 0, 0) if start <= at < end else (0,) * 5))


@pytest.mark.parametrize(("span", "alerts"), [("24h", 1), ("7d", 0)])
def test_a_rule_over_days_counts_a_quiet_shops_last_ones_and_one_over_hours_the_clocks(span: str, alerts: int) -> None:
    dry = AlertRule(1, "Dry", "gross", Comparison.BELOW, 500, span)
    rules, store, _ = service(QuietSales(RULES_NOW.date() - timedelta(days=90)), dry)
    rules.check()
    assert len(store.opened) == alerts


def test_an_alert_over_a_quiet_shops_days_says_with_which_they_end() -> None:
    last = RULES_NOW.date() - timedelta(days=90)
    rules, store, _ = service(
        QuietSales(last), AlertRule(1, "Much", "gross", Comparison.ABOVE, 500, "7d"),
        AlertRule(2, "Dry", "gross", Comparison.BELOW, 500, "24h"),
    )  # fmt: skip
    rules.check()
    much, dry = (found for *_, found in store.opened)
    assert f"in 7 days up to {HEAD.formats.day(last)}" in much
    assert "up to" not in dry
