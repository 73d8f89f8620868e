"""What stock is worth and what it does: its value, dead stock, sell-through, sales lost while nothing was there."""

from __future__ import annotations

import copy
import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

import pandas as pd

from app.domain import NON_MERCHANDISE, Grain, Period, Product, Trade, first_day_of
from app.errors import InvalidInput
from app.frames import typed_frame
from app.money import Formats
from app.services.analytics import utc_now
from app.services.analytics.answer_cache import SHARE_OF_THE_PAST, AnswerCache
from app.services.analytics.breakdown_ports import BreakdownReader, Level, StockOut
from app.services.analytics.buckets import next_first_day
from app.services.analytics.inferred import InferredStock

DEAD_DAYS = 90
LOST_DAYS, VALUE_DAYS = 28, 90  # of the stock page's estimate and chart
BEFORE = timedelta(days=28)  # over which the speed before a stock-out is measured
MOST_DAYS = 100  # of one chart by day; beyond it by month
_DEAD = {
    "product_id": "object", "name": "object", "on_hand": "int64", "value": "int64", "last_sold_at": "object",
    "inferred": "bool",
}  # fmt: skip
_LOST = {"product_id": "object", "name": "object", "hours": "float64", "units": "float64", "value": "int64"}
_HOUR = timedelta(hours=1)


class _Dead(NamedTuple):
    product_id: str
    name: str
    on_hand: int
    value: int
    last_sold_at: datetime | None
    inferred: bool


@dataclass(frozen=True)
class StockValue:
    """What lies on the shelves. `units` on hand and their `value` at cost price, else at price, in minor units.

    `products`: how many are on hand; of them `dead_products`, which are worth `dead_value`, and `inferred` ones, whose
    stock an import inferred.
    """

    units: int
    value: int
    products: int
    dead_value: int
    dead_products: int
    inferred: int


