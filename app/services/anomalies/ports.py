"""What the search for anomalies reads. Money is minor units, days are store days, ranges are half-open."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple, Protocol


class DayValue(NamedTuple):
    """So many orders of a day are worth so much: gross sales, rounded to three significant digits."""

    day: date
    value: int
    orders: int


class ValueReader(Protocol):
    def values_by_day(self, start: date, end: date) -> list[DayValue]:
        """By day, then by value; of each day a bounded number, however many orders there were."""
