"""Checkout on one page: contact, address, payment, and the summary beside them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State, clientside_callback, dcc, html, no_update

from app.addresses import to
from app.domain import Access, Address, PricedCart, Principal
from app.errors import (
    Busy,
    CartChanged,
    CheckoutInProgress,
    CheckoutPaused,
    InvalidInput,
    NotSignedIn,
    OutOfStock,
    PaymentUnclear,
    PriceChange,
    PriceChanged,
    SessionUnchecked,
    ShopError,
    Shortage,
    StoreUnavailable,
    Throttled,
    TotalChanged,
)
from app.services import services
from app.services.checkout.checkout import CheckoutRequest
from app.web.identity.caller import client_address
from app.web.identity.guests import renew_guest
from app.web.identity.principal import cart_changer, current_principal
from app.web.page import Page
from app.words import language, mark, say
from components.kit.forms import alert
from components.shop.address_fields import PLACE_FIELDS, shapes
from components.shop.cart_lines import empty_cart
from components.shop.checkout_form import FIELDS, address_section, cart_notice, contact_section, payment_section
from pages.shop import _checkout_totals, _delivery, _discount_code, _unclear_payment
from pages.shop._buyer import buyer_of, has_areas, typed_buyer
from pages.shop._cart_changes import announce
from pages.shop._checkout_totals import (
    AS_THEY_ARE,
    DELIVERIES,
    TOTAL_FIELDS,
    current,
    pay_words,
    shown_of,
    summary_of,
)
from pages.shop._open_payment import open_page_notice

page = Page(
    "checkout", path="/checkout", title=mark("Checkout"), access=Access.PUBLIC, is_finished=True, is_personal=True
)

ACCEPT = page.id("accept")
# What an empty field of the card is told; the checkout has words for all others.
CARD_WORDS = {
    "number": mark("Enter a card number."),
    "expiry": mark("Enter the month and year."),
    "cvc": mark("Enter the 3 or 4 digits."),
}
IDLE, BUSY = "btn btn-primary btn-lg w-100 pay-button", "btn btn-primary btn-lg w-100 pay-button is-busy"


SETTLED = (None, True, no_update, False)  # no payment is unclear: nothing is asked, and the pay button is there


@page.layout
def layout(**_: Any) -> html.Div:
    principal = current_principal()
    locale = services().formats.locale
    choices = _delivery.offered_countries(locale)
    start = _first_address(principal, services().settings.country, [code for code, _ in choices])
    buyer = buyer_of(principal, start.country, start.region)
    cart = services().cart.view(principal.owner, buyer)
    if principal.is_stand_in and not cart.lines:
        raise SessionUnchecked()
    if not cart.lines:
        return html.Div([html.H1(say("Checkout"), className="visually-hidden"), empty_cart()], className="store-wide")
    asks = services().shop_settings.taxes().asks_vat_number
    at_first = {"country": start.country, "area": start.region}
    priced = _delivery.with_delivery(cart, at_first, buyer)
    return html.Div(
        [
            html.H1(say("Checkout"), className="visually-hidden"),
            html.Form(
                [
                    contact_section(principal.name, principal.email, signed_in=principal.user_id is not None),
                    address_section(start, choices, locale, asks_vat_number=asks),
                    _delivery.section(cart, at_first),
                    payment_section(services().payments.offered()),
                    open_page_notice(principal.owner),
                    html.Div(_obstacle(cart), id=page.id("problem"), className="checkout-problem", role="alert"),
                    html.Div(_pay_button(priced), id=page.id("pay-box")),
                ],
                className="checkout-form",
                noValidate=True,
                **{"data-native": "off"},
            ),
            html.Aside(
                summary_of(priced),
                id=page.id("summary"),
                className="checkout-summary",
                **{"aria-label": say("Order summary")},
            ),
            dcc.Store(id=page.id("shown"), data=shown_of(priced, principal)),
            dcc.Store(id=page.id("key"), data=_fresh_key()),
            *_unclear_payment.parts(page),
            dcc.Store(id=page.id("places"), data={"locale": locale.replace("_", "-"), "shapes": shapes(locale)}),
        ],
        className="checkout-page",
    )


def _first_address(principal: Principal, home: str, offered: list[str]) -> Address:
    """What the form starts with: where the last order went, or the store's own country, of those that are offered."""
    known = _last_address(principal)
    if known is not None and known.country in offered:
        return known
    country = home if home in offered or not offered else offered[0]
    return Address(name=principal.name, line1="", city="", postcode="", country=country)


def _last_address(principal: Principal) -> Address | None:
    if principal.user_id is None:
        return None
    try:
        latest = services().orders.list_for(principal, page=1, page_size=1).items
        known = services().orders.get_for(principal, latest[0].order_id).address if latest else None
    except (StoreUnavailable, Busy):  # the form can be filled in all the same
        return None
    return known if known and known.line1 else None


