"""What is expected of the coming days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

BASELINE = "Seasonal naive"  # each day like the same weekday of the week before
TOO_SHORT = "Mean of the days so far"


@dataclass(frozen=True)
class Forecast:
    """The units that a product is expected to sell.

    `days`: (low, expected, high) for each day from `first_day` on; low and high hold four days of five.

    `errors`: mean absolute error per day in the back-test, by model, over `tested_days`; empty for a series too short.
    """

    first_day: date
    model: str
    days: tuple[tuple[float, float, float], ...]
    errors: Mapping[str, float]
    tested_days: int = 0

    @property
    def expected(self) -> tuple[float, ...]:
        return tuple(day[1] for day in self.days)

    @property
    def total(self) -> int:
        """What is expected of all its days, rounded."""
        return round(sum(self.expected))

    @property
    def dates(self) -> tuple[date, ...]:
        return tuple(self.first_day + timedelta(days=number) for number in range(len(self.days)))

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=len(self.days) - 1)


@dataclass(frozen=True)
class StockAhead:
    """What is left of a product if nothing comes in, today at its beginning and then at that of each day to come.

    `left` by what is expected to sell; `fewest` and `most`: if sales go as high or as low as one time in ten.
    """

    days: tuple[date, ...]
    left: tuple[float, ...]
    fewest: tuple[float, ...]
    most: tuple[float, ...]
