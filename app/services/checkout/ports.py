"""What the checkout needs from the stores. Each method says what it guarantees; every store keeps it.

Anything marked "safe to run twice" gives the same end state, and the same answer where it has one,
however often it is repeated with the same key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.domain import (
    Cart,
    Order,
    Quantity,
)
from app.domain.payments import PaymentState


class PaymentProvider(Protocol):
    """Takes the money of orders and gives it back, by the shop's own ids. Never called inside a database transaction.

    `details` is what the shopper pays with. Only the provider reads it, and nobody else keeps or shows it.
    """

    name: str
    needs_details: bool  # False: an order can be paid without any

    def check(self, details: Mapping[str, str] | None) -> None:
        """Before an order begins: raises InvalidInput, naming each field, for what cannot pay. Takes nothing."""

    def traits(self, details: Mapping[str, str] | None) -> tuple[str, ...]:
        """What of checked details tells them from others, and is no secret."""

    def start(self, order: Order, details: Mapping[str, str] | None) -> PaymentState:
        """Take the order's total, once: a repeat gives what the first became.

        Raises InvalidInput for what cannot pay, PaymentUnclear when no answer came in time.
        """

    def state(self, order: Order) -> PaymentState | None:
        """None: nothing became of it yet, and a late `start` still may."""

    def void(self, order: Order) -> PaymentState:
        """After it no `start` of that order can take money. What is done or declined already stays so."""

    def refund(self, order: Order, amount: int, refund_id: str) -> None:
        """Give money of a paid order back, once per id. Raises Conflict beyond what was taken."""


class Settlement(Protocol):
    """What a paid order does to stock and cart at once: the effects `settle` and `take_cart` in one transaction."""

    marks_outbox: bool  # True: the rows of the outbox that ask for both are marked done in the same transaction

    def settle_and_take(self, order_id: int, owner: str, lines: Sequence[Quantity], seen: Cart | None = None) -> bool:
        """The order's held units are sold, and what was bought leaves the owner's cart. Safe to run twice.

        So it is where one of both was done before. `seen`: the cart as it was read; then only if it still is that
        one, which saves reading it. False, and nothing was written, when it may not be.
        Raises Conflict when the units were released or never reserved.
        """
