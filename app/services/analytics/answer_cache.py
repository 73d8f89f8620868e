"""Answers that are asked for again and again: kept for a while that follows from what they cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")

SHARE = 0.01
SHARE_OF_THE_PAST = 0.0002  # of days that are over: only what comes late changes them
LEAST_SECONDS = 1.0
MOST_KEPT = 64


class Kept(Generic[T]):
    """An answer is used for a hundred times as long as it took: fresh while it is cheap, and never a burden."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, share: float = SHARE) -> None:
        """`share`: of the time, at most, that goes into making an answer anew; less for what hardly changes."""
        self._clock = clock
        self._share = share
        self._answers: dict[Hashable, tuple[float, T]] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer of `key`, made by `make` unless there is one that is good enough."""
        started = self._clock()
        until, answer = self._answers.get(key, (started, None))
        if answer is not None and started < until:
            return answer
        made = make()
        ended = self._clock()
        if len(self._answers) >= MOST_KEPT:
            self.clear()
        self._answers[key] = (ended + max(LEAST_SECONDS, (ended - started) / self._share), made)
        return made

    def clear(self) -> None:
        self._answers.clear()
