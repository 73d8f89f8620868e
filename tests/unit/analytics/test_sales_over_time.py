"""Sales of a period beside what they are compared with: how they are cut, what stands beside what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from app.domain import Period, SameFeast
from app.errors import InvalidInput
from app.money import Formats
from app.services.analytics.breakdown import Breakdowns, Part
from app.services.analytics.breakdown_ports import FilteredDay
from app.services.analytics.buckets import in_buckets
from app.services.analytics.ports import DaySales, MinuteSales, PeriodCustomers
from app.services.analytics.sales import SalesAnalytics
from app.services.analytics.sales_over_time import Best, SalesOverTime, by_hours, shifted
from tests.unit.analytics.test_sales_analytics import FakeSales

INR = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)  # Wednesday, 15:00 in the store
TODAY = date(2026, 3, 4)


class Reader(FakeSales):
    """One order of 100 paise on each day up to yesterday, and one of 700 today at 10:00 of the store."""

    def __init__(self, days: int = 60) -> None:
        at = INR.day_start(TODAY) + timedelta(hours=10)
        before = [INR.day_start(TODAY - timedelta(days=number)) + timedelta(hours=20) for number in range(1, days)]
        super().__init__(
            [DaySales(TODAY - timedelta(days=n), 1, 1, 700 if n == 0 else 100, 0, 0) for n in range(days)][::-1],
            [*(MinuteSales(one, 1, 1, 100, 0, 0) for one in reversed(before)), MinuteSales(at, 1, 1, 700, 0, 0)],
        )


def service(reader: FakeSales | None = None, filtered: list[FilteredDay] | None = None) -> SalesOverTime:
    sales = SalesAnalytics(reader or Reader(), INR, now=lambda: NOW)  # type: ignore[arg-type]
    of_parts: Any = SimpleNamespace(days=lambda start, end, **_: filtered or [])
    return SalesOverTime(sales, Breakdowns(of_parts, sales, INR, tuple), INR, now=lambda: NOW)


class TestSameFeast:
    """Holi, on 3 March, and five weeks earlier the time before."""

    HOLI = SameFeast("Holi", date(2026, 3, 3), date(2026, 1, 29))

    def shown(self, days: int = 60) -> SalesOverTime:
        sales = SalesAnalytics(Reader(days), INR, now=lambda: NOW)  # type: ignore[arg-type]
        parts: Any = SimpleNamespace(days=lambda start, end, **_: [])
        breakdowns = Breakdowns(parts, sales, INR, tuple)
        return SalesOverTime(sales, breakdowns, INR, now=lambda: NOW, same_feast=lambda period: self.HOLI)

    def test_days_are_compared_with_as_many_as_far_from_it(self):
        choice = self.shown().choose("custom", "feast", start="2026-03-01", end="2026-03-03")
        assert choice.feast == "Holi"
        assert choice.before == Period(date(2026, 1, 27), date(2026, 1, 30))
        assert choice.before.label == "by Holi, 29 Jan 2026"

    def test_where_the_shop_was_not_there_the_year_before_none_is_offered(self):
        choice = self.shown(days=30).choose("custom", "previous", start="2026-03-01", end="2026-03-03")
        assert choice.feast == ""

    def test_half_a_year_is_not_compared_by_one_feast(self):
        choice = self.shown().choose("custom", "feast", start="2025-09-01", end="2026-03-03")
        assert choice.feast == ""


class TestSalesOverTime:
    def test_a_week_stands_beside_the_week_before_up_to_the_same_clock_time(self):
        shown = service()
        choice = shown.choose("7d")
        now, before = shown.of(choice), shown.before(choice)
        assert now.totals.gross == 6 * 100 + 700
        assert before is not None
        assert before.totals.gross == 6 * 100, "of last Wednesday only what was sold by 15:00"
        assert before.rows["start"].tolist() == now.rows["start"].tolist(), "on one axis"
        assert before.rows["then"].tolist()[0] == date(2026, 2, 19)

    def test_hours_of_today_are_told_from_its_rest_by_the_sums_of_the_day(self):
        shown = service()
        choice = shown.choose("custom", start=TODAY.isoformat(), end=TODAY.isoformat())
        sold, before = shown.of(choice), shown.before(choice)
        assert (choice.cut, choice.whole_days) == ("hour", "day")
        assert sold.rows["gross"].tolist()[10] == 700
        assert len(sold.rows) == 16, "15:00 has begun"
        assert sold.beside_last_day == -700
        assert before is not None
        assert before.rows["then"].tolist()[0] == datetime(2026, 2, 25), "the same weekday"

    def test_the_last_bucket_holds_more_than_its_last_day(self):
        shown = service()
        sold = shown.of(shown.choose("7d", cut="week"))
        assert sold.last_gross == 700
        assert sold.beside_last_day == 200, "Monday and Tuesday"

    def test_what_a_week_is_compared_with_begins_with_the_other_period(self):
        shown = service()
        before = shown.before(shown.choose("7d", cut="week"))
        assert before is not None
        assert before.rows["then"].tolist() == [date(2026, 2, 19), date(2026, 2, 23)]

    def test_closed_days_of_what_is_compared_are_said(self):
        class WithClosedSaturday(Reader):
            def days(self, start: date, end: date) -> list[DaySales]:
                return [row for row in super().days(start, end) if row.day != date(2026, 2, 21)]

        shown, closed = service(), service(WithClosedSaturday())
        for one, says in ((shown, ""), (closed, "1 Saturday with sales against 0")):
            choice = one.choose("7d")
            assert one.comparison(choice, one.of(choice), one.before(choice)) == says

    def test_page_file_and_api_cut_a_period_alike(self):
        reader: Any = Reader()
        reader.customer_periods = lambda *_: []
        reader.customers_between = lambda start, end: PeriodCustomers(start, 0, 0)
        sales = SalesAnalytics(reader, INR, now=lambda: NOW)
        shown = service(reader)
        choice = shown.choose("28d", cut="week")
        rows = shown.of(choice).rows
        buckets = sales.buckets(choice.period, "week")
        assert [(b.period.start, b.totals.gross, b.complete) for b in buckets] == list(
            zip(rows["start"], rows["gross"], rows["complete"], strict=True)
        )
        assert [b.complete for b in buckets] == [False, True, True, True, False]

    def test_the_best_bucket_is_named_where_there_are_three(self):
        shown = service()
        assert shown.of(shown.choose("7d")).best == Best(TODAY, TODAY, False, 700)
        assert shown.of(shown.choose("7d", cut="week")).best is None
        assert shown.of(shown.choose("custom", start=TODAY.isoformat(), end=TODAY.isoformat())).best is None

    def test_nothing_is_compared_where_that_was_chosen_or_the_shop_is_too_young(self):
        shown = service()
        assert shown.before(shown.choose("7d", "none")) is None
        young = service(Reader(days=10))
        choice = young.choose("7d")
        assert "Sales begin on 23 Feb 2026" in choice.alone
        assert young.before(choice) is None

    def test_a_part_is_cut_by_days_and_compared_with_whole_ones(self):
        shown = service(filtered=[FilteredDay(TODAY, 1, 1, 50, 0)])
        choice = shown.choose("custom", start=TODAY.isoformat(), end=TODAY.isoformat(), part=Part(country="IN"))
        assert (choice.cut, choice.until) == ("day", None)
        assert shown.of(choice).totals.gross == 50

    @pytest.mark.parametrize(("compare", "cut"), [("tomorrow", "auto"), ("previous", "hour"), (None, "auto"), ([], {})])
    def test_other_comparisons_and_cuts_are_refused(self, compare: object, cut: object):
        with pytest.raises(InvalidInput):
            service().choose("7d", compare, cut)

    def test_tiles_of_today_stand_beside_last_week_and_those_of_a_period_beside_what_it_is_compared_with(self):
        shown = service()
        choice = shown.choose("7d")
        today, whole = shown.today(choice), shown.tiles(choice)
        assert (today.now.gross, today.last_week.gross, len(today.trend)) == (700, 0, 14)
        assert today.period == Period.of_day(TODAY)
        assert whole.before is not None
        assert (whole.now.gross, whole.before.gross, whole.trend["gross"].sum()) == (1_300, 600, 1_300)

    def test_tiles_of_a_period_follow_the_part_that_is_looked_at(self):
        shown = service(filtered=[FilteredDay(TODAY, None, 1, 50, 20)])
        tiles = shown.tiles(shown.choose("7d", part=Part(category="Kitchen")))
        assert (tiles.now.gross, tiles.now.net, tiles.median) == (50, 30, None)

    def test_before_the_first_sale_there_is_a_line_without_sales(self):
        shown = service(FakeSales())
        sold = shown.of(shown.choose("28d"))
        assert (sold.totals.gross, sold.rows["gross"].sum(), len(sold.rows)) == (0, 0, 28)


class TestBuckets:
    def daily(self, start: date, count: int) -> pd.DataFrame:
        sums = ("orders", "units", "gross", "returns", "net", "tax", "cost", "costed", "costed_returns")
        numbers = {name: [1] * count for name in sums}
        return pd.DataFrame({"day": pd.date_range(start, periods=count), **numbers})

    def test_weeks_begin_on_monday_and_nothing_is_lost(self):
        period = Period(date(2026, 3, 4), date(2026, 3, 18))  # Wednesday to Tuesday
        rows = in_buckets(self.daily(period.start, 14), period, "week", date(2026, 4, 1))
        assert rows["start"].tolist() == [date(2026, 3, 4), date(2026, 3, 9), date(2026, 3, 16)], (
            "not before the period"
        )
        assert rows["last"].tolist() == [date(2026, 3, 8), date(2026, 3, 15), date(2026, 3, 17)]
        assert rows["gross"].tolist() == [5, 7, 2]
        assert rows["complete"].tolist() == [False, True, False]
        assert rows["aov"].tolist() == [1, 1, 1]

    def test_today_is_not_over(self):
        period = Period(date(2026, 3, 3), date(2026, 3, 5))
        rows = in_buckets(self.daily(period.start, 2), period, "day", TODAY)
        assert rows["complete"].tolist() == [True, False]

    def test_the_input_is_left_as_it_was(self):
        daily = self.daily(TODAY, 3)
        before = daily.copy()
        period = Period(TODAY, date(2026, 3, 7))
        in_buckets(daily, period, "month", TODAY)
        shifted(daily, Period(TODAY, date(2026, 3, 7)), period)
        pd.testing.assert_frame_equal(daily, before)

    def test_no_days_are_no_buckets(self):
        rows = in_buckets(self.daily(TODAY, 0), Period(TODAY, TODAY), "week", TODAY)
        assert rows.empty
        assert {"start", "gross", "aov", "complete"} <= set(rows.columns)

    def test_hours_end_with_the_present_one(self):
        rows = by_hours(Period(TODAY, date(2026, 3, 5)), [[*range(24)]], datetime(2026, 3, 4, 2, 30))
        assert rows["gross"].tolist() == [0, 1, 2]
        assert rows["complete"].tolist() == [True, True, False]
