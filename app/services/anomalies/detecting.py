"""Which days were not as expected: two series of a shop, each at so small a probability that false alarms are rare.

Watched are the number of orders and what they are worth, each order counted with no more than ten in a hundred of the
orders of the 60 days before are worth: neither a typo nor one wholesale order hides a bad day or makes a good one.
Twelve false alarms a year is what all of it may cost; what may be spent on a day is shared by the series and by the
looks at a day, a fifth of it kept for days that sold more (Bonferroni). Most of it goes to the number of orders, which
varies less than what they are worth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from app.domain import KnownDay, Watched
from app.services.anomalies.expecting import Numbers, Series, limit
from app.services.anomalies.sold import CAP_DAYS, Sold

FALSE_ALARMS = 12  # a year
WATCHED: tuple[Watched, ...] = ("orders", "sales")
FOR_DROPS = 0.8
SPENT_ON = {"orders": 0.8, "sales": 0.2}
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


def days_of(sold: Sold, known: Mapping[date, KnownDay]) -> Days:
    """`known`: what the calendar says of these days. A feast that the shop never traded at before may sell nothing."""
    factors = np.ones(len(sold.orders))
    for day, one in known.items():
        number = (day - sold.first).days
        if 0 <= number < len(factors):
            factors[number] = 0.0 if one.is_first_feast and not sold.orders[number] else one.factor
    orders, sales = (Series(sold.first, values, factors) for values in (sold.orders, sold.capped))
    return Days(sold.first, orders, sales, sold.gross, sold.caps)


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
