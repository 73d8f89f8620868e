"""Everybody's orders, units and money spent; who stays away, and who comes back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Input, Output, State, clientside_callback, ctx, dcc, html

from app.auth import current_principal
from app.domain import Access
from app.errors import InvalidInput
from app.page import Page
from app.services import services
from app.services.analytics.customers import CustomerPage
from app.services.analytics.rfm import SEGMENTS
from app.services.readers import CustomerSort
from components.admin import customers as parts
from components.admin.cohorts import cohorts_card
from components.admin.segments import segments_card
from components.ui import card, loading, page_head, pager, search_box
from pages._admin import page_number, text_of

PAGE_SIZE = 50
EVERY = "all"  # an empty value would show as nothing chosen

page = Page("admin-customers", path="/admin/customers", title="Customers", access=Access.ANALYTICS, frame="admin")


@page.layout
def layout(sort: Any = "lifetime", segment: Any = "", **values: Any) -> html.Div:
    sort = sort if sort in dict(parts.SORTS) else "lifetime"
    segment = segment if segment in SEGMENTS else ""
    found = _find("", sort, segment, page_number(values.get("page")))
    formats, analytics = services().formats, services().customers
    return html.Div(
        [
            page_head("Customers", as_of=f"as of {formats.moment(datetime.now(UTC))} · all time, before tax"),
            parts.totals_row(analytics.totals(), formats),
            html.Div(
                [
                    segments_card(analytics.segments().sums, formats, _href, segment),
                    cohorts_card(analytics.cohorts(), formats),
                ],
                className="customers-charts",
            ),
            card(
                None,
                [
                    html.Div(
                        [
                            search_box(page.id("q"), "Search customers", keeps_words=True),
                            html.Div(className="grow"),
                            html.Label("Segment", htmlFor=page.id("segment"), className="muted"),
                            dbc.Select(
                                id=page.id("segment"),
                                value=segment or EVERY,
                                options=[{"value": EVERY, "label": "All segments"}]
                                + [{"value": name, "label": name} for name in SEGMENTS],
                            ),
                            html.Label("Sort", htmlFor=page.id("sort"), className="muted"),
                            dbc.Select(
                                id=page.id("sort"),
                                value=sort,
                                options=[{"value": key, "label": words} for key, words in parts.SORTS],
                            ),
                        ],
                        className="toolbar",
                    ),
                    loading(html.Div(_table(found, is_narrowed=bool(segment)), id=page.id("table"))),
                    pager(page.id("previous"), page.id("next"), page.id("where")),
                ],
                class_name="card-flush",
                id="customers",
            ),
            dcc.Store(id=page.id("page"), data=found.page),
            dcc.Store(id=page.id("remembered")),
        ]
    )


@page.callback(
    Output(page.id("table"), "children"),
    Output(page.id("page"), "data"),
    Output(page.id("where"), "children"),
    Output(page.id("previous"), "disabled"),
    Output(page.id("next"), "disabled"),
    Input(page.id("q"), "value"),
    Input(page.id("segment"), "value"),
    Input(page.id("sort"), "value"),
    Input(page.id("previous"), "n_clicks"),
    Input(page.id("next"), "n_clicks"),
    State(page.id("page"), "data"),
)
def show(q: Any, segment: Any, sort: Any, _previous: Any, _next: Any, present: Any) -> tuple[Any, ...]:
    number = page_number(present)
    if ctx.triggered_id in (page.id("q"), page.id("segment"), page.id("sort")):
        number = 1
    step = {page.id("previous"): -1, page.id("next"): 1}.get(str(ctx.triggered_id), 0)
    found = _find(text_of(q), sort, segment, max(1, number + step))
    is_narrowed = bool(text_of(q).strip()) or segment not in (EVERY, "", None)
    return _table(found, is_narrowed=is_narrowed), found.page, _where(found), found.page <= 1, found.page >= found.pages


clientside_callback(
    ClientsideFunction("admin", "rememberCustomers"),
    Output(page.id("remembered"), "data"),
    Input(page.id("segment"), "value"),
    Input(page.id("sort"), "value"),
    Input(page.id("page"), "data"),
    prevent_initial_call=True,
)


def _href(segment: str) -> str:
    return f"/admin/customers?{urlencode({'segment': segment})}#customers"


def _find(q: str, sort: Any, segment: Any, number: int) -> CustomerPage:
    if not isinstance(sort, str) or sort not in dict(parts.SORTS):
        raise InvalidInput("Choose one of the orders shown.", "sort")
    return services().customers.page(
        q=q.strip(),
        sort=cast(CustomerSort, sort),
        page=number,
        page_size=PAGE_SIZE,
        by_email=current_principal().may(Access.ADMIN),
        segment=None if segment in (EVERY, "", None) else text_of(segment),
    )


def _table(found: CustomerPage, *, is_narrowed: bool) -> Any:
    """E-mail addresses are for admins; analysts see names."""
    with_email = current_principal().may(Access.ADMIN)
    return parts.customer_table(found.rows, services().formats, with_email=with_email, is_narrowed=is_narrowed)


def _where(found: CustomerPage) -> str:
    if not found.rows:
        return ""
    number = services().formats.number
    first = (found.page - 1) * PAGE_SIZE + 1
    return f"{number(first)}–{number(first + len(found.rows) - 1)} of {number(found.total)}"
