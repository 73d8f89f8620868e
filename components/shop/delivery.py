"""How an order is delivered: the choice at checkout, what it may cost in the cart, and what was promised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from app.domain import Delivery
from app.domain.delivery_words import arrival_words, delivery_lines
from app.domain.shipping import Quote
from app.money import Formats
from app.words import say
from components.kit.ui import icon


def delivery_section(options: Sequence[dict[str, Any]], chosen: str | None, note: str, *, hidden: bool) -> html.Section:
    """Radios, one of them chosen. `note`: why there are none. `hidden`: where there is nothing to choose at all."""
    return html.Section(
        [
            html.Div(html.H2(say("Delivery"), className="section-title"), className="section-head"),
            html.Fieldset(
                [
                    html.Legend(say("How your order gets to you"), className="visually-hidden"),
                    dbc.RadioItems(
                        id="checkout-delivery", name="delivery", options=list(options), value=chosen, className="ways"
                    ),
                    html.Div(note, id="checkout-delivery-note", className="ways-none", role="status"),
                    html.Div(id="checkout-delivery-error", className="field-error", role="alert"),
                ]
            ),
        ],
        id="checkout-deliveries",
        className="checkout-section",
        hidden=hidden,
    )


def method_options(quotes: Sequence[Quote], formats: Formats) -> list[dict[str, Any]]:
    return [{"value": str(one.method.method_id), "label": _label(one, formats)} for one in quotes]


def _label(quote: Quote, formats: Formats) -> html.Span:
    delivery = quote.delivery
    where = [html.Span(", ".join(delivery.pick_up.splitlines()), className="way-days")] if delivery.pick_up else []
    return html.Span(
        [
            html.Span(
                [
                    html.Span(delivery.name, className="way-name"),
                    " ",  # for ears
                    html.Span(arrival_words(delivery, formats), className="way-days"),
                    " ",
                    *where,
                ]
            ),
            " ",
            html.Span(price_words(quote.price, formats), className="way-price num"),
        ],
        className="way",
    )


def price_words(price: int, formats: Formats) -> str:
    return formats.money(price) if price else say("Free")


def delivery_fact(delivery: Delivery, formats: Formats) -> list[html.Div]:
    return [html.Div(line) for line in delivery_lines(delivery, formats)]


def estimate(country: str, quotes: Sequence[Quote], free_from: str, formats: Formats) -> html.P:
    """Of a cart. `free_from`: from which amount on it is free that is above the cart's, "" for none."""
    where = formats.country(country)
    if not quotes:
        words = say("Delivery to {country}: not by the methods that we have.", country=where)
    else:
        first = quotes[0]
        words = say(
            "Delivery to {country}: {price}. {arrival}.",
            country=where,
            price=price_words(first.price, formats),
            arrival=arrival_words(first.delivery, formats),
        )
    more = [" ", say("Free from {amount}.", amount=free_from)] if free_from else []
    return html.P([icon("truck"), html.Span([words, *more])], className="cart-delivery")
