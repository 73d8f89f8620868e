"""What stock is worth and what it does: its value, dead stock, sell-through."""

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
from app.services.analytics.breakdown_ports import BreakdownReader, Level
from app.services.analytics.buckets import next_first_day
from app.services.analytics.inferred import InferredStock
from app.services.analytics.unit_values import Noted, UnitValues

DEAD_DAYS = 90
VALUE_DAYS = 90  # of the stock page's chart
MOST_DAYS = 100  # of one chart by day; beyond it by month
_DEAD = {
    "product_id": "object", "name": "object", "on_hand": "int64", "cost": "object", "value": "int64",
    "last_sold_at": "object",
    "inferred": "bool",
}  # fmt: skip


class _Dead(NamedTuple):
    product_id: str
    name: str
    on_hand: int
    cost: int | None
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
        noted: Callable[[], Sequence[Noted]] = tuple,
    ) -> None:
        """`noted`: past prices and costs by product, the oldest first."""
        self._reader = reader
        self._formats = formats
        self._products = products
        self._trade = trade
        self._now = now
        self._noted = noted
        self._levels = reader.levels
        self._past: AnswerCache[list[tuple[date, str, int]]] = AnswerCache(
            share=SHARE_OF_THE_PAST
        )  # a row per product and day
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

        Columns: product_id, name, on_hand (units), cost (a unit's, None: none is set) and value (minor units),
        last_sold_at (None: never), inferred.
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
                known[level.product_id].cost,
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
        """The value of what was on hand at the end of each day (of each month, for a long period), at the day's cost.

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
        changes = [*past, *self._reader.stock_changes(grain, present, today + timedelta(days=1))]
        inferred = self.inferred()
        starts = _starts(first, today + timedelta(days=1), grain)
        ends = [min(next_first_day(start, grain), today + timedelta(days=1)) - timedelta(days=1) for start in starts]
        rows = [
            (end, value, inferred.any(self._formats.day_start(end + timedelta(days=1))))
            for start, end, value in zip(starts, ends, self._values(starts, ends, changes, today), strict=True)
            if start < last
        ]
        return typed_frame(rows, {"day": "object", "value": "int64", "inferred": "bool"})

    def _values(
        self, starts: Sequence[date], ends: Sequence[date], changes: Iterable[tuple[date, str, int]], today: date
    ) -> list[int]:
        """At each of `ends`; `changes`: units by product since each of `starts`. Reckoned back from today."""
        known = self._merchandise()
        values = UnitValues(known.values(), self._noted(), self._formats.store_day, today)
        changed = set(values.changed(known, ends[0], today)) if ends else set()
        steady: dict[date, int] = defaultdict(int)
        nets: dict[str, dict[date, int]] = {product_id: defaultdict(int) for product_id in changed}
        for start, product_id, net in changes:
            if product_id in changed:
                nets[product_id][start] += net
            elif product_id in known:
                steady[start] += net * unit_value(known[product_id])
        there = {level.product_id: level.on_hand for level in self._levels() if level.product_id in changed}
        value = self.value().value - sum(max(0, units) * unit_value(known[pid]) for pid, units in there.items())
        found = []
        for start, end in zip(reversed(starts), reversed(ends), strict=True):
            found.append(value + sum(units * values.on(pid, end).value for pid, units in there.items()))
            value -= steady[start]
            there = {pid: units - nets[pid][start] for pid, units in there.items()}
        return found[::-1]

    def _merchandise(self) -> dict[str, Product]:
        return {p.product_id: p for p in self._products() if p.product_id not in NON_MERCHANDISE}


def unit_value(product: Product) -> int:
    """What one unit is valued at: cost price, else price; minor units."""
    return product.price if product.cost is None else product.cost


def _is_dead(level: Level, since: datetime) -> bool:
    if level.on_hand <= 0 or level.first_stocked_at is None or level.first_stocked_at >= since:
        return False
    return level.last_sold_at is None or level.last_sold_at < since


def _starts(first: date, end: date, grain: Grain) -> list[date]:
    found, start = [], first
    while start < end:
        found.append(start)
        start = next_first_day(start, grain)
    return found


def _check(period: Period) -> None:
    if period.end < period.start:
        raise InvalidInput("The period ends before it starts.", "period")
