"""The wall's scenes beside the first."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from dash import dcc, html

from components.wall.tiles import Filled, legend, tile

_LAND, _LAND_LINE, _WATER = "#1d2732", "#36424f", "#121a23"
_FEW, _MANY = "#155e57", "#5eead4"


def day(filled: Filled) -> list[Any]:
    legends = [
        legend("swatch-line", "today"),
        legend("swatch-before", filled("curve-legend", part="last-week", of=html.Span)),
        legend("swatch-expected", "expected"),
    ]
    return [
        tile(
            [html.Span("Sales up to each hour"), html.Span(legends, className="wall-legends")],
            filled.chart("curve"),
            "wall-wide",
        ),
        tile("Expected at the close", [filled.number("close"), filled.plain("close-words")]),
        tile(
            "The day's goal",
            [
                filled("close-goal-words", "wall-second", part="goal-share"),
                filled("close-goal", "wall-bar", part="goal", children=html.I()),
            ],
        ),
    ]


def orders(filled: Filled) -> list[Any]:
    return [
        tile("Latest orders", filled.rows("all-latest", "with-units", part="latest"), "wall-wide wall-large"),
        tile("Orders today", [filled.number("all-orders", part="orders"), filled.change("all-orders-change")]),
        tile(
            filled("all-aov-label", part="aov-label", of=html.Span),
            [filled.number("all-aov", part="aov"), filled.change("all-aov-change")],
        ),
    ]


def products(filled: Filled) -> list[Any]:
    return [
        tile(
            "Best sellers today, and what is left",
            filled.rows("all-top", "with-stock", part="top"),
            "wall-wide wall-large",
            age="sums",
        ),
        tile("Units sold today", [filled.number("all-units", part="units"), filled.change("all-units-change")]),
        tile("Sold out", [filled.number("all-out", part="out"), filled.plain("all-out-words", part="low-words")]),
    ]


def map_(filled: Filled) -> list[Any]:
    graph = dcc.Graph(
        id=filled.ids("map"),
        figure=world(),
        config={"displayModeBar": False, "staticPlot": True, "topojsonURL": "/assets/geo/"},
        responsive=True,
        className="wall-map",
    )
    return [
        tile(
            "Orders today by country",
            filled.chart("map-box", "map", part="map", graph=graph),
            "wall-wide",
            age="sums",
        ),
        tile("Orders today", filled.number("map-orders", part="orders")),
        tile("Countries", filled.rows("map-countries", part="countries"), "wall-rest", age="sums"),
    ]


def stock(filled: Filled) -> list[Any]:
    return [
        tile(
            "Runs out first",
            [filled.rows("urgent", "with-days", part="low"), filled.plain("urgent-note")],
            "wall-wide wall-large",
        ),
        tile("Sold out", [filled.number("out-total", part="out"), filled.plain("low-total", part="low-words")]),
        tile("Well stocked", [filled.number("well"), filled.plain("on-hand")]),
    ]


def now(filled: Filled) -> list[Any]:
    return [
        tile("In carts, against what is left", filled.rows("wanted"), "wall-wide wall-large", age="carts"),
        tile("Visitors in five minutes", filled.number("visitors"), age="visitors"),
        tile("Carts in half an hour", [filled.number("carts"), filled.plain("carts-words")], age="carts"),
    ]


def world() -> go.Figure:
    """A world without anything on it yet; outlines are the shop's own (assets/geo)."""
    figure = go.Figure(
        go.Choropleth(
            locations=[], z=[], locationmode="ISO-3", showscale=False, colorscale=[[0, _FEW], [1, _MANY]],
            marker={"line": {"color": _LAND_LINE, "width": 0.5}},
        )
    )  # fmt: skip
    figure.update_geos(
        projection={"type": "natural earth"},
        showland=True, landcolor=_LAND, showcountries=True, countrycolor=_LAND_LINE, showcoastlines=False,
        showocean=False, showlakes=False, showframe=False, bgcolor=_WATER, lataxis={"range": [-56, 84]},
    )  # fmt: skip
    figure.update_layout(margin={"l": 0, "r": 0, "t": 0, "b": 0}, paper_bgcolor=_WATER, dragmode=False)
    return figure
