"""What the checkout needs from the stores. Each method says what it guarantees; every store keeps it.

Anything marked "safe to run twice" gives the same end state, and the same answer where it has one,
however often it is repeated with the same key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from app.domain import (
    Charge,
)


class PaymentProvider(Protocol):
    """Takes money, at most once per order. Never called inside a database transaction."""

    name: str
    needs_card: bool  # False: it also charges without one

    def check_card(self, card: Mapping[str, str] | None) -> None:
        """Raises InvalidInput, naming the field, for a card that cannot be one. Charges nothing."""

    def charge(self, order_id: int, amount: int, card: Mapping[str, str] | None) -> Charge:
        """Charge once per order: a repeat gives the first charge. Approved, declined or voided.

        Raises InvalidInput for a card that cannot be one, PaymentUnclear when no answer came in time.
        """

    def lookup(self, order_id: int) -> Charge | None: ...

    def void(self, order_id: int) -> Charge:
        """After it no charge of that order can succeed. An approved charge stays and is returned."""

    def refund(self, refund_key: str, order_id: int, amount: int) -> None:
        """Give money back, once per key. Raises Conflict beyond what was charged."""
