"""What is bought and what it comes to, beside the checkout and on the invoice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dash import html

from app.domain import PricedCart, PricedLine
from app.money import Formats
from app.words import say
from components.kit.ui import icon
from components.shop.prices import price
from components.shop.product_card import picture


def tax_words(rate: Decimal | str, formats: Formats) -> str:
    return say("Tax ({rate})", rate=formats.rate(rate))


def totals(subtotal: int, tax: int, total: int, formats: Formats, tax_label: str, refunded: int = 0) -> html.Dl:
    """Amounts in minor units. Rows of no tax and no refund are left out."""
    rows: list[Any] = [_row(say("Subtotal"), subtotal, formats)]
    if tax:
        rows.append(_row(tax_label, tax, formats))
    rows.append(_row(say("Total"), total, formats, "total-row"))
    if refunded:
        rows.append(_row(say("Refunded"), -refunded, formats, "refund-row"))
    return html.Dl(rows, className="amounts")


def _row(words: str, minor: int, formats: Formats, class_name: str = "") -> html.Div:
    return html.Div([html.Dt(words), html.Dd(formats.money(minor), className="num")], className=class_name)


def order_summary(cart: PricedCart, formats: Formats, tax_label: str, tax_note: str) -> html.Details:
    """Folded to its total on a phone, open beside the form elsewhere."""
    return html.Details(
        [
            html.Summary(
                [
                    html.Span([icon("bag"), say("Order summary"), icon("chevron-down", "fold-mark")]),
                    html.Span(formats.money(cart.total), className="num summary-total"),
                ]
            ),
            html.Div(
                [
                    html.Ul(
                        [_summary_line(line, formats, tax_note) for line in cart.lines],
                        className="summary-lines",
                        role="list",
                    ),
                    totals(cart.subtotal, cart.tax, cart.total, formats, tax_label),
                ],
                className="summary-body",
            ),
        ],
        className="order-summary",
        open=True,
    )


def _summary_line(line: PricedLine, formats: Formats, tax_note: str) -> html.Li:
    return html.Li(
        [
            html.Div(
                [
                    picture(line.product, sizes="64px", decorative=True),
                    html.Span(
                        [html.Span(say("Quantity") + " ", className="visually-hidden"), str(line.quantity)],
                        className="summary-count",
                    ),
                ],
                className="summary-picture",
            ),
            html.Div(
                [
                    html.Span(line.product.name, title=line.product.name),
                    html.Div(
                        price(line.product.price, formats, tax_note, class_name="line-price", each=True),
                        className="summary-unit",
                    )
                    if line.quantity > 1
                    else None,
                ],
                className="summary-name",
            ),
            html.Span(formats.money(line.total), className="num"),
        ]
    )
