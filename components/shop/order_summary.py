"""What is bought and what it comes to, beside the checkout and on the invoice."""

from __future__ import annotations

from typing import Any

from dash import html

from app.domain import PricedCart, PricedLine
from app.domain.amount_rows import AmountRow, Amounts, amount_rows
from app.money import Formats
from app.words import say
from components.kit.ui import icon
from components.shop.prices import price
from components.shop.product_card import picture

_CLASSES = {"total": "total-row", "refund": "refund-row", "within": "within-row"}


def totals(of: Amounts, formats: Formats, refunded: int = 0) -> html.Dl:
    return html.Dl([_row(row, formats) for row in amount_rows(of, formats.rate, refunded)], className="amounts")


def _row(row: AmountRow, formats: Formats) -> html.Div:
    return html.Div(
        [html.Dt(row.words), html.Dd(formats.money(row.minor), className="num")],
        className=_CLASSES.get(row.kind, ""),
    )


def order_summary(cart: PricedCart, formats: Formats, tax_note: str, code: Any = None) -> html.Details:
    """Folded to its total on a phone, open beside the form elsewhere. `code`: where a discount code is entered."""
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
                    code,
                    totals(cart.money, formats),
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
                        price(line.unit_price, formats, tax_note, class_name="line-price", each=True),
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
