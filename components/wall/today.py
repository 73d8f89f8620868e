"""The wall: today's trade, to be read from five metres.

The numbers are drawn here once from the first snapshot; from then on assets/71-wall.js keeps them,
lists and chart up to date from the live stream.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from dash import dcc, html

from app.money import Formats
from components.kit import live
from components.kit.ui import icon
from components.wall.scenes import SCENE_PARTS, SCENES, Ids, other_scenes, tile

MANY_TIMES = 3.0
SAME_WITHIN = 0.005
WEEK = 7
AGE = "The line round each tile is the age of its numbers: whole when they were just read, gone after 30 seconds."


def wall(
    snapshot: dict[str, Any], formats: Formats, store_name: str, ids: Ids, options: dict[str, Any] | None = None
) -> html.Div:
    """The whole screen. `ids` scopes element ids; `snapshot` is the hub's, as the screen may see it.

    `options`: `scenes` (names), `turn` (seconds), `hidesMoney`, `chimes`, `night` (two times of the clock, or empty
    ones), `stream` (where events come from), `build` (of the page), `isScreen`.
    """
    options = DEFAULTS | (options or {})
    config = {
        "ids": {part: ids(part) for part in PARTS},
        **options,
    }
    first = options["scenes"][0]
    scenes = {"today": _today(snapshot, formats, ids), **other_scenes(ids)}
    return html.Div(
        [
            live.stores(snapshot, stream=options["stream"], build=options["build"]),
            dcc.Store(id=ids("config"), data=config),
            dcc.Store(id=ids("drawn")),
            _head(store_name, ids, is_screen=options["isScreen"]),
            html.Div(
                [
                    html.Div(
                        scenes[name],
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
        className="wall",
        **{"data-bs-theme": "dark"},
    )


DEFAULTS: dict[str, Any] = {
    "scenes": ("today", *SCENES),
    "turn": 20,
    "hidesMoney": False,
    "chimes": False,
    "night": ("", ""),
    "stream": "",
    "build": "",
    "isScreen": False,
}
KEYS = (
    "Left and right: another scene. Space: stay or turn. M: money. S: sound. P: the busiest hour again. F: full screen."
)


# Elements that the script fills.
PARTS = (
    "root", "live", "clock", "date", "outs", "dots", "banner", "replay",
    "gross", "gross-label", "gross-change", "orders", "orders-change", "aov", "aov-label", "aov-change", "units",
    "units-change", "goal", "goal-words", "hours", "hours-legend", "latest", "top", "low", "low-count", *SCENE_PARTS,
)  # fmt: skip


def comparison(now: int, before: int, formats: Formats, when: str = "") -> tuple[str, str]:
    """(direction, words) of a number against `when`, or against what stands above it when that is empty.

    assets/71-wall.js says the same.
    """
    if before == 0:
        return "flat", f"no sales {when}" if when else "none then"
    ratio = now / before
    if abs(ratio - 1) < SAME_WITHIN:
        return "flat", f"as much as {when}" if when else "the same"
    if ratio >= MANY_TIMES:
        return "up", f"{formats.number(ratio, 1)} times {when or 'as much'}"
    direction, percent, word = ("up", ratio - 1, "more") if ratio > 1 else ("down", 1 - ratio, "less")
    words = f"{formats.percent(percent)} {word}"
    return direction, f"{words} than {when}" if when else words


def when(at: datetime, today: date, formats: Formats) -> str:
    """The time alone only for today's: "14:05", "Sat 23:31", "9 Dec 2011".

    assets/71-wall.js says the same.
    """
    local = at.astimezone(formats.zone)
    days = (today - local.date()).days
    if days <= 0:
        return f"{local:%H:%M}"
    if days < WEEK:
        return f"{format_date(local.date(), 'EEE', locale=formats.locale)} {local:%H:%M}"
    return formats.day(local.date())


def under_sales(snapshot: dict[str, Any], formats: Formats) -> tuple[str, str]:
    """(direction, words) under today's sales: a comparison, or on a day without orders when the last one was."""
    today, before, day = snapshot["today"], snapshot["last_week"], date.fromisoformat(snapshot["day"])
    if today["orders"] == 0 and snapshot["latest"]:
        last = datetime.fromisoformat(snapshot["latest"][0]["at"])
        return "flat", f"Last sale {when(last, day, formats)}"
    measure = "gross" if snapshot.get("money", True) else "orders"
    return comparison(today[measure], before[measure], formats, f"last {day:%A} by now")


