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

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, *, share: float = SHARE, one_at_a_time: bool = False
    ) -> None:
        """`share`: of the time, at most, that goes into making an answer anew; less for what hardly changes.

        `one_at_a_time`: who asks for an answer while it is made waits for it. For what takes seconds.
        """
        self._clock = clock
        self._share = share
        self._lock = Lock()  # never held while an answer is made
        self._making: dict[Hashable, Lock] | None = {} if one_at_a_time else None
        self._answers: TLRUCache[Hashable, _Made[T], float] = TLRUCache(MOST_KEPT, self._good_until, clock)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer of `key`, made by `make` unless there is one that is good enough. None is not kept."""
        known = self._known(key)
        if known is not None:
            return known.answer
        if self._making is None:
            return self._made(key, make)
        with self._lock:
            turn = self._making.setdefault(key, Lock())
        with turn:
            try:
                known = self._known(key)
                return self._made(key, make) if known is None else known.answer
            finally:
                with self._lock:
                    self._making.pop(key, None)

    def _known(self, key: Hashable) -> _Made[T] | None:
        with self._lock:
            return self._answers.get(key)

    def _made(self, key: Hashable, make: Callable[[], T]) -> T:
        started = self._clock()
        made = _Made(make(), self._clock() - started)
        if made.answer is not None:
            with self._lock:
                self._answers[key] = made
        return made.answer

    def _good_until(self, _key: Hashable, made: _Made[T], now: float) -> float:
        return now + max(LEAST_SECONDS, made.seconds / self._share)
