"""The wall: today's trade, to be read from five metres.

The numbers are drawn here once from the first snapshot; from then on assets/71-wall.js keeps them,
lists and chart up to date from the live stream.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency
from dash import dcc, html

from app.money import Formats, half_up
from components import live
from components.ui import icon

Ids = Callable[[str], str]
MANY_TIMES = 3.0
SAME_WITHIN = 0.005
WEEK = 7
AGE = "The line round each tile is the age of its numbers: whole when they were just read, gone after 30 seconds."


def wall(snapshot: dict[str, Any], formats: Formats, store_name: str, ids: Ids) -> html.Div:
    """The whole screen. `ids` scopes element ids; `snapshot` is the hub's."""
    config = {
        "zone": formats.zone.key,
        "locale": formats.locale.replace("_", "-"),
        "ids": {part: ids(part) for part in PARTS},
    }
    return html.Div(
        [
            live.stores(snapshot),
            dcc.Store(id=ids("config"), data=config),
            dcc.Store(id=ids("drawn")),
            _head(store_name, ids),
            html.Div([_sales(snapshot, formats, ids), _orders(ids), _top(ids), _low(ids)], className="wall-grid"),
        ],
        id=ids("root"),
        className="wall",
        **{"data-bs-theme": "dark"},
    )


# Elements that the script fills.
PARTS = (
    "root", "live", "clock", "date", "gross", "gross-change", "orders", "orders-change", "aov", "aov-change",
    "hours", "hours-legend", "latest", "top", "low", "low-count",
)  # fmt: skip


def whole_money(minor: int, formats: Formats) -> str:
    """Money without minor units, rounded half up."""
    major = half_up(formats.major(minor))
    pattern = Locale.parse(formats.locale).currency_formats["standard"].pattern.replace(".00", "")
    return format_currency(major, formats.currency, format=pattern, locale=formats.locale, currency_digits=False)


def comparison(now: int, before: int, when: str = "") -> tuple[str, str]:
    """(direction, words) of a number against `when`, or against what stands above it when that is empty.

    assets/71-wall.js says the same.
    """
    if before == 0:
        return "flat", f"no sales {when}" if when else "none then"
    ratio = now / before
    if abs(ratio - 1) < SAME_WITHIN:
        return "flat", f"as much as {when}" if when else "the same"
    if ratio >= MANY_TIMES:
        return "up", f"{ratio:.1f} times {when or 'as much'}"
    direction, percent, word = ("up", ratio - 1, "more") if ratio > 1 else ("down", 1 - ratio, "less")
    words = f"{percent * 100:.0f} % {word}"
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
    shown: str = format_skeleton("yMMMd", local, tzinfo=formats.zone, locale=formats.locale)
    return shown


def under_sales(snapshot: dict[str, Any], formats: Formats) -> tuple[str, str]:
    """(direction, words) under today's sales: a comparison, or on a day without orders when the last one was."""
    today, day = snapshot["today"], date.fromisoformat(snapshot["day"])
    if today["orders"] == 0 and snapshot["latest"]:
        last = datetime.fromisoformat(snapshot["latest"][0]["at"])
        return "flat", f"Last sale {when(last, day, formats)}"
    return comparison(today["gross"], snapshot["last_week"]["gross"], f"last {day:%A} by now")


def _head(store_name: str, ids: Ids) -> html.Header:
    return html.Header(
        [
            html.H1(store_name, className="wall-store"),
            html.Div(id=ids("live"), className="wall-live", role="status", title=AGE),
            html.Nav(
                [
                    dcc.Link([icon("grid-1x2"), "Overview"], href="/admin", className="wall-tool"),
                    html.Button(
                        [icon("arrows-fullscreen"), "Full screen"], id=ids("full"), className="wall-tool", type="button"
                    ),
                ],
                className="wall-tools",
            ),
            html.Div(
                [html.Span(id=ids("date"), className="wall-date"), html.Span(id=ids("clock"), className="wall-clock")],
                className="wall-when",
            ),
        ],
        className="wall-head",
    )


def _sales(snapshot: dict[str, Any], formats: Formats, ids: Ids) -> html.Section:
    today, before = snapshot["today"], snapshot["last_week"]
    weekday = f"last {date.fromisoformat(snapshot['day']):%A}"
    return _tile(
        "Sales today",
        [
            html.Div(whole_money(today["gross"], formats), id=ids("gross"), className="wall-number"),
            _change(under_sales(snapshot, formats), ids("gross-change")),
            html.Div(
                [
                    _stat("Orders", formats.number(today["orders"]), today["orders"], before["orders"], ids, "orders"),
                    _stat("Average order", whole_money(today["aov"], formats), today["aov"], before["aov"], ids, "aov"),
                ],
                className="wall-stats",
            ),
            html.Div(
                [
                    html.H3("Sales by hour"),
                    html.Span([html.I(className="swatch-today"), "today"], className="wall-legend"),
                    html.Span(
                        [html.I(className="swatch-before"), html.Span(weekday, id=ids("hours-legend"))],
                        className="wall-legend",
                    ),
                ],
                className="wall-chart-head",
            ),
            html.Div(id=ids("hours"), className="wall-chart", role="img"),
        ],
        "wall-hero",
    )


def _stat(label: str, text: str, now: int, before: int, ids: Ids, part: str) -> html.Div:
    return html.Div(
        [
            html.H3(label),
            html.Div(text, id=ids(part), className="wall-second"),
            _change(comparison(now, before), ids(f"{part}-change")),
        ],
        className="wall-stat",
    )


def _change(said: tuple[str, str], id_: str) -> html.Div:
    direction, words = said
    return html.Div(words, id=id_, className=f"wall-change is-{direction}")


def _orders(ids: Ids) -> html.Section:
    return _tile("Latest orders", html.Ol(id=ids("latest"), className="wall-rows"), "wall-orders")


def _top(ids: Ids) -> html.Section:
    return _tile("Best sellers today", html.Ol(id=ids("top"), className="wall-rows"), "wall-top")


def _low(ids: Ids) -> html.Section:
    title = ["Low stock", html.Span(id=ids("low-count"), className="wall-count")]
    return _tile(title, html.Ol(id=ids("low"), className="wall-rows"), "wall-low")


def _tile(title: Any, body: Any, class_name: str) -> html.Section:
    return html.Section(
        [html.H2(title), *(body if isinstance(body, list) else [body])], className=f"wall-tile {class_name}"
    )