def _head(store_name: str, ids: Ids, *, is_screen: bool) -> html.Header:
    overview = [] if is_screen else [dcc.Link([icon("grid-1x2"), "Overview"], href="/admin", className="wall-tool")]
    return html.Header(
        [
            html.H1(store_name, className="wall-store"),
            html.Div(id=ids("live"), className="wall-live", role="status", title=AGE),
            html.Div(id=ids("outs"), className="wall-outs", hidden=True),
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


def _today(snapshot: dict[str, Any], formats: Formats, ids: Ids) -> list[Any]:
    return [_sales(snapshot, formats, ids), _orders(ids), _top(ids), _low(ids)]


def _sales(snapshot: dict[str, Any], formats: Formats, ids: Ids) -> html.Section:
    today, before = snapshot["today"], snapshot["last_week"]
    day = f"last {date.fromisoformat(snapshot['day']):%A}"
    shows_money = snapshot.get("money", True)
    main = formats.money_whole(today["gross"]) if shows_money else formats.number(today["orders"])
    return tile(
        html.Span("Sales today" if shows_money else "Orders today", id=ids("gross-label")),
        [
            html.Div(main, id=ids("gross"), className="wall-number"),
            _change(under_sales(snapshot, formats), ids("gross-change")),
            html.Div(
                [html.Div(html.I(), className="wall-bar", id=ids("goal")), html.Span(id=ids("goal-words"))],
                className="wall-goal",
                hidden=True,
            ),
            html.Div(
                [
                    _stat(
                        "Orders",
                        formats.number(today["orders"]),
                        today["orders"],
                        before["orders"],
                        ids,
                        "orders",
                        formats,
                    ),
                    _stat(
                        "Units", formats.number(today["units"]), today["units"], before["units"], ids, "units", formats
                    ),
                    _stat(
                        html.Span("Average order", id=ids("aov-label")),
                        formats.money_whole(today["aov"]),
                        today["aov"],
                        before["aov"],
                        ids,
                        "aov",
                        formats,
                    ),
                ],
                className="wall-stats",
            ),
            html.Div(
                [
                    html.H3("Sales by hour"),
                    html.Span([html.I(className="swatch-today"), "today"], className="wall-legend"),
                    html.Span(
                        [html.I(className="swatch-before"), html.Span(day, id=ids("hours-legend"))],
                        className="wall-legend",
                    ),
                ],
                className="wall-chart-head",
            ),
            html.Div(id=ids("hours"), className="wall-chart", role="img"),
        ],
        "wall-hero",
    )


def _stat(label: Any, text: str, now: int, before: int, ids: Ids, part: str, formats: Formats) -> html.Div:
    return html.Div(
        [
            html.H3(label),
            html.Div(text, id=ids(part), className="wall-second"),
            _change(comparison(now, before, formats), ids(f"{part}-change")),
        ],
        className="wall-stat",
    )


def _change(said: tuple[str, str], id_: str) -> html.Div:
    direction, words = said
    return html.Div(words, id=id_, className=f"wall-change is-{direction}")


def _orders(ids: Ids) -> html.Section:
    return tile("Latest orders", html.Ol(id=ids("latest"), className="wall-rows"), "wall-orders")


def _top(ids: Ids) -> html.Section:
    return tile("Best sellers today", html.Ol(id=ids("top"), className="wall-rows"), "wall-top", age="sums")


def _low(ids: Ids) -> html.Section:
    title = ["Low stock", html.Span(id=ids("low-count"), className="wall-count")]
    return tile(title, html.Ol(id=ids("low"), className="wall-rows"), "wall-low")
