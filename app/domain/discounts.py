"""Discount codes: what one takes off, from what, and when it does not."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from app.domain.amounts import nearest, split
from app.words import mark

WHOLE = 10_000  # hundredths of a per cent


class DiscountKind(StrEnum):
    """As stored."""

    PERCENT = "percent"
    AMOUNT = "amount"
    FREE_SHIPPING = "shipping"


class Refusal(StrEnum):
    """Why a code takes nothing off."""

    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    OVER = "over"
    USED_UP = "used_up"
    CATEGORY = "category"
    MINIMUM = "minimum"
    USED = "used"  # by this customer
    NOT_FIRST = "not_first"
    CHANGED = "changed"  # between the look at the total and the order


# What a shopper is told.
REFUSED = {
    Refusal.UNKNOWN: mark("There is no such discount code."),
    Refusal.NOT_YET: mark("This discount code does not hold yet."),
    Refusal.OVER: mark("This discount code has expired."),
    Refusal.USED_UP: mark("This discount code has been used up."),
    Refusal.CATEGORY: mark("This discount code is for other products than those in your cart."),
    Refusal.MINIMUM: mark("Your cart does not come to what this discount code asks for."),
    Refusal.USED: mark("You have used this discount code already."),
    Refusal.NOT_FIRST: mark("This discount code is for a first order only."),
    Refusal.CHANGED: mark("This discount code was changed just now. Look at the total and order again."),
}


@dataclass(frozen=True)
class DiscountCode:
    """`value`: of a percentage hundredths of a per cent, of an amount minor units. `category` "": all goods.

    `minimum`: what the goods that it is for must come to. `limit`: of orders, None: any number; `used`: how many have
    it, those that failed or were cancelled left out. It holds from `starts` on and up to `ends`, not included.
    """

    code_id: int
    code: str
    kind: DiscountKind
    value: int = 0
    minimum: int = 0
    category: str = ""
    once: bool = False  # per customer
    first: bool = False  # order of a customer only
    limit: int | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    used: int = 0
    version: int = 1

    def is_over(self, now: datetime) -> bool:
        return self.ends is not None and self.ends <= now

    def is_for(self, category: str) -> bool:
        return self.category in ("", category)


class Goods(NamedTuple):
    """What a line comes to at list price, in minor units."""

    amount: int
    category: str


@dataclass(frozen=True)
class CartCode:
    """The code that stands in a cart. `known`: None for one that does not exist. `savings`: of each line."""

    text: str
    known: DiscountCode | None
    refusal: Refusal | None
    savings: tuple[int, ...]

    @property
    def frees_shipping(self) -> bool:
        return self.refusal is None and self.known is not None and self.known.kind is DiscountKind.FREE_SHIPPING


def normal_code(text: str) -> str:
    """As it is stored and looked up: whoever types it need not care for capitals and blanks."""
    return "".join(text.split()).upper()


def refusal_of(code: DiscountCode, goods: Sequence[Goods], now: datetime) -> Refusal | None:
    """By what it says of time and goods alone."""
    if code.starts is not None and now < code.starts:
        return Refusal.NOT_YET
    if code.is_over(now):
        return Refusal.OVER
    meant = [one.amount for one in goods if code.is_for(one.category)]
    if not meant:
        return Refusal.CATEGORY
    if sum(meant) < code.minimum:
        return Refusal.MINIMUM
    return None


def savings(code: DiscountCode, goods: Sequence[Goods]) -> tuple[int, ...]:
    """Of each line: together the percentage, rounded half up once, or the amount, never more than the goods cost."""
    weights = [one.amount if code.is_for(one.category) else 0 for one in goods]
    whole = sum(weights)
    match code.kind:
        case DiscountKind.PERCENT:
            off = nearest(Fraction(whole * code.value, WHOLE))
        case DiscountKind.AMOUNT:
            off = code.value
        case DiscountKind.FREE_SHIPPING:
            off = 0
    return tuple(split(min(off, whole), weights))


def customer_key(code_id: int, email: str | None, user_id: int | None) -> str:
    """Tells a customer's use of a code from others', by the mailbox where there is an address: 64 hexadecimal digits.

    What follows a plus before the @ names no other mailbox.
    """
    if email:
        mailbox, _, host = email.strip().lower().rpartition("@")
        who = f"{mailbox.partition('+')[0]}@{host}"
    else:
        who = f"user#{user_id}"
    return hashlib.sha256(f"{code_id}|{who}".encode()).hexdigest()


class CodeUse(NamedTuple):
    """An order's use of a code. `saved`: what it takes off goods and delivery, minor units. `version`: of the code as
    the order was priced with it. `key`: unique among the uses that count."""

    code_id: int
    version: int
    text: str
    saved: int
    key: str
    first: bool


class CodeSums(NamedTuple):
    """What a code brought: paid orders, what it took off them, and what their goods sold for. Minor units."""

    orders: int = 0
    saved: int = 0
    sales: int = 0