class Holdings:
    """What lies on the shelves, day by day.

    `products` gives the catalogue's snapshot, those that left the store too; `trade` the days of trade.
    """

    def __init__(
        self,
        reader: BreakdownReader,
        formats: Formats,
        products: Callable[[], tuple[Product, ...]],
        trade: Callable[[], Trade],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._reader = reader
        self._formats = formats
        self._products = products
        self._trade = trade
        self._now = now
        self._levels = reader.levels
        self._past: AnswerCache[list[tuple[date, str, int]]] = AnswerCache(
            share=SHARE_OF_THE_PAST
        )  # a row per product and day
        self._lost: AnswerCache[pd.DataFrame] = AnswerCache(share=SHARE_OF_THE_PAST)  # an estimate over four weeks
        self._inferred: AnswerCache[InferredStock] = AnswerCache()

    def once(self) -> Holdings:
        """The same, reading what is on hand only once: for the parts of one page."""
        same = copy.copy(self)
        same._levels = functools.cache(self._levels)
        return same

    def value(self) -> StockValue:
        """Of all merchandise on hand."""
        known, dead, inferred = self._merchandise(), self._dead_rows(), self.inferred()
        levels = [level for level in self._levels() if level.product_id in known and level.on_hand > 0]
        return StockValue(
            units=sum(level.on_hand for level in levels),
            value=sum(level.on_hand * unit_value(known[level.product_id]) for level in levels),
            products=len(levels),
            dead_value=sum(row.value for row in dead),
            dead_products=len(dead),
            inferred=sum(inferred.has(level.product_id) for level in levels),
        )

    def inferred(self) -> InferredStock:
        """Of which products the stock is inferred."""
        return self._inferred.get("all", lambda: InferredStock(self._reader.inferred_stock()))

    def dead(self) -> pd.DataFrame:
        """Merchandise on hand that neither sold nor was first stocked in the last 90 days, by value, the most first.

        Columns: product_id, name, on_hand (units), value (minor units), last_sold_at (None: never), inferred.
        """
        return typed_frame(self._dead_rows(), _DEAD)

    def _dead_rows(self) -> list[_Dead]:
        known, since = self._merchandise(), self._formats.day_start(self._trade().last(DEAD_DAYS).start)
        inferred = self.inferred()
        rows = [
            _Dead(
                level.product_id,
                known[level.product_id].name,
                level.on_hand,
                level.on_hand * unit_value(known[level.product_id]),
                level.last_sold_at,
                inferred.has(level.product_id),
            )
            for level in self._levels()
            if level.product_id in known and _is_dead(level, since)
        ]
        return sorted(rows, key=lambda row: (-row.value, row.product_id))

    def sell_through(self, period: Period) -> dict[str, float]:
        """Units sold in `period` / (on hand at its start + units received in it); without those where that is 0."""
        return {product_id: sold / there for product_id, (sold, there) in self.sold_of(period).items()}

    def sold_of(self, period: Period) -> dict[str, tuple[int, int]]:
        """The two counts of `sell_through`, by product."""
        _check(period)
        tomorrow = self._formats.today(self._now()) + timedelta(days=1)
        in_period = self._reader.stock_sums(period.start, period.end)
        until_now = in_period if period.end == tomorrow else self._reader.stock_sums(period.start, tomorrow)
        sums = {row.product_id: row for row in in_period}
        since = {row.product_id: row.net for row in until_now}
        found = {}
        for level in self._levels():
            moved = sums.get(level.product_id)
            at_start = level.on_hand - since.get(level.product_id, 0)
            there = at_start + (moved.received if moved else 0)
            if there > 0:
                found[level.product_id] = (moved.sold if moved else 0, there)
        return found

    def value_over_time(self, period: Period) -> pd.DataFrame:
        """The value of what was on hand at the end of each day (of each month, for a long period), at today's cost.

        Columns: day (date), value (int64, minor units), inferred (whether any of it was then). Reckoned back from what
        is on hand now.
        """
        _check(period)
        today = self._formats.today(self._now())
        last = min(period.end, today + timedelta(days=1))
        grain: Grain = "day" if period.days <= MOST_DAYS else "month"
        first = first_day_of(period.start, grain)
        present = max(first, first_day_of(today, grain))
        past = self._past.get((grain, first, present), lambda: self._reader.stock_changes(grain, first, present))
        changes = self._worth([*past, *self._reader.stock_changes(grain, present, today + timedelta(days=1))])
        value, inferred = self.value().value, self.inferred()
        starts = _starts(first, today + timedelta(days=1), grain)
        rows = []
        for start in reversed(starts):
            ends = min(next_first_day(start, grain), today + timedelta(days=1)) - timedelta(days=1)
            if start < last:
                rows.append((ends, value, inferred.any(self._formats.day_start(ends + timedelta(days=1)))))
            value -= changes.get(start, 0)
        rows.reverse()
        return typed_frame(rows, {"day": "object", "value": "int64", "inferred": "bool"})

    def _worth(self, changes: Iterable[tuple[date, str, int]]) -> dict[date, int]:
        """What the value of stock rose by in each day or month; `changes`: its first day, product, units."""
        worth = {p.product_id: unit_value(p) for p in self._merchandise().values()}
        rises: dict[date, int] = defaultdict(int)
        for day, product_id, net in changes:
            rises[day] += net * worth.get(product_id, 0)
        return rises

    def lost_sales(self, period: Period) -> pd.DataFrame:
        """What would have sold while nothing was there, an estimate; by value, the most first.

        Columns: product_id, name, hours (float, out of stock in the period), units (float), value (int64, minor
        units). Hours out of stock x units per in-stock hour over the 28 days before, with the sale that emptied the
        shelf, x the price when it ran out. Products that were not sold before they ran out are left out, and so are
        the times of which stock is inferred.
        """
        _check(period)
        return self._lost.get(period, lambda: self._lost_in(period))

    def _lost_in(self, period: Period) -> pd.DataFrame:
        start, end = self._formats.day_start(period.start), self._formats.day_start(period.end)
        end = min(end, self._now())
        if start >= end:
            return _lost_frame([])
        inferred = self.inferred()
        read = [o for o in self._reader.stock_outs(start - BEFORE, end) if not inferred.has(o.product_id, o.began_at)]
        outs = [out for out in read if out.ended_at is None or out.ended_at > start]
        by_product: dict[str, set[StockOut]] = defaultdict(set)
        for out in [*read, *self._before(outs, start)]:
            by_product[out.product_id].add(out)
        known = self._merchandise()
        stocked = {level.product_id: level.first_stocked_at for level in self._levels()}
        found: dict[str, list[float]] = {}
        for out in outs:
            product = known.get(out.product_id)
            there = _in_stock_hours(out, by_product[out.product_id], stocked.get(out.product_id))
            if product is None or there <= 0 or out.sold_before <= 0:
                continue
            hours = _hours(max(out.began_at, start), min(out.ended_at or end, end))
            units = hours * out.sold_before / there
            price = product.price if out.unit_price is None else out.unit_price
            cell = found.setdefault(out.product_id, [0.0, 0.0, 0.0])
            for place, number in enumerate((hours, units, units * price)):
                cell[place] += number
        return _lost_frame([(pid, known[pid].name, cell[0], cell[1], cell[2]) for pid, cell in found.items()])

    def _before(self, outs: Sequence[StockOut], start: datetime) -> list[StockOut]:
        """What came before those that had begun by `start`: of their products alone, as one may have lasted a year."""
        begun = {out.product_id: out.began_at for out in outs if out.began_at < start}
        if not begun:
            return []
        found = self._reader.stock_outs(min(begun.values()) - BEFORE, max(begun.values()), begun)
        return [out for out in found if not self.inferred().has(out.product_id, out.began_at)]

    def _merchandise(self) -> dict[str, Product]:
        return {p.product_id: p for p in self._products() if p.product_id not in NON_MERCHANDISE}


def unit_value(product: Product) -> int:
    """What one unit is valued at: cost price, else price; minor units."""
    return product.price if product.cost is None else product.cost


def _is_dead(level: Level, since: datetime) -> bool:
    if level.on_hand <= 0 or level.first_stocked_at is None or level.first_stocked_at >= since:
        return False
    return level.last_sold_at is None or level.last_sold_at < since


def _in_stock_hours(out: StockOut, of_product: Iterable[StockOut], first_stocked: datetime | None) -> float:
    """Of the 28 days before `out` those hours in which there was something."""
    start = max(out.began_at - BEFORE, first_stocked or out.began_at)
    away = sum(
        _hours(max(other.began_at, start), min(other.ended_at, out.began_at))
        for other in of_product
        if other.ended_at is not None and other.began_at < out.began_at
    )
    return _hours(start, out.began_at) - away


def _hours(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start) / _HOUR)


def _starts(first: date, end: date, grain: Grain) -> list[date]:
    found, start = [], first
    while start < end:
        found.append(start)
        start = next_first_day(start, grain)
    return found


def _lost_frame(rows: Sequence[tuple[str, str, float, float, float]]) -> pd.DataFrame:
    whole = [(product_id, name, hours, units, round(value)) for product_id, name, hours, units, value in rows]
    whole.sort(key=lambda row: (-row[4], row[0]))
    return typed_frame(whole, _LOST)


def _check(period: Period) -> None:
    if period.end < period.start:
        raise InvalidInput("The period ends before it starts.", "period")
