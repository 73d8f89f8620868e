"""A part of sales, by category, country and product: from addresses and controls, and as chips over a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State, clientside_callback, html

from app.errors import InvalidInput
from app.services import services
from app.services.analytics.breakdown import NO_CATEGORY, Part
from app.services.orders.ports import SoldIn
from app.web.page import Page
from components.admin import parts_of_sales
from pages.admin._common import day_start, text_of

PARTS = {"category": "Category", "country": "Country", "product": "Product"}
_LONGEST = 100


def part_of(values: Any) -> Part:
    """Raises InvalidInput for what is not a part as pages keep it."""
    if values is None:
        return Part()
    if not isinstance(values, Mapping) or not all(isinstance(values.get(name, ""), str) for name in PARTS):
        raise InvalidInput("Choose one of the parts shown.", "part")
    category, country, product = (values.get(name, "")[:_LONGEST] for name in PARTS)
    return Part(category, country, product)


def kept(part: Part) -> dict[str, str]:
    """The part as pages keep it, and as addresses name it."""
    return {"category": part.category, "country": part.country, "product": part.product_id}


def known_part(values: Mapping[str, Any]) -> tuple[Part, list[str]]:
    """The part that an address names, and which of its values name nothing; these are left out."""
    catalog = services().catalog.all(include_removed=True)
    known = {
        "category": {p.category or NO_CATEGORY for p in catalog},
        "country": services().breakdowns.known_countries() if values.get("country") else set(),
        "product": {p.product_id for p in catalog},
    }
    found, wrong = {}, []
    for name, words in PARTS.items():
        value = values.get(name)
        if isinstance(value, str) and value in known[name]:
            found[name] = value
        elif value:
            wrong.append(words.lower())
    return Part(found.get("category", ""), found.get("country", ""), found.get("product", "")), wrong


def chips(part: Part, page: Page) -> Any:
    """What the page is narrowed by, each to be taken off."""
    found = []
    if part.category:
        found.append(("category", PARTS["category"], part.category))
    if part.country:
        found.append(("country", PARTS["country"], services().formats.country(part.country)))
    if part.product_id:
        found.append(("product", PARTS["product"], product_names().get(part.product_id, part.product_id)))
    return parts_of_sales.chips(found, page.item)


def narrowed_rows(part: Part, page: Page, things: str) -> list[Any]:
    """The chips over a list of `things` ("orders"), and what their amounts are of, which hold other products too."""
    words = f"Amounts are those of whole {things}, their other lines included."
    return [chips(part, page), html.P(words, className="muted") if part.of_products else None]


def follow_picks(page: Page) -> None:
    """A click on a part of the page, or on a chip, changes what it keeps as its part."""
    clientside_callback(
        ClientsideFunction("admin", "pickPart"),
        Output(page.id("part"), "data"),
        Input(page.item("pick", ALL), "n_clicks"),
        State(page.id("part"), "data"),
        prevent_initial_call=True,
    )


def product_names() -> dict[str, str]:
    return {p.product_id: p.name for p in services().catalog.all(include_removed=True)}


def days_of(values: Mapping[str, Any]) -> tuple[str, str]:
    """The days that an address names; what are none narrow nothing."""
    first, last = values.get("from"), values.get("to")
    try:
        sold_in(first, last, Part())
    except InvalidInput:
        return "", ""
    return text_of(first), text_of(last)


def sold_in(first: Any, last: Any, part: Part) -> SoldIn:
    """What two date fields and a part leave of the trade. Raises InvalidInput for days that are none."""
    start, end = day_start(first, "from"), day_start(last, "to", days_later=1)
    if start and end and start >= end:
        raise InvalidInput("The last day is before the first one.", "to")
    return SoldIn(start, end, part.country, services().breakdowns.product_ids(part))
