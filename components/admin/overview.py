"""The overview's parts: today's tiles, sales over time, best sellers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import dash_bootstrap_components as dbc
import pandas as pd
from dash import html

from app.domain import Trade
from app.frames import plain
from app.money import Formats
from components.admin import notes
from components.admin.live_parts import (
    LAST_WEEK,
    NONE,
    NUMBERS,
    live,
    median_words,
    net_words,
    things,
    today,
    units_words,
)
from components.admin.margin import Margin, margin_tile, margin_total, margin_words
from components.admin.periods import CHOICES, CUTS, comparisons
from components.admin.rows_behind import NOWHERE, Behind
from components.kit import figures, light
from components.kit.ready import ready
from components.kit.static_html import inside
from components.kit.ui import (
    change,
    empty_state,
    explain,
    icon,
    kpi,
    meter,
    segmented,
    spoken_label,
)

ItemId = Callable[[str, Any], Any]


class Seller(Protocol):
    """What a product sold less what came back; `net` in minor units before tax."""

    @property
    def product_id(self) -> str: ...
    @property
    def kept_units(self) -> int: ...
    @property
    def net(self) -> int: ...
    @property
    def margin(self) -> Margin: ...


class Totals(Protocol):
    """Sums over some time; money in minor units before tax."""

    @property
    def orders(self) -> int: ...
    @property
    def units(self) -> int: ...
    @property
    def gross(self) -> int: ...
    @property
    def returns(self) -> int: ...
    @property
    def net(self) -> int: ...
    @property
    def aov(self) -> int | None: ...
    @property
    def margin(self) -> Margin: ...


def behind_amounts(totals: Totals) -> int:
    """Of how many things an amount is: orders; units of a part of the products, of which no orders are counted."""
    return totals.orders or totals.units


# key, words, note
_TILES = (
    ("gross", "Sales", notes.GROSS_AND_NET),
    ("orders", "Orders", notes.ORDERS),
    ("aov", "Average order", notes.AOV),
    ("units", "Units", notes.UNITS),
    ("returns", "Returns", notes.RETURNS),
)


@ready(16)
def today_tiles(
    now: Totals,
    last_week: Totals,
    trend: pd.DataFrame,
    formats: Formats,
    part_id: Any = str,
    then: str = LAST_WEEK,
    behind: Behind = NOWHERE,
    median: int | None = None,
) -> list[html.Div]:
    """Today against the same weekday last week up to the same clock time.

    `trend`: the last days' rows (gross, orders, aov, units, returns) for the sparklines. `part_id` makes
    ids of "tile-gross" and "change-gross"; the live stream keeps these parts up to date. `then`
    says up to when last week counts. `behind`: where the orders and returns are that they count. `median`: of today's
    orders.
    """
    numbers, before = ({key: getattr(totals, key) for key in (*NUMBERS, "net")} for totals in (now, last_week))
    parts = today(numbers | {"median": median}, before, then, formats)

    def live_part(name: str, class_name: str) -> Any:
        return live(name, parts[name], id=part_id(name), className=class_name)

    return [
        kpi(
            f"{words} today",
            live_part(f"tile-{key}", "kpi-value"),
            change=live_part(f"change-{key}", "kpi-change"),
            beside=live_part(f"beside-{key}", "kpi-beside") if f"beside-{key}" in parts else None,
            note=note + notes.SAME_CLOCK,
            spark=_course(trend, key),
            href=behind.returns if key == "returns" else behind.orders,
        )
        for key, words, note in _TILES
    ]


def whole_shop() -> html.Div:
    """Over today's tiles while the page is filtered: what they count is not."""
    return html.Div("The whole shop today: the filter does not change these tiles.", className="kpi-scope")


@ready(16)
def period_tiles(
    now: Totals,
    before: Totals | None,
    against: str,
    trend: pd.DataFrame,
    formats: Formats,
    behind: Behind = NOWHERE,
    *,
    median: int | None = None,
    with_orders: bool = True,
    with_margin: bool = False,
) -> list[html.Div]:
    """The chosen period's totals; `before` None: there was no trade to compare with. The others as in `today_tiles`.

    Without orders of a part of the products: an order holds others too.
    """
    tiles = [
        kpi(
            words,
            _shown(getattr(now, key), NUMBERS[key][0], formats),
            change=_change_against(key, now, before, against, formats) if before else "",
            beside=_beside(key, now, before, median, formats),
            note=note,
            spark=_course(trend, key),
            href=behind.returns if key == "returns" else behind.orders,
        )
        for key, words, note in _TILES
        if with_orders or key not in ("orders", "aov")
    ]
    if with_margin:
        tiles.insert(1, margin_tile(now, before, against, formats, behind_amounts(before) if before else 0))
    return tiles


