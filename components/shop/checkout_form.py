"""The checkout's form: who, where to, and how it is paid; and words for what stood in the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.addresses import to, with_next
from app.domain import Address
from app.domain.payments import PayBy
from app.errors import PriceChange, Shortage
from app.money import Formats
from app.words import mark, say
from components.kit.forms import alert, select_field, text_field
from components.kit.ui import ended, icon
from components.shop.address_fields import KEPT, PLACE_FIELDS, address_fields

# Fields of the form by the names that errors carry; their ids are "checkout-<name>".
FIELDS = (
    "email", "name", "country", *PLACE_FIELDS, "phone", "vat_number", "delivery", "method", "number", "expiry", "cvc",
)  # fmt: skip

TEST_CARDS = (
    ("4242 4242 4242 4242", mark("approved")),
    ("4000 0000 0000 0002", mark("declined")),
    ("4000 0000 0000 0119", mark("times out, is charged")),
    ("4000 0000 0000 0341", mark("times out, never charged")),
)


def contact_section(name: str, email: str | None, *, signed_in: bool) -> html.Section:
    if signed_in:
        body: Any = html.Div(
            [
                icon("person-check"),
                html.Div([html.Strong(name), html.Span(email)], className="contact-known"),
                dbc.Input(id="checkout-email", type="hidden"),
                html.Div(id="checkout-email-error", className="field-error", role="alert"),
            ],
            className="contact-card",
        )
        return _section(say("Contact"), body)
    return _section(
        say("Contact"),
        text_field(
            "checkout-email",
            say("E-mail"),
            type="email",
            name="email",
            autocomplete="email",
            maxlength=254,
            hint=say("The receipt goes here."),
            **KEPT,
        ),
        aside=html.Span(
            [say("Have an account?"), " ", dcc.Link(say("Sign in"), href=with_next(to("/login"), to("/checkout")))],
            className="section-aside",
        ),
    )


def address_section(
    start: Address, choices: Sequence[tuple[str, str]], locale: str, *, asks_vat_number: bool
) -> html.Section:
    """`start`: what it holds at first, the address of the last order where there is one."""
    fields = [*address_fields(start, choices, locale), _vat_number(asks_vat_number)]
    return _section(say("Delivery address"), html.Div(fields, className="form-grid"))


def _vat_number(is_asked: bool) -> html.Div:
    return text_field(
        "checkout-vat_number",
        say("VAT number"),
        hint=say("Of a business. It stands on the invoice."),
        optional=True,
        class_name="wide" if is_asked else "wide is-absent",
        maxlength=40,
        autocomplete="off",
        debounce=0.5,
        **KEPT,
    )


METHOD_WORDS = {
    PayBy.DEMO: mark("Card"),
    PayBy.STRIPE: mark("Card"),
    PayBy.TRANSFER: mark("Bank transfer"),
    PayBy.DELIVERY: mark("On delivery"),
}


_METHOD_NOTES = {
    PayBy.STRIPE: ("shield-lock", mark("You pay on a secure page of Stripe. The shop never sees your card.")),
    PayBy.TRANSFER: ("bank", mark("You order now, and learn where to transfer the money to. It is sent once it came.")),
    PayBy.DELIVERY: ("cash-coin", mark("You order now, and pay whoever brings it.")),
}


def payment_section(methods: Sequence[str]) -> html.Section:
    """`methods`: those on offer (`PayBy`), the first of them chosen. Each has a part; that of the chosen one shows."""
    options = [(name, say(METHOD_WORDS[PayBy(name)])) for name in methods]
    choice = select_field("checkout-method", say("Pay by"), options, methods[0] if methods else "")
    parts = [html.Div(_method_part(PayBy(name)), className="method-part", **{"data-method": name}) for name in methods]
    # Its fields are read with all others, so they are there also where nobody pays by them.
    unused = [] if PayBy.DEMO in methods else [html.Div(_card_fields(), hidden=True)]
    body = [html.Div(choice, hidden=len(methods) < 2), *parts, *unused]
    return _section(say("Payment"), html.Div(body, className="pay-methods"))


def _method_part(method: PayBy) -> Any:
    if method is PayBy.DEMO:
        return [_card_fields(), _test_cards()]
    glyph, words = _METHOD_NOTES[method]
    return html.P([icon(glyph), say(words)], className="method-note")


def _card_fields() -> html.Div:
    return html.Div(
        [
            html.Div(
                text_field(
                    "checkout-number",
                    say("Card number"),
                    inputmode="numeric",
                    autocomplete="cc-number",
                    placeholder="1234 1234 1234 1234",
                    maxlength=23,
                ),
                className="wide",
                **{"data-shape": "card"},
            ),
            html.Div(
                text_field(
                    "checkout-expiry",
                    say("Expiry"),
                    inputmode="numeric",
                    autocomplete="cc-exp",
                    placeholder=say("MM/YY"),
                    maxlength=7,
                ),
                **{"data-shape": "expiry"},
            ),
            text_field(
                "checkout-cvc",
                say("Security code"),
                inputmode="numeric",
                autocomplete="cc-csc",
                placeholder="CVC",
                maxlength=4,
            ),
        ],
        className="form-grid",
    )


def _test_cards() -> html.Details:
    rows = [
        html.Li(
            [
                html.Button(
                    number,
                    id={"type": "test-card", "key": number.replace(" ", "")},
                    type="button",
                    className="test-card num",
                    title=say("Fill the form with this card"),
                ),
                html.Span(say(outcome)),
            ]
        )
        for number, outcome in TEST_CARDS
    ]
    return html.Details(
        [
            html.Summary([icon("info-circle"), say("Demo shop: no money moves. Pick a test card:")]),
            html.Ul(rows, role="list"),
        ],
        className="test-cards",
        open=True,
    )


def _section(title: str, body: Any, aside: Any = None) -> html.Section:
    head = html.Div([html.H2(title, className="section-title"), aside], className="section-head")
    return html.Section([head, html.Div(body)], className="checkout-section")


def cart_notice(
    shortages: Sequence[Shortage], changes: Sequence[PriceChange], formats: Formats, accept_id: str, *, tried: bool
) -> html.Div:
    """Why the cart cannot be ordered as it is, and one button that settles it. `tried`: after a click on pay."""
    title = say("Not everything is left.") if shortages else say("Prices changed since you filled the cart.")
    rows = [html.Li(_shortage_words(s)) for s in shortages]
    rows += [
        html.Li(
            ended(say("{name}: {was} is now {now}", name=c.name, was=formats.money(c.was), now=formats.money(c.now)))
        )
        for c in changes
    ]
    return alert(
        "bad" if shortages else "warn",
        [
            html.Strong(say("{title} Nothing was charged.", title=title) if tried else title),
            html.Ul(rows),
            html.Button(
                _way_on(shortages, changes),
                id=accept_id,
                type="button",
                n_clicks=0,
                className="btn btn-quiet btn-sm",
            ),
        ],
    )


def _way_on(shortages: Sequence[Shortage], changes: Sequence[PriceChange]) -> str:
    if not shortages:
        return say("Accept new prices")
    if changes:
        return say("Take what is left at these prices")
    return say("Take what is left") if any(s.available > 0 for s in shortages) else say("Remove and go on")


def _shortage_words(shortage: Shortage) -> str:
    if shortage.available <= 0:
        return say("{name} is sold out.", name=shortage.name)
    return say(
        "{name}: {available} left, you asked for {wanted}.",
        name=shortage.name,
        available=shortage.available,
        wanted=shortage.wanted,
    )
