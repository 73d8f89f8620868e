"""The wall's scenes beside the first."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from components.wall.tiles import Filled, column, legend, side, stat, tile

_LAND, _LAND_LINE, _WATER = "#1d2732", "#36424f", "#121a23"
_FEW, _MANY = "#155e57", "#5eead4"


def day(filled: Filled) -> list[Any]:
    legends = [
        legend("swatch-line", "today"),
        legend("swatch-before", filled("curve-legend", part="last-week", of=html.Span)),
        legend("swatch-expected", "expected"),
    ]
    curve = tile(
        [html.Span("Sales up to each hour"), html.Span(legends, className="wall-legends")],
        filled.chart("curve"),
        "wall-fills",
    )
    close = [
        filled.number("close"),
        filled.plain("close-words"),
        filled(
            "closes-box",
            "wall-fills",
            children=[filled("closes-title", "wall-over-chart"), filled.chart("closes")],
        ),
        filled(
            "no-closes-box",
            "wall-fills",
            children=[filled("orders-title", "wall-over-chart"), filled.days("close-days", "orders")],
        ),
    ]
    goal = [
        filled.number("goal-number", part="goal-share"),
        filled.plain("goal-of"),
        filled("close-goal", "wall-bar", part="goal", children=html.I()),
    ]
    return [
        column(
            filled("curve-box", "wall-fills", part="live-box", children=curve),
            filled("curve-quiet", "wall-fills", part="quiet-box", children=_last_days(filled, "curve")),
        ),
        side(
            tile(filled("close-label", of=html.Span), close, "wall-stat-tile"),
            filled("goal-tile", children=tile("The day's goal", goal, "wall-goal-tile")),
        ),
    ]


def orders(filled: Filled) -> list[Any]:
    return [
        column(
            tile("Latest orders", filled.rows("all-latest", "with-units", part="latest"), "wall-list wall-large"),
            _by_hour(filled, "orders"),
        ),
        side(
            stat("Orders today", "all-orders", filled, part="orders", change="all-orders-change", of="orders"),
            stat(
                filled("all-aov-label", part="aov-label", of=html.Span),
                "all-aov",
                filled,
                part="aov",
                change="all-aov-change",
                of="aov",
            ),
        ),
    ]


def products(filled: Filled) -> list[Any]:
    title = ["Best sellers today, and what is left", filled("all-top-by", "wall-count", part="top-by", of=html.Span)]
    return [
        column(
            tile(title, filled.rows("all-top", "with-stock", part="top"), "wall-list wall-large", age="sums"),
            _by_hour(filled, "products"),
        ),
        side(
            stat("Units sold today", "all-units", filled, part="units", change="all-units-change", of="units"),
            _sold_out(filled, "all-out"),
        ),
    ]


def map_(filled: Filled) -> list[Any]:
    graph = dcc.Graph(
        id=filled.ids("map"),
        figure=world(),
        config={"displayModeBar": False, "staticPlot": True, "topojsonURL": "/assets/geo/"},
        responsive=True,
        className="wall-map",
    )
    map_box = filled.chart("map-box", "map", part="map", graph=graph)
    return [
        column(tile("Orders today by country", map_box, "wall-fills", age="sums")),
        side(
            stat("Orders today", "map-orders", filled, part="orders", change="map-change", of="orders"),
            tile("Countries", filled.rows("map-countries", part="countries"), "wall-list", age="sums"),
        ),
    ]


def stock(filled: Filled) -> list[Any]:
    return [
        column(
            tile(
                "Runs out first",
                [filled.rows("urgent", part="low"), filled.plain("urgent-note")],
                "wall-list wall-large",
            ),
            _by_hour(filled, "stock"),
        ),
        side(
            _sold_out(filled, "out-total"),
            stat("Units sold today", "stock-units", filled, part="units", change="stock-units-change", of="units"),
        ),
    ]


def now(filled: Filled) -> list[Any]:
    visitors = [
        filled.number("visitors"),
        filled.chart("minutes"),
    ]
    carts = [
        filled.number("carts"),
        filled.plain("carts-words"),
        html.Div("What came of them, in the same half hour", className="wall-over-chart"),
        filled("lately", "wall-bars", of=html.Ul),
    ]
    return [
        column(
            tile("In carts, against what is left", filled.rows("wanted"), "wall-list wall-large", age="carts"),
            _by_hour(filled, "now"),
        ),
        side(
            tile("Visitors in five minutes", visitors, "wall-stat-tile", age="visitors"),
            tile("Carts in half an hour", carts, "wall-stat-tile", age="carts"),
        ),
    ]


def packing(filled: Filled) -> list[Any]:
    to_pack = [
        filled.number("to-pack"),
        filled.plain("oldest"),
        filled("to-pack-bars", "wall-bars", of=html.Ul),
    ]
    mails = [
        filled.number("mails-failed"),
        filled.plain("mails-words"),
        filled("mails-bars", "wall-bars", of=html.Ul),
    ]
    return [
        column(
            tile("Waits longest", filled.rows("queue", "with-units"), "wall-list wall-large", age="packing"),
            tile(
                filled("packing-title", part="orders-title", of=html.Span),
                filled.days("packing-days", "orders"),
                "wall-fills",
            ),
        ),
        side(
            tile("Orders to pack", to_pack, "wall-stat-tile", age="packing"),
            tile("Mails that failed", mails, "wall-stat-tile", age="packing"),
        ),
    ]


def _sold_out(filled: Filled, name: str) -> html.Section:
    levels = [
        filled(f"{name}-levels", "wall-bars", part="levels", of=html.Ul),
        filled.plain(f"{name}-hand", part="on-hand"),
    ]
    words = filled.plain(f"{name}-words", part="low-words")
    return tile("Sold out", [filled.number(name, part="out"), words, *levels], "wall-stat-tile")


def _by_hour(filled: Filled, scene: str) -> Component:
    """What fills the place that a list leaves."""
    legends = [
        legend("swatch-today", "today"),
        legend("swatch-before", filled(f"{scene}-hours-legend", part="last-week", of=html.Span)),
    ]
    title = [html.Span("Sales by hour"), html.Span(legends, className="wall-legends")]
    live = tile(title, filled.chart(f"{scene}-hours", "hours"), "wall-fills")
    return html.Div(
        [
            filled(f"{scene}-live", "wall-fills", part="live-box", children=live),
            filled(f"{scene}-quiet", "wall-fills", part="quiet-box", children=_last_days(filled, scene)),
        ],
        className="wall-filler",
    )


def _last_days(filled: Filled, scene: str) -> html.Section:
    title = filled(f"{scene}-days-title", part="days-title", of=html.Span)
    return tile(title, filled.days(f"{scene}-days", "gross"), "wall-fills")


def world() -> go.Figure:
    """A world without anything on it yet; outlines are the shop's own (assets/geo)."""
    figure = go.Figure(
        go.Choropleth(
            locations=[], z=[], locationmode="ISO-3", showscale=False, colorscale=[[0, _FEW], [1, _MANY]],
            marker={"line": {"color": _LAND_LINE, "width": 0.5}},
        )
    )  # fmt: skip
    figure.update_geos(
        projection={"type": "mercator"},  # whose pieces are rectangles: the map fills its tile
        showland=True, landcolor=_LAND, showcountries=True, countrycolor=_LAND_LINE, showcoastlines=False,
        showocean=False, showlakes=False, showframe=False, bgcolor=_WATER, lataxis={"range": [-56, 84]},
    )  # fmt: skip
    figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0}, paper_bgcolor=_WATER, dragmode=False)
    return figure
