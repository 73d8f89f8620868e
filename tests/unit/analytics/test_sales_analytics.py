"""Sales numbers by their definitions, from fake rollups."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain import Period
from app.errors import InvalidInput
from app.money import Formats
from app.services.analytics.ports import DaySales, MinuteSales, ProductSales
from app.services.analytics.sales import SalesAnalytics, average_order

INDIA = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
MAR_1, MAR_2, MAR_3 = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)


class FakeSales:
    def __init__(
        self,
        days: Sequence[DaySales] = (),
        minutes: Sequence[MinuteSales] = (),
        products: Sequence[ProductSales] = (),
    ) -> None:
        self._days, self._minutes, self._products = days, minutes, products
        self.asked: list[tuple[date, date]] = []

    def days(self, start: date, end: date) -> list[DaySales]:
        return [row for row in self._days if start <= row.day < end]

    def day_bounds(self) -> tuple[date, date] | None:
        return (self._days[0].day, self._days[-1].day) if self._days else None

    def last_sale_day(self) -> date | None:
        return max((row.day for row in self._days if row.orders), default=None)

    def complete_until(self) -> datetime:
        return datetime.now(UTC)

    def minutes(self, start: datetime, end: datetime) -> list[MinuteSales]:
        return [row for row in self._minutes if start <= row.at < end]

    def between(self, start: datetime, end: datetime) -> MinuteSales:
        rows = self.minutes(start, end)
        return MinuteSales(start, *(sum(row[place] for row in rows) for place in range(1, 6)))

    def best_sellers(
        self, start: date, end: date, limit: int | None = None, by: str = "gross", leave_out: Collection[str] = ()
    ) -> list[ProductSales]:
        self.asked.append((start, end))
        if self._days and not self.days(start, end):
            return []
        return [row for row in self._products if row.product_id not in leave_out][:limit]


def analytics(now: datetime = datetime(2026, 3, 8, 12, tzinfo=UTC), **rows: list) -> SalesAnalytics:  # type: ignore[type-arg]
    return SalesAnalytics(FakeSales(**rows), INDIA, now=lambda: now)


class TestByDay:
    def test_days_without_sales_hold_zero(self) -> None:
        frame = analytics(days=[DaySales(MAR_1, 2, 3, 4_000, 200, 0)]).by_day(Period(MAR_1, MAR_3))
        assert frame["gross"].tolist() == [4_000, 0]
        assert frame["aov"].tolist() == [2_000, None], "an average of no orders is none"
        assert [str(day.date()) for day in frame["day"]] == ["2026-03-01", "2026-03-02"]

    def test_net_is_gross_less_what_came_back_that_day_even_below_zero(self) -> None:
        frame = analytics(days=[DaySales(MAR_2, 0, 0, 0, 0, 500)]).by_day(Period(MAR_1, MAR_3))
        assert frame["net"].tolist() == [0, -500]

    def test_columns_are_whole_numbers(self) -> None:
        costs = ["cost", "costed", "costed_returns"]
        frame = analytics().by_day(Period(MAR_1, MAR_3))
        assert list(frame.columns) == ["day", "orders", "units", "gross", "returns", "net", "aov", "tax", *costs]
        assert set(frame.drop(columns=["day", "aov"]).dtypes.astype(str)) == {"int64"}

    def test_an_empty_period_has_no_rows(self) -> None:
        assert analytics().by_day(Period(MAR_1, MAR_1)).empty

    def test_a_period_that_ends_before_it_starts_is_refused(self) -> None:
        with pytest.raises(InvalidInput):
            analytics().by_day(Period(MAR_3, MAR_1))


class TestTotals:
    def test_sums_the_days_and_averages_over_all_their_orders(self) -> None:
        rows = [DaySales(MAR_1, 1, 1, 1_000, 50, 100), DaySales(MAR_2, 2, 5, 2_001, 100, 0)]
        total = analytics(days=rows).total(Period(MAR_1, MAR_3))
        assert (total.orders, total.units, total.gross, total.net, total.aov, total.tax) == (
            3,
            6,
            3_001,
            2_901,
            1_000,
            150,
        )

    @pytest.mark.parametrize(("gross", "orders", "expected"), [(0, 0, None), (5, 2, 3), (7, 3, 2), (1, 3, 0)])
    def test_aov_rounds_half_up(self, gross: int, orders: int, expected: int | None) -> None:
        assert average_order(gross, orders) == expected


class TestTodayAgainstLastWeek:
    def test_both_days_count_up_to_the_same_clock_time(self) -> None:
        now = datetime(2026, 3, 8, 12, tzinfo=UTC)
        week_ago = now - timedelta(days=7)
        rows = [
            MinuteSales(week_ago - timedelta(hours=1), 1, 1, 100, 5, 0),
            MinuteSales(week_ago + timedelta(minutes=1), 1, 1, 900, 45, 0),
            MinuteSales(now - timedelta(minutes=5), 2, 2, 300, 15, 0),
        ]
        today, before = analytics(now, minutes=rows).today_against_last_week()
        assert (today.gross, before.gross) == (300, 100)

    def test_the_day_begins_at_midnight_in_the_store(self) -> None:
        now = datetime(2026, 3, 8, 20, tzinfo=UTC)  # 01:30 on the 9th in India
        rows = [
            MinuteSales(now - timedelta(hours=2), 1, 1, 100, 0, 0),
            MinuteSales(now - timedelta(hours=1), 1, 1, 7, 0, 0),
        ]
        today, _ = analytics(now, minutes=rows).today_against_last_week()
        assert today.gross == 7

    def test_clock_time_holds_across_a_change_of_summer_time(self) -> None:
        berlin = Formats("EUR", 2, "de_DE", ZoneInfo("Europe/Berlin"))
        now = datetime(2026, 4, 1, 10, tzinfo=UTC)  # 12:00 there, a week after 12:00 was 11:00 UTC
        rows = [MinuteSales(datetime(2026, 3, 25, 10, 59, tzinfo=UTC), 1, 1, 100, 0, 0)]
        _, before = SalesAnalytics(FakeSales(minutes=rows), berlin, now=lambda: now).today_against_last_week()
        assert before.gross == 100


class TestUpToAClockTime:
    noon = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)  # 12:00 in India
    days = (DaySales(MAR_1, 1, 1, 1_000, 0, 0), DaySales(MAR_2, 2, 4, 900, 0, 50))
    minutes = (
        MinuteSales(noon - timedelta(hours=1), 1, 1, 300, 0, 50),
        MinuteSales(noon + timedelta(minutes=1), 1, 3, 600, 0, 0),
    )

    def test_only_the_last_day_is_cut(self) -> None:
        sales = analytics(days=list(self.days), minutes=list(self.minutes))
        period = Period(MAR_1, MAR_3)
        assert sales.by_day(period, self.noon)["gross"].tolist() == [1_000, 300]
        total = sales.total(period, self.noon)
        assert (total.orders, total.gross, total.returns) == (2, 1_300, 50)

    def test_without_a_clock_time_whole_days_count(self) -> None:
        assert analytics(days=list(self.days), minutes=list(self.minutes)).total(Period(MAR_1, MAR_3)).gross == 1_900

    def test_hours_after_it_are_empty(self) -> None:
        assert sum(analytics(minutes=list(self.minutes)).hours(MAR_2, self.noon)) == 300


class TestHours:
    def test_sales_stand_at_their_hour_in_the_store(self) -> None:
        at = datetime(2026, 3, 1, 4, 45, tzinfo=UTC)  # 10:15 in India
        hours = analytics(minutes=[MinuteSales(at, 1, 1, 100, 0, 0)]).hours(MAR_1)
        assert len(hours) == 24
        assert hours[10] == 100 == sum(hours)


class TestPopularity:
    def test_popularity_counts_28_days_with_today_and_is_kept_for_a_while(self) -> None:
        reader = FakeSales(products=[ProductSales("a", 3, 1)])
        sales = SalesAnalytics(reader, INDIA, now=lambda: datetime(2026, 3, 8, 12, tzinfo=UTC))
        assert sales.bestsellers_28d() == {"a": 3}
        sales.bestsellers_28d()
        assert reader.asked == [(date(2026, 2, 9), date(2026, 3, 9))]

    def test_a_shop_that_sold_nothing_lately_has_the_favourites_of_its_last_days_with_sales(self) -> None:
        days = [DaySales(date(2011, 12, 9), 2, 3, 4_000, 0, 0), DaySales(date(2011, 12, 20), 0, 0, 0, 0, 500)]
        reader = FakeSales(days=days, products=[ProductSales("85123A", 3, 1)])
        assert SalesAnalytics(reader, INDIA).bestsellers_28d() == {"85123A": 3}
        assert reader.asked == [(date(2011, 11, 12), date(2011, 12, 10))]

    def test_a_shop_that_never_sold_has_no_favourites(self) -> None:
        assert SalesAnalytics(FakeSales(), INDIA).bestsellers_28d() == {}
