"""What a payment provider says of an order's payment. There is one per order, whoever asks and however often."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Done:
    """The money was taken."""

    amount: int
    reference: str  # the provider's own name of the payment
    method: str  # as people are told, e.g. "Card ending 4242"; never a number


@dataclass(frozen=True)
class Declined:
    """Nothing was taken, and nothing will be for this order."""

    reason: str


@dataclass(frozen=True)
class Voided:
    """Nothing was taken, and the shop forbade that anything ever is for this order."""


PaymentState = Done | Declined | Voided
