"""The price of a list: two handles for the hand, two fields for exact amounts, which also work without script.

The handles have no name, so that only the fields are sent; assets/29-price.js holds the two together.
"""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.addresses import to
from app.money import Formats
from app.words import say
from components.kit.ui import icon
from components.shop.list_state import Filters, hidden_fields, major

STEPS = 200  # of a handle between the lowest and the highest price, about


def price_menu(filters: Filters, prices: tuple[int, int] | None, formats: Formats) -> html.Details:
    """`prices`: the lowest and highest that the other filters leave, in minor units."""
    digits = formats.digits
    return html.Details(
        [
            html.Summary(
                [_words(filters, formats), icon("chevron-down")],
                className="chip is-on" if filters.has_price else "chip",
            ),
            html.Form(
                [
                    *hidden_fields(filters, digits, leave_out=("price_min", "price_max", "page")),
                    _slider(filters, prices, formats),
                    html.Div(
                        [
                            _field("price_min", say("From"), filters.price_min, digits),
                            _field("price_max", say("To"), filters.price_max, digits),
                        ],
                        className="price-fields",
                    ),
                    html.Div(
                        [
                            html.Button(say("Show"), type="submit", className="btn btn-primary btn-sm"),
                            dcc.Link(
                                say("Clear"),
                                href=filters.href(digits, price_min=None, price_max=None),
                                className="btn btn-quiet btn-sm",
                            ),
                        ],
                        className="price-actions",
                    ),
                ],
                action=to("/"),
                method="get",
                className="price-form",
                **{"data-nav": "on"},
            ),
        ],
        className="price-menu",
    )


def _field(name: str, words: str, value: int | None, digits: int) -> html.Div:
    return html.Div(
        [
            html.Label(words, htmlFor=f"filter-{name}", className="field-label"),
            dbc.Input(
                id=f"filter-{name}",
                name=name,
                inputmode="decimal",
                value=major(value, digits),
                maxlength=14,
                autocomplete="off",
            ),
        ]
    )


def _slider(filters: Filters, prices: tuple[int, int] | None, formats: Formats) -> Any:
    if prices is None:
        return None
    least, most, step = _scale(prices, formats.digits)
    if most <= least:
        return None
    unit = 10**formats.digits
    low = least if filters.price_min is None else min(max(filters.price_min // unit, least), most)
    high = most if filters.price_max is None else min(max(-(-filters.price_max // unit), least), most)
    return html.Div(
        [
            handle
            for name, words, value in (
                ("min", say("Lowest price in {currency}", currency=formats.currency), low),
                ("max", say("Highest price in {currency}", currency=formats.currency), high),
            )
            for handle in (
                html.Label(words, htmlFor=f"price-{name}", className="visually-hidden"),
                dbc.Input(id=f"price-{name}", type="range", min=least, max=most, step=step, value=value),
            )
        ],
        className="price-slider",
        role="group",
        **{"aria-label": say("Price")},
    )


def _scale(prices: tuple[int, int], digits: int) -> tuple[int, int, int]:
    """Where the handles begin and end, and their step: whole major units of 1, 2 or 5 times a power of ten."""
    unit = 10**digits
    low, high = prices[0] // unit, -(-prices[1] // unit)
    step = next(one for one in _STEPS if one * STEPS >= high - low)
    return low // step * step, -(-high // step) * step, step


_STEPS = [times * 10**power for power in range(14) for times in (1, 2, 5)]


def _words(filters: Filters, formats: Formats) -> str:
    low, high = filters.price_min, filters.price_max
    if low is not None and high is not None:
        return f"{formats.money(low)} – {formats.money(high)}"
    if low is not None:
        return say("From {low}", low=formats.money(low))
    if high is not None:
        return say("Up to {high}", high=formats.money(high))
    return say("Price")
