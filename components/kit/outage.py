"""What people are told while a part of the shop is away; assets/33-outage.js takes it back when all is well."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from app.addresses import to
from app.domain import Outage
from app.money import Formats
from app.words import say
from components.kit.ui import icon


def shop_banner(outage: Outage, formats: Formats) -> Any:
    """Over a page of the store; None when all is well."""
    if not outage.is_any:
        return None
    if not outage.catalog:
        return _banner(
            "note",
            say("Checkout and sign-in are paused for a moment."),
            say("Look around and fill your cart: it is kept. You can order as soon as this note is gone."),
        )
    shown = [say("You see the shop as it was at {time}.", time=_at(outage, formats))] if outage.as_of else []
    paused = (
        say("The cart, checkout and sign-in are paused for a moment.")
        if outage.database
        else say("The cart and checkout are paused for a moment.")
    )
    return _banner(
        "page",
        paused,
        " ".join([*shown, say("What is in stock is not known right now. Your cart is kept.")]),
    )


def staff_banner(outage: Outage, formats: Formats) -> Any:
    """Over a staff page, which names what is away; None when all is well."""
    if not outage.is_any:
        return None
    if outage.database:
        return _banner(
            "page",
            "The shop's database cannot be reached.",
            "Numbers and changes have to wait. Nothing that was sold is lost; this page goes on by itself.",
        )
    shown = f"Products and stock are shown as of {_at(outage, formats)}. " if outage.as_of else ""
    return _banner(
        "note",
        "The catalogue's database cannot be reached.",
        f"{shown}Stock cannot be changed, and shoppers cannot order. Numbers of sales are right.",
    )


def _at(outage: Outage, formats: Formats) -> str:
    return formats.clock(outage.as_of) if outage.as_of else ""


def _banner(after: str, head: str, words: str) -> html.Div:
    """`after`: what happens when all is well again; "page" loads it anew, "note" only takes this away."""
    return html.Div(
        html.Div([icon("cone-striped"), html.P([html.Strong(head), " ", html.Span(words)])], className="outage-row"),
        className="outage",
        role="status",
        **{"data-outage": after},
    )


def instead_of_page(words: str) -> html.Div:
    """In place of a page that needs what is away; it comes by itself when that is back."""
    return html.Div(
        [
            html.H1(say("This has to wait a moment")),
            html.P(say(words)),
            html.P(say("This page loads again by itself as soon as it can."), className="field-hint"),
            dcc.Link(say("Back to the shop"), href=to("/"), className="btn btn-quiet"),
        ],
        className="notice-page",
        **{"data-outage": "page"},
    )


def instead_of_cart(words: str) -> html.Div:
    """In place of a cart that cannot be read."""
    return html.Div(
        [icon("cone-striped"), html.Div([html.Strong(say("The cart is paused for a moment.")), " ", words])],
        className="notice notice-warn",
        role="status",
        **{"data-outage": "page"},
    )
