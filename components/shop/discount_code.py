"""The discount code of a cart: the field for one, and the one in it with why it takes nothing off, if so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from app.addresses import to
from app.domain.discounts import REFUSED, CartCode, Refusal
from app.money import Formats
from app.words import say
from components.kit.ui import icon

Ids = Callable[[str], Any]  # of "text", "apply" and "error"


def code_ids(where: str) -> Ids:
    """Pattern-matching ids, for the cart's page and drawer."""
    return lambda part: {"type": f"cart-code-{part}", "where": where}


def code_box(code: CartCode | None, ids: Ids, remove_id: Any, formats: Formats) -> html.Div:
    """`remove_id`: of the button that takes the code out."""
    present = None if code is None else _present(code, remove_id, formats)
    return html.Div(present or _field(ids), className="code-box")


def _field(ids: Ids) -> html.Form:
    return html.Form(
        [
            html.Label(
                [
                    html.Span(say("Discount code"), className="visually-hidden"),
                    dbc.Input(
                        id=ids("text"), type="text", name="code", maxLength=80, autoComplete="off",
                        placeholder=say("Discount code"),
                    ),
                ],
                className="code-text",
            ),
            html.Button(
                say("Apply"), id=ids("apply"), type="submit", n_clicks=0, name="apply", value="1",
                className="btn btn-quiet",
            ),
            html.Div(id=ids("error"), className="field-error", role="alert"),
        ],
        action=to("/cart/change"),
        method="post",
        noValidate=True,
        className="code-form",
        **{"data-native": "off"},
    )  # fmt: skip


def _present(code: CartCode, remove_id: Any, formats: Formats) -> list[Any]:
    words = effect_words(code, formats)
    return [
        html.Div(
            [
                html.Span([icon("tag"), " ", html.Strong(code.text, className="code-name")]),
                html.Button(
                    say("Remove"), id=remove_id, type="button", n_clicks=0, className="link-button",
                    **{"aria-label": say("Remove the discount code {code}", code=code.text)},
                ),
            ],
            className="code-present",
        ),
        html.Div(words, className="code-words is-refused" if code.refusal else "code-words", role="status")
        if words
        else None,
    ]  # fmt: skip


def effect_words(code: CartCode, formats: Formats) -> str:
    """Why it takes nothing off; "" where the totals show what it takes off."""
    if code.refusal is None:
        return say("Free delivery") if code.frees_shipping else ""
    if code.refusal is Refusal.MINIMUM and code.known is not None:
        least = formats.money(code.known.minimum)
        if code.known.category:
            return say("Needs goods of {category} for at least {amount}.", amount=least, category=code.known.category)
        return say("Needs goods for at least {amount}.", amount=least)
    if code.refusal is Refusal.CATEGORY and code.known is not None:
        return say("For products of {category} only.", category=code.known.category)
    return say(REFUSED[code.refusal])
