"""The overview's parts: today's tiles, sales over time, best sellers, low stock, latest orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol
from urllib.parse import quote

import dash_bootstrap_components as dbc
import pandas as pd
from dash import dcc, html

from app.domain import OrderSummary, Product, Trade
from app.money import Formats
from components.admin import notes
from components.admin.periods import CHOICES, COMPARISONS, CUTS
from components.admin.rows_behind import NOWHERE, Behind
from components.kit import figures, light
from components.kit.static_html import inside
from components.kit.ui import (
    badge,
    change,
    empty_state,
    explain,
    icon,
    kpi,
    link_button,
    meter,
    segmented,
    spoken_label,
)

LAST_WEEK = "last week"
ItemId = Callable[[str, Any], Any]


class Seller(Protocol):
    """What a product sold; `gross` in minor units before tax."""

    @property
    def product_id(self) -> str: ...
    @property
    def units(self) -> int: ...
    @property
    def gross(self) -> int: ...


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
    def aov(self) -> int: ...


# key, words, note, is money, which way is welcome
_TILES: tuple[tuple[str, str, str, bool, Literal["up", "down"]], ...] = (
    ("gross", "Sales", notes.GROSS, True, "up"),
    ("orders", "Orders", notes.ORDERS, False, "up"),
    ("aov", "Average order", notes.AOV, True, "up"),
    ("units", "Units", notes.UNITS, False, "up"),
    ("returns", "Returns", notes.RETURNS, True, "down"),
)


def today_tiles(
    now: Totals,
    last_week: Totals,
    trend: pd.DataFrame,
    formats: Formats,
    part_id: Any = str,
    then: str = LAST_WEEK,
    behind: Behind = NOWHERE,
) -> list[html.Div]:
    """Today against the same weekday last week up to the same clock time.

    `trend`: the last days' rows (gross, orders, aov, units, returns) for the sparklines. `part_id` makes
    ids of "tile-gross" and "change-gross"; the browser updates these parts from the live snapshot. `then`
    says up to when last week counts. `behind`: where the orders and returns are that they count.
    """
    return [
        kpi(
            f"{words} today",
            _in_full(getattr(now, key), is_money, formats),
            change=_since_last_week(key, getattr(now, key), getattr(last_week, key), then, good, formats),
            note=note + notes.SAME_CLOCK,
            spark=figures.sparkline([int(value) for value in trend[key]]),
            value_id=part_id(f"tile-{key}"),
            change_id=part_id(f"change-{key}"),
            href=behind.returns if key == "returns" else behind.orders,
        )
        for key, words, note, is_money, good in _TILES
    ]


def last_week_words(now: datetime, formats: Formats) -> str:
    """Up to when the same weekday last week counts: "by 05:47 last Monday"."""
    return f"by {formats.clock(now)} last {formats.today(now):%A}"


def _since_last_week(
    key: str, now: int, before: int, then: str, good: Literal["up", "down"], formats: Formats
) -> html.Span:
    if before:
        return change(now, before, LAST_WEEK, formats, good=good)
    return html.Span("no orders then" if key == "aov" else f"none {then}", className="delta delta-flat")


def period_tiles(
    now: Totals, before: Totals | None, against: str, trend: pd.DataFrame, formats: Formats, behind: Behind = NOWHERE
) -> list[html.Div]:
    """The chosen period's totals; `before` None: there was no trade to compare with. `behind` as in `today_tiles`."""
    return [
        kpi(
            words,
            _shown(getattr(now, key), is_money, formats),
            change=change(getattr(now, key), getattr(before, key), against, formats, good=good) if before else "",
            note=note,
            spark=figures.sparkline([int(value) for value in trend[key]]) if key in trend else None,
            href=behind.returns if key == "returns" else behind.orders,
        )
        for key, words, note, is_money, good in _TILES
    ]


