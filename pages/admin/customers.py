"""Everybody's orders, units and money spent; who stays away, who comes back, what they are worth and where they are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Input, Output, State, clientside_callback, dcc, html

from app.domain import Access
from app.errors import InvalidInput
from app.services import services
from app.services.analytics.customer_ports import CustomerGroup, CustomerSort
from app.services.analytics.customers import CustomerPage, by_country
from app.services.analytics.rfm import SEGMENTS
from app.services.analytics.segments import segments_of
from app.web.identity.principal import current_principal
from app.web.page import Page
from components.admin import customer_cards, parts_of_sales
from components.admin import customers as parts
from components.admin.chart_foot import export_href, takeaway
from components.admin.cohorts import cohorts_card, month_words
from components.admin.overview import live_mark, quiet_notice
from components.admin.sales_cards import unknown_notice
from components.admin.segments import segments_card
from components.kit import live
from components.kit.ui import card, loading, page_head, pager, search_box
from pages.admin import _parts_of_sales
from pages.admin._common import known_sales, page_asked, page_number, searched, text_of

PAGE_SIZE = 50
EVERY = "all"  # an empty value would show as nothing chosen

page = Page("admin-customers", path="/admin/customers", title="Customers", access=Access.ANALYTICS, frame="admin")


@page.layout
def layout(sort: Any = None, segment: Any = "", cohort: Any = "", **values: Any) -> html.Div:
    sorting = parts.Sorting.parse(sort) or parts.Sorting()
    formats, analytics = services().formats, services().customers
    summary, retention, trade = analytics.summary(), analytics.retention(), services().sales.trade()
    known = {
        "segment": (segment, SEGMENTS),
        "month of first orders": (cohort, [one.month for one in retention.cohorts]),
    }
    unknown = [words for words, (asked, there) in known.items() if asked and asked not in there]
    segment, cohort = (asked if asked in there else "" for asked, there in known.values())
    group = _group(segment, cohort)
    found = _find("", sorting, group, page_number(values.get("page")))
    return html.Div(
        [
            page_head("Customers", as_of=live_mark(page.id("mark"), trade, datetime.now(UTC), formats)),
            unknown_notice(unknown, "all are shown"),
            quiet_notice(trade, formats),
            html.Div(parts.totals_row(analytics.totals(), formats), id=page.id("totals")),
            html.Div(
                [
                    segments_card(segments_of(summary), formats, _href, segment),
                    cohorts_card(retention, formats, _cohort_href, cohort),
                ],
                className="customers-charts",
            ),
            html.Div(
                [
                    html.Div(_new_returning(), id=page.id("new-returning")),
                    customer_cards.values_card(summary, page.id("values"), formats),
                    customer_cards.countries_card(by_country(summary.countries), formats),
                ],
                className="cols cols-parts",
            ),
            html.Div(_chips(cohort), id=page.id("chips")),
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
                            html.Span(_taking(group), id=page.id("take")),
                        ],
                        className="toolbar",
                    ),
                    loading(html.Div(_table(found, sorting, is_narrowed=not group.is_everybody), id=page.id("table"))),
                    pager(page.id("previous"), page.id("next"), page.id("where")),
                ],
                class_name="card-flush",
                id="customers",
            ),
            dcc.Store(id=page.id("page"), data=found.page),
            dcc.Store(id=page.id("sort"), data=str(sorting)),
            dcc.Store(id=page.id("part"), data={"cohort": cohort}),
            dcc.Store(id=page.id("pulse")),
            known_sales(page.id("known")),
            dcc.Store(id=page.id("remembered")),
            live.stores(),
        ]
    )


@page.callback(
    Output(page.id("table"), "children"),
    Output(page.id("page"), "data"),
    Output(page.id("where"), "children"),
    Output(page.id("previous"), "disabled"),
    Output(page.id("next"), "disabled"),
    Output(page.id("take"), "children"),
    Output(page.id("chips"), "children"),
    Input(page.id("q"), "value"),
    Input(page.id("segment"), "value"),
    Input(page.id("sort"), "data"),
    Input(page.id("previous"), "n_clicks"),
    Input(page.id("next"), "n_clicks"),
    Input(page.id("pulse"), "data"),
    Input(page.id("part"), "data"),
    State(page.id("page"), "data"),
)
def show(
    q: Any, segment: Any, sort: Any, _previous: Any, _next: Any, _pulse: Any, part: Any, present: Any
) -> tuple[Any, ...]:
    sorting = parts.Sorting.parse(sort)
    if sorting is None:
        raise InvalidInput("Choose one of the orders shown.", "sort")
    number = page_asked(page, present, "q", "segment", "sort", "part")
    cohort = text_of(part.get("cohort")) if isinstance(part, dict) else ""
    group = _group(segment, cohort)
    words = searched(q)
    found = _find(words, sorting, group, number)
    is_narrowed = bool(words) or not group.is_everybody
    return (
        _table(found, sorting, is_narrowed=is_narrowed),
        found.page,
        _where(found),
        found.page <= 1,
        found.page >= found.pages,
        _taking(group),
        _chips(cohort),
    )


@page.callback(
    Output(page.id("totals"), "children"),
    Output(page.id("new-returning"), "children"),
    Input(page.id("pulse"), "data"),
    prevent_initial_call=True,
)
def follow(_pulse: Any) -> tuple[Any, Any]:
    """After a sale; segments, values and countries are the worker's, once a minute."""
    return parts.totals_row(services().customers.totals(), services().formats), _new_returning()


