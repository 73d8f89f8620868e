"""What is expected to sell of a product, how long its stock lasts by that, and when it runs out: one number for all."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from app.domain.forecast import Forecast

FARTHEST_DAYS = 3650  # beyond ten years no day is named


@dataclass(frozen=True)
class Demand:
    """What is expected of the days from `first_day` on, in units.

    `added_up`: what is expected until the end of each of the days that a forecast knows; `a_day` of each one after
    them, and of all without a forecast.
    """

    first_day: date
    added_up: tuple[float, ...]
    a_day: float

    @classmethod
    def by_forecast(cls, made: Forecast, today: date) -> Demand:
        """Of a forecast that may have been made before `today`: its days that are over are left out."""
        return cls.of_days(today, made.expected[max(0, (today - made.first_day).days) :])

    @classmethod
    def of_days(cls, first_day: date, expected: Sequence[float]) -> Demand:
        """Of what is expected day by day; later days go on at its mean."""
        mean = sum(expected) / len(expected) if expected else 0.0
        return cls(first_day, tuple(accumulate(expected)), mean)

    @classmethod
    def by_velocity(cls, velocity: float, today: date) -> Demand:
        return cls(today, (), velocity)

    def cover(self, available: int) -> float | None:
        """Days until what is expected adds up to what is `available`; None when nothing is expected."""
        if self.a_day <= 0:
            return None
        units, known = max(0, available), len(self.added_up)
        number = bisect_left(self.added_up, units)
        before = self.added_up[number - 1] if number else 0.0
        if number == known:
            return known + (units - before) / self.a_day
        of_day = self.added_up[number] - before
        return number + (units - before) / of_day if of_day else float(number)

    def runs_out(self, available: int) -> date | None:
        """The day that many days of cover from now; None when it never does, or not within ten years."""
        cover = self.cover(available)
        if cover is None or cover > FARTHEST_DAYS:
            return None
        return self.first_day + timedelta(days=math.floor(cover))
