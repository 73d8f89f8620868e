"""Orders for admins: the list, one order with its course, and the dialog that takes goods back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain import Order, OrderReturn, OrderStatus, OrderSummary, OutboxEntry, ReturnEntry
from app.domain.amount_rows import amount_rows
from app.domain.delivery_words import delivery_lines
from app.domain.fulfilment import OPEN
from app.money import Formats
from components.admin import notes, packing
from components.admin.mailbox import delivery_state
from components.kit.refunds import REFUNDED
from components.kit.ui import Tone, badge, card, empty_state, explain, facts, icon, table

STATUS: dict[OrderStatus, tuple[str, Tone, str]] = {
    OrderStatus.PAID: ("Paid", "good", "check2"),
    OrderStatus.PENDING: ("Pending", "neutral", "hourglass"),
    OrderStatus.CHARGING: ("Charging", "neutral", "hourglass-split"),
    OrderStatus.PAYMENT_FAILED: ("Payment failed", "bad", "x-circle"),
    OrderStatus.REJECTED: ("Rejected", "warn", "slash-circle"),
}


WAYS = {"stripe": "Card, at Stripe", "transfer": "Bank transfer", "delivery": "On delivery"}


class Refund(Protocol):
    """`before_tax` and `tax` are parts of `total`; `has_delivery`: so is what delivery cost."""

    @property
    def before_tax(self) -> int: ...
    @property
    def tax(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def has_delivery(self) -> bool: ...


def status_badge(order: Order | OrderSummary) -> html.Span:
    if order.status is OrderStatus.PAID and order.refund_state in REFUNDED:
        return badge(REFUNDED[order.refund_state], "warn", "arrow-return-left")
    if order.is_awaiting_payment:
        return badge("Awaiting payment", "neutral", "hourglass-split")
    words, tone, glyph = STATUS[order.status]
    return badge(words, tone, glyph)


def order_table(
    orders: Sequence[OrderSummary],
    formats: Formats,
    is_narrowed: bool,
    searched: int | None = None,
    *,
    choose: Any = None,
    with_money: bool = True,
) -> Any:
    """`searched`: only so many, the latest ones, were looked through. `choose(order_id)`: the id of a row's box."""
    if not orders and searched:
        return _none_among(formats.number(searched), "orders")
    if not orders:
        return empty_state(
            "No order matches" if is_narrowed else "No orders yet",
            "Every word must be in the name, city, e-mail, products, number or total. Try fewer words, or more days."
            if is_narrowed
            else "Orders appear here as soon as somebody checks out in the store.",
            icon_name="receipt",
            level=2,
        )
    chosen = choose is not None
    head = [("Order", False), ("Placed", False), ("Customer", False), ("Country", False), ("Status", False)]
    money = [(f"Total, {formats.currency}", True), (f"Refunded, {formats.currency}", True)] if with_money else []
    box = [(html.Span("Choose", className="visually-hidden"), False)] if chosen else []
    return table(
        [*box, *head, ("Goods", False), ("Units", True), *money],
        [
            [
                *([_box(choose(order.order_id), order)] if chosen else []),
                dcc.Link(f"#{order.number}", href=f"/admin/orders/{order.order_id}"),
                html.Span(formats.moment(order.paid_at or order.created_at), className="nowrap"),
                html.Span(order.customer, className="clip", title=order.customer),
                country_words(order.country, formats),
                status_badge(order),
                badge(*packing.STATES[order.work]) if order.work else html.Span("–", className="muted"),
                formats.number(order.units),
                *(_amounts(order, formats) if with_money else []),
            ]
            for order in orders
        ],
        caption="Orders",
        class_name="orders-table work-table",
    )


def _box(box_id: Any, order: OrderSummary) -> Any:
    """Something of the order waits to be packed; the others cannot be chosen."""
    is_open = order.work in OPEN
    label = html.Span(f"Choose order {order.number}", className="visually-hidden")
    return dbc.Checkbox(id=box_id, value=False, label=label) if is_open else None


