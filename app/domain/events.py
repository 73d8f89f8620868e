"""What happened on a day that its numbers do not tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class EventKind(StrEnum):
    PROMOTION = "promotion"
    OUTAGE = "outage"
    PRICE = "price"
    OTHER = "other"


@dataclass(frozen=True)
class ShopEvent:
    event_id: int
    day: date
    kind: EventKind
    words: str
    actor: str
