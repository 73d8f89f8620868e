"""One product at any minute: what was on hand, what had led to it, and what came next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from dash import dcc, html

from app import numbers
from app.domain import MovementKind, StockMovement
from app.money import Formats
from components.admin.inventory import KINDS
from components.kit import figures, light, theme
from components.kit.static_html import static
from components.kit.ui import empty_state, table

# What a movement did, in a sentence about its cause.
_DID = {
    MovementKind.SALE: "sold",
    MovementKind.RETURN: "returned",
    MovementKind.RECEIPT: "received",
    MovementKind.CORRECTION: "corrected",
    MovementKind.WRITE_OFF: "written off",
}


def course(
    points: pd.DataFrame, at: datetime, on_hand: int, threshold: int, formats: Formats, ends: tuple[datetime, datetime]
) -> go.Figure:
    """The steps of `figures.stock_steps` from end to end, with a line at the chosen minute.

    Times are the store's wall time. assets/56-time-machine.js moves marker and line while the slider is moved.
    """
    figure = figures.stock_steps(points, formats, threshold=threshold)
    figure.data[1].update(x=[at.isoformat()], y=[on_hand], text=[formats.number(on_hand)])
    figure.add_shape(
        type="line", x0=at.isoformat(), x1=at.isoformat(), yref="paper", y0=0, y1=1,
        line={"color": theme.MAIN, "width": 1}, name="minute",
    )  # fmt: skip
    figure.update_xaxes(range=[end.isoformat() for end in ends])
    return figure


def state(
    at: datetime, latest: StockMovement | None, formats: Formats, may_open: bool, *, is_inferred: bool = False
) -> html.Div:
    """What was on hand at `at`, and the movement that made it so. `is_inferred`: by an import, from what was sold."""
    if latest is None:
        words: Any = "It had never been in stock by then."
        count = "0"
    else:
        count = formats.number(latest.on_hand)
        words = [
            f"since {formats.moment(latest.at)}: {formats.number(abs(latest.quantity))} {_DID[latest.kind]}, ",
            *cause(latest, may_open),
            f" by {who(latest.actor)}",
            f" ({latest.note})" if latest.note else "",
            ".",
        ]
    return html.Div(
        [
            html.Span([html.Span(count, className="scrub-count"), " on hand, inferred" if is_inferred else " on hand"]),
            html.Span(f"at {formats.moment(at)}", className="muted"),
            html.Span(words, className="sub"),
        ],
        className="scrub-state",
        role="status",
    )


def movements(before: Sequence[StockMovement], after: Sequence[StockMovement], formats: Formats, may_open: bool) -> Any:
    """`before` newest first, `after` oldest first: shown newest first, with those to come on top in grey."""
    if not before and not after:
        return empty_state(
            "Nothing has moved",
            "Every receipt, sale, return and correction will be listed here.",
            icon_name="clock-history",
        )
    rows = [_row(one, formats, may_open, "later") for one in reversed(after)]
    rows += [_row(one, formats, may_open, "now" if number == 0 else "") for number, one in enumerate(before)]
    head = [("When", False), ("What", False), ("Cause", False), ("By", False), ("Change", True), ("On hand", True)]
    return static(table(head, rows, caption="Movements around the chosen minute, newest first", of=light))


def _row(one: StockMovement, formats: Formats, may_open: bool, place: str) -> list[Any]:
    change = f"{one.quantity:+,}".replace("-", "−")
    mark = {"now": light.Strong, "later": light.Span, "": light.Span}[place]
    later = "muted" if place == "later" else ""
    return [
        mark(formats.moment(one.at), className=f"nowrap num {later}"),
        light.Div(
            [light.Span(KINDS[one.kind], className=later), light.Span(one.note, className="sub") if one.note else None]
        ),
        light.Span(cause(one, may_open, light.A), className=later),
        light.Span(who(one.actor), className=later),
        mark(change, className=later),
        mark(formats.number(one.on_hand), className=later),
    ]


def cause(one: StockMovement, may_open: bool, link: Any = dcc.Link) -> list[Any]:
    kind, _, key = one.cause.partition(":")
    if kind == "order" and numbers.natural(key) is not None:
        return [link("order", href=f"/admin/orders/{key}") if may_open else "order"]
    words = {"return": "return", "edit": "a change in the inventory", "import": "the import", "demo": "the demo"}
    return [words.get(kind, kind.replace("_", " "))]


def who(actor: str) -> str:
    """Shoppers are named by their kind only: the order says who it was."""
    return {"user": "a customer", "guest": "a guest"}.get(actor.split("#")[0], actor)
