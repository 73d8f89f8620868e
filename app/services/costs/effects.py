"""Price and cost changes of a product, and what each change of price did to its sales, against what was expected.

No shopper sees a cost, so a change of it alone has no effect. Days on which the product was not there, or sold out, are
on neither side.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import fmean, pvariance
from typing import Protocol

from app.domain import Period
from app.money import Formats
from app.services.analytics import utc_now
from app.services.analytics.breakdown_ports import StockOut
from app.services.analytics.inferred import InferredStock
from app.services.analytics.ports import DaySales, ProductDay
from app.services.costs.ports import PriceHistory, Pricing

DAYS = 28  # compared on either side, at most
LEAST_DAYS, LEAST_UNITS = 7, 20  # on each side, and on both together
_Z = 1.2816  # of an interval that holds four times in five
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Effect:
    """Of so many `days` after a change: the `units` that sold, and those `expected` had it sold as before
    while the rest of the shop did what it did. `low` to `high`: the change of its sales as a share, four times in five.
    """

    days: int
    units: int
    expected: float
    low: float
    high: float

    @property
    def change(self) -> float:
        """A share: 0.2 is a fifth more than expected."""
        return self.units / self.expected - 1

    @property
    def is_clear(self) -> bool:
        """The interval leaves out that nothing changed."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class PriceChange:
    """`effect` None: too little is known to say, or the price stayed."""

    before: Pricing
    after: Pricing
    effect: Effect | None

    @property
    def is_of_price(self) -> bool:
        return self.before.price != self.after.price


class DaysReader(Protocol):
    """As `StockReader` and `SalesReader` have them."""

    def product_days(self, product_ids: Collection[str], start: date, end: date) -> list[ProductDay]: ...

    def days(self, start: date, end: date) -> list[DaySales]: ...


class OutsReader(Protocol):
    """As `BreakdownReader` has them."""

    def stock_outs(
        self, start: datetime, end: datetime, product_ids: Collection[str] | None = None
    ) -> list[StockOut]: ...


@dataclass(frozen=True)
class Presence:
    """When a product was there to be bought: from the day after `first_day` on, but for the times without stock.

    Where stock was inferred by an import, nothing is known of such times.
    """

    first_day: Callable[[str], date | None]
    outs: OutsReader
    inferred: Callable[[], InferredStock]


class PriceEffects:
    def __init__(
        self,
        store: PriceHistory,
        reader: DaysReader,
        presence: Presence,
        formats: Formats,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._reader = reader
        self._presence = presence
        self._formats = formats
        self._now = now

    def of(self, product_id: str) -> list[PriceChange]:
        """Of one product, the latest first."""
        noted = self._store.of(product_id)
        today = self._formats.today(self._now())
        days = [self._formats.store_day(one.at) for one in noted]
        found = [PriceChange(before, after, None) for before, after in pairwise(noted)]
        repriced = [place for place, one in enumerate(found) if one.is_of_price]
        first = self._presence.first_day(product_id) if repriced else None
        if first is None:
            return found[::-1]
        # A change on the day on which a price of before began leaves that price no day.
        cuts = [first, *(days[place + 1] for place in repriced), today]
        for place, (since, day, until) in zip(repriced, zip(cuts, cuts[1:], cuts[2:], strict=False), strict=True):
            found[place] = replace(found[place], effect=self._effect(product_id, day, since + _DAY, until))
        return found[::-1]

    def _effect(self, product_id: str, day: date, since: date, until: date) -> Effect | None:
        """Days from `since` on and before `until` are of the prices before and after the change on `day`."""
        before = Period(max(since, day - DAYS * _DAY), day)
        after = Period(day + _DAY, min(until, day + (DAYS + 1) * _DAY))
        if before.days < LEAST_DAYS or after.days < LEAST_DAYS:
            return None
        own = self._reader.product_days([product_id], before.start, after.end)
        shop = self._reader.days(before.start, after.end)
        out = self._days_out(product_id, before.start, after.end)
        return effect_of(before, after, {one.day: one.units for one in own}, {one.day: one.units for one in shop}, out)

    def _days_out(self, product_id: str, start: date, end: date) -> set[date]:
        """The days of which the product was out of stock for a part or all."""
        began, ended = self._formats.day_start(start), self._formats.day_start(end)
        inferred, found = self._presence.inferred(), set()
        for out in self._presence.outs.stock_outs(began, ended, [product_id]):
            if inferred.has(product_id, out.began_at):
                continue
            last = end if out.ended_at is None else min(end, self._formats.store_day(out.ended_at))
            day = max(start, self._formats.store_day(out.began_at))
            found |= {day + number * _DAY for number in range((last - day).days + 1)}
        return found


def effect_of(
    before: Period,
    after: Period,
    own: Mapping[date, int],
    shop: Mapping[date, int],
    out: Collection[date] = (),
) -> Effect | None:
    """`own` and `shop`: units sold by day of the product and of all; days without sales may be missing. `out`: the days
    that are left out, on both sides.

    Expected: units a day before x days after x how the rest of the shop's units a day changed. The interval is that of
    a ratio of two Poisson rates on the log scale (Rothman, Greenland and Lash, Modern Epidemiology, 3rd ed., ch. 14),
    widened by how much more days differ than Poisson counts do. None with too few days or units to say anything.
    """
    sides = [[day for day in _days(side) if day not in out] for side in (before, after)]
    (then, now), every = ([_of(side, units) for side in sides] for units in (own, shop))
    if min(len(then), len(now)) < LEAST_DAYS:
        return None
    rest = [
        [all_ - mine for all_, mine in zip(*of_side, strict=True)] for of_side in zip(every, (then, now), strict=True)
    ]
    sold, units, sums = sum(then), sum(now), [sum(one) for one in rest]
    if sold + units < LEAST_UNITS or not sold or min(sums) <= 0:
        return None
    expected = sold * sums[1] / sums[0]  # by day on both sides: their numbers of days cancel out
    spread = max(_spread(then, now), 1.0) * (1 / sold + 1 / max(units, 0.5))
    spread += max(_spread(*rest), 1.0) * (1 / sums[0] + 1 / sums[1])
    width, middle = _Z * math.sqrt(spread), math.log(max(units, 0.5) / expected)
    return Effect(len(now), units, expected, math.exp(middle - width) - 1, math.exp(middle + width) - 1)


def _days(period: Period) -> list[date]:
    return [period.start + number * _DAY for number in range(period.days)]


def _of(days: Sequence[date], units: Mapping[date, int]) -> list[int]:
    return [max(0, units.get(day, 0)) for day in days]


def _spread(*sides: Sequence[int]) -> float:
    """How many times the variance of days is their mean, pooled over both sides; 1 for Poisson counts."""
    parts = [(pvariance(side) / fmean(side), len(side)) for side in sides if sum(side)]
    return sum(part * count for part, count in parts) / sum(count for _, count in parts) if parts else 1.0
