"""The cart page, and the callbacks behind every cart control in the store: cards, drawer, page."""

from __future__ import annotations

from typing import Any

from dash import (
    ALL,
    MATCH,
    ClientsideFunction,
    Input,
    Output,
    State,
    clientside_callback,
    ctx,
    dcc,
    html,
    no_update,
    set_props,
)

from app.domain import Access, PricedCart
from app.errors import Busy, DiscountRefused, InvalidInput, SessionUnchecked, ShopError, StoreUnavailable
from app.services import services
from app.web.identity.principal import cart_changer, current_principal
from app.web.page import Page
from app.words import mark, say
from components.kit.feedback import toast
from components.kit.outage import instead_of_cart
from components.kit.stepper import step_id
from components.shop.cart_lines import action_id, cart_view
from pages.shop._buyer import buyer_of
from pages.shop._cart_changes import announce, quantities, tax_note, text_from, units_from
from pages.shop._delivery import cart_estimate
from pages.shop._open_payment import open_page_notice

MOST_LATE = 20  # changes told at once: by one page, in a quarter of a second

page = Page("cart", path="/cart", title=mark("Cart"), access=Access.PUBLIC, is_finished=True)


@page.layout
def layout(**_: Any) -> html.Div:
    return html.Div(
        [
            html.H1(say("Your cart"), className="list-title"),
            html.Div(_area("page"), id={"type": "cart-area", "where": "page"}, className="cart-area"),
            dcc.Store(id=page.id("stale")),
        ],
        className="store-wide cart-page",
    )


def _area(where: Any) -> Any:
    principal = current_principal()
    try:
        cart = services().cart.view(principal.owner, buyer_of(principal))
    except (StoreUnavailable, Busy) as error:
        return instead_of_cart(say("{message} What is in it is kept.", message=say(error.message)))
    if principal.is_stand_in and not cart.lines:
        return instead_of_cart(say(SessionUnchecked().message))
    notice = open_page_notice(principal.owner)
    view = cart_view(cart, where, services().formats, tax_note(), cart_estimate(cart))
    return view if notice is None else html.Div([notice, view], className="cart-with-notice")


@page.callback(
    Output({"type": "cart-area", "where": "drawer"}, "children"),
    Input("cart-drawer-stale", "data"),
    prevent_initial_call=True,
)
def show_drawer(_: Any) -> Any:
    return _area("drawer")


@page.callback(
    Output({"type": "cart-area", "where": "page"}, "children"),
    Input(page.id("stale"), "data"),
    prevent_initial_call=True,
)
def show_page(_: Any) -> Any:
    return _area("page")


@page.callback(
    Output(step_id("cart", "written", MATCH, MATCH), "data"),
    Input(step_id("cart", "wanted", MATCH, MATCH), "data"),
    prevent_initial_call=True,
)
def write_quantity(wanted: Any) -> Any:
    """A stepper stood still: the cart takes its number, and every part shows what the cart holds then.

    One callback per stepper, not one for all: Dash would merge the changes of a quick shopper and lose some.
    """
    stepper = ctx.triggered_id
    if not isinstance(wanted, dict) or not isinstance(stepper, dict):
        return no_update
    turn = units_from(wanted.get("turn"))
    cart = _set_line(cart_changer().owner, str(stepper["key"]), units_from(wanted.get("units")))
    announce(cart, {f"{stepper['where']}|{stepper['key']}": turn})
    return turn


@page.callback(Input("cart-late", "data"), prevent_initial_call=True)
def write_late(changes: Any) -> None:
    """What steppers said whose page was left before they could: assets/41-store.js."""
    if not isinstance(changes, list) or len(changes) > MOST_LATE:
        raise InvalidInput(mark("There is no such change of a cart."))
    told = [_late_change(change) for change in changes]
    for _, key, units, _ in told:
        cart = _set_line(cart_changer().owner, key, units)
    if told:
        announce(cart, {name: turn for name, _, _, turn in told})


def _late_change(change: Any) -> tuple[str, str, int, int]:
    """Stepper, product, units and turn. Raises InvalidInput."""
    if not isinstance(change, dict):
        raise InvalidInput(mark("There is no such change of a cart."))
    key = text_from(change.get("key"), mark("Product"))
    where = text_from(change.get("where"), mark("Place"))
    return f"{where}|{key}", key, units_from(change.get("units")), units_from(change.get("turn"))


def _set_line(owner: str, product_id: str, units: int) -> PricedCart:
    """The cart with that line set as far as stock allows, or as it is when it cannot be; a toast says which."""
    try:
        cart = services().cart.set_quantity(owner, product_id, units)
    except ShopError as error:
        if isinstance(error, StoreUnavailable | Busy):
            raise  # there is no cart to be shown instead
        set_props("toast-request", {"data": toast(say(error.message), "bad")})
        return services().cart.view(owner)
    held = quantities(cart).get(product_id, 0)
    if held < units:
        set_props(
            "toast-request", {"data": toast(say("Only {held} left; your cart has {held}.", held=held), "neutral")}
        )
    return cart


