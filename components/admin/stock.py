"""The stock page's parts: one product's course, the table of all, fastest sellers, what is low."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash import html

from app import numbers
from app.domain import Trade, is_few
from app.frames import records
from app.money import Formats
from components.admin import grids, notes
from components.admin.live_parts import calm_words
from components.admin.reorder import Plan, order_words, runs_out_words
from components.kit import figures, light
from components.kit.static_html import inside
from components.kit.ui import empty_state, explain, icon, link_button

_FILTERED = {"filter": "agTextColumnFilter", "suppressHeaderFilterButton": True}
SPANS = (("1", "Today"), ("7", "7 days"), ("28", "28 days"), ("90", "90 days"), ("all", "All"))


def spans(trade: Trade) -> tuple[tuple[str, str], ...]:
    """The choices by their names: of a quiet shop, "today" is the last day on which it sold."""
    return (("1", "Last day"), *SPANS[1:]) if trade.is_quiet else SPANS


def rows(overview: pd.DataFrame) -> list[dict[str, Any]]:
    """Grid rows in the frame's order, of the stock table or of an overview; what does not exist is None."""
    return [_row(row._asdict()) for row in records(overview)]


def _row(values: Mapping[str, Any]) -> dict[str, Any]:
    units = {key: values[key] for key in ("available", "held", "on_hand", "threshold", "sold_28d")}
    runs_out = values["runs_out"]
    return {
        "product_id": values["product_id"],
        "name": values["name"],
        "category": values["category"],
        **units,
        "velocity": _rounded(values["velocity"]),
        "days_of_cover": _rounded(values["days_of_cover"]),
        "state": "calm" if values.get("is_calm") else values["level"],
        **{key: values.get(key) for key in ("abc", "speed", "order_units")},
        "runs_out": runs_out.isoformat() if runs_out else None,
        "sell_through": _rounded(values.get("sell_through")),
        "inferred": bool(values.get("inferred")),
        "sold_of": _sold_of(values["sold_28d"], values.get("sell_through_of")),
    }


def _sold_of(sold: int, there: int | None) -> list[int] | None:
    """Both counts, where a percentage would be of too few."""
    return None if there is None or not is_few(there) else [sold, there]


def table(grid_id: str, overview: pd.DataFrame, formats: Formats) -> Any:
    columns = [  # the first three fit on a phone
        grids.product(headerTooltip="Click a row to see its stock over time"),
        grids.number("available", "Available", headerTooltip="Units that can be sold now"),
        grids.state(),
        grids.text("abc", "ABC", minWidth=70, width=70, flex=0, headerTooltip=notes.ABC_SPEED, **_FILTERED),
        grids.computed("velocity", "Per day", "adminVelocity(params.value)", headerTooltip=notes.VELOCITY),
        grids.computed(
            "days_of_cover", "Cover, days", "adminCover(params.value, params.data.velocity)", headerTooltip=notes.COVER
        ),
        grids.computed(
            "runs_out",
            "Runs out",
            "adminRunsOut(params.value, params.data.available)",
            minWidth=128,
            headerTooltip=notes.RUNS_OUT,
        ),
        grids.number("order_units", "Order", minWidth=84, headerTooltip=notes.REORDER),
        grids.number("sold_28d", "Sold, 28 d", headerTooltip="Units over the last 28 full days"),
        grids.computed(
            "sell_through",
            "Sell-through",
            "adminSellThrough(params.value, params.data.inferred, params.data.sold_of)",
            minWidth=108,
            headerTooltip=f"{notes.SELL_THROUGH} ≈ marks stock that an import inferred.",
        ),
        grids.text("speed", "Speed", hide=True, **_FILTERED),
    ]
    return grids.grid(grid_id, columns, rows(overview), empty="No product matches. Change the search above.")


def inferred_notice(products: int, formats: Formats) -> html.Div | None:
    """That stock was inferred, of so many `products`, and until when."""
    if not products:
        return None
    of = "one product" if products == 1 else f"{formats.number(products)} products"
    return html.Div(
        [
            icon("info-circle"),
            f"The stock of {of} is inferred: the import took the least that fits what was sold. Value, cover, "
            "sell-through (≈), dead stock and what to order rest on it until you count a product, by setting its stock "
            "in the inventory.",
        ],
        className="notice",
    )


def no_products(may_add: bool) -> html.Div:
    return empty_state(
        "No products yet",
        "Stock levels, cover and what sells fastest appear here once there are products.",
        icon_name="box-seam",
        level=2,
        action=link_button("Add a product", "/admin/inventory?do=add", primary=True) if may_add else None,
    )


def level_facts(
    row: dict[str, Any],
    plan: Plan | None,
    formats: Formats,
    available_id: str,
    *,
    is_calm: bool,
    is_inferred: bool,
    earned: str = "",
) -> html.Div:
    """What the chosen product's numbers are right now; `row` as in `rows`. The browser keeps "available" live.

    `is_calm`: low, and yet nothing to order. `is_inferred`: an import inferred its stock. `earned`: its margin, in
    words.
    """
    runs_out = None if row["runs_out"] is None else numbers.day(row["runs_out"])
    velocity, cover = row["velocity"], row["days_of_cover"]
    shown = [
        ("Available", formats.number(row["available"]), ""),
        ("Threshold", formats.number(row["threshold"]), ""),
        ("Velocity, per day", "–" if velocity is None else formats.number(velocity, 1), notes.VELOCITY),
        ("Cover, days", _cover_words(cover, velocity, formats), notes.COVER),
        ("Sold, 28 full days", formats.number(row["sold_28d"]), ""),
        ("Runs out", runs_out_words(row["available"], cover, runs_out, formats), notes.RUNS_OUT),
        ("Order now", order_words(plan, formats), notes.REORDER),
    ]
    calm = html.P(calm_words(cover, formats), className="chart-says") if is_calm else None
    facts = html.Div(
        [
            html.Div(
                [
                    html.Div(className="stat-name", **inside([words, explain(note, light) if note else None])),
                    html.Div(value, className="stat-value", **({"id": available_id} if words == "Available" else {})),
                ],
                className="stat",
            )
            for words, value, note in shown
        ],
        className="stats",
    )
    guessed = "Its stock is inferred: the import took the least that fits what was sold." if is_inferred else None
    return html.Div([facts, calm, *(html.P(said, className="chart-says") for said in (earned, guessed) if said)])


def fastest_chart(graph_id: str, fastest: pd.DataFrame, formats: Formats) -> Any:
    """`fastest`: product_id, name, velocity (units a day), sold_28d; fastest first."""
    if fastest.empty:
        return empty_state(
            "Nothing sold in 28 days", "What sells fastest will be compared here.", icon_name="speedometer2"
        )
    rows = records(fastest)
    figure = figures.bars(
        [row.name for row in rows],
        [row.velocity for row in rows],
        [formats.number(row.velocity, 1) for row in rows],
        hover=[
            f"{figures.shorten(row.name, 60)}<br>{formats.number(row.velocity, 1)} a day · "
            f"{formats.number(row.sold_28d)} in 28 days"
            for row in rows
        ],
    )
    return figures.graph(graph_id, figure, height=30 * len(rows) + 12, label="Fastest sellers, units a day")


def _cover_words(cover: float | None, velocity: float | None, formats: Formats) -> str:
    if cover is None:
        return "–" if velocity is None else "no sales"
    return formats.number(cover, 1 if cover < 10 else 0)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
