"""What mail needs from the stores. Each method says what it guarantees; every store keeps it.

Anything marked "safe to run twice" gives the same end state, and the same answer where it has one,
however often it is repeated with the same key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol, runtime_checkable

from app.domain import (
    AddressBlock,
    AuditEntry,
    BlockReason,
    MailboxMessage,
    Message,
    OutboxEntry,
    Page,
    Subscription,
)
from app.errors import ShopError


class Sender(Protocol):
    """Delivers a message, at least once per key. A repeat of a delivered key does nothing where the service behind
    it knows keys; SES and SNS know none, and deliver once more."""

    def send(self, message: Message) -> None:
        """Raises DeliveryFailed when it did not leave, Undeliverable when no repetition helps, NotSent on purpose."""


@runtime_checkable
class ManySender(Sender, Protocol):
    """A sender that knows keys: what it delivered is not delivered again, so many may go out before they are marked."""

    def send_many(self, messages: Sequence[Message]) -> Sequence[ShopError | None]:
        """Of each message what `send` would have raised. Raises what concerns all of them; then none was delivered."""


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

    def by_key(self, key: str, kinds: tuple[str, ...]) -> OutboxEntry | None: ...

    def again(self, entry_id: int, kinds: tuple[str, ...], audited: AuditEntry) -> bool:
        """Of these kinds: make a failed or waiting effect due now, or queue a copy of a delivered one, one at a time.

        False for an unknown one. What changed something is in the audit log, in the same transaction. Raises
        Conflict for one that is being delivered.
        """


class AlertTopic(Protocol):
    """Where alerts are published. Each raises StoreUnavailable, in words that say why."""

    def subscriptions(self) -> tuple[Subscription, ...]: ...

    def subscribe(self, email: str) -> None:
        """The address gets an e-mail with a link that confirms it. Safe to run twice."""

    def unsubscribe(self, subscription_id: str) -> None:
        """Raises NotFound for one of another topic. Safe to run twice."""


@dataclass(frozen=True)
class MailEvent:
    """A mail service's word that an address cannot, or must not, be written to."""

    email: str
    reason: BlockReason
    detail: str
    at: datetime


@dataclass(frozen=True)
class EventMessage:
    """A message of a mail service, proved to be its own."""

    message_id: str
    events: tuple[MailEvent, ...]


class EventInbox(Protocol):
    def read(self, body: bytes) -> EventMessage:
        """What a request to our hook says. Confirms the subscription of the hook where it asks for that.

        Raises HookRefused for anything that is not signed by the service, not for us, or too old; StoreUnavailable
        when that cannot be found out now.
        """


class AddressBlocks(Protocol):
    def of(self, email: str) -> AddressBlock | None: ...

    def among(self, emails: Collection[str]) -> Mapping[str, AddressBlock]:
        """Of these addresses those that are blocked."""

    def record(self, message: EventMessage) -> bool:
        """Block every address it names, in one transaction with its id; False for a message that was taken before."""

    def latest(self, limit: int) -> tuple[AddressBlock, ...]: ...

    def get(self, block_id: int) -> AddressBlock | None: ...

    def lift(self, block_id: int, audited: AuditEntry) -> bool:
        """False when it was lifted meanwhile; what changed something is in the audit log, in the same transaction."""

    def lift_bounce(self, email: str) -> bool:
        """Lift the block of an address that bounced; a complaint stays."""

    def forget_messages(self, limit: int) -> int:
        """Delete up to `limit` ids of messages that are too old to be taken again; how many."""


class Reader(NamedTuple):
    user_id: int
    full_name: str
    email: str


class ReaderStore(Protocol):
    def reads(self, user_id: int) -> bool: ...

    def set_reading(self, user_id: int, reads: bool, audited: AuditEntry) -> None: ...

    def readers(self) -> Sequence[Reader]:
        """Of the staff who still are, by id."""

    def queue(self, week: str, user_ids: Sequence[int], at: datetime) -> int:
        """Queue the report of a week for each who has not got it queued; how many."""
