"""Days on which nobody packs or delivers, as the shop's calendar knows them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from threading import Lock

from app.domain import EntryKind
from app.errors import ShopError
from app.services.calendar.ports import CalendarStore, HolidayBook

FRESH_SECONDS = 60.0
AHEAD = timedelta(days=200)  # farther than any method takes
_MOST_ENTRIES = 1000


class WorkingDays:
    """Closed days that people put there, and public holidays of the shop's own country.

    Read at most once a minute, so that checkout asks nobody: a change holds within that time.
    """

    def __init__(
        self,
        store: CalendarStore,
        book: HolidayBook,
        home: Callable[[], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._book = book
        self._home = home
        self._clock = clock
        self._lock = Lock()
        self._known: tuple[date, frozenset[date]] | None = None
        self._read_at = float("-inf")

    def off(self, today: date) -> frozenset[date]:
        """From `today` on. Store errors pass through while nothing was read yet."""
        if not self._is_known(today) and self._lock.acquire(blocking=self._known is None):
            try:
                if not self._is_known(today):
                    self._ask(today)
            finally:
                self._lock.release()
        assert self._known is not None
        return self._known[1]

    def _ask(self, today: date) -> None:
        """What was known stays while the store is away."""
        try:
            self._known = today, self._read(today)
        except ShopError:
            if self._known is None:
                raise
        self._read_at = self._clock()

    def _is_known(self, today: date) -> bool:
        return self._known is not None and self._known[0] == today and self._clock() - self._read_at < FRESH_SECONDS

    def _read(self, today: date) -> frozenset[date]:
        until = today + AHEAD
        holidays = {one.day for one in self._book.between([self._home()], today, until)}
        entries = self._store.between(today, until, _MOST_ENTRIES)
        closed = (one for one in entries if one.kind is EntryKind.CLOSED)
        return frozenset(holidays | {one.first + timedelta(days=n) for one in closed for n in range(one.days)})
