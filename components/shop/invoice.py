"""A paid order on paper: the invoice, on screen and in print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from app.addresses import product_path, to
from app.domain import Address, Order, OrderReturn, OrderStatus, OrderSummary
from app.domain.invoices import NO_INVOICES, OrderInvoices
from app.domain.payments import method_words
from app.domain.refund_words import reason_words
from app.domain.shop import Shop
from app.money import Formats
from app.words import mark, say
from components.kit.refunds import REFUNDED
from components.kit.ui import badge, table
from components.shop.content import logo, seller_on_invoice
from components.shop.delivery import delivery_fact
from components.shop.order_summary import totals

STATUS_WORDS: dict[OrderStatus, tuple[str, Any, str]] = {
    OrderStatus.PENDING: (mark("Being placed"), "warn", "hourglass-split"),
    OrderStatus.CHARGING: (mark("Payment running"), "warn", "hourglass-split"),
    OrderStatus.PAID: (mark("Paid"), "good", "check2"),
    OrderStatus.PAYMENT_FAILED: (mark("Payment failed"), "bad", "x-lg"),
    OrderStatus.REJECTED: (mark("Out of stock"), "bad", "x-lg"),
}


def status_badge(order: Order | OrderSummary) -> Any:
    if order.status is OrderStatus.PAID and order.refund_state in REFUNDED:
        return badge(say(REFUNDED[order.refund_state]), "warn", "arrow-counterclockwise")
    if order.is_awaiting_payment:
        return badge(say("Not paid yet"), "warn", "hourglass-split")
    words, tone, glyph = STATUS_WORDS[order.status]
    return badge(say(words), tone, glyph)


def invoice(
    order: Order,
    returns: Sequence[OrderReturn],
    formats: Formats,
    shop: Shop,
    documents: OrderInvoices = NO_INVOICES,
) -> html.Article:
    """`documents`: its invoice, whose seller is the shop of then, and the credit notes of its refunds."""
    at = order.paid_at or order.created_at
    own = documents.invoice
    shop = own.seller.shown_by(shop) if own else shop
    return html.Article(
        [
            html.Header(
                [
                    html.Div(
                        [
                            html.Div([logo(shop.logo) if shop.logo else None, shop.name], className="invoice-store"),
                            html.H2(_title(order, documents)),
                            _issued(order, documents, formats),
                            seller_on_invoice(shop),
                        ]
                    ),
                    status_badge(order),
                ],
                className="invoice-head",
            ),
            html.Dl(
                [
                    _fact(say("Ordered"), formats.moment(at)),
                    _fact(say("Sent to"), _address(order.address, formats)),
                    _fact(say("Delivery"), delivery_fact(order.delivery, formats)) if order.delivery else None,
                    _fact(say("Contact"), _contact(order)),
                    _fact(say("Payment"), method_words(order.payment_method) if order.payment_method else "–"),
                ],
                className="invoice-facts",
            ),
            _lines(order, formats),
            totals(order, formats, order.refunded),
            _returns(returns, formats, by_hand=order.is_repaid_by_hand),
            _credit_notes(order, documents, formats),
        ],
        className="invoice kit-card",
    )


def _title(order: Order, documents: OrderInvoices) -> str:
    if documents.invoice:
        return say("Invoice {number}", number=documents.invoice.number)
    if order.paid_at and not documents.is_awaited:  # from before invoices had numbers of their own
        return say("Invoice {number}", number=order.number)
    return say("Order {number}", number=order.number)


def _issued(order: Order, documents: OrderInvoices, formats: Formats) -> Any:
    if documents.is_awaited:
        return html.P(say("The invoice is being made. It is here in a minute."), className="invoice-issued")
    if documents.invoice is None:
        return None
    words = say("Issued on {time}", time=formats.moment(documents.invoice.issued_at))
    return html.P([say("Order {number}", number=order.number), " · ", words], className="invoice-issued")


def _credit_notes(order: Order, documents: OrderInvoices, formats: Formats) -> Any:
    if not documents.credit_notes:
        return None
    return html.Section(
        [
            html.H3(say("Credit notes")),
            html.Ul(
                [
                    html.Li(
                        [
                            html.Span(
                                [
                                    html.A(
                                        say("Credit note {number}", number=note.number),
                                        href=to(f"/orders/{order.order_id}/credit-notes/{note.number}.pdf"),
                                    ),
                                    html.Span(formats.moment(note.issued_at), className="return-when"),
                                ]
                            ),
                            html.Span(formats.money(note.total), className="num"),
                        ]
                    )
                    for note in documents.credit_notes
                ],
                role="list",
            ),
        ],
        className="invoice-returns",
    )


def _fact(words: str, value: Any) -> html.Div:
    return html.Div([html.Dt(words), html.Dd(value)])


def _contact(order: Order) -> Any:
    number = say("VAT number {number}", number=order.vat_number) if order.vat_number else ""
    known = [text for text in (order.email, order.address.phone, number) if text]
    return [html.Div(text) for text in known] or "–"


def _address(address: Address, formats: Formats) -> html.Address:
    return html.Address([html.Span(row) for row in address.lines(formats.country(address.country))])


def _lines(order: Order, formats: Formats) -> html.Div:
    rows = [
        (
            html.Div(
                [
                    dcc.Link(line.name, href=to(product_path(line.product_id, line.name)), className="line-name"),
                    html.Span(say("{count} returned", count=line.returned), className="line-returned")
                    if line.returned
                    else None,
                ]
            ),
            formats.number(line.quantity),
            formats.money(line.unit_price),
            formats.money(line.total),
        )
        for line in order.lines
    ]
    head = ((say("Product"), False), (say("Quantity"), True), (say("Price"), True), (say("Amount"), True))
    return table(head, rows, caption=say("Lines of order {number}", number=order.number), class_name="invoice-lines")


def _returns(returns: Sequence[OrderReturn], formats: Formats, *, by_hand: bool) -> Any:
    if not returns:
        return None
    return html.Section(
        [
            html.H3(say("Returns")),
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
                            html.Span(_refunded(entry, formats, by_hand=by_hand), className="num"),
                        ]
                    )
                    for entry in returns
                ],
                role="list",
            ),
        ],
        className="invoice-returns",
    )


def _refunded(entry: OrderReturn, formats: Formats, *, by_hand: bool) -> str:
    amount = formats.money(entry.refund)
    return (
        say("{amount} to be paid back by hand", amount=amount) if by_hand else say("{amount} refunded", amount=amount)
    )


def _when(entry: OrderReturn, formats: Formats) -> str:
    return f"{formats.moment(entry.at)} · {reason_words(entry.reason)}" if entry.reason else formats.moment(entry.at)
