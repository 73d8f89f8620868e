"""The shelves of the whole shop on two days, and what led from one to the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol
from urllib.parse import quote

import dash_bootstrap_components as dbc
from dash import dcc, html

from app.money import Formats
from components.admin import notes
from components.admin.chart_foot import takeaway
from components.admin.margin import percent
from components.kit import light
from components.kit.static_html import static
from components.kit.ui import card, empty_state, icon, kpi, spoken_label, table

LISTED = 25
MINUS = "−"
KIND_WORDS = {
    "received": "Received",
    "sold": "Sold",
    "returned": "Returned to stock",
    "corrected": "Corrected by counts",
    "written_off": "Written off",
}


class Day(Protocol):
    """Units and value (minor units) at the end of `day`; `at_price`: of the value, what has no cost price."""

    @property
    def day(self) -> date: ...
    @property
    def units(self) -> int: ...
    @property
    def value(self) -> int: ...
    @property
    def at_price(self) -> int: ...
    @property
    def share_at_price(self) -> float: ...
    @property
    def products(self) -> int: ...
    @property
    def low(self) -> int: ...
    @property
    def out(self) -> int: ...


class Cause(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def units(self) -> int: ...
    @property
    def value(self) -> int: ...


class Shelf(Protocol):
    @property
    def on_hand(self) -> int: ...
    @property
    def value(self) -> int: ...


class Product(Protocol):
    """What a product's shelf was on both days, and the movements between by kind."""

    @property
    def product_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def before(self) -> Shelf | None: ...
    @property
    def after(self) -> Shelf | None: ...
    @property
    def units(self) -> Mapping[Any, int]: ...
    @property
    def repriced(self) -> int: ...
    @property
    def rise(self) -> int: ...


class Difference(Protocol):
    @property
    def before(self) -> Day: ...
    @property
    def after(self) -> Day: ...
    @property
    def causes(self) -> Sequence[Cause]: ...
    @property
    def repriced(self) -> int: ...
    @property
    def products(self) -> Sequence[Product]: ...


def other_view(is_shop: bool) -> dcc.Link:
    """The way to the time machine's other view."""
    icon_name, words, href = (
        ("box-seam", "One product", "/admin/time-machine?view=product")
        if is_shop
        else ("shop", "Whole shop", "/admin/time-machine")
    )
    return dcc.Link([icon(icon_name), words], href=href, className="btn btn-quiet")


def controls(part_id: Any, first: str, last: str, today: str) -> html.Div:
    """Two dates, ISO."""
    return html.Div(
        [
            html.Label("From the end of", htmlFor=part_id("first"), className="muted"),
            dbc.Input(id=part_id("first"), type="date", value=first, max=today, debounce=0.4),
            spoken_label("To the end of", part_id("last")),
            html.Span("to the end of", className="muted", **{"aria-hidden": "true"}),
            dbc.Input(id=part_id("last"), type="date", value=last, max=today, debounce=0.4),
            html.Div(id=part_id("error"), className="field-error", role="alert"),
        ],
        className="dates",
    )


def shown(found: Difference, known_since: date | None, formats: Formats, export: str, inferred: bool) -> list[Any]:
    """Tiles of the later day, the difference by its causes, and the products that made most of it."""
    return [
        _tiles(found, formats),
        html.Div([_causes_card(found, known_since, formats, inferred), _days_card(found, formats)], className="cols"),
        _products_card(found, formats, export),
    ]


def _tiles(found: Difference, formats: Formats) -> html.Div:
    before, after, number = found.before, found.after, formats.number
    since = f"since the end of {formats.day(before.day)}"
    return html.Div(
        [
            kpi(
                "Stock value",
                formats.money_short(after.value),
                change=html.Span(f"{_signed_money(after.value - before.value, formats)} {since}"),
                beside=_at_price(after, formats),
                note=notes.SHOP_DAY,
            ),
            kpi(
                "Units on hand",
                number(after.units),
                change=html.Span(f"{_signed(after.units - before.units, formats)} {since}"),
                beside=f"of {formats.counted(after.products, 'product')}",
            ),
            kpi("Low", number(after.low), change=html.Span(f"{number(before.low)} then"), note=notes.SHOP_LOW),
            kpi("Sold out", number(after.out), change=html.Span(f"{number(before.out)} then"), note=notes.SHOP_LOW),
        ],
        className="kpi-row kpi-row-4",
    )


def _at_price(day: Day, formats: Formats) -> str:
    if not day.share_at_price:
        return "all at cost"
    return f"{percent(day.share_at_price, formats)} of it at price: no cost is set"


