"""The stock page's parts: one product's course, the table of all, fastest sellers, what is low."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
from dash import html

from app.domain import Period, Product
from app.errors import InvalidInput
from app.money import Formats
from components import figures
from components.admin import grids, notes
from components.admin.overview import low_stock
from components.admin.periods import Trade
from components.admin.reorder import Plan, order_words, runs_out_words
from components.admin.stock_cards import Cell
from components.static_html import inside
from components.ui import empty_state, explain, link_button

_FILTERED = {"filter": "agTextColumnFilter", "suppressHeaderFilterButton": True}
SPANS = (("1", "Today"), ("7", "7 days"), ("28", "28 days"), ("90", "90 days"), ("all", "All"))


def spans(trade: Trade, today: date) -> tuple[tuple[str, str], ...]:
    """The choices by their names: of a quiet shop, "today" is the last day on which it sold."""
    return (("1", "Last day"), *SPANS[1:]) if trade.is_quiet(today) else SPANS


def days_of(span: object, trade: Trade, today: date, first_day: date | None) -> Period:
    """The days of a choice, ending with today or a quiet shop's last day of trade.

    `first_day`: when the product was first stocked; one that is newer than all trade is shown up to today.
    Raises InvalidInput for anything else than a known choice.
    """
    if not isinstance(span, str) or span not in dict(SPANS):
        raise InvalidInput("Choose one of the spans shown.", "span")
    anchor = trade.anchor(today)
    if first_day is not None and first_day > anchor:
        anchor = today
    start = (first_day or anchor) if span == "all" else anchor - timedelta(days=int(span) - 1)
    return Period(start, anchor + timedelta(days=1), dict(SPANS)[span])


def most_urgent_first(overview: pd.DataFrame) -> pd.DataFrame:
    """Low ones that sell first, by days of cover; then other low ones; then the rest by cover; ties by name.

    Among the low ones the order is that of app.services.analytics.stock.most_urgent.
    """
    low, sells = overview["available"] < overview["threshold"], overview["days_of_cover"].notna()
    frame = overview.assign(
        group=(~low).astype(int) * 2 + (low & ~sells).astype(int),
        cover=overview["days_of_cover"].fillna(math.inf),
        speed=-overview["velocity"].fillna(0.0),
        left=(overview["available"] / overview["threshold"].clip(lower=1)).where(low, 1.0),
    )
    keys = ["group", "cover", "speed", "left", "name"]
    return (
        frame.sort_values(keys, kind="stable").drop(columns=["group", "cover", "speed", "left"]).reset_index(drop=True)
    )


def opening_product(ordered: pd.DataFrame) -> str:
    """The first product of `most_urgent_first` that sells and can be sold: its line moves; else simply the first."""
    selling = ordered[(ordered["velocity"] > 0) & (ordered["available"] > 0)]
    return str((ordered if selling.empty else selling)["product_id"].iloc[0])


def rows(overview: pd.DataFrame) -> list[dict[str, Any]]:
    """Grid rows in the frame's order; a velocity or cover that does not exist is None."""
    return [_row(values) for values in overview.to_dict("records")]


def _row(values: Mapping[Hashable, Any]) -> dict[str, Any]:
    units = {key: int(values[key]) for key in ("available", "held", "on_hand", "threshold", "sold_28d")}
    return {
        "product_id": values["product_id"],
        "name": values["name"],
        "category": values["category"],
        **units,
        "velocity": _number(values["velocity"]),
        "days_of_cover": _number(values["days_of_cover"]),
        "state": state_of(units["available"], units["threshold"]),
        **{key: _known(values.get(key)) for key in ("abc", "speed", "stock_out", "order_units")},
        "sell_through": _number(values.get("sell_through")),
    }


def state_of(available: int, threshold: int) -> str:
    if available <= 0:
        return "out"
    return "low" if available < threshold else "ok"


def planned(
    overview: pd.DataFrame, plans: Mapping[str, Plan], classes: Mapping[str, str], sell_through: Mapping[str, float]
) -> pd.DataFrame:
    """`overview` with what the grid shows beside it.

    Columns: abc, speed, stock_out (ISO day or None), order_units (int or None), sell_through (share or None).
    """
    speeds = speeds_of(overview)
    ids = overview["product_id"].tolist()
    known = [plans.get(product_id) for product_id in ids]
    orders = [plan.order_units if plan else None for plan in known]
    days = [plan.stock_out.isoformat() if plan and plan.stock_out else None for plan in known]
    return overview.assign(
        abc=[classes.get(product_id, "C") for product_id in ids],
        speed=speeds,
        stock_out=pd.Series(days, dtype="object", index=overview.index),
        order_units=pd.Series(orders, dtype="object", index=overview.index),
        sell_through=pd.Series([sell_through.get(i) for i in ids], dtype="object", index=overview.index),
    )


def speeds_of(overview: pd.DataFrame) -> list[str]:
    """Fast: as many units a day as the median of what sells, or more; slow: fewer; still: none in 28 days."""
    selling = overview["velocity"][overview["sold_28d"] > 0]
    middle = float(selling.median()) if len(selling) else 0.0
    return [
        "still" if not sold else "fast" if velocity >= middle else "slow"
        for velocity, sold in zip(overview["velocity"], overview["sold_28d"], strict=True)
    ]


