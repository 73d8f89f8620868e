"""What would have sold while nothing was there: an estimate with its interval, and how far off it usually is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

import pandas as pd

from app.domain import NON_MERCHANDISE, Period, Product
from app.errors import InvalidInput
from app.frames import typed_frame
from app.money import Formats
from app.services.analytics import utc_now
from app.services.analytics.answer_cache import SHARE_OF_THE_PAST, AnswerCache
from app.services.analytics.breakdown_ports import BEFORE, BreakdownReader, StockOut
from app.services.analytics.hidden_days import EstimateError, HiddenWeek, error_of, spread_of
from app.services.analytics.inferred import InferredStock
from app.services.analytics.ports import SalesReader, StockReader
from app.services.analytics.short_line_ports import ShortLineReader, ShortLines
from app.services.analytics.week_profile import WeekProfile

LOST_DAYS = 28  # of the stock page's estimate
PROFILE_DAYS = 56
HIDDEN_WEEKS = 4
MOST_REJECTED = 2_000  # checkouts that are looked at
HIDDEN_PRODUCTS = 200  # the best sellers: those whose absence costs, and a bound on what is read
_WEEK = timedelta(days=7)
_COLUMNS = {
    "product_id": "object", "name": "object", "hours": "float64", "units": "float64", "units_low": "float64",
    "units_high": "float64", "value": "int64",
}  # fmt: skip


@dataclass(frozen=True)
class LostSales:
    """An estimate over a period. `low` and `high` hold the sum of all with a chance of 80 %; minor units.

    `products`, by value, the most first; columns: product_id, name, hours (out of stock in the period), units with
    `units_low` and `units_high` (80 %), value (minor units). `error`: what hidden weeks say of it.
    """

    products: pd.DataFrame
    value: int
    low: int
    high: int
    error: EstimateError


@dataclass(frozen=True)
class Short:
    """What refused checkouts asked for beyond what was left: by product, and `units` of all."""

    products: tuple[ShortLines, ...]
    units: int


@dataclass
class _Cell:
    """Of one product, summed over the times it was out: `by` units sold before made the estimate, at most."""

    hours: float = 0.0
    units: float = 0.0
    value: float = 0.0
    by: float = 0.0


class _Absence(NamedTuple):
    """A time with nothing on hand; `by` units were sold in the `there` weighed hours before in which there was some."""

    product_id: str
    began: datetime
    ended: datetime
    by: float
    there: float
    price: int
    profile: WeekProfile

    def units(self, began: datetime, ended: datetime) -> float:
        """Expected between two instants within."""
        return self.profile.hours(began, ended) * self.by / self.there


class LostSalesEstimates:
    """Units expected in the hours out of stock × the price when it ran out.

    Expected: units sold over the 28 days before, with the sale that emptied the shelf, per hour in stock × the hours
    out of stock, each hour weighed by the shop's week. Products that were not sold before they ran out are left out,
    and so are the times of which stock is inferred.
    """

    def __init__(
        self,
        reader: BreakdownReader,
        sales: SalesReader,
        stock: StockReader,
        short: ShortLineReader,
        formats: Formats,
        products: Callable[[], tuple[Product, ...]],
        inferred: Callable[[], InferredStock],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._reader = reader
        self._sales = sales
        self._stock = stock
        self._short = short
        self._formats = formats
        self._products = products
        self._inferred = inferred
        self._now = now
        self._made: AnswerCache[LostSales] = AnswerCache(share=SHARE_OF_THE_PAST)

    def of(self, period: Period) -> LostSales:
        """Raises InvalidInput for a period that ends before it starts."""
        _check(period)
        return self._made.get(period, lambda: self._of(period))

    def short_lines(self, period: Period) -> Short:
        """What checkouts asked more of than there was, by units, the most first: demand that became no order."""
        _check(period)
        start, end = self._formats.day_start(period.start), self._formats.day_start(period.end)
        found = self._short.short_lines(start, end, MOST_REJECTED)
        return Short(tuple(found), sum(one.units for one in found))

    def _of(self, period: Period) -> LostSales:
        start, end = self._formats.day_start(period.start), min(self._formats.day_start(period.end), self._now())
        error = self._error(min(period.end, self._formats.today(self._now())))
        found = self._cells(start, end) if start < end else {}
        known = {p.product_id: p.name for p in self._products()}
        rows = []
        for product_id, cell in found.items():
            low, high = error.interval(cell.units, cell.by)
            rows.append((product_id, known[product_id], cell.hours, cell.units, low, high, round(cell.value)))
        rows.sort(key=lambda row: (-row[6], row[0]))
        value = sum(row[6] for row in rows)
        # What a spread of units is worth: at the mean price of the times that the product was out.
        spreads = [spread_of(c.units, c.by) * c.value / c.units for c in found.values() if c.units > 0]
        low, high = error.interval_of_sum(value, spreads)
        return LostSales(typed_frame(rows, _COLUMNS), value, round(low), round(high), error)

    def by_day(self, period: Period) -> dict[tuple[str, date], tuple[float, float]]:
        """The same by product and store day: units, and their value in minor units; only those that lost some."""
        _check(period)
        start, end = self._formats.day_start(period.start), min(self._formats.day_start(period.end), self._now())
        found: defaultdict[tuple[str, date], tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
        for one in self._absences(start, end) if start < end else ():
            began = one.began
            while began < one.ended:
                day = self._formats.store_day(began)
                until = min(one.ended, self._formats.day_start(day + timedelta(days=1)))
                units, value = found[one.product_id, day]
                lost = one.units(began, until)
                found[one.product_id, day] = (units + lost, value + lost * one.price)
                began = until
        return dict(found)

    def _cells(self, start: datetime, end: datetime) -> dict[str, _Cell]:
        found: dict[str, _Cell] = {}
        for one in self._absences(start, end):
            units = one.units(one.began, one.ended)
            cell = found.setdefault(one.product_id, _Cell())
            cell.hours += max(0.0, (one.ended - one.began) / timedelta(hours=1))
            cell.units += units
            cell.value += units * one.price
            cell.by = max(cell.by, one.by)
        return found

    def _absences(self, start: datetime, end: datetime) -> Iterator[_Absence]:
        """The times within `[start, end)` of which something can be said."""
        inferred = self._inferred()
        read = [o for o in self._reader.stock_outs(start - BEFORE, end) if not inferred.has(o.product_id, o.began_at)]
        outs = [out for out in read if out.ended_at is None or out.ended_at > start]
        if not outs:
            return
        by_product: dict[str, set[StockOut]] = defaultdict(set)
        for out in [*read, *self._before(outs, start)]:
            by_product[out.product_id].add(out)
        products = {p.product_id: p for p in self._products() if p.product_id not in NON_MERCHANDISE}
        stocked = {level.product_id: level.first_stocked_at for level in self._reader.levels()}
        profile = self._profile(end)
        profile.cover(min(out.began_at for out in outs) - BEFORE, end)
        for out in outs:
            product = products.get(out.product_id)
            there = _in_stock_hours(out, by_product[out.product_id], stocked.get(out.product_id), profile)
            if product is None or there <= 0 or out.sold_before <= 0:
                continue
            price = product.price if out.unit_price is None else out.unit_price
            began, ended = max(out.began_at, start), min(out.ended_at or end, end)
            yield _Absence(out.product_id, began, ended, float(out.sold_before), there, price, profile)

    def _before(self, outs: Sequence[StockOut], start: datetime) -> list[StockOut]:
        """What came before those that had begun by `start`: of their products alone, as one may have lasted a year."""
        begun = {out.product_id: out.began_at for out in outs if out.began_at < start}
        if not begun:
            return []
        found = self._reader.stock_outs(min(begun.values()) - BEFORE, max(begun.values()), begun)
        return [out for out in found if not self._inferred().has(out.product_id, out.began_at)]

    def _profile(self, end: datetime) -> WeekProfile:
        hours = self._reader.hours_of_week(end - timedelta(days=PROFILE_DAYS), end, self._formats.zone)
        return WeekProfile(hours, self._formats.zone)

    def _error(self, end: date) -> EstimateError:
        """Of the four weeks before `end`, each hidden in turn: of best sellers that were in stock all the time."""
        first = end - HIDDEN_WEEKS * _WEEK - BEFORE
        sold = self._sales.best_sellers(first, end, HIDDEN_PRODUCTS, "units", NON_MERCHANDISE)
        start, until = self._formats.day_start(first), self._formats.day_start(end)
        named = [row.product_id for row in sold]
        out = {one.product_id for one in self._reader.stock_outs(start, until, named)} if named else set()
        stocked = self._stock.first_stocked() if named else {}
        always = [pid for pid in named if pid not in out and (at := stocked.get(pid)) is not None and at <= start]
        if not always:
            return error_of(())
        profile = self._profile(until)
        profile.cover(start, until)
        units: dict[str, dict[date, int]] = {product_id: {} for product_id in always}
        for day in self._stock.product_days(always, first, end):
            units[day.product_id][day.day] = day.units
        return error_of(
            [
                self._hidden(by_day, end - number * _WEEK, number, profile)
                for by_day in units.values()
                for number in range(1, HIDDEN_WEEKS + 1)
            ]
        )

    def _hidden(self, units: dict[date, int], first: date, number: int, profile: WeekProfile) -> HiddenWeek:
        before = first - BEFORE
        by = _units(units, before, first)
        starts = [self._formats.day_start(day) for day in (before, first, first + _WEEK)]
        expected = by * profile.hours(starts[1], starts[2]) / profile.hours(starts[0], starts[1])
        return HiddenWeek(expected, _units(units, first, first + _WEEK), by, number)


def _check(period: Period) -> None:
    if period.end < period.start:
        raise InvalidInput("The period ends before it starts.", "period")


def _units(by_day: dict[date, int], start: date, end: date) -> float:
    return float(sum(units for day, units in by_day.items() if start <= day < end))


def _in_stock_hours(
    out: StockOut, of_product: Iterable[StockOut], first_stocked: datetime | None, profile: WeekProfile
) -> float:
    """Of the 28 days before `out` those hours in which there was something, weighed."""
    start = max(out.began_at - BEFORE, first_stocked or out.began_at)
    away = sum(
        profile.hours(max(other.began_at, start), min(other.ended_at, out.began_at))
        for other in of_product
        if other.ended_at is not None and other.began_at < out.began_at
    )
    return profile.hours(start, out.began_at) - away
