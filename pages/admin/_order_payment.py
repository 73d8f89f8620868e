"""Of an order that is paid by transfer or on delivery: that its money came, or that nobody waits for it any more."""

from __future__ import annotations

import secrets
from typing import Any

from dash import Input, Output, State, ctx, dcc, html, no_update

from app.domain import Access, Order
from app.errors import ShopError
from app.services import services
from app.web.identity.principal import current_actor
from components.admin.dialogs import confirm_dialog
from components.kit.feedback import toast
from components.kit.ui import icon
from pages.admin._order_page import id_of, page

PAID, GIVE_UP = "paid", "give-up"


def buttons(order: Order) -> list[Any]:
    if not services().payments.can_confirm(order):
        return []
    return [
        html.Button(
            [icon("cash-coin"), "Mark as paid"], id=page.id("mark-paid"), className="btn btn-primary", n_clicks=0
        ),
        html.Button([icon("x-circle"), "Give up"], id=page.id("mark-given-up"), className="btn btn-quiet", n_clicks=0),
    ]


def dialog(order: Order) -> Any:
    if not services().payments.can_confirm(order):
        return None
    return html.Div([confirm_dialog(page.id, tells_refusal=True), dcc.Store(id=page.id("deciding"))])


@page.callback(
    Output(page.id("confirm"), "is_open"),
    Output(page.id("confirm-title"), "children"),
    Output(page.id("confirm-words"), "children"),
    Output(page.id("confirm-yes"), "children"),
    Output(page.id("confirm-error"), "children"),
    Output(page.id("deciding"), "data"),
    Input(page.id("mark-paid"), "n_clicks"),
    Input(page.id("mark-given-up"), "n_clicks"),
    Input(page.id("confirm-no"), "n_clicks"),
    State(page.id("order"), "data"),
    prevent_initial_call=True,
    access=Access.ADMIN,
)
def ask_about_payment(paid: Any, given_up: Any, _no: Any, order_id: Any) -> tuple[Any, ...]:
    clicked = ctx.triggered_id
    if clicked == page.id("mark-paid") and paid:
        order = services().orders.get(id_of(order_id))
        total = services().formats.money(order.total)
        words = f"{total} came for order {order.number}. It counts as a sale from now on, and the receipt goes out."
        return True, "Mark as paid?", words, "Mark as paid", "", PAID
    if clicked == page.id("mark-given-up") and given_up:
        order = services().orders.get(id_of(order_id))
        words = f"Nobody waits for the money of order {order.number} any more; its units are free again."
        return True, "Give the order up?", words, "Give up", "", GIVE_UP
    return False, *(no_update,) * 5


@page.callback(
    Output("redirect", "href", allow_duplicate=True),
    Output("toast-request", "data", allow_duplicate=True),
    Output(page.id("confirm-error"), "children", allow_duplicate=True),
    Input(page.id("confirm-yes"), "n_clicks"),
    State(page.id("deciding"), "data"),
    State(page.id("order"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("confirm-yes"), "disabled"), True, False)],
    access=Access.ADMIN,
)
def decide_payment(clicks: Any, deciding: Any, order_id: Any) -> tuple[Any, ...]:
    if not clicks or deciding not in (PAID, GIVE_UP):
        return no_update, no_update, no_update
    order = services().orders.get(id_of(order_id))
    decide = services().payments.confirm if deciding == PAID else services().payments.give_up
    try:
        decide(order.order_id, current_actor())
    except ShopError as error:
        return no_update, no_update, error.message
    words = "is paid" if deciding == PAID else "was given up"
    # Another address than this one, so that the page is drawn anew.
    return f"/admin/orders/{order.order_id}?step={secrets.token_hex(4)}", toast(f"Order {order.number} {words}."), ""
