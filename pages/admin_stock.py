"""Stock as it moves: one product's course with its threshold, all products' cover, what sells fastest, what is low."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd
from dash import ClientsideFunction, Input, Output, clientside_callback, dcc, html, no_update
from dash import State as DashState

from app.auth import current_principal
from app.domain import Access
from app.errors import InvalidInput, NotFound
from app.page import Page
from app.services import services
from components import figures, live
from components.admin import notes, stock
from components.admin.overview import live_mark, quiet_notice
from components.admin.periods import Trade
from components.ui import card, loading, page_head, search_box, segmented

DEFAULT_SPAN = "7"
QUIET_SPAN = "90"  # of an imported history: its last quarter
LISTED = 5
FASTEST = 6

page = Page("admin-stock", path="/admin/stock", title="Stock", access=Access.ANALYTICS, frame="admin")


@page.layout
def layout(product: Any = None, **_: Any) -> html.Div:
    shop = services()
    is_admin = current_principal().may(Access.ADMIN)
    overview = stock.most_urgent_first(shop.stock.overview())
    head = page_head("Stock", as_of=live_mark(page.id("mark"), _as_of(), shop.settings.store_timezone))
    trade = _trade()
    if overview.empty:
        return html.Div([head, card(None, stock.no_products(is_admin)), live.stores(), _quiet_parts()])
    known = set(overview["product_id"])
    chosen = product if product in known else stock.opening_product(overview)
    return html.Div(
        [
            head,
            _quiet_notice(trade),
            html.Div(
                [
                    _course_card(overview, chosen, trade),
                    html.Div([_low_card(is_admin), _fastest_card()], className="stack"),
                ],
                className="cols",
            ),
            _table_card(overview),
            _quiet_parts(),
            live.stores(),
        ]
    )


@page.callback(
    Output(page.id("chart"), "figure"),
    Output(page.id("facts"), "children"),
    Input(page.id("product"), "value"),
    Input(page.id("span"), "value"),
    prevent_initial_call=True,
)
def show_course(product_id: Any, span: Any) -> tuple[Any, Any]:
    if product_id is None:
        return no_update, no_update
    return _course(product_id, span)


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
    ("stockLow", [Output(page.id("ticked-low"), "data")], [Input("live-data", "data")]),
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
    ("rememberProduct", [Output(page.id("remembered"), "data")], [Input(page.id("product"), "value")]),
):
    clientside_callback(ClientsideFunction("admin", name), *outputs, *inputs, prevent_initial_call=True)


def _course(product_id: Any, span: Any) -> tuple[Any, Any]:
    """The product's figure and facts. Raises NotFound, InvalidInput."""
    shop = services()
    if not isinstance(product_id, str):
        raise InvalidInput("Choose one of the products shown.", "product")
    overview = shop.stock.overview()
    row = overview[overview["product_id"] == product_id]
    if row.empty:
        raise NotFound("This product is not in the store any more. Choose another.")
    now = datetime.now(UTC)
    today = shop.formats.today()
    period = stock.days_of(span, _trade(), today, shop.stock.first_day(product_id))
    history = shop.stock.history(product_id, period)
    zone = shop.formats.zone
    points = pd.DataFrame(
        {
            "at": [pd.Timestamp(at).tz_convert(zone).tz_localize(None) for at in history["at"]],
            "on_hand": history["on_hand"].astype("int64"),
        }
    )

    figure = figures.stock_steps(points, threshold=int(row["threshold"].iloc[0]))
    figure.update_layout(uirevision=product_id)
    if period.end > today:  # else it shows the past, which live ticks do not move
        figure.update_layout(
            meta={"product_id": product_id, "zone": shop.settings.store_timezone, "after": now.isoformat()}
        )
    return figure, stock.level_facts(stock.rows(row)[0], shop.formats, page.id("available"))


def _trade() -> Trade:
    return Trade(services().sales.first_day(), services().sales.last_day())


def _quiet_notice(trade: Trade) -> Any:
    if trade.last_day is None or not trade.is_quiet(services().formats.today()):
        return None
    return quiet_notice(services().formats.day(trade.last_day))


def _course_card(overview: pd.DataFrame, chosen: str, trade: Trade) -> html.Section:
    today = services().formats.today()
    span = QUIET_SPAN if trade.is_quiet(today) else DEFAULT_SPAN
    figure, facts = _course(chosen, span)
    options = [
        {"value": pid, "label": name} for pid, name in zip(overview["product_id"], overview["name"], strict=True)
    ]
    return card(
        "On hand, units",
        loading(
            [
                html.Div(facts, id=page.id("facts")),
                figures.graph(page.id("chart"), figure, height=466, label="Units on hand over time"),
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
            segmented(page.id("span"), stock.spans(trade, today), span, label="Span"),
        ],
        class_name="course-card",
    )


def _low_card(is_admin: bool) -> html.Section:
    body = html.Div(
        stock.low_list(services().stock.low(LISTED), is_admin, services().stock.velocities()),
        id=page.id("low"),
        **{"data-most": str(LISTED), **({"data-receive": "1"} if is_admin else {})},
    )
    count = html.Span(id=page.id("low-count"), className="muted num")
    return card("Low stock", body, note=notes.LOW_STOCK, actions=[count], class_name="card-flush")


def _table_card(overview: pd.DataFrame) -> html.Section:
    return card(
        "All products",
        stock.table(page.id("grid"), overview, services().formats),
        actions=[search_box(page.id("search"), "Search name or category")],
        class_name="card-flush",
    )


def _fastest_card() -> html.Section:
    body = stock.fastest_chart(page.id("fastest"), services().stock.fastest(FASTEST), services().formats)
    return card("Fastest sellers, units a day", body, note=notes.VELOCITY)


def _quiet_parts() -> html.Div:
    return html.Div([dcc.Store(id=page.id(part)) for part in ("ticked", "ticked-low", "filtered", "remembered")])


def _as_of() -> str:
    return f"as of {services().formats.clock(datetime.now(UTC))}"