def _change_against(key: str, now: Totals, before: Totals, against: str, formats: Formats) -> Any:
    (is_money, good), value, then = NUMBERS[key], getattr(now, key), getattr(before, key)
    if value is None or then is None:
        return light.Span(f"no orders {'then' if value else 'to average'}", className="delta delta-flat")
    return change(
        value, then, against, formats, good=good, things=things(key, behind_amounts(before)),
        show=lambda value: _shown(value, is_money, formats),
    )  # fmt: skip


def _beside(key: str, now: Totals, before: Totals | None, median: int | None, formats: Formats) -> Any:
    if key == "aov":
        return median_words(median, formats)
    if key != "gross":
        return None
    return net_words(now.net, before.net if before else 0, formats, behind_amounts(before) if before else 0)


def _course(trend: pd.DataFrame, key: str) -> Any:
    """The line under a tile; where a day has no average there is no point."""
    return figures.sparkline([int(value) for value in plain(trend[key]) if value is not None])


@ready(32)
def period_controls(
    part_id: Callable[[str], str], asked: Mapping[str, str], first: str, last: str, alone: str = "", feast: str = ""
) -> list[Any]:
    """Period choice, two dates for a custom one, what to compare with, and how finely to cut.

    `asked`: period, compare and grain. `first`, `last`: ISO dates, both included. `alone`: why there is nothing to
    compare with, if so; `feast`: by which it can be.
    """
    return [
        html.Div(
            [
                spoken_label("First day", part_id("from")),
                dbc.Input(id=part_id("from"), type="date", value=first, debounce=0.4),
                html.Span("to", className="muted"),
                spoken_label("Last day", part_id("to")),
                dbc.Input(id=part_id("to"), type="date", value=last, debounce=0.4),
                html.Div(id=part_id("dates-error"), className="field-error", role="alert"),
            ],
            id=part_id("dates"),
            className="dates",
            hidden=asked["period"] != "custom",
        ),
        segmented(part_id("period"), CHOICES, asked["period"], label="Period"),
        _select(part_id("grain"), "Cut by", CUTS, asked["grain"]),
        html.Div(
            _select(
                part_id("compare"),
                "Compare with",
                comparisons(feast, asked["compare"]),
                asked["compare"],
                disabled=bool(alone),
            ),
            id=part_id("compare-box"),
            title=alone,
        ),
    ]


def _select(
    control_id: str, words: str, options: Sequence[tuple[str, str]], value: str, disabled: bool = False
) -> html.Div:
    return html.Div(
        [
            html.Label(words, htmlFor=control_id, className="muted"),
            dbc.Select(
                id=control_id,
                options=[{"value": key, "label": label} for key, label in options],
                value=value,
                disabled=disabled,
            ),
        ],
        className="small-select",
    )


@ready(32)
def sales_totals(
    totals: Totals,
    before: Totals | None,
    against: str,
    formats: Formats,
    *,
    with_orders: bool = True,
    median: int | None = None,
    with_margin: bool = False,
) -> html.Div:
    """The period's sums over its line; `before` None: nothing to compare with.

    `with_margin`: for those who may know it. Without orders of a part of the products: an order holds others too.
    """
    shown = [
        _total("Gross sales", totals.gross, before, against, "gross", formats, notes.GROSS, main=True),
        _total("Net sales", totals.net, before, against, "net", formats, notes.NET),
    ]
    if with_margin:
        shown.append(margin_total(totals, before, against, formats, behind_amounts(before) if before else 0))
    if with_orders:
        shown += [
            _total("Orders", totals.orders, before, against, "orders", formats, notes.ORDERS, money=False),
            _total(
                "Average order",
                totals.aov,
                before,
                against,
                "aov",
                formats,
                notes.AOV,
                beside=median_words(median, formats),
            ),
        ]
    else:
        shown.append(_total("Units", totals.units, before, against, "units", formats, notes.UNITS, money=False))
    return html.Div(className="stats", **inside(shown))


def no_sales() -> html.Div:
    return empty_state(
        "No sales in this period",
        "Each paid order adds to this line within a second or two. Choose a longer period to look back.",
        icon_name="graph-up",
    )


