"""What is sent to people, and the effects that wait to be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True)
class Attachment:
    name: str
    mimetype: str
    data: bytes


@dataclass(frozen=True)
class Message:
    """An e-mail or alert, ready to send. `key` makes sending it twice harmless."""

    key: str
    kind: str  # "receipt", "refund", "low_stock", "rule", "report", "account"
    to: str
    subject: str
    html: str
    text: str
    order_id: int | None = None
    product_id: str | None = None
    attachments: tuple[Attachment, ...] = ()
    inline: tuple[Attachment, ...] = ()  # pictures that the HTML shows, as "cid:" and their name


@dataclass(frozen=True)
class MailboxMessage:
    message_id: int
    at: datetime
    message: Message
    read_at: datetime | None = None


@dataclass(frozen=True)
class Episode:
    """A time in which a product is low on stock; `on_hand` and `threshold` as they were when it opened."""

    episode_id: int
    product_id: str
    on_hand: int
    threshold: int
    opened_at: datetime
    closed_at: datetime | None = None


class OutboxState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"  # gave up; may be sent again by hand
    NOT_SENT = "not_sent"  # on purpose: the address is blocked, reserved, or nobody's that we know of


@dataclass(frozen=True)
class OutboxEntry:
    entry_id: int
    kind: str
    key: str
    payload: dict[str, object]
    state: OutboxState
    attempts: int
    created_at: datetime
    next_try_at: datetime
    last_error: str | None = None
    done_at: datetime | None = None
    request_id: str | None = None  # of the request that caused it


@dataclass(frozen=True)
class Subscription:
    """Who gets the alerts of a topic. `subscription_id` None: the link in its e-mail waits to be followed."""

    subscription_id: str | None
    protocol: str  # "email", "sqs"...
    endpoint: str

    @property
    def is_confirmed(self) -> bool:
        return self.subscription_id is not None

    @property
    def is_email(self) -> bool:
        return self.protocol.startswith("email")


class BlockReason(StrEnum):
    BOUNCE = "bounce"  # there is no such mailbox
    COMPLAINT = "complaint"  # its owner called a mail of ours spam


@dataclass(frozen=True)
class AddressBlock:
    """An address that is not written to any more. `detail`: what its mail server or owner said."""

    block_id: int
    email: str
    reason: BlockReason
    detail: str
    at: datetime