clientside_callback(
    ClientsideFunction("pulse", "customers"),
    Output(page.id("pulse"), "data"),
    Input(live.DATA, "data"),
    prevent_initial_call=True,
)
clientside_callback(
    ClientsideFunction("admin", "customersMark"),
    Output(page.id("mark"), "children"),
    Output(page.id("mark"), "className"),
    Input(live.DATA, "data"),
    Input(live.STATE, "data"),
    prevent_initial_call=True,
)
_parts_of_sales.follow_picks(page)
clientside_callback(
    ClientsideFunction("admin", "rememberCustomers"),
    Output(page.id("remembered"), "data"),
    Input(page.id("segment"), "value"),
    Input(page.id("sort"), "data"),
    Input(page.id("page"), "data"),
    Input(page.id("part"), "data"),
    prevent_initial_call=True,
)


def _href(segment: str) -> str:
    return f"/admin/customers?{urlencode({'segment': segment})}#customers"


def _cohort_href(month: str) -> str:
    return f"/admin/customers?{urlencode({'cohort': month})}#customers"


def _chips(cohort: str) -> Any:
    chosen = [("cohort", "First order in", month_words(cohort, services().formats))] if cohort else []
    return parts_of_sales.chips(chosen, page.item)


def _group(segment: Any, cohort: str) -> CustomerGroup:
    """As the controls say it; the service knows which there are."""
    return CustomerGroup(None if segment in (EVERY, "", None) else text_of(segment), cohort or None)


def _new_returning() -> Any:
    shop = services()
    found = shop.sales.new_and_returning()
    export = export_href("new-returning", {**found.period.address, "grain": "week"})
    return customer_cards.new_returning_card(
        found, shop.events.of(found.period), page.id("weeks"), shop.formats, export
    )


def _taking(group: CustomerGroup) -> Any:
    return takeaway(export_href("customers", {"segment": group.segment or "", "cohort": group.cohort or ""}))


def _find(q: str, sorting: parts.Sorting, group: CustomerGroup, number: int) -> CustomerPage:
    return services().customers.page(
        q=q,
        sort=cast(CustomerSort, sorting.key),
        page=number,
        page_size=PAGE_SIZE,
        by_email=current_principal().may(Access.ADMIN),
        group=group,
        ascending=sorting.ascending,
    )


def _table(found: CustomerPage, sorting: parts.Sorting, *, is_narrowed: bool) -> Any:
    """E-mail addresses are for admins; analysts see names."""
    return parts.customer_table(
        found.rows,
        services().formats,
        with_email=current_principal().may(Access.ADMIN),
        is_narrowed=is_narrowed,
        sorting=sorting,
        sort_id=page.id("sort"),
    )


def _where(found: CustomerPage) -> str:
    if not found.rows:
        return ""
    number = services().formats.number
    first = (found.page - 1) * PAGE_SIZE + 1
    total = f"more than {number(found.total)}" if found.has_more else number(found.total)
    return f"{number(first)}–{number(first + len(found.rows) - 1)} of {total}"
