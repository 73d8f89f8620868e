"""What empty shelves cost: the estimate with its range and its usual error, and checkouts that found too little."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import quote

import pandas as pd
from dash import html

from app.frames import records
from app.money import Formats
from components.admin import notes
from components.admin.chart_foot import takeaway
from components.kit import light
from components.kit.static_html import static
from components.kit.ui import card, empty_state, table

LISTED = 8
TITLE = "Lost sales, 28 days"


class Error(Protocol):
    """Of hidden `weeks`: `bias` of the estimate, and the share of them that the range `held`; None: not known."""

    @property
    def weeks(self) -> int: ...
    @property
    def bias(self) -> float | None: ...
    @property
    def held(self) -> float | None: ...


class Lost(Protocol):
    """`products`: product_id, name, hours, units, units_low, units_high, value; the sum `value` with its range."""

    @property
    def products(self) -> pd.DataFrame: ...
    @property
    def value(self) -> int: ...
    @property
    def low(self) -> int: ...
    @property
    def high(self) -> int: ...
    @property
    def error(self) -> Error: ...


class ShortProduct(Protocol):
    """A product that `shoppers` asked more of than there was; `units` were missing."""

    @property
    def product_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def shoppers(self) -> int: ...
    @property
    def units(self) -> int: ...


class Short(Protocol):
    """What refused checkouts asked for beyond what was left, by product, and `units` of all."""

    @property
    def products(self) -> Sequence[ShortProduct]: ...
    @property
    def units(self) -> int: ...


def lost_card(lost: Lost, inferred: int, formats: Formats, export: str) -> html.Section:
    """`inferred`: of how many products the stock is, and no time counts as out of it."""
    of = f"{formats.number(inferred)} product{'' if inferred == 1 else 's'}"
    if lost.products.empty:
        return card(TITLE, _nothing(of if inferred else ""), note=notes.LOST_SALES)
    title = f"About {formats.money_short(lost.value)} was lost to empty shelves in 28 days"
    return card(
        title,
        [
            static(_table(lost.products, title, formats)),
            html.Div(
                [
                    html.P(_range_words(lost, formats), className="chart-says"),
                    html.P(f"Without {of} of inferred stock.", className="chart-says") if inferred else None,
                    takeaway(export),
                ],
                className="chart-foot",
            ),
        ],
        note=notes.LOST_SALES,
        class_name="card-flush",
    )


def _nothing(inferred: str) -> Any:
    if inferred:
        return empty_state(
            "Not known while stock is inferred",
            f"When {inferred} were out of stock is not known. Once one is counted, its lost sales are estimated.",
            icon_name="question-circle",
        )
    return empty_state(
        "Nothing was lost",
        "What would have sold while it was out of stock is estimated here.",
        icon_name="emoji-smile",
    )


def _table(frame: pd.DataFrame, caption: str, formats: Formats) -> Any:
    rows = [
        [
            _product(r.product_id, r.name),
            _hours(r.hours, formats),
            [formats.number(r.units, 1), light.Span(_range(r.units_low, r.units_high, formats), className="sub")],
            formats.money_short(r.value),
        ]
        for r in records(frame.head(LISTED))
    ]
    head = [("Product", False), ("Out of stock", True), ("Units", True), ("Sales", True)]
    return table(head, rows, caption=caption, class_name="tight", of=light)


def _range(low: float, high: float, formats: Formats) -> str:
    return f" {formats.number(low, 0)} to {formats.number(high, 0)}"


def _range_words(lost: Lost, formats: Formats) -> str:
    """The range, and what hidden weeks of products in stock say of it."""
    words = f"{formats.money_short(lost.low)} to {formats.money_short(lost.high)}, four times in five."
    error = lost.error
    if not error.weeks or error.bias is None:
        return f"{words} Too few products were in stock all the time to check the estimate on."
    off = abs(round(100 * error.bias))
    told = "right on the whole" if not off else f"{off}% too {'high' if error.bias > 0 else 'low'} on the whole"
    held = "" if error.held is None else f", and the range of a product held {formats.percent(error.held)} of them"
    return f"{words} Checked on {formats.counted(error.weeks, 'week')} of products in stock: {told}{held}."


def short_card(short: Short, formats: Formats, export: str) -> html.Section | None:
    """Nothing where no checkout was refused."""
    if not short.products:
        return None
    caption = f"Checkouts asked for {formats.counted(short.units, 'unit')} more than there were"
    rows = [
        [_product(one.product_id, one.name), formats.number(one.shoppers), formats.number(one.units)]
        for one in short.products[:LISTED]
    ]
    head = [("Product", False), ("Shoppers", True), ("Units missing", True)]
    return card(
        caption,
        [
            static(table(head, rows, caption=caption, class_name="tight", of=light)),
            html.Div(takeaway(export), className="chart-foot"),
        ],
        note=notes.SHORT_LINES,
        class_name="card-flush",
    )


def _product(product_id: str, name: str) -> Any:
    return light.A(name, href=f"/admin/stock?product={quote(product_id, safe='')}", className="clip name", title=name)


def _hours(hours: float, formats: Formats) -> str:
    return f"{formats.number(hours / 24, 1)} days" if hours >= 48 else f"{formats.number(hours, 0)} hours"
