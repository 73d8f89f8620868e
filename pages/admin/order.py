"""One order: what was bought, by whom, how it was paid, what came back."""

from __future__ import annotations

import secrets
from typing import Any

from dash import ALL, Input, Output, State, ctx, dcc, html, no_update

from app.domain import Access, Order, OrderStatus, OutboxEntry
from app.domain.fulfilment import UNSENT, Work
from app.errors import InvalidInput, NotFound, ShopError
from app.services import services
from app.services.orders.orders import return_reason
from app.web.identity.principal import current_actor, current_principal
from components.admin import orders as parts
from components.admin import packing
from components.admin.disputes import disputes_card
from components.kit.feedback import toast
from components.kit.ui import empty_state, icon, link_button, page_head
from pages.admin import _order_payment, _order_work
from pages.admin._common import text_of, whole_number
from pages.admin._order_page import id_of, page

Items = list[tuple[int, int, bool]]


@page.layout
def layout(order_id: Any = None, **_: Any) -> html.Div:
    try:
        order = services().orders.get(id_of(order_id))
    except NotFound:
        return html.Div(
            empty_state(
                "There is no such order",
                "Look for it by its number, the e-mail address or the customer's name.",
                icon_name="receipt",
                level=1,
                action=link_button("All orders", "/admin/orders"),
            )
        )
    page.entitle(f"Order #{order.number}")
    may_refund = current_principal().may(Access.ADMIN)
    work = services().fulfilment.work(order.order_id)
    formats = services().formats
    receipt = services().notifications.receipt_of(order) if may_refund else None
    lead = formats.moment(order.paid_at or order.created_at)
    return html.Div(
        [
            dcc.Link([icon("chevron-left"), "Orders"], href="/admin/orders", className="back-link"),
            page_head(
                f"Order #{order.number}",
                f"{lead} · {formats.money(order.total)}" if may_refund else lead,
                actions=[
                    parts.status_badge(order),
                    *([*_actions(order, receipt), *_order_payment.buttons(order)] if may_refund else []),
                ],
            ),
            html.Div(
                [
                    html.Div(_goods(order, work, may_refund=may_refund), className="stack"),
                    html.Div(_facts(order, work, receipt, may_refund=may_refund), className="stack"),
                ],
                className="cols",
            ),
            *packing.dialogs(page.id, page.item, order, work, formats, may_refund=may_refund),
            *_order_work.stores(order),
            _order_payment.dialog(order) if may_refund else None,
            dcc.Store(id=page.id("order"), data=order.order_id),
            dcc.Store(id=page.id("request")),
        ]
    )


def _goods(order: Order, work: Work, *, may_refund: bool) -> list[Any]:
    """What was bought, sent and came back; prices and returns for those who may give money back."""
    formats = services().formats
    sent = packing.work_card(page.id, page.item, order, work, formats, may_refund=may_refund) if order.paid_at else None
    if not may_refund:
        return [sent]
    paid_elsewhere = not services().orders.can_refund(order)
    can_return = order.status is OrderStatus.PAID and any(line.left for line in order.lines) and not paid_elsewhere
    action: Any = None
    if can_return:
        action = html.Button(
            [icon("arrow-return-left"), "Record return"], id=page.id("open"), className="btn btn-quiet", n_clicks=0
        )
    elif paid_elsewhere:
        action = html.Span("From an imported history: refund it where it was paid", className="muted")
    return [
        sent,
        parts.lines_card(order, formats, action),
        parts.returns_card(services().orders.returns_of(order.order_id), formats),
        parts.return_dialog(page.id, page.item, order, formats) if can_return else None,
    ]


def _facts(order: Order, work: Work, receipt: OutboxEntry | None, *, may_refund: bool) -> list[Any]:
    formats = services().formats
    edit: Any = None
    if work.state in UNSENT:
        edit = html.Button(
            [icon("pencil"), "Edit address"], id=page.item("open", "address"), className="btn btn-quiet", n_clicks=0
        )
    leaves = services().settings.notifier == "aws"
    returns = services().orders.returns_of(order.order_id)
    return [
        parts.customer_card(order, formats, edit, leads=may_refund),
        packing.notes_card(page.id, work) if order.paid_at else None,
        parts.payment_card(order, receipt, formats, leaves=leaves) if may_refund else None,
        disputes_card(services().payments.disputes_of(order.order_id), order, formats) if may_refund else None,
        parts.timeline_card(order, returns, packing.steps_of(work), formats, with_money=may_refund),
    ]


