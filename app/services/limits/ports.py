"""What throttling needs from the stores. Each method says what it guarantees; every store keeps it.

Anything marked "safe to run twice" gives the same end state, and the same answer where it has one,
however often it is repeated with the same key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Limit:
    """How often the thing behind `key` may happen: `burst` times at once, then once per `every_seconds`."""

    key: str  # 64 hexadecimal digits; what they stand for is not kept
    burst: int
    every_seconds: float


class Throttles(Protocol):
    """Counts attempts by the database's clock. Holds across threads, processes and restarts."""

    def take(self, limits: Sequence[Limit]) -> float:
        """Count one attempt against every limit, or, when one of them is used up, against none.

        Returns 0.0 when it was counted, else the seconds until it will be. Atomic: however many take at
        once, no more than `burst` get through in one instant.
        """

    def take_each(self, limits: Sequence[Limit]) -> Sequence[float]:
        """The same as taking one after the other, in their order: of each what `take` would return. Atomic as a whole.

        One that is named twice counts twice.
        """

    def wait(self, limits: Sequence[Limit]) -> float:
        """What `take` would return now; counts nothing."""

    def give_back(self, limits: Sequence[Limit]) -> None:
        """Undo one attempt on each limit, of one that is named twice two; below none there is nothing."""

    def purge(self, limit: int) -> int:
        """Delete up to `limit` rows that have long said nothing; how many."""