def _pay_button(cart: PricedCart) -> html.Div:
    return html.Div(
        [
            html.Button(
                [
                    html.Span(pay_words(cart), id=page.id("pay-words"), className="pay-idle"),
                    html.Span([html.Span(className="pay-spinner"), say("Paying…")], className="pay-busy"),
                ],
                id=page.id("pay"),
                type="submit",
                n_clicks=0,
                className=IDLE,
            ),
            html.P(say("The shop never stores your card number."), className="pay-note"),
        ]
    )


def _fresh_key() -> str:
    return secrets.token_urlsafe(18)


def _obstacle(cart: PricedCart, tried: bool = False) -> Any:
    """What the shopper must settle before paying: short lines and new prices."""
    short = [
        Shortage(line.product.product_id, line.product.name, line.quantity, line.can_be_had)
        for line in cart.lines
        if line.is_short
    ]
    changes = [
        PriceChange(line.product.product_id, line.product.name, line.accepted_price, line.product.price)
        for line in cart.lines
        if line.price_changed and line.can_be_had
    ]
    return cart_notice(short, changes, services().formats, ACCEPT, tried=tried) if short or changes else None


@page.callback(
    Output("redirect", "href", allow_duplicate=True),
    Output(page.id("problem"), "children"),
    Output(page.id("key"), "data"),
    Output(page.id("summary"), "children"),
    Output(page.id("pay-words"), "children"),
    Output(page.id("shown"), "data"),
    Output(page.id("asked"), "data"),
    Output(page.id("again"), "disabled"),
    Output(page.id("again"), "n_intervals"),
    Output(page.id("pay-box"), "hidden"),
    *DELIVERIES,
    *(Output(f"checkout-{name}-error", "children") for name in FIELDS),
    Input(page.id("pay"), "n_clicks"),
    State(page.id("key"), "data"),
    State(page.id("shown"), "data"),
    *(State(f"checkout-{name}", "value") for name in FIELDS),
    prevent_initial_call=True,
    running=[
        (Output(page.id("pay"), "disabled"), True, False),
        (Output(page.id("pay"), "className"), BUSY, IDLE),
        # What went wrong last time says nothing of this attempt.
        (Output(page.id("problem"), "className"), "checkout-problem is-past", "checkout-problem"),
    ],
)
def pay(clicks: int | None, key: Any, shown: Any, *typed: Any) -> tuple[Any, ...]:
    if not clicks:
        return (no_update,) * (10 + len(FIELDS) + len(DELIVERIES))
    principal = current_principal()
    shown = shown if isinstance(shown, dict) else {}
    if principal.is_unchecked:
        return _paused(key)
    if shown.get("user_id") != principal.user_id:
        raise NotSignedIn(mark("Your session has ended. Sign in to go on; your cart is kept."))
    values = dict(zip(FIELDS, typed, strict=True))
    try:
        order = services().checkout.place(_request(principal, key, shown, values))
    except ShopError as error:
        return _failed(error, principal, key, shown, values)
    announce(services().cart.view(principal.owner))
    here = (None, *(no_update,) * 4, *SETTLED, *AS_THEY_ARE, *("",) * len(FIELDS))
    if order.is_awaiting_payment and not order.is_accepted:
        return _unclear_payment.to_payment(order), *here
    if principal.user_id is None and services().checkout.was_asked_for(order.order_id, key):
        renew_guest(order.order_id)
    return to(f"/orders/{order.order_id}?thanks=1"), *here


def _request(principal: Principal, key: Any, shown: dict[str, Any], values: dict[str, Any]) -> CheckoutRequest:
    texts = {name: _text(name, value) for name, value in values.items()}
    total, revision = shown.get("total"), shown.get("revision")
    return CheckoutRequest(
        owner=principal.owner,
        user_id=principal.user_id,
        email=principal.email if principal.user_id is not None else texts["email"],
        address=_typed_address(texts),
        details={name: texts[name] for name in ("number", "expiry", "cvc", "name")},
        method=texts["method"],
        idempotency_key=key if isinstance(key, str) else None,
        expected_total=total if isinstance(total, int) else None,
        cart_revision=revision if isinstance(revision, str) else None,
        network=client_address(),
        language=language().code,
        delivery_method=_delivery.method_id(texts["delivery"]),
        vat_number=texts["vat_number"] if services().shop_settings.taxes().asks_vat_number else "",
        is_tax_exempt=principal.is_tax_exempt,
    )


def _typed_address(texts: dict[str, str]) -> Address:
    """Of a region that is chosen from a list and one that is typed, the one that was shown."""
    region = texts["area" if has_areas(texts["country"]) else "region"]
    parts = ("name", "country", "line1", "line2", "district", "city", "postcode", "phone")
    return Address(**{name: texts[name] for name in parts}, region=region)


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidInput(mark("This must be text."), name)
    return value


def _paused(key: Any) -> tuple[Any, ...]:
    """The page as it was, with the same key: whatever came of the attempt, the next click finds it."""
    said = alert("warn", CheckoutPaused().message)
    return no_update, said, key, *(no_update,) * 3, *SETTLED, *AS_THEY_ARE, *("",) * len(FIELDS)