def period_controls(
    part_id: Callable[[str], str], asked: Mapping[str, str], first: str, last: str, alone: str = ""
) -> list[Any]:
    """Period choice, two dates for a custom one, what to compare with, and how finely to cut.

    `asked`: period, compare and grain. `first`, `last`: ISO dates, both included. `alone`: why there is nothing to
    compare with, if so.
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
            _select(part_id("compare"), "Compare with", COMPARISONS, asked["compare"], disabled=bool(alone)),
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


def sales_totals(
    totals: Totals, before: Totals | None, against: str, formats: Formats, *, with_orders: bool = True
) -> html.Div:
    """The period's sums over its line; `before` None: nothing to compare with.

    Without orders of a part of the products: an order holds others too.
    """
    shown = [
        _total("Gross sales", totals.gross, before, against, "gross", formats, notes.GROSS, main=True),
        _total("Net sales", totals.net, before, against, "net", formats, notes.NET),
    ]
    if with_orders:
        shown += [
            _total("Orders", totals.orders, before, against, "orders", formats, notes.ORDERS, money=False),
            _total("Average order", totals.aov, before, against, "aov", formats, notes.AOV),
        ]
    else:
        shown.append(_total("Units", totals.units, before, against, "units", formats, notes.UNITS, money=False))
    return html.Div(className="stats", **inside(shown))


def no_sales() -> html.Div:
    return empty_state(
        "No sales in these days",
        "Each paid order adds to this line within a second or two. Choose a longer period to look back.",
        icon_name="graph-up",
    )


def _total(
    words: str,
    value: int,
    before: Totals | None,
    against: str,
    key: str,
    formats: Formats,
    note: str,
    *,
    money: bool = True,
    main: bool = False,
) -> Any:
    return light.Div(
        [
            light.Div([words, explain(note, light)], className="stat-name"),
            light.Div(_shown(value, money, formats), className="stat-value"),
            _change_from(key, value, getattr(before, key), against, money, formats) if before else None,
        ],
        className="stat stat-main" if main else "stat",
    )


def _change_from(key: str, value: int, before: int, against: str, is_money: bool, formats: Formats) -> Any:
    """Says what the number was before; that it was the period before says the switch above and the grey line."""
    if not before:
        return light.Span(
            "no orders then" if key == "aov" else "none then", className="delta delta-flat", title=f"against {against}"
        )
    words = f"from {_shown(before, is_money, formats)}"
    return change(value, before, "before", formats, words=words, title=f"against {against}", of=light)


def best_sellers(
    rows: Sequence[Seller], names: Mapping[str, str], formats: Formats, chosen: str = "", item: ItemId | None = None
) -> Any:
    """`rows`: the best first; `names` by product id.

    With `item` a click on a product filters the page by it; `chosen` is the one that it is filtered by.
    """
    if not rows:
        return empty_state(
            "Nothing sold in these days", "The products that earn most will be listed here.", icon_name="bag"
        )
    most = max(row.gross for row in rows)
    lines = [
        _best_row(rank, names.get(row.product_id, row.product_id), row.units, row.gross, most, formats)
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


def _best_row(rank: int, name: str, units: int, gross: int, most: int, formats: Formats) -> list[Any]:
    return [
        light.Span(str(rank), className="rank"),
        light.Span([light.Span(name, className="name", title=name), meter(gross, most, light)], className="grow"),
        light.Span(
            [formats.money_short(gross), light.Span(units_words(units, formats), className="sub")], className="num"
        ),
    ]


def low_stock(
    products: Sequence[Product], may_receive: bool, formats: Formats, velocity: Mapping[str, float] | None = None
) -> Any:
    """The most urgent first, each ending in "Receive" for those who may. `velocity`: units a day of what sells."""
    if not products:
        return empty_state(
            "Nothing is low", "Products that fall below their threshold will be listed here.", icon_name="check2-circle"
        )
    rows = [_low_row(p, (velocity or {}).get(p.product_id, 0.0), may_receive, formats) for p in products]
    return html.Ul(className="kit-list", **inside(rows))


def _low_row(product: Product, speed: float, may_receive: bool, formats: Formats) -> Any:
    return light.Li(
        [
            light.Div(
                [
                    light.Span(product.name, className="name", title=product.name),
                    light.Span(low_words(product.stock, product.threshold, speed, formats), className="sub"),
                ],
                className="grow",
            ),
            badge("Sold out", "bad", "x-circle", light)
            if product.stock <= 0
            else badge(f"{formats.number(product.stock)} left", "warn", "arrow-down", light),
            receive_link(product.product_id, light.A) if may_receive else None,
        ]
    )


def low_words(available: int, threshold: int, speed: float, formats: Formats) -> str:
    """How long it lasts at `speed` units a day, and its threshold; as lowWords in assets/51-admin.js."""
    rest = f"threshold {formats.number(threshold)}"
    if speed <= 0:
        return f"no sales lately · {rest}"
    if available <= 0:
        return f"still wanted · {rest}"
    days = available / speed
    return f"{formats.number(days, 1 if days < 10 else 0)} days left · {rest}"


def receive_link(product_id: str, of: Any = dcc.Link) -> Any:
    return of("Receive", href=receive_href(product_id), className="btn btn-quiet btn-sm")


def receive_href(product_id: str) -> str:
    """Where stock of a product is received."""
    return f"/admin/inventory?product={quote(product_id, safe='')}&do=stock"


def latest_orders(orders: Sequence[OrderSummary], formats: Formats, may_open: bool) -> Any:
    if not orders:
        return empty_state(
            "No orders yet",
            "Orders appear here a second after they are paid.",
            icon_name="receipt",
            action=link_button("Open the store", "/"),
        )
    return html.Ul(className="kit-list", **inside([_order_row(order, formats, may_open) for order in orders]))


def _order_row(order: OrderSummary, formats: Formats, may_open: bool) -> Any:
    number = f"#{order.number}"
    who = " · ".join(part for part in (order.customer.split(" ")[0], order.country) if part)
    when = order.paid_at or order.created_at
    return light.Li(
        [
            light.Div(
                [
                    light.A(number, href=f"/admin/orders/{order.order_id}", className="name")
                    if may_open
                    else light.Span(number, className="name"),
                    light.Span(who, className="sub"),
                ],
                className="grow",
            ),
            light.Div(
                [
                    formats.money(order.total),
                    light.Span(f"{units_words(order.units, formats)} · {when_words(when, formats)}", className="sub"),
                ],
                className="num",
            ),
        ]
    )


def when_words(at: Any, formats: Formats) -> str:
    """The clock for today, else the day."""
    return formats.clock(at) if formats.store_day(at) == formats.today() else formats.day(formats.store_day(at))


def units_words(units: int, formats: Formats) -> str:
    return "1 unit" if units == 1 else f"{formats.number(units)} units"


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


def _in_full(value: int, is_money: bool, formats: Formats) -> str:
    """As in assets/51-admin.js, which goes on from here."""
    if not is_money:
        return formats.number(value)
    return formats.money(value) if 0 < abs(formats.major(value)) < 1000 else formats.money_whole(value)


def _shown(value: int, is_money: bool, formats: Formats) -> str:
    if not is_money:
        return formats.number(value)
    return formats.money(value) if 0 < abs(formats.major(value)) < 1000 else formats.money_short(value)


def live_mark(part_id: str, words: str) -> html.Span:
    """The "as of" line; the browser writes the stream's state into it."""
    return html.Span(words, id=part_id, className="live-mark")
