"""Every return: what came back, why, and what it cost; its order is a click away."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Input, Output, State, clientside_callback, dcc, html

from app.domain import Access, LongPage, ReturnEntry
from app.services import services
from app.services.analytics.breakdown import Part
from app.web.page import Page
from components.admin import notes
from components.admin import orders as parts
from components.admin.sales_cards import unknown_notice
from components.kit.ui import card, day_span, icon, loading, page_head, pager
from pages.admin import _parts_of_sales
from pages.admin._common import page_asked, page_number, place_in_list

PAGE_SIZE = 50

page = Page("admin-returns", path="/admin/returns", title="Returns", access=Access.ADMIN, frame="admin")


@page.layout
def layout(**values: Any) -> html.Div:
    first, last = _parts_of_sales.days_of(values)
    part, wrong = _parts_of_sales.known_part(values)
    found = _find(first, last, part, page_number(values.get("page")))
    return html.Div(
        [
            dcc.Link([icon("chevron-left"), "Orders"], href="/admin/orders", className="back-link"),
            page_head("Returns", "What came back, and why. Open the order to see its history or to take back more."),
            unknown_notice(wrong, "nothing is filtered"),
            html.Div(_parts_of_sales.narrowed_rows(part, page, "returns"), id=page.id("chips")),
            card(
                "Booked on the day of the return",
                [
                    loading(html.Div(_table(found, bool(first or last or part)), id=page.id("table"))),
                    pager(page.id("previous"), page.id("next"), page.id("where")),
                ],
                note=f"{notes.RETURNS} {notes.REFUND}",
                actions=[day_span("Returned", page.id("from"), page.id("to"), first, last)],
                class_name="card-flush",
            ),
            dcc.Store(id=page.id("page"), data=found.page),
            dcc.Store(id=page.id("part"), data=_parts_of_sales.kept(part)),
            dcc.Store(id=page.id("remembered")),
        ]
    )


@page.callback(
    Output(page.id("table"), "children"),
    Output(page.id("page"), "data"),
    Output(page.id("where"), "children"),
    Output(page.id("previous"), "disabled"),
    Output(page.id("next"), "disabled"),
    Output(page.id("chips"), "children"),
    Input(page.id("from"), "value"),
    Input(page.id("to"), "value"),
    Input(page.id("previous"), "n_clicks"),
    Input(page.id("next"), "n_clicks"),
    Input(page.id("part"), "data"),
    State(page.id("page"), "data"),
)
def show(first: Any, last: Any, _previous: Any, _next: Any, narrowed: Any, present: Any) -> tuple[Any, ...]:
    part = _parts_of_sales.part_of(narrowed)
    found = _find(first, last, part, page_asked(page, present, "from", "to", "part"))
    is_last = found.total is not None or not found.items
    where = place_in_list(found, PAGE_SIZE, "returns")
    shown = _table(found, bool(first or last or part))
    chips = _parts_of_sales.narrowed_rows(part, page, "returns")
    return shown, found.page, where, found.page <= 1, is_last, chips


_parts_of_sales.follow_picks(page)
clientside_callback(
    ClientsideFunction("admin", "rememberReturns"),
    Output(page.id("remembered"), "data"),
    Input(page.id("from"), "value"),
    Input(page.id("to"), "value"),
    Input(page.id("page"), "data"),
    Input(page.id("part"), "data"),
    prevent_initial_call=True,
)


def _find(first: Any, last: Any, part: Part, number: int) -> LongPage[ReturnEntry]:
    return services().orders.returned(_parts_of_sales.sold_in(first, last, part), number, PAGE_SIZE)


def _table(found: LongPage[ReturnEntry], is_narrowed: bool) -> Any:
    return parts.return_table(found.items, services().formats, is_narrowed, found.searched)
