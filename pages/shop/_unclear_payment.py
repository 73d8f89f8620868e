"""After a payment without an answer the checkout asks what became of its order, for a while, and says so by itself."""

from __future__ import annotations

import secrets
from typing import Any

from dash import Input, Output, State, dcc, html, no_update, set_props

from app import numbers
from app.addresses import to
from app.domain import Order, OrderStatus, Principal
from app.errors import Busy, NotFound, PaymentDeclined, PaymentUnclear, ShopError, StoreUnavailable
from app.services import services
from app.services.checkout.checkout import UNFINISHED
from app.services.checkout.request import KEY_LENGTH
from app.services.orders.orders import is_own
from app.web.identity.guests import renew_guest
from app.web.identity.principal import current_principal
from app.web.page import Page
from app.words import mark, say
from components.kit.forms import TAKES_FOCUS, alert
from pages.shop._cart_changes import announce

ASK_MS = 2000
ASKS = 60  # two minutes; the worker is done long before, unless the provider is away
LOST_AFTER = 5  # asks without an order to be found: the click did not reach the shop

WAITING = mark(
    "We are finding out whether the payment went through: the result appears here by itself, "
    "within a minute as a rule. You will not be charged twice."
)
STILL_WAITING = mark(
    "We still do not know whether the payment went through, and keep asking the provider. "
    "Your order list shows the result, and a paid order is confirmed by e-mail. You will not be charged twice."
)
NEVER_CAME = mark("Your order did not reach the shop. Nothing was charged; pay again.")


def parts(page: Page) -> list[Any]:
    return [
        dcc.Store(id=page.id("asked")),
        # The browser has the same budget, for when no answer comes at all.
        dcc.Interval(id=page.id("again"), interval=ASK_MS, disabled=True, max_intervals=ASKS + LOST_AFTER),
    ]


def news(page: Page, tone: str, words: Any, *, takes_focus: bool = False) -> html.Div:
    """Under one id, so that the keyboard's focus stays when the waiting is over (assets/25-focus.js)."""
    focus = TAKES_FOCUS if takes_focus else {"tabIndex": "-1"}
    return html.Div(alert(tone, words), id=page.id("news"), **focus)


def waiting_after(page: Page, error: ShopError) -> html.Div:
    """What went wrong, in a sentence, and what happens now."""
    is_unclear = isinstance(error, PaymentUnclear)
    first = (
        say("The payment provider did not answer in time.")
        if is_unclear
        else say("This order is being paid right now.")
    )
    return waiting(page, f"{first} {say(WAITING)}")


def waiting(page: Page, words: str) -> html.Div:
    link = dcc.Link(say("Look at your orders"), href=to("/orders"))
    return news(page, "warn", [words, " ", link], takes_focus=True)


def asked(principal: Principal, key: Any, revision: Any) -> dict[str, Any]:
    """By what the order is found: its key or its cart, and its id as soon as it is known.

    A key may run again once its order is void, and leads to none then.
    """
    found = {"key": key, "revision": revision}
    try:
        order_id = services().checkout.order_of(principal.owner, _text(key), _text(revision))
    except (StoreUnavailable, Busy):
        return found
    return found if order_id is None else found | {"order": str(order_id)}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and len(value) <= KEY_LENGTH else None


def serve(page: Page) -> None:
    """Register what asks, on the checkout's page."""

    @page.callback(
        Output("redirect", "href", allow_duplicate=True),
        Output(page.id("problem"), "children", allow_duplicate=True),
        Output(page.id("asked"), "data", allow_duplicate=True),
        Output(page.id("again"), "disabled", allow_duplicate=True),
        Output(page.id("pay-box"), "hidden", allow_duplicate=True),
        Output(page.id("key"), "data", allow_duplicate=True),
        Input(page.id("again"), "n_intervals"),
        State(page.id("asked"), "data"),
        prevent_initial_call=True,
    )
    def look_again(turns: Any, about: Any) -> tuple[Any, ...]:
        if not isinstance(about, dict) or not isinstance(turns, int):
            return (no_update,) * 6
        return outcome(page, turns, about)


def outcome(page: Page, turns: int, about: dict[str, Any]) -> tuple[Any, ...]:
    """What the page shows after so many asks: where to go, what is said, and whether to ask and to pay again."""
    principal = current_principal()
    try:
        known = about if about.get("order") else about | asked(principal, about.get("key"), about.get("revision"))
        order = _own(principal, known.get("order"))
    except (StoreUnavailable, Busy):
        return _unknown(page, turns, about)
    if order is None and known.get("lost") and not known.get("order") and turns >= LOST_AFTER:
        return _never_came(page)
    if order is not None and order.is_awaiting_payment:
        return to_payment(order), None, None, True, False, no_update
    if order is None or order.status in UNFINISHED:
        return _unknown(page, turns, known)
    if order.status is OrderStatus.PAID:
        return _paid(principal, order, about.get("key"))
    words = say(order.failure or PaymentDeclined().message)
    return no_update, news(page, "bad", words), None, True, False, secrets.token_urlsafe(18)


def to_payment(order: Order) -> Any:
    """Where an order is paid that awaits it: a page of the shop, or the way to the provider's, by a load of its own."""
    if not services().payments.is_hosted(order):
        return to(f"/orders/{order.order_id}?thanks=1")
    set_props("redirect-full", {"href": to(f"/orders/{order.order_id}/pay")})
    return no_update


def _own(principal: Principal, order_id: Any) -> Order | None:
    number = numbers.natural(order_id)
    if number is None:
        return None
    try:
        order = services().orders.get(number)
    except NotFound:
        return None
    return order if is_own(order, principal) else None


def _unknown(page: Page, turns: int, about: dict[str, Any]) -> tuple[Any, ...]:
    """Not known yet. `lost`: the browser had no answer to its click, so that nothing was said on the page at first."""
    if turns >= ASKS:
        return no_update, waiting(page, say(STILL_WAITING)), about, True, True, no_update
    said = waiting(page, say(WAITING)) if about.get("lost") and not about.get("said") else no_update
    return no_update, said, about | {"said": True}, no_update, True, no_update


def _never_came(page: Page) -> tuple[Any, ...]:
    """With the same key: should the click still be on its way, it and the next one make one order."""
    return no_update, news(page, "warn", say(NEVER_CAME)), None, True, False, no_update


def _paid(principal: Principal, order: Order, key: Any) -> tuple[Any, ...]:
    announce(services().cart.view(principal.owner))
    if principal.user_id is None and services().checkout.was_asked_for(order.order_id, key):
        renew_guest(order.order_id)
    return to(f"/orders/{order.order_id}?thanks=1"), None, None, True, no_update, no_update
