"""Stock as it moves and as decisions: a product's course and what is to come, classes, value, what is dead or lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pandas as pd
from dash import ALL, ClientsideFunction, Input, Output, clientside_callback, dcc, html, no_update
from dash import State as DashState

from app.domain import Access, Trade
from app.errors import InvalidInput, NotFound
from app.frames import records
from app.services import services
from app.services.analytics.abc import AbcBy
from app.services.analytics.holdings import VALUE_DAYS, Holdings
from app.services.analytics.lost_sales import LOST_DAYS, LostSales, Short
from app.services.analytics.periods import course_days
from app.services.analytics.stock import fastest, is_calm
from app.services.analytics.stock_table import ABC_DAYS, StockSummary, first_shown, matrix_of, summary_of
from app.services.forecasts.forecasts import stock_ahead
from app.web.identity.principal import current_principal
from app.web.page import Page
from components.admin import live_parts, lost_sales, margin, notes, stock, stock_cards
from components.admin.chart_foot import export_href, takeaway
from components.admin.left_out import left_out
from components.admin.overview import live_mark, quiet_notice
from components.admin.sales_cards import forecast_sentence
from components.kit import chart_marks, figures, live
from components.kit.ui import card, icon, loading, page_head, search_box, segmented

DEFAULT_SPAN = "7"
QUIET_SPAN = "90"  # of an imported history: its last quarter
LISTED = 5
FASTEST = 6
MARGIN_DAYS = 28
SHOWN = tuple(f"{letter}-{speed}" for letter in stock_cards.CLASSES for speed in stock_cards.SPEEDS)

page = Page("admin-stock", path="/admin/stock", title="Stock", access=Access.ANALYTICS, frame="admin")


@dataclass(frozen=True)
class Loaded:
    """What the page's parts have in common. `overview` as `StockTable.read` has it."""

    holdings: Holdings
    overview: pd.DataFrame
    trade: Trade
    lost: LostSales
    short: Short
    summary: StockSummary
    is_admin: bool
    abc_by: AbcBy


def _load(abc_by: AbcBy) -> Loaded:
    shop = services()
    holdings, plans, trade = shop.holdings.once(), shop.forecasts.plans(), shop.sales.trade()
    table, lost = shop.stock_table.read(holdings, plans, abc_by), shop.lost_sales.of(trade.last(LOST_DAYS))
    return Loaded(
        holdings=holdings,
        overview=table,
        trade=trade,
        lost=lost,
        short=shop.lost_sales.short_lines(trade.last(LOST_DAYS)),
        summary=summary_of(table, lost.value, holdings.value(), shop.forecasts.to_order(plans)),
        is_admin=current_principal().may(Access.ADMIN),
        abc_by=abc_by,
    )


def _lost_cards(loaded: Loaded) -> html.Div:
    formats, period = services().formats, loaded.trade.last(LOST_DAYS)
    inferred = loaded.holdings.inferred().products
    return html.Div(
        [
            lost_sales.lost_card(loaded.lost, inferred, formats, export_href("lost-sales", period.address)),
            lost_sales.short_card(loaded.short, formats, export_href("short-lines", period.address)),
        ],
        className="stack",
    )


@page.layout
def layout(product: Any = None, show: Any = None, abc: Any = None, **_: Any) -> html.Div:
    shop, loaded = services(), _load("margin" if abc == "margin" else "gross")
    overview = loaded.overview
    head = page_head("Stock", as_of=live_mark(page.id("mark"), loaded.trade, datetime.now(UTC), shop.formats))
    if overview.empty:
        return html.Div([head, card(None, stock.no_products(loaded.is_admin)), live.stores(), _quiet_parts(None)])
    known = set(overview["product_id"])
    chosen = product if product in known else first_shown(overview)
    return html.Div(
        [
            head,
            _unknown_notice(product, known),
            quiet_notice(loaded.trade, shop.formats),
            stock.inferred_notice(loaded.holdings.inferred().products, shop.formats),
            stock_cards.tiles(loaded.summary, shop.formats),
            html.Div(
                [
                    _course_card(loaded, chosen),
                    html.Div([_low_card(loaded.is_admin), _fastest_card(overview)], className="stack"),
                ],
                className="cols",
            ),
            html.Div([_matrix_card(loaded), _value_card(loaded)], className="cols cols-even"),
            _table_card(loaded),
            html.Div(
                [
                    stock_cards.dead_card(
                        loaded.holdings.dead(),
                        loaded.summary.value,
                        shop.formats,
                        loaded.is_admin,
                        export_href("dead-stock", {}),
                    ),
                    _lost_cards(loaded),
                ],
                className="cols cols-even",
            ),
            _quiet_parts(show if show in SHOWN else ""),
            live.stores(),
        ]
    )


