"""What was sold, line by line, and what of it was known on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CAP_SHARE = 0.95  # of a product's lines that count in full
CAP_MEDIANS = 3  # and so many times its median line does at least
MOST_MEDIANS = 30  # beyond which no line of a product with few lines counts in full
FAR_BEYOND = 40  # times the cap: such a line is bounded wherever it is counted, and named


@dataclass(frozen=True)
class History:
    """Lines of paid orders from day 0, which is `first_day`, to day `days` - 1; arrays have one entry per line.

    `product` and `day` are numbers, `order` the order's id, `cancelled` the day on which the line was taken back within
    a week, or -1; `price` minor units. Of each product: `category` (a number) and `since`, the day of its first stock
    or sale. `absent`: parts of days without anything on hand, as (product, day, share of the day). `before`: gross
    sales of the shop on the days that end with day -1, minor units.
    """

    first_day: date
    days: int
    product_ids: tuple[str, ...]
    categories: tuple[str, ...]
    category: Ints
    since: Ints
    product: Ints
    day: Ints
    units: Floats
    price: Floats
    cancelled: Ints
    absent: tuple[Ints, Ints, Floats]
    before: Floats
    order: Ints

    @property
    def count(self) -> int:
        return len(self.product_ids)

    def date_of(self, day: int) -> date:
        return self.first_day + timedelta(days=day)

    def number_of(self, day: date) -> int:
        return (day - self.first_day).days

    def known(self, day: int) -> NDArray[np.bool_]:
        """Which lines count as it was known before the day."""
        return (self.day < day) & ~((self.cancelled >= 0) & (self.cancelled < day))

    def sold(self, start: int, end: int) -> Floats:
        """Units per product over the days `[start, end)` without what was cancelled, as it is known now."""
        which = (self.day >= start) & (self.day < end) & (self.cancelled < 0)
        return summed(self.product[which], self.units[which], self.count)


@dataclass(frozen=True)
class Known:
    """The lines that were known before `day`, ordered by product, and each product's cap on a line.

    `raw` units are as sold, `units` bounded far beyond the cap, `capped` at it; `beyond` names the lines bounded.
    """

    day: int
    count: int
    product: Ints
    on: Ints
    raw: Floats
    units: Floats
    capped: Floats
    cap: Floats
    beyond: Ints

    @classmethod
    def before(cls, history: History, day: int) -> Known:
        (which,) = np.nonzero(history.known(day))
        order = which[np.lexsort((history.units[which], history.product[which]))]
        product, units = history.product[order], history.units[order]
        cap = caps(product, units, history.count)
        most = FAR_BEYOND * cap[product]
        return cls(
            day,
            history.count,
            product,
            history.day[order],
            units,
            np.minimum(units, most),
            np.minimum(units, cap[product]),
            cap,
            order[units > most],
        )

    def block(self, start: int, end: int) -> tuple[Floats, Floats, Floats, Floats]:
        """Of the products `[start, end)`: raw, bounded and capped units, and lines; each (products, days)."""
        lo, hi = np.searchsorted(self.product, (start, end))
        key = (self.product[lo:hi] - start) * self.day + self.on[lo:hi]
        shape, size = (end - start, self.day), (end - start) * self.day
        return tuple(  # type: ignore[return-value]
            summed(key, weights, size).reshape(shape)
            for weights in (self.raw[lo:hi], self.units[lo:hi], self.capped[lo:hi], None)
        )


def summed(numbers: Ints, weights: Floats | None, count: int) -> Floats:
    """(count): the sums of `weights`, or how many there are, by number."""
    return np.asarray(np.bincount(numbers, weights, count), dtype=np.float64)


def caps(product: Ints, units: Floats, count: int) -> Floats:
    """Of each product how many units of a line count; `units` ascending within each product. At least 1."""
    if not len(units):
        return np.ones(count)
    lines = np.bincount(product, minlength=count)
    start = np.concatenate(([0], np.cumsum(lines)[:-1]))
    last = len(units) - 1
    high = units[np.clip(start + np.ceil(CAP_SHARE * lines).astype(np.int64) - 1, 0, last)]
    median = units[np.clip(start + np.maximum(lines - 1, 0) // 2, 0, last)]
    usual = float(np.quantile(units, 0.999)) * FAR_BEYOND  # what one line tells of itself is not enough
    cap = np.minimum(np.maximum(high, CAP_MEDIANS * median), np.minimum(np.maximum(MOST_MEDIANS * median, 30), usual))
    return np.where(lines > 0, np.maximum(cap, 1.0), 1.0)


def present(history: History, day: int, start: int, end: int) -> Floats:
    """Of the products `[start, end)` the share of each day with something on hand, from their first one on."""
    found = np.ones((end - start, day))
    product, on, share = history.absent
    which = (product >= start) & (product < end) & (on < day)
    np.subtract.at(found, (product[which] - start, on[which]), share[which])
    found = np.clip(found, 0.0, 1.0)
    found[np.arange(day)[None, :] < history.since[start:end, None]] = 0.0
    return found
