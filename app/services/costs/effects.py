"""Price and cost changes of a product, and what each did to its sales: before and after, against what was expected."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import fmean, pvariance
from typing import Protocol

from app.domain import Period
from app.money import Formats
from app.services.analytics import utc_now
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
    """`effect` None: too little is known to say."""

    before: Pricing
    after: Pricing
    effect: Effect | None


class DaysReader(Protocol):
    """As `StockReader` and `SalesReader` have them."""

    def product_days(self, product_ids: Collection[str], start: date, end: date) -> list[ProductDay]: ...

    def days(self, start: date, end: date) -> list[DaySales]: ...


class PriceEffects:
    def __init__(
        self, store: PriceHistory, reader: DaysReader, formats: Formats, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._store = store
        self._reader = reader
        self._formats = formats
        self._now = now

    def of(self, product_id: str) -> list[PriceChange]:
        """Of one product, the latest first."""
        noted = self._store.of(product_id)
        today = self._formats.today(self._now())
        days = [self._formats.store_day(one.at) for one in noted]
        found = []
        for place, (before, after) in enumerate(pairwise(noted), start=1):
            since = days[place - 1] + _DAY if place > 1 else date.min
            until = days[place + 1] if place + 1 < len(days) else today
            found.append(PriceChange(before, after, self._effect(product_id, days[place], since, until)))
        return found[::-1]

    def _effect(self, product_id: str, day: date, since: date, until: date) -> Effect | None:
        """Days from `since` on and before `until` are of the prices before and after the change on `day`."""
        before = Period(max(since, day - DAYS * _DAY), day)
        after = Period(day + _DAY, min(until, day + (DAYS + 1) * _DAY))
        if before.days < LEAST_DAYS or after.days < LEAST_DAYS:
            return None
        own = self._reader.product_days([product_id], before.start, after.end)
        shop = self._reader.days(before.start, after.end)
        return effect_of(before, after, {one.day: one.units for one in own}, {one.day: one.units for one in shop})


def effect_of(before: Period, after: Period, own: Mapping[date, int], shop: Mapping[date, int]) -> Effect | None:
    """`own` and `shop`: units sold by day of the product and of all; days without sales may be missing.

    Expected: units a day before x days after x how the rest of the shop's units a day changed. The interval is that of
    a ratio of two Poisson rates on the log scale (Rothman, Greenland and Lash, Modern Epidemiology, 3rd ed., ch. 14),
    widened by how much more days differ than Poisson counts do. None with too few days or units to say anything.
    """
    if before.days < LEAST_DAYS or after.days < LEAST_DAYS:
        return None
    then, now = _of(before, own), _of(after, own)
    rest = [[all_ - mine for all_, mine in zip(_of(p, shop), _of(p, own), strict=True)] for p in (before, after)]
    sold, units, sums = sum(then), sum(now), [sum(one) for one in rest]
    if sold + units < LEAST_UNITS or not sold or min(sums) <= 0:
        return None
    trend = (sums[1] / after.days) / (sums[0] / before.days)
    expected = sold / before.days * after.days * trend
    spread = max(_spread(then, now), 1.0) * (1 / sold + 1 / max(units, 0.5))
    spread += max(_spread(*rest), 1.0) * (1 / sums[0] + 1 / sums[1])
    width, middle = _Z * math.sqrt(spread), math.log(max(units, 0.5) / expected)
    return Effect(after.days, units, expected, math.exp(middle - width) - 1, math.exp(middle + width) - 1)


def _of(period: Period, units: Mapping[date, int]) -> list[int]:
    return [max(0, units.get(period.start + number * _DAY, 0)) for number in range(period.days)]


def _spread(*sides: Sequence[int]) -> float:
    """How many times the variance of days is their mean, pooled over both sides; 1 for Poisson counts."""
    parts = [(pvariance(side) / fmean(side), len(side)) for side in sides if sum(side)]
    return sum(part * count for part, count in parts) / sum(count for _, count in parts) if parts else 1.0