@page.callback(Input(action_id(ALL, ALL, ALL), "n_clicks"), prevent_initial_call=True)
def act(_: list[Any]) -> None:
    """Remove a line, take what is left of it, or accept the new prices."""
    clicked = ctx.triggered_id
    if not isinstance(clicked, dict) or not ctx.triggered[0]["value"]:
        return
    cart, owner, product_id = services().cart, cart_changer().owner, str(clicked["key"])
    if clicked["do"] == "remove":
        changed = cart.remove(owner, product_id)
    elif clicked["do"] == "take":
        changed = cart.set_quantity(owner, product_id, services().catalog.get(product_id).stock)
    elif clicked["do"] == "accept":
        changed = cart.accept_prices(owner)
    elif clicked["do"] == "uncode":
        changed = cart.remove_code(owner)
    else:
        raise InvalidInput(mark("There is no such action on a cart."), "do")
    announce(changed)


@page.callback(
    Output({"type": "cart-code-error", "where": MATCH}, "children"),
    Input({"type": "cart-code-apply", "where": MATCH}, "n_clicks"),
    State({"type": "cart-code-text", "where": MATCH}, "value"),
    prevent_initial_call=True,
)
def enter_code(clicks: int | None, text: Any) -> Any:
    if not clicks:
        return no_update
    try:
        cart = services().cart.enter_code(cart_changer().owner, text or "")
    except (InvalidInput, DiscountRefused) as error:
        return say(error.message)
    announce(cart)
    return ""


def _in_browser(function: str) -> ClientsideFunction:
    return ClientsideFunction("store", function)


def _step_parts(kind: Any) -> tuple[Any, ...]:
    value = step_id(kind, "value", MATCH, MATCH)
    less, more = step_id(kind, "dec", MATCH, MATCH), step_id(kind, "inc", MATCH, MATCH)
    return value, less, more


def _register_steppers() -> None:
    value, less, more = _step_parts("cart")
    clientside_callback(
        _in_browser("step"),
        Output(value, "value"),
        Input(less, "n_clicks"),
        Input(more, "n_clicks"),
        Input("cart-changed", "data"),
        State(value, "value"),
        State(value, "max"),
        prevent_initial_call=True,
    )
    clientside_callback(
        _in_browser("settle"),
        Output(step_id("cart", "wanted", MATCH, MATCH), "data"),
        Input(value, "value"),
        prevent_initial_call=True,
    )
    clientside_callback(_in_browser("atMost"), Output(more, "disabled"), Input(value, "value"), State(value, "max"))
    clientside_callback(
        _in_browser("addFromCard"),
        Output(step_id("cart", "value", "card", MATCH), "value", allow_duplicate=True),
        Input(step_id("cart", "add", "card", MATCH), "n_clicks"),
        prevent_initial_call=True,
    )
    clientside_callback(
        _in_browser("face"),
        Output(step_id("cart", "buy", "card", MATCH), "className"),
        Input(step_id("cart", "value", "card", MATCH), "value"),
        prevent_initial_call=True,
    )
    value, less, more = _step_parts("pick")
    clientside_callback(
        _in_browser("pick"),
        Output(value, "value"),
        Input(less, "n_clicks"),
        Input(more, "n_clicks"),
        State(value, "value"),
        State(value, "max"),
        prevent_initial_call=True,
    )
    clientside_callback(
        _in_browser("pickLimits"),
        Output(less, "disabled"),
        Output(more, "disabled"),
        Input(value, "value"),
        State(value, "max"),
    )


def _register_frame() -> None:
    clientside_callback(
        _in_browser("badge"),
        Output("cart-count", "children"),
        Output("cart-count", "className"),
        Output("cart-bar-count", "children"),
        Output("cart-bar-total", "children"),
        Output("cart-bar", "className"),
        Input("cart-changed", "data"),
        prevent_initial_call=True,
    )
    clientside_callback(
        _in_browser("announce"),
        Output("cart-status", "children"),
        Input("cart-changed", "data"),
        prevent_initial_call=True,
    )
    clientside_callback(
        _in_browser("openDrawer"),
        Output("cart-drawer", "is_open"),
        Input("cart-open", "n_clicks"),
        prevent_initial_call=True,
    )
    clientside_callback(
        _in_browser("drawerStale"),
        Output("cart-drawer-stale", "data"),
        Input("cart-drawer", "is_open"),
        Input("cart-changed", "data"),
        prevent_initial_call=True,
    )
    clientside_callback(
        _in_browser("pageStale"),
        Output(page.id("stale"), "data"),
        Input("cart-changed", "data"),
        prevent_initial_call=True,
    )


_register_steppers()
_register_frame()