def matrix(overview: pd.DataFrame, value_of: Mapping[str, int]) -> dict[tuple[str, str], Cell]:
    """Products and what they are worth on hand, by class and speed; `value_of`: of one unit, minor units."""
    cells: dict[tuple[str, str], Cell] = {}
    found: Any = overview.itertuples()
    for row in found:
        count, value = cells.get((row.abc, row.speed), Cell(0, 0))
        cells[row.abc, row.speed] = Cell(count + 1, value + row.on_hand * value_of.get(row.product_id, 0))
    return cells


def table(grid_id: str, overview: pd.DataFrame, formats: Formats) -> Any:
    columns = [
        grids.product(headerTooltip="Click a row to see its course"),
        grids.text("abc", "ABC", minWidth=70, width=70, flex=0, headerTooltip=notes.ABC_SPEED, **_FILTERED),
        grids.state(),
        grids.number("available", "Available", formats, headerTooltip="Units that can be sold now"),
        grids.computed("velocity", "Per day", "adminVelocity(params.value)", headerTooltip=notes.VELOCITY),
        grids.computed(
            "days_of_cover", "Cover, days", "adminCover(params.value, params.data.velocity)", headerTooltip=notes.COVER
        ),
        grids.computed("stock_out", "Runs out", f"adminDay(params.value, '{formats.locale}')", minWidth=116),
        grids.number("order_units", "Order", formats, minWidth=84, headerTooltip=notes.REORDER),
        grids.number("sold_28d", "Sold, 28 d", formats, headerTooltip="Units over the last 28 full days"),
        grids.computed(
            "sell_through", "Sell-through", "adminShare(params.value)", minWidth=108, headerTooltip=notes.SELL_THROUGH
        ),
        grids.text("speed", "Speed", hide=True, **_FILTERED),
    ]
    return grids.grid(grid_id, columns, rows(overview), empty="No product matches. Change the search above.")


def no_products(may_add: bool) -> html.Div:
    return empty_state(
        "No products yet",
        "Stock levels, cover and what sells fastest appear here once there are products.",
        icon_name="box-seam",
        action=link_button("Add a product", "/admin/inventory?do=add", primary=True) if may_add else None,
    )


def level_facts(row: dict[str, Any] | None, plan: Plan | None, formats: Formats, available_id: str) -> html.Div | None:
    """What the chosen product's numbers are right now; `row` as in `rows`. The browser keeps "available" live."""
    if row is None:
        return None
    velocity, cover = row["velocity"], row["days_of_cover"]
    shown = [
        ("Available", formats.number(row["available"]), ""),
        ("Threshold", formats.number(row["threshold"]), ""),
        ("Velocity, per day", "–" if velocity is None else f"{velocity:.1f}", notes.VELOCITY),
        ("Cover, days", _cover_words(cover, velocity), notes.COVER),
        ("Sold, 28 full days", formats.number(row["sold_28d"]), ""),
        ("Runs out", runs_out_words(plan, row["available"], formats), notes.FORECAST_UNITS),
        ("Order now", order_words(plan, formats), notes.REORDER),
    ]
    return html.Div(
        [
            html.Div(
                [
                    html.Div(className="stat-name", **inside([words, explain(note) if note else None])),
                    html.Div(value, className="stat-value", **({"id": available_id} if words == "Available" else {})),
                ],
                className="stat",
            )
            for words, value, note in shown
        ],
        className="stats",
    )


def fastest_chart(graph_id: str, fastest: pd.DataFrame, formats: Formats) -> Any:
    """`fastest`: product_id, name, velocity (units a day), sold_28d; fastest first."""
    if fastest.empty:
        return empty_state(
            "Nothing sold in 28 days", "What sells fastest will be compared here.", icon_name="speedometer2"
        )
    names = fastest["name"].tolist()
    figure = figures.bars(
        names,
        [float(v) for v in fastest["velocity"]],
        [f"{v:.1f}" for v in fastest["velocity"]],
        hover=[
            f"{figures.shorten(name, 60)}<br>{velocity:.1f} a day · {formats.number(int(sold))} in 28 days"
            for name, velocity, sold in zip(names, fastest["velocity"], fastest["sold_28d"], strict=True)
        ],
    )
    return figures.graph(graph_id, figure, height=30 * len(names) + 12, label="Fastest sellers, units a day")


def low_list(products: Sequence[Product], may_receive: bool, velocity: Mapping[str, float]) -> Any:
    return low_stock(products, may_receive, velocity)


def _cover_words(cover: float | None, velocity: float | None) -> str:
    if velocity is None:
        return "–"
    if velocity == 0 or cover is None:
        return "no sales"
    return f"{cover:,.1f}" if cover < 10 else f"{cover:,.0f}"


def _known(value: Any) -> Any:
    return None if value is None or value != value else int(value) if isinstance(value, float) else value


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) or math.isinf(value) else round(float(value), 4)
