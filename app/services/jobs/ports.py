"""What the services need from the world. Each method says what it guarantees; every store keeps it.

Anything marked "safe to run twice" gives the same end state, and the same answer where it has one,
however often it is repeated with the same key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.domain import (
    OutboxEntry,
    OutboxState,
)


class Marking(Protocol):
    """Marks effects done that nobody claimed: those who caused them did them at once."""

    def done_by_key(self, keys: Sequence[str]) -> None:
        """Any number of keys."""


class Outbox(Marking, Protocol):
    """Effects to be done at least once, by whichever worker claims them."""

    def claim(self, kinds: Sequence[str], limit: int) -> tuple[OutboxEntry, ...]:
        """Lease due effects, oldest first."""

    def done(self, entries: Sequence[OutboxEntry]) -> int:
        """Mark claimed effects done, all at once; how many: one that another worker took over is left."""

    def release(self, entries: Sequence[OutboxEntry], away: str = "") -> None:
        """Undo claims: those were no attempts. All are due at once, or in some seconds when `away` says what they
        need."""

    def failed(self, entry: OutboxEntry, error: str, patient: bool = False) -> None:
        """It is tried again after a growing pause, and given up after ten attempts.

        `patient`: not before it is a day old, and with pauses of minutes, since it is no fault of its own.
        """

    def given_up(self, entry: OutboxEntry, error: str) -> None:
        """It failed for good, whatever its attempts; people may send it again."""

    def not_sent(self, entries: Sequence[OutboxEntry], why: str, *, until_confirmed: bool = False) -> None:
        """They were left undone on purpose; people may send them again.

        `until_confirmed`: receipts also go out by themselves when an account confirms their address.
        """

    def entries(
        self, kinds: Sequence[str], state: OutboxState | None = None, limit: int = 50
    ) -> tuple[OutboxEntry, ...]:
        """The latest effects of these kinds, newest first."""

    def count(self, kinds: Sequence[str], state: OutboxState, most: int) -> int:
        """How many effects of these kinds are so; counted up to `most`."""


class RollupStore(Protocol):
    def fold(self, limit: int) -> int:
        """Apply up to `limit` waiting 'rollup' effects exactly once each; how many were applied."""
