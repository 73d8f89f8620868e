"""Streams of one session or screen ask together whether it still holds: the database is asked once for all of them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from cachetools import TTLCache

MOST_KEPT = 1_000


class Rechecks:
    """Answers by name, each for some seconds."""

    def __init__(self, seconds: float) -> None:
        self._answers: TTLCache[str, bool] = TTLCache(MOST_KEPT, seconds)
        self._lock = Lock()

    def still(self, name: str, ask: Callable[[], bool]) -> bool:
        """What `ask` says, or said for the same name a moment ago."""
        with self._lock:
            known = self._answers.get(name)
            # Noted first, so that others who come while the database is asked do not ask too.
            self._answers.setdefault(name, True)
        if known is not None:
            return known
        answer = ask()
        with self._lock:
            self._answers[name] = answer
        return answer
