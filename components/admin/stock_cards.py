"""Stock as decisions: what it is worth, which classes of products need what, what lies dead, what was lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

import pandas as pd
import plotly.graph_objects as go
from dash import dcc, html

from app.domain import ShopEvent, is_few, share_words
from app.frames import records
from app.money import Formats
from components.admin import notes
from components.admin.chart_foot import chart_foot, takeaway
from components.admin.margin import Margin, unknown_words
from components.admin.orders import amount
from components.kit import figures, light, theme
from components.kit.chart_marks import mark_events
from components.kit.static_html import inside, static
from components.kit.ui import card, compared, empty_state, icon, kpi, table

LISTED = 8
CLASSES = ("A", "B", "C")
SPEEDS = ("fast", "slow", "still")
ItemId = Callable[[str, Any], Any]

# What to do with a product of each class and speed.
MOVES = {
    ("A", "fast"): "Never run out",
    ("A", "slow"): "Order less, more often",
    ("A", "still"): "Find out what happened",
    ("B", "fast"): "Keep in stock",
    ("B", "slow"): "Watch",
    ("B", "still"): "Offer it anew",
    ("C", "fast"): "Raise the price?",
    ("C", "slow"): "Let it run down",
    ("C", "still"): "Clear it",
}


class Value(Protocol):
    @property
    def units(self) -> int: ...
    @property
    def value(self) -> int: ...
    @property
    def dead_value(self) -> int: ...
    @property
    def dead_products(self) -> int: ...
    @property
    def inferred(self) -> int: ...
    @property
    def products(self) -> int: ...


class ToOrder(Protocol):
    """Products at their reorder point, and the units to order of them."""

    @property
    def products(self) -> int: ...
    @property
    def units(self) -> int: ...
    @property
    def forecast(self) -> int: ...
    @property
    def of(self) -> int: ...
    @property
    def is_whole(self) -> bool: ...


class Summary(Protocol):
    """`sold_out`: products, of which `sold_out_wanted` sold in 28 days; `lost`: estimated sales lost in 28 days, minor
    units.
    """

    @property
    def value(self) -> Value: ...
    @property
    def to_order(self) -> ToOrder: ...
    @property
    def sold_out(self) -> int: ...
    @property
    def sold_out_wanted(self) -> int: ...
    @property
    def lost(self) -> int: ...


class Cell(Protocol):
    """Products of one class and speed, and what they are worth on the shelf."""

    @property
    def products(self) -> int: ...
    @property
    def value(self) -> int: ...


class Matrix(Protocol):
    @property
    def cells(self) -> Mapping[tuple[str, str], Cell]: ...
    @property
    def products(self) -> int: ...
    @property
    def earning(self) -> int: ...


def tiles(summary: Summary, formats: Formats) -> html.Div:
    number, value, order = formats.number, summary.value, summary.to_order
    return html.Div(
        [
            kpi(
                "Stock value",
                formats.money_short(value.value),
                change=html.Span(
                    f"{formats.counted(value.units, 'unit')} on hand{', inferred' if value.inferred else ''}"
                ),
                note=notes.STOCK_VALUE,
            ),
            kpi(
                "To order now",
                number(order.products),
                change=html.Span(_to_order_words(order, formats)),
                note=notes.REORDER,
            ),
            kpi(
                "Sold out",
                number(summary.sold_out),
                change=html.Span(_sold_out_words(summary, formats)),
                note=f"{notes.SOLD_OUT} {notes.LOST_SALES}",
            ),
            kpi(
                "Dead stock",
                formats.money_short(value.dead_value),
                change=html.Span(f"{_products(value.dead_products, formats)}{_of_value(value, formats)}"),
                note=notes.DEAD_STOCK,
            ),
        ],
        className="kpi-row kpi-row-4",
    )


def _to_order_words(order: ToOrder, formats: Formats) -> str:
    number = formats.number
    words = f"products, {formats.counted(order.units, 'unit')}" if order.products else "nothing at its reorder point"
    if order.is_whole:
        return words
    return f"{words} so far: {number(order.forecast)} of {number(order.of)} products forecast"


def _sold_out_words(summary: Summary, formats: Formats) -> str:
    if not summary.sold_out:
        return f"about {formats.money_short(summary.lost)} lost in 28 days" if summary.lost else "nothing lost lately"
    wanted = formats.number(summary.sold_out_wanted) if summary.sold_out_wanted else "none"
    words = f"{wanted} of them sold in the last 28 days"
    return f"{words}; empty shelves lost about {formats.money_short(summary.lost)}" if summary.lost else words


def _of_value(value: Value, formats: Formats) -> str:
    """How much of the value is dead; nothing where nothing is worth anything."""
    if not value.value:
        return ""
    share = share_words(value.dead_value, value.value, formats, formats.money_short, value.products)
    return f", {share}" if is_few(value.products) else f", {share} of the value"


def _products(count: int, formats: Formats) -> str:
    return formats.counted(count, "product")


def matrix_card(matrix: Matrix, formats: Formats, item: ItemId, made: Margin | None = None) -> html.Section:
    """Nine kinds of products by what they earn and how fast they go; a click shows one in the table below.

    `made`: the margin of the days that they are classed by, where they are classed by it and not by sales.
    """
    if not matrix.products:
        body: Any = empty_state(
            "No sales to class by yet", "Classes appear with the first sales.", icon_name="grid-3x3"
        )
        return card("What earns, and how fast it goes", body, note=notes.ABC_SPEED)
    earned = "sales" if made is None else "margin"
    number = formats.number
    title = f"{number(matrix.earning)} of {number(matrix.products)} products earn four fifths of the {earned}"
    head = html.Tr(
        [html.Th(html.Span("Class", className="visually-hidden"))]
        + [html.Th(words, scope="col") for words in ("Fast", "Slow", "Still")]
    )
    rows = [
        html.Tr(
            [html.Th(letter, scope="row")]
            + [
                html.Td(_matrix_cell(letter, speed, matrix.cells.get((letter, speed)), formats, item))
                for speed in SPEEDS
            ]
        )
        for letter in CLASSES
    ]
    caption = html.Caption("Products by ABC class and speed", className="visually-hidden")
    return card(
        title,
        [
            html.Table([caption, html.Thead(head), html.Tbody(rows)], className="matrix"),
            html.Div(
                [
                    html.P(f"{unknown_words(made, formats)}; they count as earning nothing.", className="chart-says")
                    if made is not None and made.unknown is not None
                    else None,
                    dcc.Link(
                        ["Class by sales" if made else "Class by margin"],
                        href="/admin/stock" if made else "/admin/stock?abc=margin",
                        className="take",
                    ),
                ],
                className="chart-foot",
            ),
        ],
        note=notes.ABC_SPEED,
    )


def _matrix_cell(letter: str, speed: str, cell: Cell | None, formats: Formats, item: ItemId) -> html.Button:
    count, value = (cell.products, cell.value) if cell else (0, 0)
    tone = (
        "bad" if (letter, speed) == ("A", "still") else "warn" if speed == "still" else "good" if letter == "A" else ""
    )
    words = [
        light.Span(formats.number(count), className="matrix-count"),
        light.Span(f"{formats.money_short(value)} on hand" if count else "none", className="sub"),
        light.Span(MOVES[letter, speed], className="matrix-move") if count else None,
    ]
    return html.Button(
        id=item("cell", f"{letter}-{speed}"),
        className=f"matrix-cell matrix-{tone}" if count and tone else "matrix-cell",
        type="button",
        n_clicks=0,
        disabled=not count,
        title=f"Show these {count} products below" if count else "",
        **inside(words),
    )


def value_card(
    frame: pd.DataFrame, events: Sequence[ShopEvent], graph_id: str, formats: Formats, export: str
) -> html.Section:
    """`frame`: day, value (minor units), inferred, as `Holdings.value_over_time` has it."""
    if frame.empty or not frame["value"].any():
        body: Any = empty_state(
            "Nothing on hand yet", "What stock is worth will be drawn here day by day.", icon_name="bank"
        )
        return card("Stock value over time", body, note=notes.STOCK_VALUE)
    days, values = frame["day"].tolist(), [int(value) for value in frame["value"]]
    figure = figures.base_figure(
        go.Scatter(
            x=days, y=figures.major(values, formats), mode="lines", line={"color": theme.MAIN, "width": 2},
            fill="tozeroy", fillcolor=theme.MAIN_SOFT, customdata=[formats.money(value) for value in values],
            hovertemplate="<b>%{customdata}</b><extra></extra>", name="value",
        ),
        margin={"l": 8, "r": 12, "t": 16, "b": 8},
        xaxis=figures.time_axis(formats, days),
        yaxis=figures.money_axis(max(figures.major(values, formats)), formats),
    )  # fmt: skip
    mark_events(figure, events, formats)
    first, last = values[0], values[-1]
    says = f"Stock is worth {formats.money_short(last)}"
    if first > 0:
        says += f", {compared(last, first, formats)} on {formats.day(days[0])}"
    if frame["inferred"].any():
        says += ", based on stock that the import inferred"
    head = [("Day", False), (f"Value, {formats.currency}", True)]
    rows = [[formats.day(day), amount(v, formats)] for day, v in zip(days, values, strict=True)]
    return card(
        "Stock value over time",
        [
            figures.graph(graph_id, figure, height=250, label="Stock value over time"),
            chart_foot(f"{says}.", head, rows, formats, export),
        ],
        note=notes.STOCK_VALUE,
    )


def dead_card(frame: pd.DataFrame, value: Value, formats: Formats, may_edit: bool, export: str) -> html.Section:
    """`frame`: product_id, name, on_hand, cost, value, last_sold_at, the dearest first; `value` has their sums."""
    if frame.empty:
        body: Any = empty_state(
            "No dead stock",
            "Products without a sale in 90 days will be listed here, the dearest first.",
            icon_name="check2-circle",
        )
        return card("Dead stock", body, note=notes.DEAD_STOCK, id="dead")
    rows = [
        [
            [
                light.Span(r.name, className="clip name", title=r.name),
                light.A(
                    ["Mark down", icon("arrow-right", of=light)],
                    href=f"/admin/inventory?product={quote(r.product_id, safe='')}&do=details",
                    className="row-action",
                )
                if may_edit
                else None,
            ],
            formats.number(r.on_hand),
            "none set" if r.cost is None else formats.money(r.cost),
            formats.money_short(r.value),
            _ago(r.last_sold_at, formats),
        ]
        for r in records(frame.head(LISTED))
    ]
    title = f"{formats.money_short(value.dead_value)} is tied up in {formats.number(value.dead_products)} dead products"
    if frame["inferred"].any():
        title += ", based on inferred stock"
    head = [("Product", False), ("On hand", True), ("Cost a unit", True), ("Value", True), ("Last sold", False)]
    return card(
        title,
        [
            static(table(head, rows, caption=title, class_name="tight", of=light)),
            html.Div(takeaway(export), className="chart-foot"),
        ],
        note=notes.DEAD_STOCK,
        class_name="card-flush",
        id="dead",
    )


def _ago(at: datetime | None, formats: Formats) -> Any:
    return light.Span("never", className="muted") if at is None else formats.day(formats.store_day(at))
