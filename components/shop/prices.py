"""A price of a product as the shopper meets it, and what it says of tax wherever it stands."""

from __future__ import annotations

from typing import Any

from dash import html

from app.domain.order_money import TaxMode, TaxRate
from app.money import Formats
from app.words import say


def tax_note(tax: TaxRate, mode: TaxMode, formats: Formats, *, with_rate: bool = True) -> str:
    """The tax of a price, on top of it or in it, "" where there is none. `with_rate`: whether it is the same of all
    prices that this stands for."""
    if not tax.rate:
        return ""
    name = tax.name or say("tax")
    words = say("{rate} {tax}", rate=formats.rate(tax.rate), tax=name) if with_rate else name
    return say("incl. {tax}", tax=words) if mode is TaxMode.INCLUDED else say("plus {tax}", tax=words)


def price(
    minor: int, formats: Formats, tax: str, *, class_name: str = "price", each: bool = False, is_least: bool = False
) -> html.Span:
    """`minor`: a unit's price, in minor units. `tax`: `tax_note` of the shop.

    `is_least`: others of the same family cost more.
    """
    amount = say("{price} each", price=formats.money(minor)) if each else formats.money(minor)
    if is_least:
        amount = say("from {price}", price=amount)
    words: list[Any] = [html.Span(amount, className=f"{class_name} num")]
    if tax:
        words += [" ", html.Span(tax, className="price-tax")]
    return html.Span(words, className="price-words")
