"""Where "the last N days" end: the one place that says so, for every page, file, call, alert, report and forecast."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from app.domain import Trade
from app.money import Formats
from app.services.analytics import utc_now
from app.services.kept import Kept
from app.services.readers import SalesReader


class Anchor:
    def __init__(self, reader: SalesReader, formats: Formats, now: Callable[[], datetime] = utc_now) -> None:
        self._reader = reader
        self._formats = formats
        self._now = now
        self._days: Kept[tuple[date | None, date | None]] = Kept()  # several parts of a page ask for them

    def trade(self, now: datetime | None = None) -> Trade:
        """The days of trade as they are at `now`."""
        return Trade(*self._days.get("days", self._read), self._formats.today(now or self._now()))

    def _read(self) -> tuple[date | None, date | None]:
        bounds = self._reader.day_bounds()
        return (bounds[0], self._reader.last_sale_day()) if bounds else (None, None)
