"""Velocity, cover and history of stock by their definitions, from fakes."""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain import Demand, Forecast, MovementKind, Period, Product, ProductStatus, StockMovement
from app.money import Formats
from app.services.analytics.ports import DaySales, ProductDay, ProductSales, StockPoint
from app.services.analytics.stock import StockAnalytics, days_of_cover, fastest, most_urgent
from tests.unit.analytics.test_sales_analytics import FakeSales

UTC_STORE = Formats("GBP", 2, "en_GB", ZoneInfo("UTC"))
NOW = datetime(2026, 3, 31, 15, tzinfo=UTC)
TODAY = NOW.date()


def product(product_id: str, stock: int = 10, threshold: int = 5, **fields: Any) -> Product:
    return Product(product_id, product_id.upper(), 1_000, stock, threshold, **fields)


class FakeStock(FakeSales):
    """Sales as (product, day, units); `points` are one product's movements."""

    def __init__(
        self,
        sales: Collection[tuple[str, date, int]] = (),
        first: dict[str, datetime] | None = None,
        points: Collection[StockPoint] = (),
    ) -> None:
        super().__init__()
        self.sales, self.first, self.points = sales, first or {}, sorted(points)

    def best_sellers(self, start: date, end: date, *_: Any, **__: Any) -> list[ProductSales]:
        units: dict[str, int] = {}
        for product_id, day, sold in self.sales:
            if start <= day < end:
                units[product_id] = units.get(product_id, 0) + sold
        return [ProductSales(product_id, sold, 0) for product_id, sold in units.items()]

    def product_days(self, product_ids: Collection[str], start: date, end: date) -> list[ProductDay]:
        return [ProductDay(p, day, units) for p, day, units in self.sales if p in product_ids and start <= day < end]

    def first_stocked(self) -> dict[str, datetime]:
        return self.first

    def on_hand_before(self, product_id: str, at: datetime) -> int | None:
        earlier = [point for point in self.points if point.at < at]
        return earlier[-1].on_hand if earlier else None

    def stock_points(self, product_id: str, start: datetime, end: datetime, most: int) -> list[StockPoint]:
        return [point for point in self.points if start <= point.at < end]


def overview(reader: FakeStock, *products: Product, held: dict[str, int] | None = None) -> dict[str, Any]:
    stock = StockAnalytics(reader, UTC_STORE, lambda: products, lambda: held or {}, now=lambda: NOW)
    return stock.overview().set_index("product_id").to_dict("index")


def days_ago(days: int, hour: int = 12) -> datetime:
    return datetime.combine(TODAY - timedelta(days=days), datetime.min.time(), UTC) + timedelta(hours=hour)


def expecting(**a_day: float) -> dict[str, Demand]:
    return {product_id: Demand.by_velocity(units, TODAY) for product_id, units in a_day.items()}


class TestVelocity:
    def test_is_over_28_full_days_without_today(self) -> None:
        sales = [("a", TODAY, 100), ("a", TODAY - timedelta(days=1), 14), ("a", TODAY - timedelta(days=28), 14)]
        sales.append(("a", TODAY - timedelta(days=29), 100))
        row = overview(FakeStock(sales, {"a": days_ago(300)}), product("a"))["a"]
        assert row["velocity"] == 1.0
        assert row["days_of_cover"] == 10.0
        assert row["sold_28d"] == 28

    def test_of_a_young_product_is_over_its_full_days(self) -> None:
        # First stocked at noon four days ago: three full days; what sold on the first day does not count.
        sales = [("a", TODAY - timedelta(days=4), 50), ("a", TODAY - timedelta(days=2), 6)]
        assert overview(FakeStock(sales, {"a": days_ago(4)}), product("a"))["a"]["velocity"] == 2.0

    def test_a_product_stocked_at_midnight_had_that_whole_day(self) -> None:
        sales = [("a", TODAY - timedelta(days=2), 6)]
        assert overview(FakeStock(sales, {"a": days_ago(2, hour=0)}), product("a"))["a"]["velocity"] == 3.0

    def test_there_is_none_before_one_full_day(self) -> None:
        sales = [("a", TODAY - timedelta(days=1), 6)]
        row = overview(FakeStock(sales, {"a": days_ago(1)}), product("a"))["a"]
        assert math.isnan(row["velocity"])
        assert math.isnan(row["days_of_cover"])

    def test_without_sales_it_is_zero_and_cover_has_no_number(self) -> None:
        row = overview(FakeStock(first={"a": days_ago(50)}), product("a"))["a"]
        assert row["velocity"] == 0.0
        assert math.isnan(row["days_of_cover"])


