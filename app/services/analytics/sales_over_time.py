"""Sales of a chosen period beside what it is compared with: their line, cut to its length, their sums, their tiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property

import pandas as pd

from app.domain import Grain, Period, SameFeast, Trade
from app.errors import InvalidInput
from app.frames import plain, records, typed_frame
from app.kept import kept
from app.money import Formats
from app.services.analytics import periods, utc_now
from app.services.analytics.breakdown import Breakdowns, Part
from app.services.analytics.buckets import in_buckets
from app.services.analytics.sales import SalesAnalytics, SalesTotals, summed
from app.services.analytics.weekdays import comparison_words, sold_by_weekday

TREND_DAYS = 14  # of a tile's line
MOST_FEAST_DAYS = 92  # of a period that is compared by a feast
WHOLE_SHOP = Part()


@dataclass(frozen=True)
class Choice:
    """What is looked at, at the instant `now`.

    `before` None: nothing to compare with; `until`: the clock time at which its last day stops to count;
    `alone`: why nothing can be compared, if so. `part`: of which sales.
    """

    period: Period
    before: Period | None
    until: datetime | None
    alone: str
    cut: periods.Cut
    part: Part
    trade: Trade
    now: datetime
    feast: str = ""  # by which it could be compared with the year before

    @property
    def today(self) -> date:
        return self.trade.today

    @property
    def has_today(self) -> bool:
        return self.period.start <= self.today < self.period.end

    @property
    def whole_days(self) -> Grain:
        """As `cut`, where hours are not kept."""
        return "day" if self.cut == "hour" else self.cut


@dataclass(frozen=True)
class Sold:
    """Of some days: the rows of their line as `in_buckets` or `by_hours` has them, their sums, the last day's gross.

    `days`: how many of them are over.
    """

    rows: pd.DataFrame
    totals: SalesTotals
    last_gross: int
    days: int = 0
    weekdays: tuple[int, ...] = ()  # of these, with sales, by weekday from Monday

    @property
    def beside_last_day(self) -> int:
        """Gross sales of the last row without those of the last day. In hours that is less than nothing."""
        return int(plain(self.rows["gross"])[-1]) - self.last_gross

    @cached_property
    def best(self) -> Best | None:
        """The bucket that sold most, of three at least; None where nothing sold. Hours are too short to say so of."""
        if len(self.rows) < 3 or "orders" not in self.rows:
            return None
        row = max(records(self.rows), key=lambda one: one.gross)
        return Best(row.start, row.last, row.complete, row.gross) if row.gross else None


@dataclass(frozen=True)
class Best:
    """A bucket, by its first and its last day in the period; not `complete` where it has others."""

    start: date
    last: date
    complete: bool
    gross: int


@dataclass(frozen=True)
class TodayTiles:
    """Sums of today (`period`) and of the same weekday last week up to the same clock time, rows of the days before."""

    period: Period
    now: SalesTotals
    last_week: SalesTotals
    trend: pd.DataFrame
    median: int | None  # of today's orders


@dataclass(frozen=True)
class PeriodTiles:
    """Sums of `period`, of what it is compared with (None: nothing), and its rows by day or what is longer."""

    period: Period
    now: SalesTotals
    before: SalesTotals | None
    trend: pd.DataFrame
    median: int | None  # of the period's orders; None of a part, which none is kept of


class SalesOverTime:
    """Sales of a period that somebody chose, beside what they are compared with."""

    def __init__(
        self,
        sales: SalesAnalytics,
        breakdowns: Breakdowns,
        formats: Formats,
        now: Callable[[], datetime] = utc_now,
        median: Callable[[Period], int | None] = lambda period: None,
        same_feast: Callable[[Period], SameFeast | None] = lambda period: None,
    ) -> None:
        self._same_feast = same_feast
        self._median = median
        self._sales = sales
        self._breakdowns = breakdowns
        self._formats = formats
        self._now = now

    def choose(
        self,
        period: object,
        compare: object = "previous",
        cut: object = "auto",
        start: object = None,
        end: object = None,
        part: Part = WHOLE_SHOP,
    ) -> Choice:
        """`period`, `compare` and `cut`: one of CHOICES, COMPARISONS and CUTS; `start` and `end` as in `period_of`.

        Raises InvalidInput for anything else.
        """
        if compare not in periods.COMPARISONS or cut not in periods.CUTS:
            raise InvalidInput("Choose one of the ways shown.", "compare")
        now = self._now()
        trade = self._sales.trade(now)
        chosen = periods.period_of(period, trade, start, end)
        feast = self._feast(chosen, trade)
        whole = (
            periods.around_feast(chosen, feast, self._formats)
            if feast and compare == "feast"
            else periods.compared(chosen, "year" if compare == "feast" else str(compare))
        )
        alone = periods.why_alone(chosen, whole, trade, self._formats)
        before = periods.same_days(chosen, whole, trade.today)
        grain = periods.grain_of(chosen, str(cut))
        return Choice(
            period=chosen,
            before=None if alone or compare == "none" else before,
            # Parts are kept by whole days.
            until=None if part else periods.same_clock(chosen, before, now, self._formats),
            alone=alone,
            cut="day" if part and grain == "hour" else grain,
            part=part,
            trade=trade,
            now=now,
            feast=feast.name if feast else "",
        )

    def _feast(self, period: Period, trade: Trade) -> SameFeast | None:
        """The one by which a period of at most a quarter can be compared; None where the shop was not there then."""
        feast = self._same_feast(period) if period.days <= MOST_FEAST_DAYS else None
        if feast is None or not periods.comparable(periods.around_feast(period, feast, self._formats), trade):
            return None
        return feast

    def of(self, choice: Choice) -> Sold:
        """The chosen period."""
        return self._sold(choice, choice.period, None)

    def before(self, choice: Choice) -> Sold | None:
        """What it is compared with, on its time axis; each row with its own beginning and last day.

        These are `then` (date or datetime) and `then_last`.
        """
        if choice.before is None:
            return None
        found = self._sold(choice, choice.before, choice.until)
        return replace(found, rows=_with_own_days(found.rows, choice.period.start - choice.before.start))

    def comparison(self, choice: Choice, now: Sold, before: Sold | None) -> str:
        """How the days that are compared differ, in words: closed days, and weekdays that one has more of."""
        if before is None or choice.part:
            return ""
        return comparison_words(now.weekdays, now.days, before.weekdays, before.days)

    def _sold(self, choice: Choice, days: Period, until: datetime | None) -> Sold:
        daily = self._daily(choice, days, until)
        if choice.cut == "hour":
            last = days.last_day
            hours = [self._sales.hours(day, until if day == last else None) for day in _days(days)]
            wall = choice.now.astimezone(self._formats.zone).replace(tzinfo=None)
            rows = by_hours(choice.period, hours, wall)
        else:
            rows = in_buckets(shifted(daily, days, choice.period), choice.period, choice.cut, choice.today)
        return _with_sums(rows, daily, choice.today, is_beside_today=choice.has_today and days is choice.before)

    def today(self, choice: Choice) -> TodayTiles:
        now, last_week = self._sales.today_against_last_week(choice.now)
        trend = self._sales.by_day(Period.ending(choice.today, TREND_DAYS))
        today = Period.of_day(choice.today)
        return TodayTiles(today, now, last_week, trend, self._median(today))

    def tiles(self, choice: Choice) -> PeriodTiles:
        """The chosen period and part."""
        days = self._daily(choice, choice.period, None)
        before = self._daily(choice, choice.before, choice.until) if choice.before else None
        return PeriodTiles(
            choice.period,
            summed(days),
            summed(before) if before is not None else None,
            in_buckets(days, choice.period, choice.whole_days, choice.today),
            None if choice.part else self._median(choice.period),
        )

    def _daily(self, choice: Choice, days: Period, until: datetime | None) -> pd.DataFrame:
        return self._breakdowns.by_day(days, choice.part) if choice.part else self._sales.by_day(days, until)


def by_hours(period: Period, hours: Sequence[Sequence[int]], now: datetime) -> pd.DataFrame:
    """Gross per clock hour (24 numbers for each day of `period`) up to `now`, the store's wall time.

    Columns: start (datetime without zone), gross, complete (bool: the hour is over).
    """
    midnight = datetime.combine(period.start, time())
    starts = [midnight + timedelta(days=day, hours=hour) for day in range(len(hours)) for hour in range(24)]
    gross = [amount for day in hours for amount in day]
    rows = [
        (start, amount, start + timedelta(hours=1) <= now)
        for start, amount in zip(starts, gross, strict=True)
        if start <= now
    ]
    return typed_frame(rows, {"start": "datetime64[us]", "gross": "int64", "complete": "bool"})


@kept(32)
def shifted(daily: pd.DataFrame, before: Period, period: Period) -> pd.DataFrame:
    """The comparison period's rows on the days of `period` that they are compared with, in order."""
    moved = daily.copy()
    moved["day"] = pd.to_datetime(moved["day"]) + pd.Timedelta(days=(period.start - before.start).days)
    return moved[moved["day"] < pd.Timestamp(period.end)]


def _days(period: Period) -> list[date]:
    return [period.start + timedelta(days=number) for number in range(period.days)]


@kept(32)
def _with_sums(rows: pd.DataFrame, daily: pd.DataFrame, today: date, *, is_beside_today: bool) -> Sold:
    """`is_beside_today`: the last of the days is compared with one that is not over."""
    last_gross = int(plain(daily["gross"])[-1]) if len(daily) else 0
    over = daily[daily["day"] < pd.Timestamp(today)]
    if is_beside_today:
        over = over[:-1]
    return Sold(rows, summed(daily), last_gross, len(over), sold_by_weekday(over))


@kept(32)
def _with_own_days(rows: pd.DataFrame, shift: timedelta) -> pd.DataFrame:
    names = {"then": "start", "then_last": "last" if "last" in rows else "start"}
    own = {name: [day - shift for day in rows[column].tolist()] for name, column in names.items()}
    return rows.assign(**{name: pd.Series(days, index=rows.index, dtype="object") for name, days in own.items()})
