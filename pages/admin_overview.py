"""How trade goes: today against last week, sales over time, what earns most, what runs low, who just bought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
from dash import ClientsideFunction, Input, Output, State, clientside_callback, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from app.auth import current_principal
from app.domain import Access, Period
from app.errors import InvalidInput
from app.page import Page
from app.services import services
from components import figures, live
from components.admin import notes, overview, periods
from components.admin.books import books_badge
from components.ui import card, loading, page_head

TREND_DAYS = 14
LISTED = 8
CHART_HEIGHT = 356
TOTALS_HEIGHT = 72  # what the totals over the chart take, where there are any

page = Page("admin-overview", path="/admin", title="Overview", access=Access.WATCH, frame="admin")


@dataclass(frozen=True)
class Choice:
    """What the controls say, checked, at the instant `now`.

    `before` None: nothing to compare with; `until`: the clock time at which its last day stops to count;
    `alone`: why nothing can be compared, if so.
    """

    period: Period
    before: Period | None
    until: datetime | None
    alone: str
    trade: periods.Trade
    now: datetime
    today: date

    @property
    def has_today(self) -> bool:
        return self.period.start <= self.today < self.period.end


@dataclass(frozen=True)
class Drawn:
    figure: Any
    totals: Any
    has_sales: bool
    best: Any
    grain: str


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
            page_head("Overview", as_of=_mark(), actions=[books_badge(shop.reconcile.latest(), shop.formats)]),
            _quiet_notice(trade, today),
            html.Div(_tiles(choice), id=page.id("tiles"), className="kpi-row"),
            html.Div([_sales_card(choice, drawn, first, last), _best_card(drawn)], className="cols"),
            html.Div([_low_card(is_admin), _latest_card(is_admin)], className="cols cols-even"),
            dcc.Store(id=page.id("ticked")),
            dcc.Store(id=page.id("pulse")),
            live.stores(),
        ]
    )


@page.callback(
    Output(page.id("chart"), "figure"),
    Output(page.id("totals"), "children"),
    Output(page.id("nothing"), "hidden"),
    Output(page.id("best"), "children"),
    Output(page.id("tiles"), "children"),
    Output(page.id("grain"), "children"),
    Output(page.id("compare"), "options"),
    Output(page.id("compare-box"), "title"),
    Output(page.id("dates"), "hidden"),
    Output(page.id("dates-error"), "children"),
    Input(page.id("period"), "value"),
    Input(page.id("compare"), "value"),
    Input(page.id("from"), "value"),
    Input(page.id("to"), "value"),
    Input(page.id("pulse"), "data"),
    prevent_initial_call=True,
)
def show(period: Any, compare: Any, start: Any, end: Any, _pulse: Any) -> tuple[Any, ...]:
    try:
        choice = _choice(period, compare, start, end)
    except InvalidInput as wrong:
        if period != "custom":
            raise
        # Dates on their way to being typed: what is drawn stays until they are right.
        return *[no_update] * 8, False, wrong.message
    if ctx.triggered_id == page.id("pulse") and not choice.has_today:
        raise PreventUpdate
    drawn = _draw(choice)
    tiles = _tiles(choice) if choice.trade.is_quiet(choice.today) else no_update
    return (
        drawn.figure,
        drawn.totals,
        drawn.has_sales,
        drawn.best,
        tiles,
        drawn.grain,
        overview.compare_options(choice.alone),
        choice.alone,
        period != "custom",
        "",
    )


clientside_callback(
    ClientsideFunction("overview", "pulse"),
    Output(page.id("pulse"), "data"),
    Input(live.DATA, "data"),
    prevent_initial_call=True,
)

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
    trade, formats, now = _trade(), services().formats, datetime.now(UTC)
    today = formats.today(now)
    period = periods.period_of(choice, trade, today, start, end)
    before = periods.previous(period)
    alone = periods.why_alone(before, trade, formats)
    until = periods.same_clock(period, before, now, formats)
    return Choice(period, before if compare and not alone else None, until, alone, trade, now, today)


def _names(rows: pd.DataFrame) -> dict[str, str]:
    catalogue = {p.product_id: p.name for p in services().catalog.all(include_removed=True)}
    return {pid: catalogue[pid] for pid in rows["product_id"] if pid in catalogue}


# --- shape and draw --------------------------------------------------------------------------------


def _draw(choice: Choice) -> Drawn:
    shop, period, before = services(), choice.period, choice.before
    grain = periods.grain_of(period)
    rows, now = _rows(choice, period, None), shop.sales.total(period)
    before_rows, before_totals, before_name = None, None, ""
    if before is not None:
        before_rows = _rows(choice, before, choice.until)
        before_rows["when"] = _when(choice, before, before_rows["start"].tolist(), grain)
        before_totals, before_name = shop.sales.total(before, choice.until), before.label
    figure = figures.gross_line(
        rows,
        before_rows,
        shop.formats,
        name="this period",
        before_name=before_name,
        hover_title=periods.HOVER_TITLES[grain],
        span=(period.start, period.end) if grain == "hour" else None,
    )
    _tell_today(figure, rows, choice)
    best = shop.sales.best_sellers(period, limit=LISTED)
    totals = overview.sales_totals(now, before_totals, before_name, shop.formats)
    best_list = overview.best_sellers(best, _names(best), shop.formats)
    return Drawn(figure, totals, bool(now.orders or now.returns), best_list, f", per {grain}")


def _rows(choice: Choice, days: Period, until: datetime | None) -> pd.DataFrame:
    """What the line shows of `days`, the chosen period or the one before, on the chosen period's time axis."""
    sales, period = services().sales, choice.period
    grain = periods.grain_of(period)
    if grain == "hour":
        all_days = [days.start + timedelta(days=number) for number in range(days.days)]
        hours = [sales.hours(day, until if day == all_days[-1] else None) for day in all_days]
        wall = choice.now.astimezone(services().settings.zone).replace(tzinfo=None)
        return periods.hourly(period, hours, wall)
    moved = periods.shifted(sales.by_day(days, until), days, period)
    return periods.buckets(moved, period, grain, choice.today)


