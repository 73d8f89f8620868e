"""A paid order on paper: the invoice, on screen and in print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from app.addresses import product_path
from app.domain import Address, Order, OrderReturn, OrderStatus, OrderSummary
from app.money import Formats
from components.kit.refunds import REFUNDED
from components.kit.ui import badge, table
from components.shop.order_summary import tax_words, totals

STATUS_WORDS: dict[OrderStatus, tuple[str, Any, str]] = {
    OrderStatus.PENDING: ("Being placed", "warn", "hourglass-split"),
    OrderStatus.CHARGING: ("Payment running", "warn", "hourglass-split"),
    OrderStatus.PAID: ("Paid", "good", "check2"),
    OrderStatus.PAYMENT_FAILED: ("Payment failed", "bad", "x-lg"),
    OrderStatus.REJECTED: ("Out of stock", "bad", "x-lg"),
}


def status_badge(order: Order | OrderSummary) -> Any:
    if order.status is OrderStatus.PAID and order.refund_state in REFUNDED:
        return badge(REFUNDED[order.refund_state], "warn", "arrow-counterclockwise")
    words, tone, glyph = STATUS_WORDS[order.status]
    return badge(words, tone, glyph)


def invoice(order: Order, returns: Sequence[OrderReturn], formats: Formats, store_name: str) -> html.Article:
    at = order.paid_at or order.created_at
    title = f"{'Invoice' if order.paid_at else 'Order'} {order.number}"
    return html.Article(
        [
            html.Header(
                [
                    html.Div(
                        [
                            html.Div(store_name, className="invoice-store"),
                            html.H2(title),
                        ]
                    ),
                    status_badge(order),
                ],
                className="invoice-head",
            ),
            html.Dl(
                [
                    _fact("Ordered", formats.moment(at)),
                    _fact("Sent to", _address(order.address, formats)),
                    _fact("Contact", _contact(order)),
                    _fact("Payment", order.payment_method or "–"),
                ],
                className="invoice-facts",
            ),
            _lines(order, formats),
            totals(order.subtotal, order.tax, order.total, formats, tax_words(order.tax_rate, formats), order.refunded),
            _returns(returns, formats),
        ],
        className="invoice kit-card",
    )


def _fact(words: str, value: Any) -> html.Div:
    return html.Div([html.Dt(words), html.Dd(value)])


def _contact(order: Order) -> Any:
    known = [text for text in (order.email, order.address.phone) if text]
    return [html.Div(text) for text in known] or "–"


def _address(address: Address, formats: Formats) -> html.Address:
    return html.Address([html.Span(row) for row in address.lines(formats.country(address.country))])


def _lines(order: Order, formats: Formats) -> html.Div:
    rows = [
        (
            html.Div(
                [
                    dcc.Link(line.name, href=product_path(line.product_id, line.name), className="line-name"),
                    html.Span(f"{line.returned} returned", className="line-returned") if line.returned else None,
                ]
            ),
            formats.number(line.quantity),
            formats.money(line.unit_price),
            formats.money(line.total),
        )
        for line in order.lines
    ]
    head = (("Product", False), ("Quantity", True), ("Price", True), ("Amount", True))
    return table(head, rows, caption=f"Lines of order {order.number}", class_name="invoice-lines")


def _returns(returns: Sequence[OrderReturn], formats: Formats) -> Any:
    if not returns:
        return None
    return html.Section(
        [
            html.H3("Returns"),
            html.Ul(
                [
                    html.Li(
                        [
                            html.Span(
                                [
                                    html.Strong(", ".join(f"{line.quantity} × {line.name}" for line in entry.lines)),
                                    html.Span(_when(entry, formats), className="return-when"),
                                ]
                            ),
                            html.Span(f"{formats.money(entry.refund)} refunded", className="num"),
                        ]
                    )
                    for entry in returns
                ],
                role="list",
            ),
        ],
        className="invoice-returns",
    )


def _when(entry: OrderReturn, formats: Formats) -> str:
    return f"{formats.moment(entry.at)} · {entry.reason}" if entry.reason else formats.moment(entry.at)
