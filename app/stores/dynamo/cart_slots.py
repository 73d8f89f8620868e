"""What makes a single update count once, though its answer was lost and it is sent again.

UpdateItem knows no token. So every process has slots of its own in a cart, named by a random word and a number, as
sessions of NFSv4.1 have: a change takes a slot that no other change of this process has in hand, and writes its turn
there, under the condition that the slot holds none so late. A repeat finds its own turn. Once it was answered, the
next change may have the slot: so few are enough for any number of changes.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from threading import Lock

MOST_SLOTS = 16  # in one cart: of several processes, or of as many changes at once in one
KEPT_MICROSECONDS = 600_000_000  # no repeat is under way for so long


@dataclass(frozen=True)
class Turn:
    slot: str
    number: int  # microseconds, each later than the one before


class Turns:
    """Hands out slots and turns for the changes of one process. Safe in threads."""

    def __init__(self) -> None:
        self._word = secrets.token_urlsafe(6)
        self._lock = Lock()
        self._busy: set[tuple[str, int]] = set()
        self._last = 0

    @contextmanager
    def take(self, owner: str, now: int) -> Iterator[Turn]:
        """`now`: microseconds. The slot is free again at the end: by then the change is no more repeated."""
        with self._lock:
            number = next(number for number in count() if (owner, number) not in self._busy)
            self._busy.add((owner, number))
            self._last = max(self._last + 1, now)
            turn = Turn(f"{self._word}{number}", self._last)
        try:
            yield turn
        finally:
            with self._lock:
                self._busy.discard((owner, number))


def not_over(slots: Mapping[str, int], now: int) -> dict[str, int]:
    """Without those that nobody can repeat any more."""
    return {slot: number for slot, number in slots.items() if number > now - KEPT_MICROSECONDS}


def with_turn(slots: Mapping[str, int], turn: Turn) -> Mapping[str, int]:
    """With the turn, where there is a slot for it: where there is none, its update could take none either."""
    return {**slots, turn.slot: turn.number} if turn.slot in slots or len(slots) < MOST_SLOTS else slots
