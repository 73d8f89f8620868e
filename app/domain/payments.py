"""What a payment provider says of an order's payment. There is one per order, whoever asks and however often."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.words import mark, say

# As they are stored, in English.
CARD_METHOD = mark("Card ending {digits}", digits="")
DEMO_METHOD = mark("Demo payment")
PLAIN_CARD = mark("Card")
_CARD = re.compile(r"Card ending (\d{4})")


class PayBy(StrEnum):
    """How an order is paid, by the provider that takes the money. Stored with the order."""

    DEMO = "demo"
    STRIPE = "stripe"
    TRANSFER = "transfer"  # to the shop's bank account
    DELIVERY = "delivery"  # to whoever brings it


LATER = (PayBy.TRANSFER, PayBy.DELIVERY)  # somebody of the shop says that the money came
_LATER_METHODS = {PayBy.TRANSFER: mark("Bank transfer"), PayBy.DELIVERY: mark("On delivery")}


def later_method(pay_by: PayBy) -> str:
    """As it is stored."""
    return str(_LATER_METHODS[pay_by])


def method_words(method: str) -> str:
    """How it was paid, as it is stored, in the language that is spoken."""
    found = _CARD.fullmatch(method)
    return say(CARD_METHOD, digits=found[1]) if found else say(method)


def repaid_words(method: str) -> str:
    """Where the money goes back to, within a sentence; "" for a method that is not known."""
    found = _CARD.fullmatch(method)
    if found:
        return say("the card ending {digits}", digits=found[1])
    return say("the demo payment") if method == DEMO_METHOD else method[:1].lower() + method[1:]


@dataclass(frozen=True)
class Done:
    """The money was taken."""

    amount: int
    reference: str  # the provider's own name of the payment
    method: str  # as people are told, e.g. "Card ending 4242"; never a number
    currency: str = ""  # as the provider says; "" where it takes no other than the order's

    def pays(self, total: int, currency: str) -> bool:
        """Whether it is what was asked for: neither more nor less, nor other money."""
        return self.amount == total and self.currency in ("", currency)


@dataclass(frozen=True)
class GoTo:
    """Nothing was taken yet: the shopper pays at an address of the provider's, until it closes."""

    url: str
    until: datetime


@dataclass(frozen=True)
class Declined:
    """Nothing was taken, and nothing will be for this order."""

    reason: str


@dataclass(frozen=True)
class Voided:
    """Nothing was taken, and the shop forbade that anything ever is for this order."""


@dataclass(frozen=True)
class Later:
    """Nothing was taken yet, and it is waited for until then; the order is accepted all the same."""

    until: datetime


PaymentState = Done | GoTo | Later | Declined | Voided


@dataclass(frozen=True)
class Dispute:
    """A payment that its card's holder had their bank take back, as it stands now."""

    dispute_id: str
    amount: int  # minor units of `currency`
    currency: str
    reason: str  # the provider's word, e.g. "fraudulent"
    status: str  # likewise, e.g. "needs_response", "lost"


@dataclass(frozen=True)
class PaymentEvent:
    """A provider's word that something became of an order's payment: a reason to ask it, and nothing to go by itself.

    `order_id`: None when it is about no order of this shop.
    """

    event_id: str
    kind: str
    order_id: int | None
    dispute: Dispute | None = None
