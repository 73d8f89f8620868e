"""The time machine of the whole shop: two days, and what led from one to the other."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import ClientsideFunction, Input, Output, clientside_callback, dcc, html, no_update

from app import numbers
from app.errors import InvalidInput
from app.services import services
from app.web.page import Page
from components.admin import shop_days
from components.admin.chart_foot import export_href
from components.admin.overview import quiet_notice
from components.kit.ui import card, page_head


def layout(page: Page, first: Any, last: Any) -> html.Div:
    shop = services()
    usual = shop.shop_days.usual(shop.sales.trade())
    asked = _asked(first, last)
    try:
        ends = asked or usual
        body = _body(*ends)
    except InvalidInput:
        asked, ends = None, usual
        body = _body(*usual)
    is_wrong = bool(first or last) and asked is None
    head = page_head(
        "Time machine",
        "See what lay on the shelves at the end of any day, what it was worth, and what led from one day to another.",
        [shop_days.other_view(is_shop=True)],
    )
    return html.Div(
        [
            head,
            shop_days.unknown_dates() if is_wrong else None,
            quiet_notice(shop.sales.trade(), shop.formats),
            card(
                "Two days",
                shop_days.controls(page.id, ends[0].isoformat(), ends[1].isoformat(), shop.formats.today().isoformat()),
                class_name="apart",
            ),
            html.Div(body, id=page.id("shop"), **{"aria-live": "polite"}),
            dcc.Store(id=page.id("days-remembered")),
        ]
    )


def follow_dates(page: Page) -> None:
    """Register what the two dates change."""

    @page.callback(
        Output(page.id("shop"), "children"),
        Output(page.id("error"), "children"),
        Input(page.id("first"), "value"),
        Input(page.id("last"), "value"),
        prevent_initial_call=True,
    )
    def show_days(first: Any, last: Any) -> tuple[Any, Any]:
        if not first or not last:  # on its way to being typed
            return no_update, no_update
        ends = _asked(first, last)
        if ends is None:
            return no_update, "Enter two days."
        try:
            return _body(*ends), ""
        except InvalidInput as wrong:
            return no_update, wrong.message

    clientside_callback(
        ClientsideFunction("admin", "rememberDays"),
        Output(page.id("days-remembered"), "data"),
        Input(page.id("first"), "value"),
        Input(page.id("last"), "value"),
        prevent_initial_call=True,
    )


def _asked(first: Any, last: Any) -> tuple[date, date] | None:
    try:
        return numbers.day(str(first)[:10]), numbers.day(str(last)[:10])
    except ValueError:
        return None


def _body(first: date, last: date) -> Any:
    shop = services()
    found = shop.shop_days.between(first, last)
    if not found.after.shelves:
        return shop_days.nothing()
    export = export_href("time-machine", {"from": first.isoformat(), "to": last.isoformat()})
    inferred = bool(shop.holdings.inferred().products)
    return shop_days.shown(found, shop.shop_days.known_since(), shop.formats, export, inferred)
