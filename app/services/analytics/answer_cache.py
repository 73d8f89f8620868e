"""Answers that are asked for again and again: kept for a while that follows from what they cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

from cachetools import TLRUCache

T = TypeVar("T")

SHARE = 0.01
SHARE_OF_THE_PAST = 0.0002  # of days that are over: only what comes late changes them
LEAST_SECONDS = 1.0
MOST_KEPT = 64


class _Made(NamedTuple, Generic[T]):
    answer: T
    seconds: float  # that it took


class AnswerCache(Generic[T]):
    """A cache of answers, each used for a hundred times as long as it took: fresh while cheap, and never a burden."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, share: float = SHARE) -> None:
        """`share`: of the time, at most, that goes into making an answer anew; less for what hardly changes."""
        self._clock = clock
        self._share = share
        self._lock = Lock()  # never held while an answer is made
        self._answers: TLRUCache[Hashable, _Made[T], float] = TLRUCache(MOST_KEPT, self._good_until, clock)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer of `key`, made by `make` unless there is one that is good enough. None is not kept."""
        with self._lock:
            known = self._answers.get(key)
        if known is not None:
            return known.answer
        started = self._clock()
        made = _Made(make(), self._clock() - started)
        if made.answer is not None:
            with self._lock:
                self._answers[key] = made
        return made.answer

    def _good_until(self, _key: Hashable, made: _Made[T], now: float) -> float:
        return now + max(LEAST_SECONDS, made.seconds / self._share)