@page.callback(
    Output(page.id("chart"), "figure"),
    Output(page.id("facts"), "children"),
    Output(page.id("ways"), "children"),
    Input(page.id("product"), "value"),
    Input(page.id("span"), "value"),
    prevent_initial_call=True,
)
def show_course(product_id: Any, span: Any) -> tuple[Any, Any, Any]:
    if product_id is None:
        return no_update, no_update, no_update
    return *_course(product_id, span, services().stock.overview()), _ways_on(
        product_id, current_principal().may(Access.ADMIN)
    )


@page.callback(
    Output(page.id("product"), "value"),
    Input(page.id("grid"), "selectedRows"),
    DashState(page.id("product"), "value"),
    prevent_initial_call=True,
)
def choose_row(selected: Any, present: Any) -> Any:
    if not isinstance(selected, list) or not selected or not isinstance(selected[0], dict):
        return no_update
    product_id = selected[0].get("product_id")
    return no_update if product_id == present or not isinstance(product_id, str) else product_id


for name, outputs, inputs in (
    ("stockTicks", [Output(page.id("ticked"), "data")], [Input("live-data", "data")]),
    ("stockParts", [Output(page.id("ticked-low"), "data")], [Input("live-data", "data")]),
    (
        "stockLine",
        [Output(page.id("chart"), "figure", allow_duplicate=True)],
        [Input("live-data", "data"), DashState(page.id("chart"), "figure")],
    ),
    (
        "stockMark",
        [Output(page.id("mark"), "children"), Output(page.id("mark"), "className")],
        [Input("live-data", "data"), Input("live-state", "data")],
    ),
    ("stockFilter", [Output(page.id("filtered"), "data")], [Input(page.id("search"), "value")]),
    (
        "rememberProduct",
        [Output(page.id("remembered"), "data")],
        [Input(page.id("product"), "value"), Input(page.id("cell"), "data")],
    ),
):
    clientside_callback(ClientsideFunction("admin", name), *outputs, *inputs, prevent_initial_call=True)


