"""The last two weeks of trade by day: what stands beside each of the wall's numbers."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date, timedelta
from typing import Any

from cachetools import TTLCache, cachedmethod

from app.domain import Trade
from app.services.analytics.ports import DaySales, MinuteSales, SalesReader
from app.services.analytics.sales import add_up

HISTORY_DAYS = 14
KEPT_SECONDS = 60.0  # days that are over change by late returns alone


class History:
    """Reads days that are over now and then; today's sums come with each snapshot."""

    def __init__(self, sales: SalesReader) -> None:
        self._sales = sales
        self._over: TTLCache[Hashable, dict[date, DaySales]] = TTLCache(1, KEPT_SECONDS)  # the hub alone reads it

    def read(self, trade: Trade, today: Sequence[MinuteSales]) -> dict[str, Any]:
        """JSON-ready: the `days` and, for each, gross sales and average order (minor units), orders, units, units an
        order. `has_today`: the last one is today, up to now; a quiet shop's days end with its last sale.
        """
        period = trade.last(HISTORY_DAYS)
        known = self._days_over(period.start, trade.full_end)
        days = [period.start + timedelta(days=number) for number in range(period.days)]
        totals = [add_up([known[day]] if day in known else []) for day in days]
        if not trade.is_quiet:
            totals[-1] = add_up(today)
        return {
            "days": [day.isoformat() for day in days],
            "has_today": not trade.is_quiet,
            "gross": [one.gross for one in totals],
            "orders": [one.orders for one in totals],
            "units": [one.units for one in totals],
            "aov": [one.aov or 0 for one in totals],
            "units_an_order": [round(one.units_an_order or 0, 1) for one in totals],
        }

    @cachedmethod(lambda self: self._over)
    def _days_over(self, start: date, end: date) -> dict[date, DaySales]:
        return {row.day: row for row in self._sales.days(start, end)}
