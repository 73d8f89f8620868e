"""What is said of an order's refunds, to customers and staff alike."""

from __future__ import annotations

from app.domain import Refunded
from app.words import mark

REFUNDED: dict[Refunded, str] = {Refunded.PARTLY: mark("Partly refunded"), Refunded.WHOLLY: mark("Refunded")}