def _amounts(order: OrderSummary, formats: Formats) -> list[Any]:
    refunded = amount(order.refunded, formats) if order.refunded else html.Span("–", className="muted")
    return [amount(order.total, formats), refunded]


def still_made_searchable() -> html.Div:
    """After an import or an upgrade, for as long as older orders have no words."""
    words = "Older orders are being made searchable: words may not find all of them yet. This takes some minutes."
    return html.Div([icon("hourglass-split"), words], className="notice", role="status")


def _none_among(searched: str, things: str) -> Any:
    return empty_state(
        f"None among the latest {searched} {things}",
        "There are older ones that were not looked through: choose days around the time you mean.",
        icon_name="receipt",
    )


def return_table(
    entries: Sequence[ReturnEntry], formats: Formats, is_narrowed: bool, searched: int | None = None
) -> Any:
    """`searched` as in `order_table`."""
    if not entries and searched:
        return _none_among(formats.number(searched), "returns")
    if not entries:
        return empty_state(
            "No returns in this period" if is_narrowed else "No returns yet",
            "Choose more days, or remove a filter."
            if is_narrowed
            else "Record one on its order: find the order, open it, and choose Record a return.",
            icon_name="arrow-return-left",
        )
    return table(
        [
            ("Order", False),
            ("Returned", False),
            ("Goods", False),
            ("Reason", False),
            ("Country", False),
            ("By", False),
            (f"Before tax, {formats.currency}", True),
            (f"Refund, {formats.currency}", True),
        ],
        [
            [
                dcc.Link(f"#{one.number}", href=f"/admin/orders/{one.booked.order_id}")
                if one.number
                else html.Span("–", className="muted", title="Its order is not in the imported history."),
                html.Span(formats.moment(one.booked.at), className="nowrap"),
                goods(one.booked, formats),
                one.booked.reason,
                country_words(one.country, formats),
                one.booked.actor,
                amount(one.booked.amount, formats),
                amount(one.booked.refund, formats),
            ]
            for one in entries
        ],
        caption="Returns, newest first",
        class_name="orders-table returns-table",
    )


def goods(returned: OrderReturn, formats: Formats) -> html.Div:
    """What came back, a line each."""
    return html.Div(
        [
            html.Span(
                f"{formats.number(line.quantity)} × {line.name}" + (", back to stock" if line.restock else ""),
                className="sub-line",
            )
            for line in returned.lines
        ]
    )


def country_words(code: str | None, formats: Formats) -> str:
    return formats.country(code) if code else "–"


def amount(minor: int, formats: Formats) -> str:
    """Money without its sign, for columns whose head names the currency."""
    return formats.amount(minor)


# --- one order --------------------------------------------------------------------------------------


def lines_card(order: Order, formats: Formats, action: Any) -> html.Section:
    rows: list[list[Any]] = [
        [
            html.Div([html.Span(line.name, className="name"), html.Span(line.product_id, className="sub")]),
            amount(line.unit_price, formats),
            formats.number(line.quantity),
            formats.number(line.returned) if line.returned else html.Span("–", className="muted"),
            amount(line.total, formats),
        ]
        for line in order.lines
    ]
    head = [
        ("Product", False),
        ("Price", True),
        ("Units", True),
        ("Returned", True),
        (f"Sum, {formats.currency}", True),
    ]
    pairs = [
        html.Div(
            [html.Span(row.words), html.Span(_signed(row.minor, formats), className="num")],
            className="sum-total" if row.kind == "total" else "",
        )
        for row in amount_rows(order, formats.rate, order.refunded)
    ]
    return card(
        "What was bought",
        [table(head, rows, caption="Lines of the order"), html.Div(pairs, className="sums")],
        actions=[action] if action is not None else [],
        class_name="card-flush",
    )


def _signed(minor: int, formats: Formats) -> str:
    return formats.money(minor) if minor >= 0 else f"−{formats.money(-minor)}"


