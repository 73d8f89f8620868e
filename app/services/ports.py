"""What the services need from the world. Each method says what it guarantees; every store keeps it.

Anything marked "safe to run twice" gives the same end state, and the same answer where it has one,
however often it is repeated with the same key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from app.domain import (
    AuditEntry,
    Episode,
    MailboxMessage,
    Message,
    MovementKind,
    OutboxEntry,
    OutboxState,
    Page,
    StockChange,
    StockMovement,
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


class Episodes(Protocol):
    """Times in which products are low on stock; a product has one open at most."""

    def follow(self, thresholds: Mapping[str, int | None]) -> None:
        """Open or close each product's episode by what is on hand now; opening queues its alert with it.

        None: the product has no threshold, nothing of it is low. Safe to run twice.
        """

    def get(self, episode_id: int) -> Episode | None: ...

    def products(self, episode_ids: Collection[int]) -> Mapping[int, str]:
        """Product ids by episode; an unknown episode has none."""


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


@dataclass(frozen=True)
class StockEdit:
    """What an admin wants done to a product's stock: exactly one of `delta` and `set_to`."""

    edit_id: str
    product_id: str
    kind: MovementKind
    delta: int | None
    set_to: int | None
    actor: str
    note: str = ""


class StockLedger(Protocol):
    """Why stock is what it is: the movements, and the stock edits on their way into them."""

    def intend(self, edit: StockEdit) -> None:
        """Keep the edit as pending before any stock moves. The same edit again changes nothing.

        An edit that was refused may be tried again, also with other numbers. Raises Conflict when
        the id stands for a different edit that is pending or done.
        """

    def complete(self, edit_id: str, change: StockChange) -> None:
        """Book what the catalogue did and close the edit, in one transaction. Safe to run twice."""

    def refuse(self, edit_id: str) -> None:
        """Close a pending edit that the catalogue did not take; no other one changes."""

    def pending(self, older_than: timedelta, limit: int) -> tuple[StockEdit, ...]:
        """Edits whose process may have died half-way, oldest first."""

    def movements(self, product_id: str, limit: int) -> tuple[StockMovement, ...]:
        """The product's latest movements, newest first."""

    def on_hand(self, product_id: str) -> int:
        """Available and held units; 0 for a product that never moved."""
