"""The wall: today's trade, to be read from five metres.

The numbers are drawn here once from the first event; from then on assets/71-wall.js keeps numbers, lists and charts up
to date from the live stream. What they show is said in one place for both: components/wall/parts.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import dcc, html

from components.kit import live
from components.kit.ui import icon
from components.wall import scenes
from components.wall.tiles import Filled, Ids, column, legend, tile

AGE = "The line round each tile is the age of its numbers: whole when they were just read, gone after 30 seconds."
KEYS = (
    "Left and right: another scene. Space: stay or turn. M: money. S: sound. P: the busiest hour again. F: full screen."
)


HERO_LEAST = 0.8  # of 18 % of the height: a little over 14 %

# Elements that the script finds by name.
NAMES = (
    "root", "live", "clock", "date", "dots", "banner", "replay", "full", "map-box", "all-latest", "all-orders",
    "all-orders-change",
)  # fmt: skip


def wall(event: dict[str, Any], store_name: str, ids: Ids, options: dict[str, Any] | None = None) -> html.Div:
    """The whole screen. `ids` scopes element ids; `event` is the stream's newest, as the screen may see it.

    `options`: `scenes` (names), `turn` (seconds), `hidesMoney`, `chimes`, `night` (two times of the clock, or empty
    ones), `stream` (where events come from), `build` (of the page), `isScreen`.
    """
    options = DEFAULTS | (options or {})
    config = {"ids": {name: ids(name) for name in NAMES}, **options}
    first = options["scenes"][0]
    now = Filled(ids, event["parts"])
    later = Filled(ids, {})  # the script fills a scene when it is shown
    return html.Div(
        [
            live.stores(event, stream=options["stream"], build=options["build"]),
            dcc.Store(id=ids("config"), data=config),
            dcc.Store(id=ids("drawn")),
            _head(store_name, now, is_screen=options["isScreen"]),
            html.Div(
                [
                    html.Div(
                        SCENES[name](now if name == first else later),
                        className=f"wall-scene wall-grid grid-{name}",
                        hidden=name != first,
                        **{"data-scene": name},
                    )
                    for name in options["scenes"]
                ],
                className="wall-stage",
            ),
            html.Div(id=ids("banner"), className="wall-banner", role="status", hidden=True),
        ],
        id=ids("root"),
        className="wall hides-money" if options["hidesMoney"] else "wall",
        **{"data-bs-theme": "dark"},
    )


def _head(store_name: str, filled: Filled, *, is_screen: bool) -> html.Header:
    ids = filled.ids
    overview = [] if is_screen else [dcc.Link([icon("grid-1x2"), "Overview"], href="/admin", className="wall-tool")]
    return html.Header(
        [
            html.H1(store_name, className="wall-store"),
            html.Div(id=ids("live"), className="wall-live", role="status", title=AGE),
            filled("outs", "wall-outs"),
            html.Div(id=ids("dots"), className="wall-dots", **{"aria-hidden": "true"}),
            html.Nav(
                [
                    *overview,
                    _tool(ids("replay"), "skip-backward", "Busiest hour"),
                    _tool(ids("full"), "arrows-fullscreen", "Full screen"),
                ],
                className="wall-tools",
                title=KEYS,
            ),
            html.Div(
                [html.Span(id=ids("date"), className="wall-date"), html.Span(id=ids("clock"), className="wall-clock")],
                className="wall-when",
            ),
        ],
        className="wall-head",
    )


def _tool(id_: str, icon_name: str, words: str) -> html.Button:
    return html.Button([icon(icon_name), words], id=id_, className="wall-tool", type="button")


def _today(filled: Filled) -> list[Any]:
    top = ["Best sellers today", filled("top-by", "wall-count", of=html.Span)]
    low = ["Low stock", filled("low-count", "wall-count", of=html.Span)]
    # What the lists leave is given to the two weeks before.
    rest = tile(filled("rest-title", part="days-title", of=html.Span), filled.days("rest-days", "gross"), "wall-fills")
    return [
        column(_sales(filled)),
        html.Div(
            [
                tile("Latest orders", filled.rows("latest"), "wall-list wall-orders"),
                tile(top, filled.rows("top"), "wall-list wall-top", age="sums"),
                tile(low, filled.rows("low"), "wall-list wall-low"),
                html.Div(filled("rest", "wall-fills", part="live-box", children=rest), className="wall-filler is-rest"),
            ],
            className="wall-column wall-lists",
        ),
    ]


def _sales(filled: Filled) -> html.Section:
    legends = [
        legend("swatch-today", "today"),
        legend("swatch-before", filled("hours-legend", part="last-week", of=html.Span)),
    ]
    stats = [
        _stat("Orders", "orders", filled),
        _stat("Units", "units", filled),
        _stat(filled("aov-label", of=html.Span), "aov", filled),
    ]
    goal = [filled("goal", "wall-bar", children=html.I()), filled("goal-words", of=html.Span)]
    return tile(
        filled("gross-label", of=html.Span),
        [
            filled.number("gross", least=HERO_LEAST),
            filled.change("gross-change"),
            filled.plain("gross-net"),
            filled.plain("odd"),
            filled("goal-box", "wall-goal", children=goal),
            filled("stats", "wall-stats", children=stats),
            filled(
                "hero-live",
                "wall-fills",
                part="live-box",
                children=[
                    html.Div([html.H3("Sales by hour"), *legends], className="wall-chart-head"),
                    filled.chart("hours"),
                ],
            ),
            filled(
                "hero-quiet",
                "wall-fills",
                part="quiet-box",
                children=[
                    html.Div(filled("hero-title", part="days-title", of=html.H3), className="wall-chart-head"),
                    filled.days("hero-days", "gross"),
                ],
            ),
        ],
        "wall-hero",
    )


def _stat(label: Any, name: str, filled: Filled) -> html.Div:
    # Smaller rather than shorter: an average is looked at for its digits.
    shrinks: dict[str, Any] = {"data-least": "0.5"}
    return html.Div(
        [html.H3(label), filled(name, "wall-second", **shrinks), filled.change(f"{name}-change")],
        className="wall-stat",
    )


SCENES: dict[str, Callable[[Filled], list[Any]]] = {
    "today": _today,
    "day": scenes.day,
    "orders": scenes.orders,
    "products": scenes.products,
    "map": scenes.map_,
    "stock": scenes.stock,
    "now": scenes.now,
    "packing": scenes.packing,
}
DEFAULTS: dict[str, Any] = {
    "scenes": tuple(SCENES),
    "turn": 20,
    "hidesMoney": False,
    "chimes": False,
    "night": ("", ""),
    "stream": "",
    "build": "",
    "isScreen": False,
}