def returns_card(returns: Sequence[OrderReturn], formats: Formats) -> html.Section | None:
    if not returns:
        return None
    rows = [
        [
            html.Span(formats.moment(one.at), className="nowrap"),
            html.Div(goods(one, formats), className="returned-goods"),
            one.reason,
            one.actor,
            badge("Refunded", "good", "check2")
            if one.refunded_at
            else badge("Refunding", "neutral", "hourglass-split"),
            amount(one.refund, formats),
        ]
        for one in returns
    ]
    head = [("Date", False), ("Goods", False), ("Reason", False), ("By", False), ("State", False)]
    return card(
        "Returns",
        table([*head, (f"Refund, {formats.currency}", True)], rows),
        note=notes.REFUND,
        class_name="card-flush",
    )


def customer_card(order: Order, formats: Formats, action: Any = None, *, leads: bool = True) -> html.Section:
    """`leads`: whether the caller may open the customer's history."""
    where = order.address
    lines = replace(where, name="").lines(country_words(where.country, formats))
    address = [html.Div(line) for line in lines]
    name: Any = where.name or "–"
    if order.user_id is not None and leads:
        name = dcc.Link(where.name or "Customer", href=f"/admin/customers/{order.user_id}", title="Show the history")
    pairs: list[tuple[str, Any]] = [("Name", name)]
    if order.email:
        pairs.append(("E-mail", html.A(order.email, href=f"mailto:{order.email}")))
    if where.phone:
        pairs.append(("Phone", html.A(where.phone, href=f"tel:{where.phone}")))
    if order.code:
        pairs.append(("Discount code", order.code))
    if order.vat_number:
        pairs.append(("VAT number", order.vat_number))
    pairs += [("Account", "Registered" if order.user_id else "Guest"), ("Ships to", address or "–")]
    if order.delivery is not None:
        leaves = f"Leaves on {formats.day_of_week(order.delivery.leaves)}"
        lines = [*delivery_lines(order.delivery, formats), leaves]
        pairs.append(("Delivery", [html.Div(line) for line in lines]))
    return card("Customer", facts(pairs), actions=[action] if action is not None else [])


def payment_card(order: Order, receipt: OutboxEntry | None, formats: Formats, *, leaves: bool) -> html.Section:
    """`receipt`: what became of its e-mail, if one was due; `leaves` as in `deliveries_table`."""
    pairs: list[tuple[str, Any]] = [("Status", status_badge(order))]
    if order.payment_method:
        pairs.append(("Method", order.payment_method))
    if order.is_awaiting_payment and order.payment_due is not None:
        pairs += [("Paid by", WAYS.get(order.pay_by, order.pay_by)), ("Waits until", formats.moment(order.payment_due))]
    if order.payment_reference:
        pairs.append(("Reference", order.payment_reference))
    if order.failure:
        pairs.append(("Why", order.failure))
    pairs.append(("Amount", formats.money(order.total)))
    if order.refunded:
        pairs.append(("Refunded", formats.money(order.refunded)))
    if receipt is not None:
        pairs.append(("Receipt", delivery_state(receipt, formats, leaves=leaves)))
    return card("Payment", facts(pairs))


