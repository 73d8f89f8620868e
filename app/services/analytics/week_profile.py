"""How a shop's trade spreads over the hours of a week, so that an hour at night counts less than one at peak."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo

import numpy as np

from app.services.analytics.breakdown_ports import HourSales

HOURS_A_WEEK = 168
EVEN_ORDERS = 50  # as if so many had come evenly over the week: a few orders tell little about its hours
_HOUR = timedelta(hours=1)


class WeekProfile:
    """Hours weighed by how many orders they usually bring: those of a whole week weigh 168."""

    def __init__(self, hours: Iterable[HourSales], zone: tzinfo) -> None:
        orders = np.zeros(HOURS_A_WEEK)
        for row in hours:
            orders[row.hour] += row.orders
        shares = (orders + EVEN_ORDERS / HOURS_A_WEEK) / (orders.sum() + EVEN_ORDERS)
        self._weights = shares * HOURS_A_WEEK
        self._zone = zone
        self._start: datetime | None = None
        self._running = np.zeros(1)

    def cover(self, start: datetime, end: datetime) -> None:
        """Lay out `[start, end)`, so that `hours` of any time in it is two look-ups."""
        local = start.astimezone(self._zone)
        self._start = start - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        count = int((end - self._start) / _HOUR) + 2
        places = np.fromiter((self._place(self._start + n * _HOUR) for n in range(count)), dtype=np.int64, count=count)
        self._running = np.concatenate(([0.0], np.cumsum(self._weights[places])))

    def hours(self, start: datetime, end: datetime) -> float:
        """What `[start, end)` weighs; 0 where it ends before it starts. Raises ValueError where it is not covered."""
        return max(0.0, self._until(end) - self._until(start)) if start < end else 0.0

    def _until(self, at: datetime) -> float:
        passed = -1.0 if self._start is None else (at - self._start) / _HOUR
        whole = int(passed)
        if passed < 0 or whole + 1 >= len(self._running):
            raise ValueError(f"{at} is not covered")
        return float(self._running[whole] + (passed - whole) * (self._running[whole + 1] - self._running[whole]))

    def _place(self, at: datetime) -> int:
        local = at.astimezone(self._zone)
        return local.weekday() * 24 + local.hour
