"""Which days are looked at, and which they are compared with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain import Period, Trade
from app.errors import InvalidInput
from app.money import Formats
from app.services.analytics import periods

INR = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
TODAY = date(2026, 3, 4)


class TestPeriods:
    trading = Trade(date(2025, 1, 1), TODAY, TODAY)
    imported = Trade(date(2010, 12, 1), date(2011, 12, 9), TODAY)

    def test_a_trading_shop_opens_with_28_days_up_to_today(self):
        assert periods.default_choice(self.trading) == "28d"
        assert periods.period_of("28d", self.trading) == Period(date(2026, 2, 5), date(2026, 3, 5))

    def test_an_imported_history_opens_with_its_year(self):
        assert periods.default_choice(self.imported) == "all"
        assert periods.period_of("all", self.imported) == Period(date(2010, 12, 1), date(2011, 12, 10))

    def test_of_a_longer_imported_history_it_is_the_year_up_to_the_last_day(self):
        longer = Trade(date(2005, 1, 1), self.imported.last_day, TODAY)
        assert periods.default_choice(longer) == "12m"
        assert periods.period_of("12m", self.imported) == Period(date(2010, 12, 10), date(2011, 12, 10))

    def test_a_shop_that_never_sold_has_a_period_too(self):
        empty = Trade(None, None, TODAY)
        assert not empty.is_quiet
        assert periods.period_of("all", empty).days == 1

    def test_the_last_chosen_day_is_included(self):
        chosen = periods.period_of("custom", self.trading, "2026-01-05", "2026-01-05")
        assert chosen == Period(date(2026, 1, 5), date(2026, 1, 6))

    @pytest.mark.parametrize(
        ("choice", "start", "end"),
        [
            ("decade", None, None),
            (None, None, None),
            (["28d"], None, None),
            ("custom", None, None),
            ("custom", "2026-02-30", "2026-03-01"),
            ("custom", "2026-03-02", "2026-03-01"),
            ("custom", {"a": 1}, [2]),
            ("custom", "0001-01-01", "2026-03-01"),
            ("custom", "2026-01-01", "9999-12-31"),
        ],
    )
    def test_anything_else_is_refused(self, choice: Any, start: Any, end: Any):
        with pytest.raises(InvalidInput):
            periods.period_of(choice, self.trading, start, end)

    def test_a_year_is_compared_with_the_year_before_and_days_with_as_many(self):
        year = periods.period_of("12m", self.trading)
        assert periods.previous(year) == Period(date(2024, 3, 5), date(2025, 3, 5))
        week = periods.period_of("7d", self.trading)
        assert periods.previous(week) == Period(date(2026, 2, 19), date(2026, 2, 26))

    @pytest.mark.parametrize(
        ("first", "last", "before", "words"),
        [
            ("2026-03-04", "2026-03-04", (date(2026, 2, 25), date(2026, 2, 26)), "a week earlier"),
            ("2026-02-27", "2026-03-01", (date(2026, 2, 20), date(2026, 2, 23)), "a week earlier"),
            ("2026-02-05", "2026-03-04", (date(2026, 1, 8), date(2026, 2, 5)), "28 days before"),
            ("2025-12-05", "2026-03-04", (date(2025, 9, 5), date(2025, 12, 4)), "13 weeks earlier"),
            ("2026-01-01", "2026-02-28", (date(2025, 11, 1), date(2026, 1, 1)), "2 months before"),
        ],
    )
    def test_days_are_compared_with_the_same_weekdays_and_months_with_months(
        self, first: str, last: str, before: tuple[date, date], words: str
    ):
        found = periods.previous(periods.period_of("custom", self.trading, first, last))
        assert ((found.start, found.end), found.label) == (before, words)

    def test_a_year_earlier_are_the_same_weekdays_or_the_same_dates_of_whole_months(self):
        days = periods.compared(periods.period_of("90d", self.trading), "year")
        assert (days.start.weekday(), days.days, days.label) == (date(2025, 12, 5).weekday(), 90, "52 weeks earlier")
        month = periods.period_of("custom", self.trading, "2026-02-01", "2026-02-28")
        assert periods.compared(month, "year") == Period(date(2025, 2, 1), date(2025, 3, 1))

    def test_nothing_is_compared_with_days_before_the_shop_was_there(self):
        assert periods.comparable(Period(date(2025, 1, 1), date(2025, 2, 1)), self.trading)
        assert not periods.comparable(Period(date(2024, 12, 31), date(2025, 2, 1)), self.trading)
        assert not periods.comparable(Period(TODAY, TODAY), Trade(None, None, TODAY))

    @pytest.mark.parametrize(
        ("days", "grain"),
        [(1, "hour"), (2, "hour"), (3, "day"), (7, "day"), (28, "day"), (365, "week"), (900, "month")],
    )
    def test_longer_periods_are_cut_more_coarsely(self, days: int, grain: str):
        start = date(2020, 1, 1)
        end = date.fromordinal(start.toordinal() + days)
        assert periods.grain_of(Period(start, end)) == grain

    def test_unfinished_days_are_compared_up_to_the_same_clock_time(self):
        week = periods.period_of("7d", self.trading)
        until = periods.same_clock(week, periods.previous(week), NOW, INR)
        assert until == datetime(2026, 2, 25, 9, 30, tzinfo=UTC)

    def test_periods_that_are_over_are_compared_whole(self):
        over = periods.period_of("custom", self.trading, "2026-03-01", "2026-03-03")
        assert periods.same_clock(over, periods.previous(over), NOW, INR) is None

    def test_of_a_period_that_goes_on_the_same_part_of_the_other_counts(self):
        month = periods.period_of("custom", self.trading, "2026-03-01", "2026-03-31")
        before = periods.same_days(month, periods.previous(month), TODAY)
        assert before == Period(date(2026, 2, 1), date(2026, 2, 5)), "the month before"
        assert periods.same_clock(month, before, NOW, INR) == datetime(2026, 2, 4, 9, 30, tzinfo=UTC)
        year_before = periods.same_days(month, periods.compared(month, "year"), TODAY)
        assert year_before == Period(date(2025, 3, 1), date(2025, 3, 5))

    def test_days_that_have_not_come_are_compared_with_nothing(self):
        ahead = periods.period_of("custom", self.trading, "2026-03-10", "2026-03-12")
        assert "not come yet" in periods.why_alone(ahead, periods.previous(ahead), self.trading, INR)

    def test_it_is_said_why_nothing_can_be_compared(self):
        over, early = Period(date(2025, 2, 1), TODAY), Period(date(2024, 1, 1), date(2025, 1, 1))
        assert periods.why_alone(over, Period(date(2025, 1, 1), date(2025, 2, 1)), self.trading, INR) == ""
        assert "1 Jan 2025" in periods.why_alone(over, early, self.trading, INR)

    def test_days_around_a_day_end_today_at_the_latest(self):
        assert periods.days_around(date(2026, 2, 10), 7, TODAY) == Period(date(2026, 2, 7), date(2026, 2, 14))
        assert periods.days_around(TODAY, 7, TODAY) == Period(date(2026, 2, 26), date(2026, 3, 5))
        assert periods.days_around(TODAY, 1, TODAY) == Period.of_day(TODAY)

    def test_a_quiet_shops_course_ends_with_its_last_day_of_trade(self):
        today, first, last = date(2026, 11, 23), date(2010, 12, 1), date(2011, 12, 9)
        trade = Trade(first, last, today)
        assert periods.course_days("7", trade, first) == Period(date(2011, 12, 3), date(2011, 12, 10))
        assert periods.course_days("all", trade, first) == Period(first, date(2011, 12, 10))
        assert periods.course_days("1", trade, today).end == date(2026, 11, 24), "it is newer than all trade"
        assert periods.course_days("28", Trade(first, today, today), first).end == date(2026, 11, 24)
        for unknown in ("8", 7, None, ["7"]):
            with pytest.raises(InvalidInput):
                periods.course_days(unknown, trade, first)
