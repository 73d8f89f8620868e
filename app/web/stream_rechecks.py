"""Streams of one session or screen ask together whether it still holds: the database is asked once for all of them."""

from __future__ import annotations

import time
from collections.abc import Callable

MOST_KEPT = 1_000


class Rechecks:
    """Answers by name, each for a while."""

    def __init__(self) -> None:
        self._answers: dict[str, tuple[float, bool]] = {}

    def still(self, name: str, seconds: float, ask: Callable[[], bool]) -> bool:
        """What `ask` says, or said for the same name less than `seconds` ago."""
        asked_at, answer = self._answers.get(name, (float("-inf"), False))
        if time.monotonic() - asked_at < seconds:
            return answer
        if len(self._answers) >= MOST_KEPT:
            self._answers.clear()
        # Noted first, so that others who come while the database is asked do not ask too.
        self._answers[name] = (time.monotonic(), True)
        answer = ask()
        self._answers[name] = (time.monotonic(), answer)
        return answer
