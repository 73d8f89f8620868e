"""Sales by day, hour and product."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd
from cachetools import TTLCache, cachedmethod

from app.domain import Grain, Period, Trade, first_day_of
from app.errors import InvalidInput
from app.frames import records, typed_frame
from app.kept import kept
from app.money import Formats
from app.services.analytics import utc_now
from app.services.analytics.anchor import Anchor
from app.services.analytics.buckets import average_order, cut, in_buckets, is_whole
from app.services.analytics.margin import Margin, margin_of
from app.services.analytics.ports import DaySales, MinuteSales, PeriodCustomers, ProductSales, SalesReader

WEEK = 7
CUSTOMER_WEEKS = 26
POPULARITY_DAYS = 28
POPULARITY_SECONDS = 60.0
DAY_COLUMNS = {
    "day": "datetime64[ns]", "orders": "int64", "units": "int64", "gross": "int64", "returns": "int64", "net": "int64",
    "aov": "object", "tax": "int64", "cost": "int64", "costed": "int64", "costed_returns": "int64",
}  # fmt: skip
_SUMS = tuple(DAY_COLUMNS)[1:]


@dataclass(frozen=True)
class SalesTotals:
    """The sums of a period.

    `net` = gross - returns; `aov` = gross / orders, half up, None without orders. Minor units, before tax. Costs as in
    `app.services.analytics.margin.Costed`.
    """

    orders: int = 0
    units: int = 0
    gross: int = 0
    returns: int = 0
    net: int = 0
    aov: int | None = None
    tax: int = 0
    cost: int = 0
    costed: int = 0
    costed_returns: int = 0

    @property
    def margin(self) -> Margin:
        return margin_of(self)

    @property
    def units_an_order(self) -> float | None:
        """None without orders."""
        return self.units / self.orders if self.orders else None


@dataclass(frozen=True)
class SalesBucket:
    """Sales of a day, a week or a month, or of what a period has of it.

    `customers` had an order in it, guests left out; of these `returning_customers` had one later than their first ever.
    `complete`: all of its days are in the period, and over.
    """

    period: Period
    totals: SalesTotals
    customers: int
    returning_customers: int
    complete: bool

    @property
    def new_customers(self) -> int:
        return self.customers - self.returning_customers


@dataclass(frozen=True)
class NewAndReturning:
    """Customers with an order, by the weeks of `period`."""

    period: Period
    weeks: tuple[SalesBucket, ...]

    @property
    def customers(self) -> int:
        """Of each week, added up."""
        return sum(week.customers for week in self.weeks)

    @property
    def returning(self) -> int:
        """Of these, those who had bought before."""
        return sum(week.returning_customers for week in self.weeks)


def add_up(rows: Iterable[DaySales | MinuteSales]) -> SalesTotals:
    orders = units = gross = tax = returns = cost = costed = back = 0
    for row in rows:
        orders += row.orders
        units += row.units
        gross += row.gross
        tax += row.tax
        returns += row.returns
        cost += row.cost
        costed += row.costed
        back += row.costed_returns
    net, aov = gross - returns, average_order(gross, orders)
    return SalesTotals(orders, units, gross, returns, net, aov, tax, cost, costed, back)


@kept(64)
def daily(period: Period, sales: Sequence[DaySales]) -> pd.DataFrame:
    """The columns of `SalesAnalytics.by_day`, with a row for each day of `period`; one frame for all who ask."""
    known = {row.day: row for row in sales}
    rows = []
    for number in range(period.days):
        day = period.start + timedelta(days=number)
        total = add_up([known[day]] if day in known else [])
        rows.append((day, *(getattr(total, name) for name in _SUMS)))
    return typed_frame(rows, DAY_COLUMNS)


def summed(days: pd.DataFrame) -> SalesTotals:
    """The sums of what `daily` gives."""
    orders, units, gross, returns, *others = (
        int(days[name].sum())
        for name in ("orders", "units", "gross", "returns", "tax", "cost", "costed", "costed_returns")
    )
    return SalesTotals(orders, units, gross, returns, gross - returns, average_order(gross, orders), *others)


def by_hour(rows: Iterable[MinuteSales], formats: Formats) -> list[int]:
    """Gross sales per clock hour of the store, 24 numbers in minor units."""
    hours = [0] * 24
    for row in rows:
        hours[row.at.astimezone(formats.zone).hour] += row.gross
    return hours


class SalesAnalytics:
    def __init__(
        self,
        reader: SalesReader,
        formats: Formats,
        now: Callable[[], datetime] = utc_now,
        anchor: Anchor | None = None,
    ) -> None:
        self._reader = reader
        self._formats = formats
        self._now = now
        self._popularity: TTLCache[Hashable, Mapping[str, int]] = TTLCache(1, POPULARITY_SECONDS)
        self._popularity_read = threading.Condition()
        self._anchor = anchor or Anchor(reader, formats, now)

    def by_day(self, period: Period, until: datetime | None = None) -> pd.DataFrame:
        """One row per store day of `period`, ascending; days without sales hold 0.

        Columns: day (datetime64), orders, units, gross, returns, net, tax, cost, costed, costed_returns (int64, minor
        units), aov (None: no orders).
        With `until`, an instant of the last day, that day counts only up to it.
        Raises InvalidInput when the period ends before it starts.
        """
        _check(period)
        return daily(period, self._days(period, until))

    def buckets(self, period: Period, grain: Grain) -> list[SalesBucket]:
        """`period` by day, week or month, ascending; those without sales hold zeros. The ends may be part of one.

        Raises InvalidInput when the period ends before it starts, or has too many buckets.
        """
        parts = cut(period, grain)
        if not parts:
            return []
        today = self._formats.today(self._now())
        sums = {row.start: row for row in records(in_buckets(self.by_day(period), period, grain, today))}
        people = {p.first_day: p for p in self._reader.customer_periods(grain, period.start, period.end)}
        found = []
        for part in parts:
            # What has only begun is whole when nothing is left out: counting its customers anew takes long.
            goes_on = part.end > today and part.start == first_day_of(part.start, grain)
            if goes_on or is_whole(part, grain):
                known = people.get(part.start, PeriodCustomers(part.start, 0, 0))
            else:
                known = self._reader.customers_between(part.start, part.end)
            row = sums[part.start]
            totals = SalesTotals(**{name: getattr(row, name) for name in _SUMS})
            found.append(SalesBucket(part, totals, known.customers, known.returning, row.complete))
        return found

    def new_and_returning(self) -> NewAndReturning:
        """Of the last 26 weeks, or of all since trade began; the last of them may not be over."""
        trade = self.trade()
        start = first_day_of(trade.anchor, "week") - timedelta(weeks=CUSTOMER_WEEKS - 1)
        if trade.first_day is not None:
            start = min(max(start, first_day_of(trade.first_day, "week")), trade.anchor)
        period = Period(start, trade.end)
        return NewAndReturning(period, tuple(self.buckets(period, "week")))

    def complete_until(self) -> datetime:
        """The instant up to which these numbers are complete."""
        return self._reader.complete_until()

    def products(self, period: Period) -> dict[str, ProductSales]:
        """What each product sold in `period`, whether merchandise or not, by id. Raises InvalidInput."""
        _check(period)
        return {row.product_id: row for row in self._reader.best_sellers(period.start, period.end)}

    def total(self, period: Period, until: datetime | None = None) -> SalesTotals:
        """The sums over `period`; with `until`, an instant of its last day, only up to it."""
        _check(period)
        return add_up(self._days(period, until))

    def _days(self, period: Period, until: datetime | None) -> list[DaySales]:
        if until is None or not period.days:
            return self._reader.days(period.start, period.end)
        last = period.end - timedelta(days=1)
        part = self._reader.between(self._formats.day_start(last), until)
        rest = self._reader.days(period.start, last)
        return [*rest, DaySales(last, *part[1:])]

    def today_against_last_week(self, now: datetime | None = None) -> tuple[SalesTotals, SalesTotals]:
        """Today so far, and the same weekday last week up to the same clock time."""
        now = now or self._now()
        today = self._formats.today(now)
        so_far = self._reader.between(self._formats.day_start(today), now)
        return add_up([so_far]), self.last_week_until(now)

    def last_week_until(self, now: datetime) -> SalesTotals:
        """The same weekday last week, from its start up to the same clock time."""
        start = self._formats.day_start(self._formats.today(now) - timedelta(days=WEEK))
        return add_up([self._reader.between(start, self._formats.same_clock_time(now, WEEK))])

    def hours(self, day: date, until: datetime | None = None) -> list[int]:
        """Gross sales of a store day per clock hour, 24 numbers; with `until`, only up to that instant."""
        start, end = self._formats.day_start(day), until or self._formats.day_start(day + timedelta(days=1))
        return by_hour(self._reader.minutes(start, end), self._formats)

    @cachedmethod(lambda self: self._popularity, condition=lambda self: self._popularity_read)
    def bestsellers_28d(self) -> Mapping[str, int]:
        """Units sold per product over the last 28 days; at most a minute old. One caller reads them for all."""
        period = self._anchor.trade().last(POPULARITY_DAYS)
        rows = self._reader.best_sellers(period.start, period.end)
        return {row.product_id: row.units for row in rows}

    def last_sales_by_month(self) -> list[date]:
        """The last day with a sale, a guest's too, of each month that has one; ascending."""
        return self._reader.last_sales_by_month()

    def trade(self, now: datetime | None = None) -> Trade:
        """The days of trade, and with which of them "the last days" end."""
        return self._anchor.trade(now)


def _check(period: Period) -> None:
    if period.end < period.start:
        raise InvalidInput("The period ends before it starts.", "period")
