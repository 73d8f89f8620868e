"""What the checkout needs from the stores. Each method says what it guarantees; every store keeps it.

Anything marked "safe to run twice" gives the same end state, and the same answer where it has one,
however often it is repeated with the same key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from app.domain import (
    Cart,
    Order,
    Quantity,
)
from app.domain.payments import Dispute, PaymentEvent, PaymentState
from app.domain.shipping import Goods
from app.services.shipping.offers import Offer


class PaymentProvider(Protocol):
    """Takes the money of orders and gives it back, by the shop's own ids. Never called inside a database transaction.

    `details` is what the shopper pays with. Only the provider reads it, and nobody else keeps or shows it.
    """

    name: str
    needs_details: bool  # False: an order can be paid without any
    is_hosted: bool  # True: the shopper pays at a page of the provider's, and may begin anew while it is open

    def check(self, details: Mapping[str, str] | None) -> None:
        """Before an order begins: raises InvalidInput, naming each field, for what cannot pay. Takes nothing."""

    def traits(self, details: Mapping[str, str] | None) -> tuple[str, ...]:
        """What of checked details tells them from others, and is no secret."""

    def start(self, order: Order, return_url: str, details: Mapping[str, str] | None) -> PaymentState:
        """Take the order's total, once: a repeat gives what the first became.

        `return_url`: where the shopper comes back to from a page of the provider's.
        Raises InvalidInput for what cannot pay, PaymentUnclear when no answer came in time.
        """

    def state(self, order: Order) -> PaymentState | None:
        """None: nothing became of it yet, and a late `start` still may. Raises PaymentUnclear as `start` does."""

    def void(self, order: Order) -> PaymentState:
        """After it no `start` of that order can take money. What is done or declined already stays so."""

    def refund(self, order: Order, amount: int, refund_id: str) -> None:
        """Give money of a paid order back, once per id. Raises Conflict beyond what was taken, PaymentUnclear."""

    def event(self, headers: Mapping[str, str], body: bytes) -> PaymentEvent:
        """What the provider tells of by itself. Raises HookRefused unless it is its own, unchanged and of now."""


@runtime_checkable
class Confirmed(Protocol):
    """A provider of payments of which somebody of the shop says that they came."""

    def confirm(self, order: Order) -> PaymentState:
        """Done, or Voided when the order was given up before. Safe to run twice."""


NEVER_BEGUN = "-"  # instead of a provider's name of a payment: there is none, and there will be none


class SessionState(StrEnum):
    OPEN = "open"
    VOIDED = "voided"  # by the shop: it must not be paid any more
    PAID = "paid"


@dataclass(frozen=True)
class PaymentSession:
    """What a provider keeps of a payment that is made elsewhere or later."""

    order_id: int
    provider: str
    state: SessionState
    token: str  # random: its name at the provider before that has given it one
    return_url: str
    until: datetime
    reference: str  # the provider's name of it, "" until it answered
    url: str


class PaymentSessions(Protocol):
    """The book of such payments, one per order."""

    def begin(self, order_id: int, provider: str, return_url: str, until: datetime) -> PaymentSession:
        """A new one, open; or the one that the order has, whatever it became."""

    def of(self, order_id: int) -> PaymentSession | None: ...

    def of_token(self, token: str) -> PaymentSession | None: ...

    def note(self, order_id: int, reference: str, url: str) -> None:
        """What the provider calls it, and where it is paid. Safe to run twice."""

    def close(self, order_id: int, provider: str, state: SessionState, reference: str = "") -> PaymentSession:
        """open -> voided or paid, and what it is then: whichever came first. One that never began is made, closed, with
        `NEVER_BEGUN` or the given reference."""


class Disputes(Protocol):
    """Payments that the holders of cards had taken back."""

    def note(self, order_id: int, dispute: Dispute) -> bool:
        """As it stands now; whether anything of it is news, and queues then that admins are told."""

    def of_order(self, order_id: int) -> tuple[Dispute, ...]: ...


class Shipping(Protocol):
    """What an order can be shipped by; `ShippingService` keeps it."""

    def offer(self, goods: Sequence[Goods], country: str, region: str = "") -> Offer:
        """To an address, now."""


class Settlement(Protocol):
    """What a paid order does to stock and cart at once: the effects `settle` and `take_cart` in one transaction."""

    marks_outbox: bool  # True: the rows of the outbox that ask for both are marked done in the same transaction

    def settle_and_take(self, order_id: int, owner: str, lines: Sequence[Quantity], seen: Cart | None = None) -> bool:
        """The order's held units are sold, and what was bought leaves the owner's cart. Safe to run twice.

        So it is where one of both was done before. `seen`: the cart as it was read; then only if it still is that
        one, which saves reading it. False, and nothing was written, when it may not be.
        Raises Conflict when the units were released or never reserved.
        """
