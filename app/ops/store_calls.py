"""What stores tell of themselves: how long each call took, and whether a server is away.

They tell it on native threads too, where nothing may wait for a lock of gevent's. So it is only noted there, and
whoever counts is given the notes by `report`, on the thread that asked the store.
"""

from __future__ import annotations

from collections import deque
from typing import Literal, Protocol

Store = Literal["sql", "dynamodb"]


class Observer(Protocol):
    def store_took(self, store: Store, operation: str, seconds: float) -> None:
        """`operation`: one of few words of the store's own, never anything of a caller."""

    def store_away(self, store: Store, is_away: bool) -> None: ...


_observer: Observer | None = None
_took: deque[tuple[Store, str, float]] = deque()
_away: deque[tuple[Store, bool]] = deque()


def observe(observer: Observer) -> None:
    """Give `observer` all notes from now on. Without one, as in commands, nothing is noted."""
    global _observer
    _observer = observer


def took(store: Store, operation: str, seconds: float) -> None:
    if _observer is not None:
        _took.append((store, operation, seconds))


def away(store: Store, is_away: bool) -> None:
    if _observer is not None:
        _away.append((store, is_away))


def report() -> None:
    """Hand over what was noted."""
    if _observer is None:
        return
    while _took:
        try:
            note = _took.popleft()
        except IndexError:  # another thread was faster
            break
        _observer.store_took(*note)
    while _away:
        try:
            state = _away.popleft()
        except IndexError:
            break
        _observer.store_away(*state)
