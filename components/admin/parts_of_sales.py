"""What sales are made of: lists of which a click chooses one part, the chosen parts, and the hours of the week."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol

import pandas as pd
from babel.dates import get_day_names
from dash import html

from app.domain import WEEKDAYS
from app.frames import records
from app.money import Formats
from components.admin.margin import Margin, margin_words
from components.kit import light
from components.kit.static_html import inside, static
from components.kit.ui import empty_state, icon, meter, spoken

ItemId = Callable[[str, Any], Any]


class Slice(Protocol):
    """What one part sold: `key` chooses it, `share` of all from 0 to 1."""

    @property
    def key(self) -> str: ...
    @property
    def gross(self) -> int: ...
    @property
    def share(self) -> float: ...
    @property
    def margin(self) -> Margin | None: ...


class Largest(Protocol):
    """The first parts, and what the others are together."""

    @property
    def shown(self) -> Sequence[Slice]: ...
    @property
    def others(self) -> int: ...
    @property
    def others_share(self) -> float: ...


def part_list(
    kind: str,
    parts: Largest,
    name: Callable[[str], str],
    chosen: str,
    item: ItemId,
    formats: Formats,
    *,
    with_margin: bool = False,
) -> Any:
    """The largest first; a click on one filters the page by it, a click on the chosen one takes the filter off.

    `name`: what the part of a key is called. `with_margin`: for those who may know it.
    """
    if not parts.shown:
        words = "What sold will be split up here."
        return empty_state("No sales in this period", words, icon_name="pie-chart")
    most = parts.shown[0].share
    lines = [
        html.Li(_part_row(kind, one, name(one.key), one.key == chosen, most, item, formats, with_margin))
        for one in parts.shown
    ]
    if parts.others:
        words = f"{formats.number(parts.others)} more, {formats.percent(parts.others_share)} together"
        lines.append(html.Li(html.Span(words, className="muted"), className="part-rest"))
    return html.Ul(lines, className="part-list")


def _part_row(
    kind: str,
    one: Slice,
    label: str,
    is_chosen: bool,
    most: float,
    item: ItemId,
    formats: Formats,
    with_margin: bool,
) -> html.Button:
    share = light.Span(formats.percent(one.share), className="sub")
    made = light.Span(margin_words(one.margin, formats), className="sub") if with_margin and one.margin else None
    words = [
        light.Span([light.Span(label, className="name"), made, meter(one.share, most, light)], className="grow"),
        light.Span([formats.money_short(one.gross), share], className="num"),
        icon("x-lg" if is_chosen else "funnel", "part-mark", light),
    ]
    return html.Button(
        id=item("pick", f"{kind}:{one.key}"),
        className="part-row" + (" part-on" if is_chosen else ""),
        type="button",
        n_clicks=0,
        title=f"{'Show all again instead of only' if is_chosen else 'Show only'} {label}",
        **{"aria-pressed": "true" if is_chosen else "false"},
        **inside(words),
    )


def chips(parts: Sequence[tuple[str, str, str]], item: ItemId) -> Any:
    """`parts`: (kind, what it is called, value in words) of each filter that is on."""
    if not parts:
        return None
    found = [
        html.Button(
            [html.Span(f"{name}: {words}"), icon("x-lg")],
            id=item("pick", f"{kind}:"),
            className="picked",
            type="button",
            n_clicks=0,
            title=f"Remove this filter: {words}",
        )
        for kind, name, words in parts
    ]
    if len(parts) > 1:
        found.append(
            html.Button(
                "Clear all", id=item("pick", "all:"), className="btn btn-quiet btn-sm", type="button", n_clicks=0
            )
        )
    return html.Div([html.Span("Only", className="muted"), *found], className="picked-row", role="status")


def hour_words(weekday: int, hour: int) -> str:
    """ "Saturdays from 20:00"."""
    return f"{WEEKDAYS[weekday].capitalize()}s from {hour:02}:00"


def hours_map(frame: pd.DataFrame, formats: Formats) -> Any:
    """A table of seven days by 24 hours whose cells are the darker the more orders, or sales, they hold.

    `frame` as hours_of_week; by which of the two, the class around it says (assets/55-analytics.css).
    """
    most = {key: int(frame[key].max()) if len(frame) else 0 for key in ("orders", "gross")}
    if not all(most.values()):
        return empty_state(
            "No sales in this period", "The hours at which people buy will show here.", icon_name="calendar3-week"
        )
    cells = {(r.weekday, r.hour): (r.orders, r.gross) for r in records(frame)}
    head = [light.Th(light.Span("Weekday", className="visually-hidden"), scope="col")] + [
        light.Th(f"{hour:02}" if hour % 3 == 0 else spoken(f"{hour:02}", light), scope="col") for hour in range(24)
    ]
    rows = [
        light.Tr(
            [light.Th(weekday_words(day, formats, "abbreviated"), scope="row")]
            + [_hour(name, hour, *cells[day, hour], most, formats) for hour in range(24)]
        )
        for day, name in enumerate(weekday_words(day, formats) for day in range(7))
    ]
    caption = light.Caption("Orders and gross sales by weekday and hour", className="visually-hidden")
    return html.Div(
        static(light.Table([caption, light.Thead(light.Tr(head)), light.Tbody(rows)], className="hours-table")),
        className="table-scroll",
        tabIndex="0",
        role="region",
        **{"aria-label": "Orders and gross sales by weekday and hour"},
    )


def _hour(weekday: str, hour: int, orders: int, gross: int, most: dict[str, int], formats: Formats) -> Any:
    words = f"{weekday}, {hour:02}:00 to {(hour + 1) % 24:02}:00"
    count = "no orders" if not orders else f"{formats.number(orders)} orders, {formats.money_short(gross)}"
    return light.Td(
        light.Span(count, className="visually-hidden"),
        style={
            "--by-orders": f"{100 * orders / most['orders']:.0f}%",
            "--by-gross": f"{100 * gross / most['gross']:.0f}%",
        },
        title=f"{words}: {count}",
    )


def weekday_words(day: int, formats: Formats, width: Literal["wide", "abbreviated"] = "wide") -> str:
    """0 is Monday."""
    return str(get_day_names(width, locale=formats.locale)[day]).rstrip(".")
