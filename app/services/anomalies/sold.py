"""What a shop sold on each day, and what an order counts at the most: nine in ten of the 60 days before are worth less.

The values of these 60 days are kept as a histogram that moves on day by day, so a year costs one look at each row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from app.services.anomalies.expecting import Numbers
from app.services.anomalies.ports import DayValue

CAP_SHARE = 0.9
CAP_DAYS = 60


@dataclass(frozen=True)
class Sold:
    """A row for each day from `first` on: orders, gross sales, and these with no order above the day's cap."""

    first: date
    orders: Numbers
    gross: Numbers
    capped: Numbers
    caps: Numbers


def sold_of(values: Iterable[DayValue], first: date, end: date) -> Sold:
    """Of the days `[first, end)`, all of `values` among them."""
    count, origin = (end - first).days, first.toordinal()
    rows = np.array([(one.day.toordinal() - origin, one.value, one.orders) for one in values], dtype="int64").reshape(
        -1, 3
    )
    on, worth, orders = rows[np.argsort(rows[:, 0], kind="stable")].T
    caps = _caps(on, worth, orders, count)

    def summed(amounts: Numbers) -> Numbers:
        return np.bincount(on, amounts, count)

    capped = np.minimum(worth, caps[on]) * orders
    return Sold(first, summed(orders), summed(worth * orders), summed(capped), caps)


def _caps(on: Numbers, worth: Numbers, orders: Numbers, count: int) -> Numbers:
    """Of each day by the days before it; of the first day with sales by itself."""
    sizes, size = np.unique(worth, return_inverse=True)
    starts = np.searchsorted(on, np.arange(count + 1))
    recent, caps = np.zeros(len(sizes), dtype="int64"), np.zeros(count)

    def of_day(number: int) -> Numbers:
        rows = slice(starts[number], starts[number + 1])
        return np.bincount(size[rows], orders[rows], len(sizes)).astype("int64")

    for number in range(count):
        today = of_day(number)
        caps[number] = _quantile(sizes, recent if recent.any() else today)
        recent += today
        if number >= CAP_DAYS:
            recent -= of_day(number - CAP_DAYS)
    return caps


def _quantile(sizes: Numbers, orders: Numbers) -> float:
    """The value that CAP_SHARE of the orders do not exceed; 0 without any."""
    total = np.cumsum(orders)
    if not len(total) or not total[-1]:
        return 0.0
    return float(sizes[np.searchsorted(total, CAP_SHARE * total[-1])])
