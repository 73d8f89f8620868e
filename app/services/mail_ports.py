"""What mail that leaves the house needs: who is told of alerts, and which addresses cannot be written to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain import AddressBlock, AuditEntry, BlockReason, Subscription


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
