"""A price of a product as the shopper meets it: before tax, and saying so wherever it stands."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dash import html

from app.money import Formats
from app.words import say


def tax_note(rate: Decimal, formats: Formats) -> str:
    """What comes on top of each price, "" where nothing does. `rate`: 0.05 is 5 %."""
    return say("plus {rate} tax", rate=formats.rate(rate)) if rate else ""


def price(
    minor: int, formats: Formats, tax: str, *, class_name: str = "price", each: bool = False, is_least: bool = False
) -> html.Span:
    """`minor`: a unit's price without tax, in minor units. `tax`: `tax_note` of the shop.

    `is_least`: others of the same family cost more.
    """
    amount = say("{price} each", price=formats.money(minor)) if each else formats.money(minor)
    if is_least:
        amount = say("from {price}", price=amount)
    words: list[Any] = [html.Span(amount, className=f"{class_name} num")]
    if tax:
        words += [" ", html.Span(tax, className="price-tax")]
    return html.Span(words, className="price-words")