class TestCover:
    """Days of cover and the day on which a product runs out: one number, by the forecast where there is one."""

    def row(self, stock: int, *expected: float, first_day: date = TODAY, a_day: float = 1.0) -> dict[str, Any]:
        made = Forecast(first_day, "Theta", tuple((0.0, units, units) for units in expected), {}) if expected else None
        reader = FakeStock([("a", TODAY - timedelta(days=1), round(28 * a_day))], {"a": days_ago(300)})
        of = StockAnalytics(
            reader, UTC_STORE, lambda: (product("a", stock),), dict, now=lambda: NOW,
            forecasts=lambda wanted: {"a": made} if made else {},
        )  # fmt: skip
        assert of.demand_of("a").cover(stock) == of.demands()["a"].cover(stock)
        return of.overview().to_dict("records")[0]

    def test_is_by_the_forecast_and_not_by_the_velocity(self) -> None:
        row = self.row(7, 2.0, 2.0, 6.0, 2.0)
        assert (row["velocity"], row["days_of_cover"]) == (1.0, 2.5)  # 2 + 2 are there, half of the third day's 6
        assert row["runs_out"] == TODAY + timedelta(days=2)

    def test_goes_on_at_the_mean_beyond_the_forecast(self) -> None:
        row = self.row(40, 1.0, 3.0)
        assert (row["days_of_cover"], row["runs_out"]) == (20.0, TODAY + timedelta(days=20))

    def test_leaves_out_what_is_over_of_an_older_forecast(self) -> None:
        row = self.row(6, 99.0, 2.0, 4.0, first_day=TODAY - timedelta(days=1))
        assert (row["days_of_cover"], row["runs_out"]) == (2.0, TODAY + timedelta(days=2))

    def test_a_forecast_that_is_over_counts_no_more(self) -> None:
        assert self.row(10, 99.0, 99.0, first_day=TODAY - timedelta(days=2))["days_of_cover"] == 10.0

    def test_without_a_forecast_it_is_by_the_velocity(self) -> None:
        row = self.row(10, a_day=4.0)
        assert (row["days_of_cover"], row["runs_out"]) == (2.5, TODAY + timedelta(days=2))

    def test_what_is_expected_to_sell_nothing_has_none_and_never_runs_out(self) -> None:
        row = self.row(0, 0.0, 0.0)
        assert math.isnan(row["days_of_cover"])
        assert row["runs_out"] is None

    def test_names_no_day_beyond_ten_years(self) -> None:
        row = self.row(100_000, 0.001)
        assert (row["days_of_cover"], row["runs_out"]) == (100_000_000.0, None)

    def test_the_sold_out_run_out_today(self) -> None:
        row = self.row(0, 0.0, 3.0)
        assert (row["days_of_cover"], row["runs_out"]) == (0.0, TODAY)


class TestSoldOut:
    def test_is_all_merchandise_of_which_nothing_is_available_its_threshold_0_or_not(self) -> None:
        products = (
            product("a", 0), product("b", 0, threshold=0), product("c", 1), product("POST", 0),
            product("d", 0, status=ProductStatus.REMOVED),
        )  # fmt: skip
        of = StockAnalytics(FakeStock(), UTC_STORE, lambda: products, dict, now=lambda: NOW)
        assert [p.product_id for p in of.sold_out()] == ["a", "b"]
        assert int((of.overview()["level"] == "out").sum()) == 2


class TestOverview:
    def test_on_hand_is_available_and_held(self) -> None:
        row = overview(FakeStock(), product("a", stock=7), held={"a": 2})["a"]
        assert (row["available"], row["held"], row["on_hand"]) == (7, 2, 9)

    def test_leaves_out_removed_products_and_charges(self) -> None:
        shown = overview(FakeStock(), product("a"), product("b", status=ProductStatus.REMOVED), product("POST"))
        assert list(shown) == ["a"]

    def test_of_an_empty_shop_is_empty(self) -> None:
        assert overview(FakeStock()) == {}

    def test_fastest_leaves_out_what_does_not_sell(self) -> None:
        sales = [("b", TODAY - timedelta(days=1), 28), ("a", TODAY - timedelta(days=1), 56)]
        reader = FakeStock(sales, dict.fromkeys("abc", days_ago(99)))
        products = (product("a"), product("b"), product("c"))
        stock = StockAnalytics(reader, UTC_STORE, lambda: products, dict, now=lambda: NOW)
        assert fastest(stock.overview(), 5)["product_id"].tolist() == ["a", "b"]


class TestLow:
    def test_most_urgent_lasts_the_shortest_and_what_does_not_sell_comes_last(self) -> None:
        products = [
            product("idle", 0, 50), product("idler", 4, 5), product("days", 4, 5), product("week", 7, 50),
            product("out", 0, 5), product("fine", 5, 5),
        ]  # fmt: skip
        demands = expecting(days=2.0, week=1.0, out=0.1, fine=9.0)
        assert [p.product_id for p in most_urgent(products, demands)] == ["out", "days", "week", "idle", "idler"]

    def test_of_two_sold_out_the_faster_one_is_more_urgent(self) -> None:
        products = [product("slow", 0, 50), product("fast", 0, 5)]
        assert [p.product_id for p in most_urgent(products, expecting(slow=0.1, fast=3.0))] == ["fast", "slow"]
        assert days_of_cover(products[0], expecting(slow=0.1)) == 0
        assert days_of_cover(products[0], {}) is None

    def test_goes_by_the_velocity_of_full_days(self) -> None:
        sales = [("old", TODAY - timedelta(days=1), 28), ("new", TODAY - timedelta(days=1), 8), ("today", TODAY, 5)]
        reader = FakeStock(sales, {"old": days_ago(99), "new": days_ago(3), "today": days_ago(99)})
        products = (product("old", 2), product("new", 2), product("today", 0))
        stock = StockAnalytics(reader, UTC_STORE, lambda: products, dict, now=lambda: NOW)
        assert stock.velocities() == {"old": 1.0, "new": 4.0}
        assert [p.product_id for p in stock.low()] == ["new", "old", "today"]