def _when(choice: Choice, before: Period, starts: list[date], grain: periods.Grain) -> list[str]:
    """The comparison's own dates; the last one says up to when it counts."""
    formats = services().formats
    words = [periods.earlier_words(start, before, choice.period, grain, formats) for start in starts]
    if choice.until is not None and words:
        words[-1] += f", up to {formats.clock(choice.until)}"
    return words


def _tell_today(figure: Any, rows: pd.DataFrame, choice: Choice) -> None:
    """Let the browser move the last point: what its bucket holds beside today's sales, and which day today is.

    In hours that is less than nothing, as they hold only a part of today.
    """
    if choice.period.end != choice.today + timedelta(days=1) or rows.empty:
        return
    today = services().sales.total(Period(choice.today, choice.period.end)).gross
    base = int(rows["gross"].iloc[-1]) - today
    figure.update_layout(meta={**figure.layout.meta, "base": base, "day": choice.today.isoformat()})


def _tiles(choice: Choice) -> list[Any]:
    shop = services()
    if choice.trade.is_quiet(choice.today):
        before = shop.sales.total(choice.before, choice.until) if choice.before else None
        grain = periods.grain_of(choice.period)
        trend = periods.buckets(
            shop.sales.by_day(choice.period), choice.period, "day" if grain == "hour" else grain, choice.today
        )
        against = choice.before.label if choice.before else ""
        return list(overview.period_tiles(shop.sales.total(choice.period), before, against, trend, shop.formats))
    then = overview.last_week_words(choice.now, shop.formats)
    now, last_week = shop.sales.today_against_last_week(choice.now)
    trend = shop.sales.by_day(Period(choice.today - timedelta(days=TREND_DAYS), choice.today))
    return list(overview.today_tiles(now, last_week, trend, shop.formats, page.id, then))


def _mark() -> html.Span:
    zone = services().settings.store_timezone
    return overview.live_mark(page.id("mark"), f"as of {services().formats.clock(datetime.now(UTC))}", zone)


def _quiet_notice(trade: periods.Trade, today: date) -> Any:
    if trade.last_day is None or not trade.is_quiet(today):
        return None
    return overview.quiet_notice(services().formats.day(trade.last_day))


def _sales_card(choice: Choice, drawn: Drawn, first: str, last: str) -> html.Section:
    is_quiet = choice.trade.is_quiet(choice.today)
    period = periods.default_choice(choice.trade, choice.today)
    return card(
        ["Sales over time", html.Span(drawn.grain, id=page.id("grain"))],
        loading(
            [
                html.Div(drawn.totals, id=page.id("totals"), hidden=is_quiet),
                html.Div(overview.no_sales(), id=page.id("nothing"), className="over-chart", hidden=drawn.has_sales),
                figures.graph(
                    page.id("chart"),
                    drawn.figure,
                    height=CHART_HEIGHT + (TOTALS_HEIGHT if is_quiet else 0),
                    label="Gross sales over time",
                ),
            ]
        ),
        actions=overview.period_controls(page.id, period, first, last, choice.alone),
        class_name="sales-card",
    )


def _best_card(drawn: Drawn) -> html.Section:
    return overview.list_card("Best sellers", drawn.best, body_id=page.id("best"), note=notes.BEST_SELLERS)


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
