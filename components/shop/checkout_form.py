"""The checkout's form: who, where to, and how it is paid; and words for what stood in the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain import Address
from app.errors import PriceChange, Shortage
from app.money import Formats
from components.kit.forms import alert, text_field
from components.kit.ui import ended, icon
from components.shop.address_fields import KEPT, PLACE_FIELDS, address_fields

# Fields of the form by the names that errors carry; their ids are "checkout-<name>".
FIELDS = ("email", "name", "country", *PLACE_FIELDS, "phone", "number", "expiry", "cvc")

TEST_CARDS = (
    ("4242 4242 4242 4242", "approved"),
    ("4000 0000 0000 0002", "declined"),
    ("4000 0000 0000 0119", "times out, is charged"),
    ("4000 0000 0000 0341", "times out, never charged"),
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
        return _section("Contact", body)
    return _section(
        "Contact",
        text_field(
            "checkout-email",
            "E-mail",
            type="email",
            name="email",
            autocomplete="email",
            maxlength=254,
            hint="The receipt goes here.",
            **KEPT,
        ),
        aside=html.Span(
            ["Have an account? ", dcc.Link("Sign in", href="/login?next=%2Fcheckout")], className="section-aside"
        ),
    )


def address_section(start: Address, choices: Sequence[tuple[str, str]], locale: str) -> html.Section:
    """`start`: what it holds at first, the address of the last order where there is one."""
    return _section("Delivery address", html.Div(address_fields(start, choices, locale), className="form-grid"))


def payment_section(*, demo: bool) -> html.Section:
    fields = html.Div(
        [
            html.Div(
                text_field(
                    "checkout-number",
                    "Card number",
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
                    "Expiry",
                    inputmode="numeric",
                    autocomplete="cc-exp",
                    placeholder="MM/YY",
                    maxlength=7,
                ),
                **{"data-shape": "expiry"},
            ),
            text_field(
                "checkout-cvc",
                "Security code",
                inputmode="numeric",
                autocomplete="cc-csc",
                placeholder="CVC",
                maxlength=4,
            ),
        ],
        className="form-grid",
    )
    return _section("Payment", [fields, _test_cards() if demo else None])


def _test_cards() -> html.Details:
    rows = [
        html.Li(
            [
                html.Button(
                    number,
                    id={"type": "test-card", "key": number.replace(" ", "")},
                    type="button",
                    className="test-card num",
                    title="Fill the form with this card",
                ),
                html.Span(outcome),
            ]
        )
        for number, outcome in TEST_CARDS
    ]
    return html.Details(
        [
            html.Summary([icon("info-circle"), "Demo shop: no money moves. Pick a test card:"]),
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
    title = "Not everything is left." if shortages else "Prices changed since you filled the cart."
    rows = [html.Li(_shortage_words(s)) for s in shortages]
    rows += [html.Li(ended(f"{c.name}: {formats.money(c.was)} is now {formats.money(c.now)}")) for c in changes]
    return alert(
        "bad" if shortages else "warn",
        [
            html.Strong(f"{title} Nothing was charged." if tried else title),
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
        return "Accept new prices"
    if changes:
        return "Take what is left at these prices"
    return "Take what is left" if any(s.available > 0 for s in shortages) else "Remove and go on"


def _shortage_words(shortage: Shortage) -> str:
    if shortage.available <= 0:
        return f"{shortage.name} is sold out."
    return f"{shortage.name}: {shortage.available} left, you asked for {shortage.wanted}."
