"""Which days were not as expected: two series of a shop, each at so small a probability that false alarms are rare.

Watched are the number of orders and what they are worth, each order counted with no more than ten in a hundred of the
orders of the 60 days before are worth: neither a typo nor one wholesale order hides a bad day or makes a good one.
Twelve false alarms a year is what all of it may cost; what may be spent on a day is shared by the series and by the
looks at a day, a fifth of it kept for days that sold more (Bonferroni). Most of it goes to the number of orders, which
varies less than what they are worth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from app.domain import KnownDay, Watched
from app.services.anomalies.expecting import Numbers, Series, limit, series_of
from app.services.anomalies.ports import DayValue

FALSE_ALARMS = 12  # a year
WATCHED: tuple[Watched, ...] = ("orders", "sales")
FOR_DROPS = 0.8
SPENT_ON = {"orders": 0.8, "sales": 0.2}
LONGEST_CLOSURE = 21  # days about a feast
CAP_SHARE = 0.9
CAP_DAYS = 60
LOOKS = 4  # at the running day: each costs a part of what may be spent on it

_A_DAY = FALSE_ALARMS / 365


@dataclass(frozen=True)
class Days:
    """The two series of a shop from `first` on, a row for each day, and gross sales as they are."""

    first: date
    orders: Series
    sales: Series
    gross: Numbers
    caps: Numbers

    def day(self, number: int) -> date:
        return self.first + timedelta(days=number)

    def usual_tail(self, number: int) -> float:
        """Gross sales of the days before over what counts of them: what the cap usually leaves out."""
        before = slice(max(0, number - CAP_DAYS), number)
        counted = float(self.sales.values[before].sum())
        return float(self.gross[before].sum()) / counted if counted else 1.0


@dataclass(frozen=True)
class Verdict:
    """Whether a day sold less or more than expected, and in what.

    `is_drop` None: as expected, or not known.
    """

    is_drop: bool | None
    watched: tuple[Watched, ...] = ()


def days_of(values: Iterable[DayValue], known: Mapping[date, KnownDay], first: date, end: date) -> Days:
    """`known`: what the calendar says of these days."""
    by_day: defaultdict[date, list[DayValue]] = defaultdict(list)
    for value in values:
        by_day[value.day].append(value)
    factors = {day: one.factor for day, one in known.items()} | dict.fromkeys(_off(by_day, known, first, end), 0.0)
    orders = {day: float(sum(one.orders for one in rows)) for day, rows in by_day.items()}
    count = (end - first).days
    caps, capped, gross = np.zeros(count), dict[date, float](), np.zeros(count)
    for number in range(count):
        day = first + timedelta(days=number)
        rows = by_day.get(day, [])
        recent = [one for back in range(1, CAP_DAYS + 1) for one in by_day.get(day - timedelta(days=back), ())]
        caps[number] = _quantile(recent or rows)
        capped[day] = sum(min(one.value, caps[number]) * one.orders for one in rows)
        gross[number] = sum(one.value * one.orders for one in rows)
    return Days(first, series_of(first, end, orders, factors), series_of(first, end, capped, factors), gross, caps)


def _off(sold: Collection[date], known: Mapping[date, KnownDay], first: date, end: date) -> set[date]:
    """Public holidays without a sale, and the days without one right before and after: that a shop is closed then is
    no news, even if it has not been seen before."""
    off = {day for day, one in known.items() if one.holidays and day not in sold and first <= day < end}
    for feast in list(off):
        for step in (-1, 1):
            for distance in range(1, LONGEST_CLOSURE):
                day = feast + timedelta(days=step * distance)
                if day in sold or not first <= day < end:
                    break
                off.add(day)
    return off


def _quantile(rows: Iterable[DayValue]) -> float:
    """The value that CAP_SHARE of the orders do not exceed; 0 without any."""
    ordered = sorted(rows, key=lambda one: one.value)
    left = CAP_SHARE * sum(one.orders for one in ordered)
    for one in ordered:
        left -= one.orders
        if left <= 0:
            return float(one.value)
    return 0.0


def verdict(scores: tuple[float, float], looks: int = 1) -> Verdict:
    """By the scores of orders and sales; `looks`: among how many at this day it is one. NaN is no news."""
    both = list(zip(WATCHED, scores, strict=True))
    low = tuple(name for name, score in both if score < -_limit(name, FOR_DROPS, looks))
    if low:
        return Verdict(True, low)
    high = tuple(name for name, score in both if score > _limit(name, 1 - FOR_DROPS, looks))
    return Verdict(False, high) if high else Verdict(None)


def _limit(name: Watched, share: float, looks: int) -> float:
    return limit(_A_DAY * SPENT_ON[name] * share / looks)
