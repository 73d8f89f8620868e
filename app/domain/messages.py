"""What is sent to people, and the effects that wait to be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True)
class Message:
    """An e-mail or alert, ready to send. `key` makes sending it twice harmless."""

    key: str
    kind: str  # "receipt", "low_stock"
    to: str
    subject: str
    html: str
    text: str
    order_id: int | None = None
    product_id: str | None = None


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
