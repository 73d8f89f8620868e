"""The parts of an order's money in words, as page, PDF, e-mail and staff see them under its lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from app.domain.order_money import TaxRow
from app.domain.taxes import NOTES
from app.words import say

_REASONS = frozenset(str(name) for name in NOTES.values())


class Amounts(Protocol):
    """What a cart or an order comes to, in minor units."""

    @property
    def subtotal(self) -> int: ...
    @property
    def discount(self) -> int: ...
    @property
    def shipping(self) -> int: ...
    @property
    def tax_included(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def tax_rows(self) -> Sequence[TaxRow]: ...


@dataclass(frozen=True)
class AmountRow:
    """`kind` is "part", "total", "within" for what the total holds already, or "refund"."""

    words: str
    minor: int
    kind: str = "part"


def amount_rows(of: Amounts, rate: Callable[[Decimal], str], refunded: int = 0) -> list[AmountRow]:
    """From the subtotal down to what was given back. Parts that are nothing are left out. `rate`: in words."""
    rows = [AmountRow(say("Subtotal"), of.subtotal)]
    if of.discount:
        rows.append(AmountRow(say("Discount"), -of.discount))
    if of.shipping:
        rows.append(AmountRow(say("Shipping"), of.shipping))
    taxes = [AmountRow(tax_words(row, rate), row.tax) for row in of.tax_rows if row.tax or row.name in _REASONS]
    total = AmountRow(say("Total"), of.total, "total")
    if of.tax_included:
        rows += [total, *(AmountRow(say("including {tax}", tax=row.words), row.minor, "within") for row in taxes)]
    else:
        rows += [*taxes, total]
    if refunded:
        rows.append(AmountRow(say("Refunded"), -refunded, "refund"))
    return rows


def tax_words(row: TaxRow, rate: Callable[[Decimal], str]) -> str:
    """ "VAT (20%)"; a tax without a name of its own is just called tax."""
    if row.name in _REASONS:
        return say(row.name)
    percent = rate(row.rate)
    return f"{row.name} ({percent})" if row.name else say("Tax ({rate})", rate=percent)