def _actions(order: Order, receipt: OutboxEntry | None) -> list[Any]:
    """What can be done with its papers. An order that is not paid has none."""
    if order.paid_at is None:
        return []
    path = f"/orders/{order.order_id}"
    actions = [
        link_button("Invoice", path, icon_name="receipt"),
        html.A(
            [icon("download"), "PDF"],
            href=f"{path}/invoice.pdf",
            className="btn btn-quiet",
            **{"aria-label": "Download the invoice as a PDF"},
        ),
    ]
    if receipt is not None and order.email:
        words = [icon("send"), "Send receipt again"]
        actions.append(html.Button(words, id=page.id("receipt"), className="btn btn-quiet", n_clicks=0))
    return actions


@page.callback(
    Output("toast-request", "data", allow_duplicate=True),
    Input(page.id("receipt"), "n_clicks"),
    State(page.id("order"), "data"),
    prevent_initial_call=True,
    access=Access.ADMIN,
)
def send_receipt_again(clicks: Any, order_id: Any) -> Any:
    if not clicks:
        return no_update
    order = services().orders.get(id_of(order_id))
    services().notifications.send_receipt_again(order, current_actor())
    return toast(f"The receipt is on its way to {order.email}.")


@page.callback(
    Output(page.id("dialog"), "is_open"),
    Output(page.id("request"), "data"),
    Input(page.id("open"), "n_clicks"),
    Input(page.id("return-cancel"), "n_clicks"),
    prevent_initial_call=True,
)
def open_dialog(opened: Any, _cancelled: Any) -> tuple[Any, Any]:
    """Each opening gets its own request key, so that a double click records one return."""
    if ctx.triggered_id == page.id("open") and opened:
        return True, secrets.token_urlsafe(16)
    return False, no_update


@page.callback(
    Output(page.id("refund"), "children"),
    Output(page.id("return-save"), "disabled"),
    Output(page.id("return-error"), "children"),
    Input(page.item("quantity", ALL), "value"),
    State(page.item("restock", ALL), "value"),
    State(page.id("order"), "data"),
    prevent_initial_call=True,
    access=Access.ADMIN,
)
def preview(quantities: Any, restocks: Any, order_id: Any) -> tuple[Any, bool, str]:
    order = services().orders.get(id_of(order_id))
    formats = services().formats
    try:
        items = _items(order, quantities, restocks)
    except InvalidInput as error:
        return parts.refund_words(None, formats), True, error.message
    refund = services().orders.refund_of(order, {line_no: units for line_no, units, _ in items}) if items else None
    return parts.refund_words(refund, formats), not items, ""


@page.callback(
    Output("redirect", "href", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Output(page.id("return-error"), "children", allow_duplicate=True),
    Input(page.id("return-save"), "n_clicks"),
    State(page.item("quantity", ALL), "value"),
    State(page.item("restock", ALL), "value"),
    State(page.id("reason"), "value"),
    State(page.id("order"), "data"),
    State(page.id("request"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("return-save"), "disabled"), True, False)],
    access=Access.ADMIN,
)
def record(clicks: Any, quantities: Any, restocks: Any, reason: Any, order_id: Any, request: Any) -> tuple[Any, ...]:
    if not clicks:
        return no_update, no_update, no_update
    order = services().orders.get(id_of(order_id))
    try:
        reason = return_reason(text_of(reason, field="reason"))
        items = _items(order, quantities, restocks)
        done = services().orders.record_return(order.order_id, items, reason, current_actor(), text_of(request))
    except ShopError as error:
        return no_update, no_update, error.message
    words = f"Return recorded. {packing.repaid(order, done.refund, services().formats)}"
    return f"/admin/orders/{order.order_id}?returned={done.return_id}", toast(words), ""


def _items(order: Order, quantities: Any, restocks: Any) -> Items:
    """The lines with something to take back; fields stand in the order of the lines that have something left."""
    left = [line for line in order.lines if line.left]
    if not isinstance(quantities, list) or not isinstance(restocks, list):
        raise InvalidInput("Say how many units of each line come back.")
    if len(quantities) != len(left) or len(restocks) != len(left):
        raise InvalidInput("This order has changed meanwhile. Load the page again.")
    items: Items = []
    for line, quantity, restock in zip(left, quantities, restocks, strict=True):
        words = f"Of {line.name}, a whole number from 0 to {services().formats.number(line.left)} can come back."
        units = whole_number(0 if quantity in (None, "") else quantity, "quantity", words)
        if not 0 <= units <= line.left:
            raise InvalidInput(words, "quantity")
        if units:
            items.append((line.line_no, units, restock is True))
    return items