clientside_callback(
    ClientsideFunction("admin", "pickCell"),
    Output(page.id("cell"), "data"),
    Input(page.item("cell", ALL), "n_clicks"),
    Input(page.id("every"), "n_clicks"),
    DashState(page.id("cell"), "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("admin", "stockCell"),
    Output(page.id("narrowed"), "data"),
    Output(page.id("every-words"), "children"),
    Output(page.id("every"), "hidden"),
    Input(page.id("cell"), "data"),
)


def _course(product_id: Any, span: Any, overview: pd.DataFrame) -> tuple[Any, Any]:
    """The product's figure and facts. Raises NotFound, InvalidInput."""
    shop = services()
    if not isinstance(product_id, str):
        raise InvalidInput("Choose one of the products shown.", "product")
    row = overview[overview["product_id"] == product_id]
    if row.empty:
        raise NotFound("This product is not in the store any more. Choose another.")
    now, trade = datetime.now(UTC), shop.sales.trade()
    period = course_days(span, trade, shop.stock.first_day(product_id))
    history = shop.stock.history(product_id, period)
    points = figures.wall_time(history, shop.formats.zone)
    figure = figures.stock_steps(points, shop.formats, threshold=records(row)[0].threshold)
    figure.layout.uirevision = product_id
    product = shop.catalog.get(product_id)
    plan = shop.forecasts.plan_of(product)
    chart_marks.mark_events(figure, shop.events.of(period), shop.formats)
    if period.end > trade.today:  # else it shows the past, which live ticks do not move
        figure.layout.meta = {"product_id": product_id, "after": now.isoformat()}
        made = shop.forecasts.of_product(product_id)
        if made is not None and plan is not None and span != "1" and any(made.expected):
            ahead = stock_ahead(made, product.stock)
            chart_marks.stock_forecast(figure, ahead, plan.reorder_point, shop.formats)
    now_of = records(row)[0]
    calm = is_calm(now_of.available, now_of.threshold, None if plan is None else plan.reorder_point)
    guessed = shop.holdings.inferred().has(product_id)
    earned = shop.breakdowns.margin_of_product(trade.last(MARGIN_DAYS), product_id)
    facts = stock.level_facts(
        stock.rows(row)[0],
        plan,
        shop.formats,
        page.id("available"),
        is_calm=calm,
        is_inferred=guessed,
        earned=margin.earned_words(earned, MARGIN_DAYS, shop.formats),
    )
    return figure, facts


def _course_card(loaded: Loaded, chosen: str) -> html.Section:
    overview, trade = loaded.overview, loaded.trade
    span = QUIET_SPAN if trade.is_quiet else DEFAULT_SPAN
    figure, facts = _course(chosen, span, overview)
    options = [
        {"value": pid, "label": name} for pid, name in zip(overview["product_id"], overview["name"], strict=True)
    ]
    return card(
        "On hand, units",
        loading(
            [
                html.Div(facts, id=page.id("facts")),
                figures.graph(page.id("chart"), figure, height=430, label="Units on hand over time"),
                html.Div(_ways_on(chosen, loaded.is_admin), id=page.id("ways"), className="chart-foot"),
            ]
        ),
        note=notes.STOCK_LEVEL,
        actions=[
            html.Div(
                dcc.Dropdown(
                    options,
                    chosen,
                    id=page.id("product"),
                    clearable=False,
                    searchable=True,
                    maxHeight=360,
                    optionHeight=32,
                    placeholder="Choose a product",
                ),
                className="product-choice",
            ),
            segmented(page.id("span"), stock.spans(trade), span, label="Span"),
        ],
        class_name="course-card",
    )


def _low_card(is_admin: bool) -> html.Section:
    formats, snapshot = services().formats, services().live.snapshot()
    rows = live_parts.low_stock(snapshot["low"][:LISTED], formats, may_receive=is_admin)
    body = live_parts.live("low", rows, id=page.id("low"), may_follow=is_admin, most=LISTED)
    words = live_parts.low_count(snapshot, formats)
    count = live_parts.live("low-count", words, html.Span, id=page.id("low-count"), className="muted num")
    return card("Low stock", body, note=notes.LOW_STOCK, actions=[count], class_name="card-flush")


def _table_card(loaded: Loaded) -> html.Section:
    export = export_href("stock", {"abc": "margin"} if loaded.abc_by == "margin" else {})
    return card(
        "All products",
        [
            html.Button(
                [html.Span(id=page.id("every-words")), icon("x-lg")],
                id=page.id("every"),
                className="chip grid-chip",
                type="button",
                n_clicks=0,
                hidden=True,
                title="Show all products again",
            ),
            stock.table(page.id("grid"), loaded.overview, services().formats),
            html.Div(takeaway(export), className="chart-foot"),
        ],
        actions=[search_box(page.id("search"), "Search name or category")],
        id="products",
        class_name="card-flush apart",
    )


def _fastest_card(overview: pd.DataFrame) -> html.Section:
    body = stock.fastest_chart(page.id("fastest"), fastest(overview, FASTEST), services().formats)
    return card("Fastest sellers, units a day", body, note=notes.VELOCITY)


def _ways_on(product_id: str, is_admin: bool) -> list[Any]:
    key = quote(product_id, safe="")
    ways = [
        dcc.Link([icon("bullseye"), "How good forecasts are"], href="/admin/forecasts", className="take"),
        dcc.Link([icon("skip-backward"), "Replay a policy"], href="/admin/replay", className="take"),
        dcc.Link(
            [icon("clock-history"), "Every movement"], href=f"/admin/time-machine?product={key}", className="take"
        ),
    ]
    if is_admin:
        inventory = f"/admin/inventory?product={key}&do="
        ways.append(dcc.Link([icon("box-arrow-in-down"), "Receive"], href=f"{inventory}stock", className="take"))
        ways.append(
            dcc.Link([icon("truck"), "Lead time and safety stock"], href=f"{inventory}reorder", className="take")
        )
    made = services().forecasts.of_product(product_id)
    if made is not None:
        says = forecast_sentence(made, lambda error: f"{services().formats.number(error, 1)} units")
        ways.append(html.P(says, className="chart-says"))
        ways.append(left_out(made.left_out, services().formats, may_open=is_admin))
    return ways


def _matrix_card(loaded: Loaded) -> html.Section:
    shop = services()
    made = None
    if loaded.abc_by == "margin":
        made = shop.sales.total(loaded.trade.last(ABC_DAYS)).margin
    return stock_cards.matrix_card(matrix_of(loaded.overview, shop.catalog.all()), shop.formats, page.item, made)


def _value_card(loaded: Loaded) -> html.Section:
    shop, period = services(), loaded.trade.last(VALUE_DAYS)
    return stock_cards.value_card(
        loaded.holdings.value_over_time(period),
        shop.events.of(period),
        page.id("value"),
        shop.formats,
        export_href("stock-value", period.address),
    )


def _unknown_notice(product: Any, known: set[str]) -> Any:
    if product is None or product in known:
        return None
    words = "The product in the address is not in the store: the most urgent one is shown."
    return html.Div([icon("info-circle"), words], className="notice", role="status")


def _quiet_parts(cell: str | None) -> html.Div:
    """`cell`: of the matrix, to which the table is narrowed, "" for all; None where there is no table to narrow."""
    parts = ("ticked", "ticked-low", "filtered", "remembered", "narrowed")
    chosen = None if cell is None else dcc.Store(id=page.id("cell"), data=cell)
    return html.Div([*(dcc.Store(id=page.id(part)) for part in parts), chosen])