def timeline_card(
    order: Order,
    returns: Sequence[OrderReturn],
    steps: Sequence[tuple[datetime, str, str, str]],
    formats: Formats,
    *,
    with_money: bool = True,
) -> html.Section:
    """What happened when, oldest first. `steps`: when, icon, words and what was said."""
    found = [(order.created_at, "cart-check", "Order placed", ""), *steps]
    if order.paid_at:
        paid = f"Paid {formats.money(order.total)}" if with_money else "Paid"
        found.append((order.paid_at, "credit-card", paid, ""))
    for one in returns:
        returned = f"Return of {formats.number(one.units)} recorded"
        words = "Cancelled before it was sent" if one.is_cancellation else returned
        found.append((one.at, "arrow-return-left", f"{words} by {one.actor}", one.reason))
        if one.refunded_at:
            refunded = f"Refunded {formats.money(one.refund)}" if with_money else "Refunded"
            found.append((one.refunded_at, "cash-coin", refunded, ""))
    items = [
        html.Li(
            [
                icon(glyph),
                html.Div(
                    [
                        html.Span(words),
                        html.Span(said, className="timeline-said") if said else None,
                        html.Span(formats.moment(at), className="sub"),
                    ]
                ),
            ]
        )
        for at, glyph, words, said in sorted(found, key=lambda step: step[0])
    ]
    if order.status in (OrderStatus.PAYMENT_FAILED, OrderStatus.REJECTED):
        words = STATUS[order.status][0]
        items.append(
            html.Li(
                [
                    icon(STATUS[order.status][2]),
                    html.Div([html.Span(words), html.Span(order.failure or "", className="sub")]),
                ]
            )
        )
    return card("Timeline", html.Ol(items, className="timeline"))


# --- the return dialog ----------------------------------------------------------------------------------


def return_dialog(part_id: Any, item_id: Any, order: Order, formats: Formats) -> dbc.Modal:
    """`item_id(part, line_no)` makes the ids of "quantity" and "restock" of a line."""
    rows = [
        html.Li(
            [
                html.Div(
                    [
                        html.Span(line.name, className="name"),
                        html.Span(_left_words(line.left, formats), className="sub"),
                    ],
                    className="grow",
                ),
                dbc.Checkbox(id=item_id("restock", line.line_no), label="Back to stock", value=True),
                html.Label(
                    [
                        html.Span(f"Units of {line.name} that come back", className="visually-hidden"),
                        dbc.Input(
                            id=item_id("quantity", line.line_no),
                            type="number",
                            step="any",  # what cannot be is refused in words, not swallowed by the browser
                            value=0,
                            className="quantity-input",
                        ),
                    ]
                ),
            ]
        )
        for line in order.lines
        if line.left
    ]
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle(f"Record a return of #{order.number}"), close_button=True),
            dbc.ModalBody(
                [
                    html.Ul(rows, className="kit-list return-lines"),
                    html.Label("Reason", htmlFor=part_id("reason"), className="field-label"),
                    dbc.Input(
                        id=part_id("reason"),
                        type="text",
                        maxLength=200,
                        placeholder="Damaged, wrong size, changed mind…",
                        autoComplete="off",
                    ),
                    html.Div(id=part_id("return-error"), className="field-error", role="alert"),
                    html.Div(id=part_id("refund"), className="refund"),
                ]
            ),
            dbc.ModalFooter(
                [
                    html.Button("Cancel", id=part_id("return-cancel"), className="btn btn-quiet", n_clicks=0),
                    html.Button(
                        "Record return",
                        id=part_id("return-save"),
                        className="btn btn-primary",
                        n_clicks=0,
                        disabled=True,
                    ),
                ]
            ),
        ],
        id=part_id("dialog"),
        is_open=False,
        scrollable=True,
        centered=True,
        size="lg",
    )


def refund_words(refund: Refund | None, formats: Formats) -> Any:
    """What is paid back; None while nothing comes back."""
    if refund is None:
        return html.Span("Say how many units of each line come back.", className="muted")
    what = "Goods and delivery, before tax" if refund.has_delivery else "Goods, before tax"
    return [
        html.Div([html.Span(what), html.Span(formats.money(refund.before_tax), className="num")]),
        html.Div([html.Span("Tax share"), html.Span(formats.money(refund.tax), className="num")]),
        html.Div(
            [html.Span(["Refund ", explain(notes.REFUND)]), html.Span(formats.money(refund.total), className="num")],
            className="sum-total",
        ),
    ]


def _left_words(units: int, formats: Formats) -> str:
    return "1 unit can come back" if units == 1 else f"{formats.number(units)} units can come back"
