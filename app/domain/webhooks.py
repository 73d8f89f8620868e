"""What other programs are told: events, the endpoints that hear of them, and each delivery of one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventType(StrEnum):
    """Stored, and read by programs of others: values never change."""

    ORDER_PAID = "order.paid"
    ORDER_SHIPPED = "order.shipped"  # one of its parcels
    ORDER_REFUNDED = "order.refunded"
    STOCK_LOW = "stock.low"
    PRODUCT_CHANGED = "product.changed"
    ALERT_OPENED = "alert.opened"  # to the one endpoint that its rule names
    TEST = "test"  # to the one endpoint that somebody tests


# What an endpoint may ask for; the others name theirs.
SUBSCRIBABLE = (
    EventType.ORDER_PAID,
    EventType.ORDER_SHIPPED,
    EventType.ORDER_REFUNDED,
    EventType.STOCK_LOW,
    EventType.PRODUCT_CHANGED,
)


class EndpointFormat(StrEnum):
    SIGNED = "signed"  # JSON with a signature, by standardwebhooks.com
    CHAT = "chat"  # {"text": ...}, as Slack and others like it take


class DeliveryState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"  # given up


@dataclass(frozen=True)
class Endpoint:
    """An address that hears of events.

    `secret` and `old_secret` are sealed, "" where there is none; the old one signs too until `old_until`.

    `failures`: tries that failed in a row; `paused_until`: nothing is tried before; `failing_since`: when an event was
    first given up, None once one arrives again. `last_answer`: what came of the latest try, in words.
    """

    endpoint_id: int
    name: str
    address: str
    format: EndpointFormat
    events: tuple[str, ...]
    is_on: bool = True
    secret: str = ""
    old_secret: str = ""
    old_until: datetime | None = None
    failures: int = 0
    paused_until: datetime | None = None
    failing_since: datetime | None = None
    last_ok_at: datetime | None = None
    last_answer: str = ""

    def wants(self, event: str) -> bool:
        return self.is_on and event in self.events


@dataclass(frozen=True)
class Event:
    """Something that happened. `payload` is the JSON text that is signed, the same at each try; `text` a sentence.

    `endpoint_id`: the only one that is told; None: whichever wants events of this type.
    """

    event_id: str
    type: str
    payload: str
    text: str
    endpoint_id: int | None = None


@dataclass(frozen=True)
class Try:
    """One try to deliver: the HTTP status, None without an answer, and the beginning of what came back."""

    at: datetime
    status: int | None
    milliseconds: int
    answer: str

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True)
class Delivery:
    """An event on its way to an endpoint; `tries` are the latest ones, `attempts` all since it was last asked for."""

    delivery_id: int
    endpoint_id: int
    event: Event
    state: DeliveryState
    attempts: int
    asked_at: datetime
    created_at: datetime
    next_try_at: datetime
    done_at: datetime | None = None
    tries: tuple[Try, ...] = ()

    @property
    def last(self) -> Try | None:
        return self.tries[-1] if self.tries else None
