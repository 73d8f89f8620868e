"""What is said of an order's refunds, to customers and staff alike."""

from __future__ import annotations

from app.domain import Refunded

REFUNDED: dict[Refunded, str] = {Refunded.PARTLY: "Partly refunded", Refunded.WHOLLY: "Refunded"}