def _total(
    words: str,
    value: int | None,
    before: Totals | None,
    against: str,
    key: str,
    formats: Formats,
    note: str,
    *,
    money: bool = True,
    main: bool = False,
    beside: str = "",
) -> Any:
    return light.Div(
        [
            light.Div([words, explain(note, light)], className="stat-name"),
            light.Div(_shown(value, money, formats), className="stat-value"),
            _change_from(key, value, before, against, money, formats) if before else None,
            light.Div(beside, className="stat-beside") if beside else None,
        ],
        className="stat stat-main" if main else "stat",
    )


def _change_from(key: str, value: int | None, before: Totals, against: str, is_money: bool, formats: Formats) -> Any:
    """Says what the number was before; that it was the period before says the switch above and the grey line."""
    then = getattr(before, key)
    if value is None:
        return light.Span("no orders to average", className="delta delta-flat")
    if not then:
        return light.Span(
            "no orders then" if key == "aov" else "none then", className="delta delta-flat", title=f"against {against}"
        )
    words, of_orders = f"from {_shown(then, is_money, formats)}", things(key, behind_amounts(before))
    return change(value, then, "before", formats, words=words, title=f"against {against}", of=light, things=of_orders)


@ready(32)
def best_sellers(
    rows: Sequence[Seller],
    names: Mapping[str, str],
    formats: Formats,
    chosen: str = "",
    item: ItemId | None = None,
    *,
    with_margin: bool = False,
) -> Any:
    """`rows`: the best first; `names` by product id. `with_margin`: for those who may know it.

    With `item` a click on a product filters the page by it; `chosen` is the one that it is filtered by.
    """
    if not rows:
        return empty_state(
            "No sales in this period", "The products that earn most will be listed here.", icon_name="bag"
        )
    most = max(row.net for row in rows)
    lines = [
        _best_row(
            rank,
            names.get(row.product_id, row.product_id),
            row,
            most,
            formats,
            margin_words(row.margin, formats) if with_margin else "",
        )
        for rank, row in enumerate(rows, start=1)
    ]
    if item is None:
        return html.Ol(className="kit-list", **inside([light.Li(line) for line in lines]))
    buttons = [
        html.Li(
            html.Button(
                id=item("pick", f"product:{pid}"),
                className="part-row" + (" part-on" if pid == chosen else ""),
                type="button",
                n_clicks=0,
                title=f"{'Show all again instead of only' if pid == chosen else 'Show only'} {names.get(pid, pid)}",
                **{"aria-pressed": "true" if pid == chosen else "false"},
                **inside([*line, icon("x-lg" if pid == chosen else "funnel", "part-mark", light)]),
            )
        )
        for pid, line in zip((row.product_id for row in rows), lines, strict=True)
    ]
    return html.Ol(buttons, className="part-list")


def _best_row(rank: int, name: str, row: Seller, most: int, formats: Formats, margin: str) -> list[Any]:
    made = light.Span(margin, className="sub") if margin else None
    units = light.Span(units_words(row.kept_units, formats), className="sub")
    return [
        light.Span(str(rank), className="rank"),
        light.Span(
            [light.Span(name, className="name", title=name), made, meter(row.net, most, light)], className="grow"
        ),
        light.Span([formats.money_short(row.net), units], className="num"),
    ]


def when_words(at: Any, formats: Formats) -> str:
    """The clock for today, else the day."""
    return formats.clock(at) if formats.store_day(at) == formats.today() else formats.day(formats.store_day(at))


def quiet_notice(trade: Trade, formats: Formats) -> Any:
    """With which day the numbers of a quiet shop end; nothing while it trades."""
    if trade.last_day is None or not trade.is_quiet:
        return None
    return html.Div(
        [
            icon("clock-history"),
            f"The last sale was on {formats.day(trade.last_day)}. Numbers of the last days, speeds and forecasts end "
            "there; after a new sale they end today again.",
        ],
        className="notice",
    )


def _shown(value: int | None, is_money: bool, formats: Formats) -> str:
    if value is None:
        return NONE
    if not is_money:
        return formats.number(value)
    return formats.money(value) if 0 < abs(formats.major(value)) < 1000 else formats.money_short(value)


def live_mark(part_id: str, trade: Trade, now: datetime, formats: Formats) -> html.Span:
    """The "as of" line; the browser writes the stream's state into it (liveMark in assets/51-admin.js)."""
    ends = f"Sales end on {formats.day(trade.anchor)}" if trade.is_quiet else f"as of {formats.clock(now)}"
    return html.Span(ends, id=part_id, className="live-mark")