def _failed(
    error: ShopError, principal: Principal, key: Any, shown: dict[str, Any], values: dict[str, Any]
) -> tuple[Any, ...]:
    """The page after an attempt that did not pay: all that stands in the way, a fresh key, the summary as it is now."""
    if isinstance(error, CheckoutPaused):
        return _paused(key)
    if isinstance(error, PaymentUnclear | CheckoutInProgress):
        about = _unclear_payment.asked(principal, key, shown.get("revision"))
        unclear = (about, False, 0, True)
        said = _unclear_payment.waiting_after(page, error)
        return no_update, said, _fresh_key(), *(no_update,) * 3, *unclear, *AS_THEY_ARE, *("",) * len(FIELDS)
    cart = services().cart.view(principal.owner, typed_buyer(principal, values))
    at_field = _at_fields(error.wrong, values) if isinstance(error, InvalidInput) else [""] * len(FIELDS)
    problem = _obstacle(cart, tried=True) if any(at_field) else _explained(error, cart)
    if isinstance(error, InvalidInput) and "method" in error.wrong:
        problem = [_other_methods(), problem]  # whose field is not shown where there was but one
    offered = _delivery.choice(_delivery.offer_of(cart, values), values["delivery"])
    totals = current(cart, principal, values)
    return no_update, problem, _fresh_key(), *totals, *SETTLED, *offered, *at_field


def _other_methods() -> Any:
    again = html.A(say("Load this page again to see them."), href=to("/checkout"))
    return alert("warn", [say("The ways to pay changed in the meantime. Nothing was charged."), " ", again])


def _at_fields(wrong: Mapping[str, str], values: dict[str, Any]) -> list[str]:
    """What stands at each field, all at once; of a region at the field that is shown for it."""
    words = dict(wrong)
    if has_areas(values["country"]):
        words["area"] = words.pop("region", "")
    words |= {name: say(empty) for name, empty in CARD_WORDS.items() if name in wrong and not values[name]}
    return [words.get(name, "") for name in FIELDS]


def _explained(error: ShopError, cart: PricedCart) -> Any:
    if isinstance(error, OutOfStock | PriceChanged):
        shortages = error.shortages if isinstance(error, OutOfStock) else ()
        changes = error.changes if isinstance(error, PriceChanged) else ()
        now = _obstacle(cart, tried=True)  # names both; what was raised is only the first that was found
        return now or cart_notice(shortages, changes, services().formats, ACCEPT, tried=True)
    if isinstance(error, TotalChanged):
        return alert(
            "warn",
            say("The total changed in the meantime, by delivery, tax or prices. Look at the summary and pay again."),
        )
    if isinstance(error, CartChanged):
        return alert(
            "warn",
            say("Your cart changed in the meantime. The summary shows it as it is now: look at it and pay again."),
        )
    # Waiting is no mistake, so it is not shown as one.
    return alert("warn" if isinstance(error, Throttled) else "bad", say(error.message))


@page.callback(
    Output("redirect", "href", allow_duplicate=True),
    Output(page.id("problem"), "children", allow_duplicate=True),
    Output(page.id("summary"), "children", allow_duplicate=True),
    Output(page.id("pay-words"), "children", allow_duplicate=True),
    Output(page.id("shown"), "data", allow_duplicate=True),
    Input(ACCEPT, "n_clicks"),
    *(State(f"checkout-{name}", "value") for name in TOTAL_FIELDS),
    prevent_initial_call=True,
)
def accept(clicks: int | None, *typed: Any) -> tuple[Any, ...]:
    """Take what is left of short lines, at the prices of now."""
    if not clicks:
        return (no_update,) * 5
    principal, cart_service = cart_changer(), services().cart
    for line in cart_service.view(principal.owner).lines:
        if line.is_short:
            left = line.can_be_had
            cart_service.set_quantity(principal.owner, line.product.product_id, left)
    announce(cart_service.accept_prices(principal.owner))
    values = dict(zip(TOTAL_FIELDS, typed, strict=True))
    cart = cart_service.view(principal.owner, typed_buyer(principal, values))
    if not cart.lines:
        return to("/cart"), None, no_update, no_update, no_update
    return no_update, alert("good", say("Your cart is up to date. You can pay now.")), *current(cart, principal, values)


clientside_callback(
    ClientsideFunction("checkout", "shape"),
    *(Output(f"checkout-{field}-field", "className") for field in PLACE_FIELDS),
    *(Output(f"checkout-{field}-label", "children") for field in PLACE_FIELDS),
    *(Output(f"checkout-{field}-error", "children", allow_duplicate=True) for field in PLACE_FIELDS),
    Output("checkout-area", "options"),
    Output("checkout-area", "value"),
    Output("checkout-country", "options"),
    Input("checkout-country", "value"),
    State(page.id("places"), "data"),
    State("checkout-area", "value"),
    State("checkout-country", "options"),
    prevent_initial_call="initial_duplicate",
)
clientside_callback(
    ClientsideFunction("store", "useTestCard"),
    Output("checkout-number", "value"),
    Output("checkout-expiry", "value"),
    Output("checkout-cvc", "value"),
    Input({"type": "test-card", "key": ALL}, "n_clicks"),
    prevent_initial_call=True,
)

_unclear_payment.serve(page)
_checkout_totals.serve(page)
_discount_code.serve(page)
