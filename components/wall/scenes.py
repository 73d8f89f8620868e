"""The wall's scenes beside the first: tiles that assets/71-wall.js fills from the live stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
from dash import dcc, html

Ids = Callable[[str], str]

SCENES = ("day", "orders", "products", "map", "stock", "now")
# Elements that the script fills.
SCENE_PARTS = (
    "curve", "curve-legend", "close", "close-words", "close-goal", "close-goal-words",
    "all-orders", "all-orders-change", "all-aov", "all-aov-label", "all-aov-change", "all-latest",
    "all-units", "all-units-change", "all-out", "all-out-words", "all-top",
    "map-box", "map-orders", "map-countries", "well", "low-total", "out-total", "on-hand", "urgent", "urgent-note",
    "visitors", "carts", "carts-words", "wanted",
)  # fmt: skip

_LAND, _LAND_LINE, _WATER = "#1d2732", "#36424f", "#121a23"
_FEW, _MANY = "#155e57", "#5eead4"


def tile(title: Any, body: Any, class_name: str = "", age: str = "") -> html.Section:
    """`age`: which of the snapshot's facts it shows ("sums", "carts", "visitors"), if not the orders themselves."""
    return html.Section(
        [html.H2(title), *(body if isinstance(body, list) else [body])],
        className=f"wall-tile {class_name}".strip(),
        **{"data-age": age},
    )


def other_scenes(ids: Ids) -> dict[str, list[Any]]:
    """The tiles of each scene, by its name."""
    return {
        "day": _day(ids),
        "orders": _orders(ids),
        "products": _products(ids),
        "map": _map(ids),
        "stock": _stock(ids),
        "now": _now(ids),
    }


def _day(ids: Ids) -> list[Any]:
    legend = [
        html.Span([html.I(className="swatch-line"), "today"], className="wall-legend"),
        html.Span([html.I(className="swatch-before"), html.Span(id=ids("curve-legend"))], className="wall-legend"),
        html.Span([html.I(className="swatch-expected"), "expected"], className="wall-legend"),
    ]
    return [
        tile(
            [html.Span("Sales up to each hour"), html.Span(legend, className="wall-legends")],
            html.Div(id=ids("curve"), className="wall-chart", role="img"),
            "wall-wide",
        ),
        tile(
            "Expected at the close",
            [_number(ids("close")), html.Div(id=ids("close-words"), className="wall-change is-plain")],
        ),
        tile(
            "The day's goal",
            [
                html.Div(id=ids("close-goal-words"), className="wall-second"),
                html.Div(html.I(), className="wall-bar", id=ids("close-goal")),
            ],
        ),
    ]


def _orders(ids: Ids) -> list[Any]:
    return [
        tile("Latest orders", html.Ol(id=ids("all-latest"), className="wall-rows"), "wall-wide wall-large"),
        tile("Orders today", [_number(ids("all-orders")), _plain(ids("all-orders-change"))]),
        tile(html.Span(id=ids("all-aov-label")), [_number(ids("all-aov")), _plain(ids("all-aov-change"))]),
    ]


def _products(ids: Ids) -> list[Any]:
    return [
        tile(
            "Best sellers today, and what is left",
            html.Ol(id=ids("all-top"), className="wall-rows"),
            "wall-wide wall-large",
            age="sums",
        ),
        tile("Units sold today", [_number(ids("all-units")), _plain(ids("all-units-change"))]),
        tile("Sold out", [_number(ids("all-out")), _plain(ids("all-out-words"))]),
    ]


def _map(ids: Ids) -> list[Any]:
    return [
        tile(
            "Orders today by country",
            html.Div(
                dcc.Graph(
                    id=ids("map"),
                    figure=world(),
                    config={"displayModeBar": False, "staticPlot": True, "topojsonURL": "/assets/geo/"},
                    responsive=True,
                    className="wall-map",
                ),
                id=ids("map-box"),
                className="wall-chart",
            ),
            "wall-wide",
            age="sums",
        ),
        tile("Orders today", _number(ids("map-orders"))),
        tile("Countries", html.Ol(id=ids("map-countries"), className="wall-rows"), "wall-rest", age="sums"),
    ]


def _stock(ids: Ids) -> list[Any]:
    return [
        tile(
            "Runs out first",
            [html.Ol(id=ids("urgent"), className="wall-rows"), _plain(ids("urgent-note"))],
            "wall-wide wall-large",
        ),
        tile("Sold out", [_number(ids("out-total"), "is-bad"), _plain(ids("low-total"))]),
        tile("Well stocked", [_number(ids("well")), _plain(ids("on-hand"))]),
    ]


def _now(ids: Ids) -> list[Any]:
    return [
        tile("In carts, against what is left", html.Ol(id=ids("wanted"), className="wall-rows"), "wall-wide wall-large",
             age="carts"),
        tile("Visitors in five minutes", _number(ids("visitors")), age="visitors"),
        tile("Carts in half an hour", [_number(ids("carts")), _plain(ids("carts-words"))], age="carts"),
    ]  # fmt: skip


def _number(id_: str, class_name: str = "") -> html.Div:
    return html.Div(id=id_, className=f"wall-number {class_name}".strip())


def _plain(id_: str) -> html.Div:
    return html.Div(id=id_, className="wall-change is-plain")


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
