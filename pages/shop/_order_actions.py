"""What a buyer does with an order on its page: cancel it, and buy the same again."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, no_update

from app import numbers
from app.addresses import to
from app.domain import Order, Principal
from app.errors import Conflict, InvalidInput, NotFound
from app.services import services
from app.web.identity.principal import cart_changer, current_principal
from app.words import mark, say
from components.kit.forms import alert
from components.shop.order_actions import actions_card, bought_again
from pages.shop._cart_changes import announce, text_from
from pages.shop._order_page import page


def order_actions(order: Order, principal: Principal) -> Any:
    if order.paid_at is None:
        return None
    may_cancel = services().own_orders.may_cancel(principal, order)
    refund = services().formats.money(order.total - order.refunded) if may_cancel else None
    return actions_card(
        page.id("again-button"), page.id("cancel"), page.id("answer"), refund, by_hand=order.is_repaid_by_hand
    )


@page.callback(
    Output(page.id("answer"), "children"),
    Input(page.id("again-button"), "n_clicks"),
    State(page.id("shown"), "data"),
    prevent_initial_call=True,
)
def buy_again(clicks: Any, order_id: Any) -> Any:
    if not clicks:
        return no_update
    principal = cart_changer()
    try:
        done = services().own_orders.buy_again(principal, _number(order_id))
    except InvalidInput as error:
        return alert("warn", say(error.message))
    announce(services().cart.view(principal.owner))
    return bought_again(done.units, done.fewer, done.gone)


@page.callback(
    Output("redirect", "href", allow_duplicate=True),
    Output(page.id("answer"), "children", allow_duplicate=True),
    Input(page.id("cancel"), "n_clicks"),
    State(page.id("shown"), "data"),
    prevent_initial_call=True,
    running=[(Output(page.id("cancel"), "disabled"), True, False)],
)
def cancel(clicks: Any, order_id: Any) -> Any:
    """The page comes anew with what became of the order."""
    if not clicks:
        return no_update, no_update
    number = _number(order_id)
    try:
        services().own_orders.cancel(current_principal(), number)
    except Conflict as error:
        return no_update, alert("warn", say(error.message))
    return to(f"/orders/{number}?cancelled=1"), no_update


def _number(order_id: Any) -> int:
    number = numbers.natural(text_from(order_id, mark("Order")))
    if number is None:
        raise NotFound(mark("There is no such order."))
    return number