class TestHistory:
    def history(self, points: list[StockPoint], period: Period) -> list[tuple[datetime, int]]:
        stock = StockAnalytics(FakeStock(points=points), UTC_STORE, tuple, dict, now=lambda: NOW)
        frame = stock.history("a", period)
        return list(zip(frame["at"].dt.to_pydatetime(), frame["on_hand"].tolist(), strict=True))

    def test_starts_with_what_was_there_and_reaches_the_present(self) -> None:
        points = [StockPoint(days_ago(9), 20), StockPoint(days_ago(1), 18)]
        week = Period(TODAY - timedelta(days=7), TODAY + timedelta(days=1))
        assert self.history(points, week) == [(days_ago(7, hour=0), 20), (days_ago(1), 18), (NOW, 18)]

    def test_a_product_that_never_moved_has_none(self) -> None:
        assert self.history([], Period(TODAY, TODAY + timedelta(days=1))) == []

    def test_a_period_in_the_future_has_none(self) -> None:
        ahead = Period(TODAY + timedelta(days=5), TODAY + timedelta(days=9))
        assert self.history([StockPoint(days_ago(1), 5)], ahead) == []


class Ledger(FakeStock):
    def movements_before(self, product_id: str, at: datetime, most: int) -> list[StockMovement]:
        return [self._movement(point) for point in reversed(self.points) if point.at < at][:most]

    def movements(self, product_id: str, start: datetime, end: datetime, most: int) -> list[StockMovement]:
        return [self._movement(point) for point in self.points if start <= point.at < end][:most]

    def _movement(self, point: StockPoint) -> StockMovement:
        return StockMovement(1, "a", point.at, MovementKind.RECEIPT, 1, point.on_hand, "edit:1", "asha")


class TestMinute:
    def stock(self, *points: StockPoint, reader: FakeStock | None = None) -> StockAnalytics:
        return StockAnalytics(reader or Ledger(points=points), UTC_STORE, tuple, dict, now=lambda: NOW)

    def test_what_was_on_hand_is_what_the_last_movement_of_that_minute_left(self) -> None:
        points = [StockPoint(days_ago(3, 10), 5), StockPoint(days_ago(3, 12), 4), StockPoint(days_ago(1), 9)]
        found = self.stock(*points).at_minute("a", days_ago(3).replace(tzinfo=None), 7)
        assert (found.on_hand, [one.on_hand for one in found.before]) == (4, [4, 5])
        assert [one.on_hand for one in found.after] == [9]
        assert found.period == Period(TODAY - timedelta(days=6), TODAY + timedelta(days=1))
        assert found.history["on_hand"].tolist() == [5, 4, 9, 9]

    def test_days_that_hold_the_minute_stay_and_end_at_the_present_one(self) -> None:
        stock, first = self.stock(StockPoint(days_ago(9), 9)), TODAY - timedelta(days=5)
        kept = stock.at_minute("a", days_ago(1).replace(tzinfo=None), 7, first)
        assert kept.period == Period(first, first + timedelta(days=7))
        assert (kept.begins, kept.until) == (datetime.combine(first, time()), NOW.replace(tzinfo=None))
        earlier = stock.at_minute("a", days_ago(20).replace(tzinfo=None), 7, first)
        assert (earlier.begins.time(), earlier.until - earlier.begins) == (time(), timedelta(days=7, minutes=-1))

    def test_before_its_first_movement_there_was_nothing(self) -> None:
        found = self.stock(StockPoint(days_ago(1), 9)).at_minute("a", days_ago(3).replace(tzinfo=None), 1)
        assert (found.on_hand, found.before, found.history.empty) == (0, [], True)

    def test_a_minute_that_has_not_come_is_the_present_one(self) -> None:
        present = NOW.replace(tzinfo=None)
        assert self.stock().minute(present + timedelta(days=1)) == present
        assert self.stock().minute(None) == present
        assert self.stock().minute(datetime(1900, 1, 1)).year == 1990

    def test_a_quiet_shop_is_shown_on_its_last_evening(self) -> None:
        quiet = FakeStock()
        quiet._days = [DaySales(TODAY - timedelta(days=99), 1, 1, 1, 0, 0)]
        assert self.stock(reader=quiet).minute(None) == datetime.combine(TODAY - timedelta(days=99), time(23, 59))
