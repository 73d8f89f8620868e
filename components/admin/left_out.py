"""The order lines that forecasts take for less than they were: far beyond a product's others, or cancelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from dash import dcc, html

from app.domain import LeftOut
from app.money import Formats
from components.admin import notes
from components.kit.ui import card, table


def left_out(lines: Sequence[LeftOut], formats: Formats, *, may_open: bool) -> html.Div | None:
    """Of one product. `may_open`: whether orders are links."""
    if not lines:
        return None
    return html.Div(
        [
            html.P("Order lines that this forecast takes for less than they were:", className="chart-says"),
            html.Ul([html.Li([_order(one, formats, may_open), _words(one, formats)]) for one in lines]),
        ],
        className="left-out",
    )


def bounded_card(
    lines: Sequence[tuple[str, LeftOut]], names: Mapping[str, str], formats: Formats, *, may_open: bool
) -> html.Section | None:
    if not lines:
        return None
    head = [("Product", False), ("Order", False), ("Units", True), ("Counted as", True), ("On a usual day", True)]
    rows: list[list[Any]] = [
        [
            dcc.Link(names.get(product_id, product_id), href=f"/admin/stock?product={quote(product_id, safe='')}"),
            [_link(line, f"#{line.order_id}", may_open), html.Span(formats.day(line.day), className="sub")],
            formats.number(line.units),
            formats.number(line.counted),
            formats.number(line.in_level),
        ]
        for product_id, line in lines
    ]
    caption = "Order lines far beyond their product's others, and what forecasts count of them"
    return card("Order lines that were bounded", table(head, rows, caption=caption), note=notes.BOUNDED)


def _order(line: LeftOut, formats: Formats, may_open: bool) -> Any:
    return _link(line, f"Order #{line.order_id} of {formats.day(line.day)}", may_open)


def _link(line: LeftOut, words: str, may_open: bool) -> Any:
    return dcc.Link(words, href=f"/admin/orders/{line.order_id}") if may_open else html.Span(words)


def _words(line: LeftOut, formats: Formats) -> str:
    units = formats.counted(line.units, "unit")
    if not line.counted:
        return f": {units} left out, cancelled within a week."
    counted, level = formats.number(line.counted), formats.number(line.in_level)
    return f": {units} counted as {counted}, and as {level} in what sells on a usual day."
