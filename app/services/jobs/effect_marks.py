"""Marks of effects that requests did at once, written for many orders together and outside of them.

A mark that is lost with its process, or while the database is away, costs nothing but work: a worker finds the row
due and does its effect again, which is safe.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from app.errors import ShopError
from app.services.jobs.ports import Marking

log = logging.getLogger(__name__)

WITHIN_SECONDS = 0.5  # well before workers look at what checkouts do by themselves
MOST_KEPT = 1_000  # marks; what is beyond is left to the workers

Later = Callable[[float, Callable[[], None]], None]


def _later(seconds: float, work: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, work)
    timer.daemon = True
    timer.start()


class EffectMarks:
    """`Marking` for one process: collects marks, and writes them all by another one. Safe in threads."""

    def __init__(self, marking: Marking, later: Later = _later) -> None:
        self._marking = marking
        self._later = later
        self._lock = threading.Lock()
        self._keys: list[str] = []
        self._is_due = False

    def done_by_key(self, keys: Sequence[str]) -> None:
        """Written within half a second, with those of other orders."""
        with self._lock:
            self._keys += keys[: MOST_KEPT - len(self._keys)]
            was_due, self._is_due = self._is_due, True
        if not was_due:
            self._later(WITHIN_SECONDS, self.flush)

    def flush(self) -> None:
        """Write what was collected so far: before the process ends, too."""
        with self._lock:
            keys, self._keys, self._is_due = self._keys, [], False
        if not keys:
            return
        try:
            self._marking.done_by_key(keys)
        except ShopError as error:
            log.warning("%s effects were not marked as done, and are left to the workers: %s", len(keys), error.message)
