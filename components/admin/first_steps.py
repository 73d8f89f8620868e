"""The checklist of a new shop: what is done, and where or how the rest is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from dash import html

from components.kit.ui import card, icon, link_button

# By the step: what it is, and how it is done. Code stands between backticks.
WORDS: dict[str, tuple[str, str]] = {
    "name": ("Name your shop", "It stands in the header, on invoices and in e-mails. A logo and a colour go with it."),
    "seller": (
        "Who sells",
        "Legal name, address, and an e-mail address or telephone number. They go on invoices and receipts.",
    ),
    "money": (
        "Time zone and currency",
        "Choose both before the first order: orders fix them.",
    ),
    "products": (
        "First product",
        "Add one here, or bring a whole history: `python -m app import FILE` with the shop's settings.",
    ),
    "pages": (
        "Write your pages",
        "Contact, returns, privacy and terms are what customers look for, and mostly what the law asks for.",
    ),
    "shipping": (
        "Where you ship",
        "Zones of countries and the ways to get there. Until there are some, the shop ships everywhere, for nothing.",
    ),
    "tax": (
        "Tax",
        "Write the rates of the countries you sell to; until then `TAX_RATE` of the environment holds everywhere.",
    ),
    "address": (
        "Address on the web",
        "Set `PUBLIC_URL`, the address that links in e-mails lead to. Then start the shop again.",
    ),
    "order": ("Test order", "Buy something in the store with the test card 4242 4242 4242 4242: no money moves."),
}
LINKS = {
    "name": ("Name it", "/admin/settings?section=shop"),
    "seller": ("Say who sells", "/admin/settings?section=shop"),
    "money": ("Choose", "/admin/settings?section=money"),
    "tax": ("Set rates", "/admin/settings?section=tax"),
    "pages": ("Write", "/admin/settings?section=pages&page=contact"),
    "products": ("Add a product", "/admin/inventory?do=add"),
    "shipping": ("Set up shipping", "/admin/settings/shipping"),
    "order": ("Open the store", "/"),
}


class FirstStep(Protocol):
    @property
    def step(self) -> str: ...
    @property
    def is_done(self) -> bool: ...


def checklist(steps: Sequence[FirstStep]) -> html.Section | None:
    """Nothing when there is nothing left to do."""
    if not steps:
        return None
    return card(
        "Get your shop ready",
        html.Ol([_row(one) for one in steps], className="kit-list first-steps"),
        class_name="card-flush apart",
    )


def _row(one: FirstStep) -> html.Li:
    title, words = WORDS[one.step]
    state = "Done" if one.is_done else "To do"
    link = LINKS.get(one.step) if not one.is_done else None
    return html.Li(
        [
            html.Span(
                [icon("check-circle-fill" if one.is_done else "circle"), html.Span(state, className="visually-hidden")],
                className="step-done" if one.is_done else "step-open",
            ),
            html.Div(
                [html.Strong(title), None if one.is_done else html.P(_with_code(words), className="step-words")],
                className="step",
            ),
            link_button(*link) if link else None,
        ]
    )


def _with_code(words: str) -> list[Any]:
    return [html.Code(part) if number % 2 else part for number, part in enumerate(words.split("`"))]
