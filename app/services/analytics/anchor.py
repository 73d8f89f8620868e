"""Where "the last N days" end: the one place that says so, for every page, file, call, alert, report and forecast."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from app.domain import Trade
from app.money import Formats
from app.services.analytics import utc_now
from app.services.analytics.answer_cache import AnswerCache
from app.services.analytics.ports import SalesReader


class Anchor:
    def __init__(self, reader: SalesReader, formats: Formats, now: Callable[[], datetime] = utc_now) -> None:
        self._reader = reader
        self._formats = formats
        self._now = now
        # Several parts of a page ask for them. That there was none yet is not kept: the first sale shows at once.
        self._days: AnswerCache[tuple[date, date | None] | None] = AnswerCache()

    def trade(self, now: datetime | None = None) -> Trade:
        """The days of trade as they are at `now`."""
        first, last = self._days.get("days", self._read) or (None, None)
        return Trade(first, last, self._formats.today(now or self._now()))

    def _read(self) -> tuple[date, date | None] | None:
        bounds = self._reader.day_bounds()
        return (bounds[0], self._reader.last_sale_day()) if bounds else None
