"""What a payment provider says of an order's payment. There is one per order, whoever asks and however often."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.words import mark, say

# As they are stored, in English.
CARD_METHOD = mark("Card ending {digits}", digits="")
DEMO_METHOD = mark("Demo payment")
_CARD = re.compile(r"Card ending (\d{4})")


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


@dataclass(frozen=True)
class Declined:
    """Nothing was taken, and nothing will be for this order."""

    reason: str


@dataclass(frozen=True)
class Voided:
    """Nothing was taken, and the shop forbade that anything ever is for this order."""


PaymentState = Done | Declined | Voided
