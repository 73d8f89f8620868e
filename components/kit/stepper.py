"""A number with a minus and a plus. Two kinds share one look:

`cart` steppers write the quantity to the cart a moment after the last change;
`pick` steppers only hold a number until a button takes it.
"""

from __future__ import annotations

import json
from typing import Any, Literal

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.domain import UNIT_LIMIT
from app.words import say
from components.kit.ui import icon

Kind = Literal["cart", "pick"]


def step_id(kind: Kind, part: str, where: Any, key: Any) -> dict[str, Any]:
    """Pattern-matching id of a stepper's part; `where` tells apart the same product in drawer, page and card."""
    return {"type": f"{kind}-step-{part}", "where": where, "key": key}


def stepper(
    kind: Kind, where: str, product_id: str, name: str, value: int, most: int, *, small: bool = False
) -> html.Div:
    """`most` is what can be had; `name` is read out with the buttons.

    What is typed is put right in the browser (assets/41-store.js), with the words for a number above `most`.
    """
    at_least = 1 if kind == "pick" else 0
    is_least = kind == "pick" and value <= 1
    most_words = _most_words(most)
    most = min(most, UNIT_LIMIT)
    return html.Div(
        [
            _button(kind, "dec", where, product_id, "dash-lg", say("One less of {name}", name=name), is_off=is_least),
            html.Label(
                say("Quantity of {name}", name=name),
                htmlFor=_dom_id(step_id(kind, "value", where, product_id)),
                className="visually-hidden",
            ),
            dbc.Input(
                id=step_id(kind, "value", where, product_id),
                type="number",
                inputmode="numeric",
                min=at_least,
                max=max(most, value),
                step=1,
                value=value,
                debounce=True,
                autocomplete="off",
                className="step-value",
            ),
            _button(
                kind,
                "inc",
                where,
                product_id,
                "plus-lg",
                say("One more of {name}", name=name),
                is_off=value >= max(most, value),
            ),
            dcc.Store(id=step_id(kind, "wanted", where, product_id)),
            dcc.Store(id=step_id(kind, "written", where, product_id)),
        ],
        className=f"stepper{' stepper-s' if small else ''}",
        role="group",
        **{
            "aria-label": say("Quantity of {name}", name=name),
            "data-most": str(max(most, 0)),
            "data-most-words": most_words,
        },
    )


def _most_words(most: int) -> str:
    if most <= 0:
        return say("Sold out")
    return (
        say("Only {count} left", count=most) if most <= UNIT_LIMIT else say("At most {count} at once", count=UNIT_LIMIT)
    )


def _button(kind: Kind, part: str, where: str, product_id: str, glyph: str, words: str, *, is_off: bool) -> html.Button:
    """`is_off` at first, as the browser has it after every change."""
    return html.Button(
        icon(glyph),
        id=step_id(kind, part, where, product_id),
        type="button",
        className="step-button",
        disabled=is_off,
        **{"aria-label": words},
    )


def _dom_id(pattern_id: dict[str, Any]) -> str:
    """The id that Dash writes into the document for a pattern-matching one."""
    return json.dumps(pattern_id, sort_keys=True, separators=(",", ":"))
