"""Remembers for a moment that a server is away, so that not every request waits for its own timeout.

No library: a breaker that wraps the call takes every error for a failure of the server. Here the store says which is
one, after it has repeated what may help, and the one try of a second is nobody's who might die with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from app.ops import store_calls

PAUSE_SECONDS = 1.0


class Breaker:
    """After a failure one caller a second may try; the first that succeeds lets everybody in again.

    Threads share it, and a caller that dies on the way holds up nobody: the next second has its own.
    """

    def __init__(
        self, store: store_calls.Store, pause: float = PAUSE_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._pause = pause
        self._clock = clock
        self._lock = Lock()
        self._away = False
        self._next_try = 0.0

    @property
    def is_away(self) -> bool:
        """Whether the last that tried failed."""
        return self._away

    def may_try(self) -> bool:
        if not self._away:
            return True
        with self._lock:
            now = self._clock()
            if self._away and now < self._next_try:
                return False
            self._next_try = now + self._pause
            return True

    def failed(self) -> None:
        with self._lock:
            self._note(True)
            self._next_try = self._clock() + self._pause

    def succeeded(self) -> None:
        self._note(False)

    def _note(self, away: bool) -> None:
        if away != self._away:
            store_calls.away(self._store, away)
        self._away = away
