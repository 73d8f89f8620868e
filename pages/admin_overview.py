"""How trade goes: today against last week, sales over time, what earns most, what runs low, who just bought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
from dash import ClientsideFunction, Input, Output, State, clientside_callback, dcc, html, no_update

from app.auth import current_principal
from app.domain import Access, Period
from app.errors import InvalidInput
from app.page import Page
from app.services import services
from components import figures, live
from components.admin import notes, overview, periods
from components.ui import card, loading, page_head

TREND_DAYS = 14
LISTED = 8
CHART_HEIGHT = 356
TOTALS_HEIGHT = 72  # what the totals over the chart take, where there are any

page = Page("admin-overview", path="/admin", title="Overview", access=Access.WATCH, frame="admin")


@dataclass(frozen=True)
class Choice:
    """What the controls say, checked; `before` None: nothing to compare with."""

    period: Period
    before: Period | None
    trade: periods.Trade
    today: date


@page.layout
def layout(**_: Any) -> html.Div:
    shop = services()
    today, trade = shop.formats.today(), _trade()
    choice = _choice(periods.default_choice(trade, today), ["on"], None, None)
    is_admin = current_principal().may(Access.ADMIN)
    drawn = _draw(choice)
    first, last = choice.period.start.isoformat(), (choice.period.end - timedelta(days=1)).isoformat()
    return html.Div(
        [
            page_head("Overview", as_of=_mark(), actions=[]),
            _quiet_notice(trade, today),
            html.Div(_tiles(choice), id=page.id("tiles"), className="kpi-row"),
            html.Div([_sales_card(choice, drawn, first, last), _best_card(drawn)], className="cols"),
            html.Div([_low_card(is_admin), _latest_card(is_admin)], className="cols cols-even"),
            dcc.Store(id=page.id("ticked")),
            live.stores(),
        ]
    )


@page.callback(
    Output(page.id("chart"), "figure"),
    Output(page.id("totals"), "children"),
    Output(page.id("nothing"), "hidden"),
    Output(page.id("best"), "children"),
    Output(page.id("tiles"), "children"),
    Output(page.id("dates"), "hidden"),
    Input(page.id("period"), "value"),
    Input(page.id("compare"), "value"),
    Input(page.id("from"), "value"),
    Input(page.id("to"), "value"),
    prevent_initial_call=True,
)
def show(period: Any, compare: Any, start: Any, end: Any) -> tuple[Any, ...]:
    choice = _choice(period, compare, start, end)
    figure, totals, has_sales, best = _draw(choice)
    tiles = _tiles(choice) if choice.trade.is_quiet(choice.today) else no_update
    return figure, totals, has_sales, best, tiles, period != "custom"


for name, inputs, outputs in (
    ("overview", [Input("live-data", "data")], [Output(page.id("ticked"), "data")]),
    (
        "overviewMark",
        [Input("live-data", "data"), Input("live-state", "data")],
        [Output(page.id("mark"), "children"), Output(page.id("mark"), "className")],
    ),
    (
        "salesLine",
        [Input("live-data", "data"), State(page.id("chart"), "figure")],
        [Output(page.id("chart"), "figure", allow_duplicate=True)],
    ),
):
    clientside_callback(ClientsideFunction("admin", name), *outputs, *inputs, prevent_initial_call=True)


# --- load ----------------------------------------------------------------------------------------


def _trade() -> periods.Trade:
    return periods.Trade(services().sales.first_day(), services().sales.last_day())


def _choice(choice: Any, compare: Any, start: Any, end: Any) -> Choice:
    if not isinstance(compare, list | None) or not isinstance(choice, str):
        raise InvalidInput("Choose one of the periods shown.", "period")
    trade, today = _trade(), services().formats.today()
    period = periods.period_of(choice, trade, today, start, end)
    before = periods.previous(period) if compare else None
    if before is not None and not periods.comparable(before, trade):
        before = None
    return Choice(period, before, trade, today)


def _names(rows: pd.DataFrame) -> dict[str, str]:
    catalogue = {p.product_id: p.name for p in services().catalog.all(include_removed=True)}
    return {pid: catalogue[pid] for pid in rows["product_id"] if pid in catalogue}


# --- shape and draw --------------------------------------------------------------------------------


def _draw(choice: Choice) -> tuple[Any, Any, bool, Any]:
    """Figure, totals, whether there is anything to show, best sellers."""
    shop = services()
    daily = shop.sales.by_day(choice.period)
    grain = periods.grain_of(choice.period)
    rows = periods.buckets(daily, choice.period, grain, choice.today)
    before_rows, before_totals, before_name = None, None, ""
    if choice.before is not None:
        moved = periods.shifted(shop.sales.by_day(choice.before), choice.before, choice.period)
        before_rows = periods.buckets(moved, choice.period, grain, choice.today)
        before_totals, before_name = shop.sales.total(choice.before), choice.before.label
    figure = figures.gross_line(
        rows,
        before_rows,
        shop.formats,
        name=choice.period.label,
        before_name=_short(before_name),
        hover_title=periods.HOVER_TITLES[grain],
    )
    _tell_today(figure, rows, daily, choice)
    best = shop.sales.best_sellers(choice.period, limit=LISTED)
    has_sales = bool(int(rows["orders"].sum()) or int(rows["returns"].sum()))
    totals = overview.sales_totals(shop.sales.total(choice.period), before_totals, before_name, shop.formats)
    return figure, totals, has_sales, overview.best_sellers(best, _names(best), shop.formats)


def _tell_today(figure: Any, rows: pd.DataFrame, daily: pd.DataFrame, choice: Choice) -> None:
    """Let the browser move the last point: what its bucket held before today, and which day today is."""
    if choice.period.end != choice.today + timedelta(days=1) or rows.empty:
        return
    base = int(rows["gross"].iloc[-1]) - int(daily["gross"].iloc[-1])
    figure.update_layout(meta={**figure.layout.meta, "base": base, "day": choice.today.isoformat()})


def _short(before_name: str) -> str:
    return "before" if before_name.endswith("days before") else before_name


def _tiles(choice: Choice) -> list[Any]:
    shop = services()
    if choice.trade.is_quiet(choice.today):
        before = shop.sales.total(choice.before) if choice.before else None
        trend = periods.buckets(
            shop.sales.by_day(choice.period), choice.period, periods.grain_of(choice.period), choice.today
        )
        against = choice.before.label if choice.before else ""
        return list(overview.period_tiles(shop.sales.total(choice.period), before, against, trend, shop.formats))
    now, last_week = shop.sales.today_against_last_week()
    trend = shop.sales.by_day(Period(choice.today - timedelta(days=TREND_DAYS), choice.today))
    return list(overview.today_tiles(now, last_week, trend, shop.formats, page.id))


def _mark() -> html.Span:
    zone = services().settings.store_timezone
    return overview.live_mark(page.id("mark"), f"as of {services().formats.clock(datetime.now(UTC))}", zone)


def _quiet_notice(trade: periods.Trade, today: date) -> Any:
    if trade.last_day is None or not trade.is_quiet(today):
        return None
    return overview.quiet_notice(services().formats.day(trade.last_day))


def _sales_card(choice: Choice, drawn: tuple[Any, Any, bool, Any], first: str, last: str) -> html.Section:
    figure, totals, has_sales, _ = drawn
    is_quiet = choice.trade.is_quiet(choice.today)
    period = periods.default_choice(choice.trade, choice.today)
    return card(
        "Sales over time",
        loading(
            [
                html.Div(totals, id=page.id("totals"), hidden=is_quiet),
                html.Div(overview.no_sales(), id=page.id("nothing"), className="over-chart", hidden=has_sales),
                figures.graph(
                    page.id("chart"),
                    figure,
                    height=CHART_HEIGHT + (TOTALS_HEIGHT if is_quiet else 0),
                    label="Gross sales over time",
                ),
            ]
        ),
        actions=overview.period_controls(page.id, period, first, last),
        class_name="sales-card",
    )


def _best_card(drawn: tuple[Any, Any, bool, Any]) -> html.Section:
    return overview.list_card("Best sellers", drawn[3], body_id=page.id("best"), note=notes.BEST_SELLERS)


def _low_card(is_admin: bool) -> html.Section:
    low = services().stock.low(LISTED)
    body = html.Div(
        overview.low_stock(low, is_admin, services().stock.velocities()),
        id=page.id("low"),
        **({"data-receive": "1"} if is_admin else {}),
    )
    more = dcc.Link("All stock", href="/admin/stock", className="btn btn-quiet btn-sm")
    may_open = current_principal().may(Access.ANALYTICS)
    return card("Low stock", body, note=notes.LOW_STOCK, actions=[more] if may_open else [], class_name="card-flush")


def _latest_card(is_admin: bool) -> html.Section:
    shop = services()
    body = html.Div(
        overview.latest_orders(shop.orders.latest(LISTED), shop.formats, is_admin),
        id=page.id("latest"),
        **{"data-zone": shop.settings.store_timezone, **({"data-open": "1"} if is_admin else {})},
    )
    more = dcc.Link("All orders", href="/admin/orders", className="btn btn-quiet btn-sm")
    return card("Latest orders", body, actions=[more] if is_admin else [], class_name="card-flush")
