"""The tax report: what each rate came to in some days, and as a file."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, html, no_update

from app.domain import Access, Period
from app.errors import InvalidInput
from app.services import services
from app.web.page import Page
from components.admin import taxes as parts
from components.admin.chart_foot import export_href, takeaway
from components.admin.overview import quiet_notice
from components.kit.ui import card, day_span, loading, page_head
from pages.admin._common import text_of

page = Page("admin-tax", path="/admin/tax", title="Tax", access=Access.ANALYTICS, frame="admin")


@page.layout
def layout(**values: Any) -> html.Div:
    try:
        days = services().taxes.days(_text(values.get("from")), _text(values.get("to")))
    except InvalidInput:
        days = services().taxes.days(None, None)
    address = days.address
    return html.Div(
        [
            page_head("Tax", "What each rate came to, by the country that goods went to; returns take their tax back."),
            quiet_notice(services().sales.trade(), services().formats),
            card(
                "By country and rate",
                [
                    html.Div(id=page.id("error"), className="field-error panel-error", role="alert"),
                    loading(html.Div(_report(days), id=page.id("table"))),
                ],
                note=parts.NOTE,
                actions=[
                    day_span("Paid", page.id("from"), page.id("to"), address["from"], address["to"]),
                    html.Div(_files(days), id=page.id("files")),
                ],
                class_name="card-flush",
            ),
        ]
    )


@page.callback(
    Output(page.id("table"), "children"),
    Output(page.id("files"), "children"),
    Output(page.id("error"), "children"),
    Input(page.id("from"), "value"),
    Input(page.id("to"), "value"),
    prevent_initial_call=True,
)
def show(first: Any, last: Any) -> tuple[Any, ...]:
    try:
        days = services().taxes.days(_text(first), _text(last))
    except InvalidInput as error:
        return no_update, no_update, error.message
    return _report(days), _files(days), ""


def _text(value: Any) -> str:
    return text_of(value, 40)


def _report(days: Period) -> Any:
    return parts.report(services().taxes.of(days), services().formats)


def _files(days: Period) -> Any:
    return takeaway(export_href("tax", days.address))
