"""What is paid back for returned goods, to the minor unit."""

from __future__ import annotations

from decimal import Decimal

from app.domain.amounts import half_up


def refund_share(total: int, subtotal: int, returned: int, refunded: int, amount: int) -> int:
    """What to pay back for goods worth `amount` before tax: their share of an order's `total`, tax included.

    `returned` (before tax) and `refunded` are what came back of it already. Rounded half up on the sum, so
    that returning everything refunds exactly the total.
    """
    if not subtotal:
        return 0
    share = half_up(Decimal(total) * (returned + amount) / subtotal)
    return max(0, min(share, total) - refunded)
