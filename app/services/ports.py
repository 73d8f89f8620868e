"""What the services need from the world. Each method says what it guarantees; every store keeps it.

Anything marked "safe to run twice" gives the same end state, and the same answer where it has one,
however often it is repeated with the same key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.domain import (
    AuditEntry,
    MailboxMessage,
    Message,
    OutboxEntry,
    OutboxState,
    Page,
)


class Sender(Protocol):
    """Delivers a message, at least once per key. A repeat of a delivered key does nothing where the service behind
    it knows keys; SES and SNS know none, and deliver once more."""

    def send(self, message: Message) -> None:
        """Raises DeliveryFailed when it did not leave, Undeliverable when no repetition helps, NotSent on purpose."""


class Mailbox(Protocol):
    """Reads what the local sender delivered."""

    def page(self, kind: str | None, page: int, page_size: int) -> Page[MailboxMessage]:
        """Newest first, without bodies."""

    def get(self, message_id: int) -> MailboxMessage | None: ...

    def mark_read(self, message_id: int) -> None: ...

    def unread(self, kind: str) -> int:
        """How many of the latest messages of a kind nobody has read, counted up to a hundred."""


class Deliveries(Protocol):
    def get(self, entry_id: int, kinds: tuple[str, ...]) -> OutboxEntry | None: ...

    def again(self, entry_id: int, kinds: tuple[str, ...], audited: AuditEntry) -> bool:
        """Of these kinds: make a failed or waiting effect due now, or queue a copy of a delivered one, one at a time.

        False for an unknown one. What changed something is in the audit log, in the same transaction. Raises
        Conflict for one that is being delivered.
        """


class Outbox(Protocol):
    """Effects to be done at least once, by whichever worker claims them."""

    def claim(self, kinds: Sequence[str], limit: int) -> tuple[OutboxEntry, ...]:
        """Lease due effects, oldest first."""

    def done(self, entry: OutboxEntry) -> bool: ...

    def done_by_key(self, keys: Sequence[str]) -> None: ...

    def give_back(self, entry: OutboxEntry, away: str = "") -> None:
        """Undo its claim: that was no attempt. It is due at once, or in some seconds when `away` says what it needs."""

    def failed(self, entry: OutboxEntry, error: str, patient: bool = False) -> None:
        """It is tried again after a growing pause, and given up after ten attempts.

        `patient`: not before it is a day old, and with pauses of minutes, since it is no fault of its own.
        """

    def given_up(self, entry: OutboxEntry, error: str) -> None:
        """It failed for good, whatever its attempts; people may send it again."""

    def not_sent(self, entry: OutboxEntry, why: str, *, until_confirmed: bool = False) -> None:
        """It was left undone on purpose; people may send it again.

        `until_confirmed`: a receipt also goes out by itself when an account confirms its address.
        """

    def entries(
        self, kinds: Sequence[str], state: OutboxState | None = None, limit: int = 50
    ) -> tuple[OutboxEntry, ...]:
        """The latest effects of these kinds, newest first."""


class RollupStore(Protocol):
    def fold(self, limit: int) -> int:
        """Apply up to `limit` waiting 'rollup' effects exactly once each; how many were applied."""