def _causes_card(found: Difference, known_since: date | None, formats: Formats, inferred: bool) -> html.Section:
    before, after = found.before, found.after
    title = _sentence(found, formats)
    rows = [
        [KIND_WORDS[cause.kind], _signed(cause.units, formats), _signed_amount(cause.value, formats)]
        for cause in found.causes
        if cause.units or cause.value
    ]
    if found.repriced:
        rows.append(["Costs and prices changed", "", _signed_amount(found.repriced, formats)])
    rows.append(
        [
            light.Strong("Difference"),
            light.Strong(_signed(after.units - before.units, formats)),
            light.Strong(_signed_amount(after.value - before.value, formats)),
        ]
    )
    head = [("Movement", False), ("Units", True), (f"Value, {formats.currency}", True)]
    said = [
        _known_words(known_since, before.day, formats),
        "Based on stock that an import inferred." if inferred else "",
    ]
    return card(
        title,
        [
            static(table(head, rows, caption=title, class_name="tight", of=light)),
            html.Div([html.P(words, className="chart-says") for words in said if words], className="chart-foot"),
        ],
        note=notes.SHOP_CAUSES,
        class_name="card-flush",
    )


def _sentence(found: Difference, formats: Formats) -> str:
    rise = found.after.value - found.before.value
    if not rise:
        return f"Stock was worth as much on {formats.day(found.after.day)} as on {formats.day(found.before.day)}"
    way = "more" if rise > 0 else "less"
    than = f"{way} on {formats.day(found.after.day)} than on {formats.day(found.before.day)}"
    return f"Stock was worth {formats.money_short(abs(rise))} {than}"


def _known_words(known_since: date | None, before: date, formats: Formats) -> str:
    """From when on each day has its own costs."""
    if known_since is None:
        return "No cost or price has changed since they are noted: every day is valued alike."
    if known_since <= before:
        return ""
    return (
        f"The first change of a cost or price was noted on {formats.day(known_since)}; days before are valued as then."
    )


def _days_card(found: Difference, formats: Formats) -> html.Section:
    ends = found.before, found.after
    number = formats.number
    rows = [
        ["Stock value", *(formats.money_short(end.value) for end in ends)],
        ["of it at price, without a cost", *(formats.money_short(end.at_price) for end in ends)],
        ["Units on hand", *(number(end.units) for end in ends)],
        ["Products on hand", *(number(end.products) for end in ends)],
        ["Low", *(number(end.low) for end in ends)],
        ["Sold out", *(number(end.out) for end in ends)],
    ]
    head = [("At the end of", False), *((formats.day(end.day), True) for end in ends)]
    return card(
        "Both days",
        static(table(head, rows, caption="Both days", class_name="tight", of=light)),
        class_name="card-flush",
    )


def _products_card(found: Difference, formats: Formats, export: str) -> html.Section:
    rows = [
        [
            light.A(
                row.name, href=f"/admin/time-machine?product={quote(row.product_id, safe='')}", className="clip name",
                title=row.name,
            ),
            _from_to(row, formats),
            _signed_amount(row.rise - row.repriced, formats),
            _signed_amount(row.repriced, formats) if row.repriced else "",
            _signed_amount(row.rise, formats),
        ]
        for row in found.products[:LISTED]
    ]  # fmt: skip
    take = html.Div(takeaway(export), className="chart-foot")
    if not rows:
        words = "Nothing moved between these days, and no cost or price changed."
        return card("Products", [empty_state("No difference", words, icon_name="clock-history"), take])
    more = len(found.products) - len(rows)
    title = f"The {formats.number(len(rows))} products that changed most in value" if more else "Products, by value"
    head = [
        ("Product", False), ("Units", True), (f"Movements, {formats.currency}", True),
        (f"Costs and prices, {formats.currency}", True), (f"Value, {formats.currency}", True),
    ]  # fmt: skip
    return card(
        title,
        [static(table(head, rows, caption=title, class_name="tight shop-products", of=light)), take],
        class_name="card-flush",
    )


def _from_to(row: Product, formats: Formats) -> str:
    then, now = (end.on_hand if end else 0 for end in (row.before, row.after))
    return f"{formats.number(then)} → {formats.number(now)}"


def _signed(value: int, formats: Formats) -> str:
    return f"{'+' if value > 0 else MINUS if value < 0 else ''}{formats.number(abs(value))}"


def _signed_amount(value: int, formats: Formats) -> str:
    return f"{'+' if value > 0 else MINUS if value < 0 else ''}{formats.amount(abs(value))}"


def _signed_money(value: int, formats: Formats) -> str:
    return f"{'+' if value > 0 else MINUS if value < 0 else '±'}{formats.money_short(abs(value))}"


def nothing() -> html.Section:
    words = "Once products are in stock, what lay on the shelves on any day is shown here."
    return card(None, empty_state("Nothing has been in stock", words, icon_name="clock-history"))


def unknown_dates() -> html.Div:
    return html.Div(
        [icon("info-circle"), "The days of the address cannot be shown: the usual ones are."], className="notice"
    )
