"""Every order: find one, open it."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Input, Output, State, clientside_callback, dcc, html

from app import numbers
from app.domain import Access, LongPage, OrderStatus, OrderSummary
from app.errors import InvalidInput
from app.services import services
from app.services.analytics.breakdown import Part
from app.web.page import Page
from components.admin import orders as parts
from components.admin.sales_cards import unknown_notice
from components.kit.ui import card, day_span, link_button, loading, page_head, pager, search_box, spoken_label
from pages.admin import _parts_of_sales
from pages.admin._common import page_asked, page_number, place_in_list, searched

PAGE_SIZE = 50
ANY = "any"

page = Page("admin-orders", path="/admin/orders", title="Orders", access=Access.ADMIN, frame="admin")


@page.layout
def layout(customer: Any = None, status: Any = ANY, page_no: Any = 1, **values: Any) -> html.Div:
    q = _customer_words(customer)
    status = status if status in (ANY, *OrderStatus) else ANY
    first, last = _parts_of_sales.days_of(values)
    part, wrong = _parts_of_sales.known_part(values)
    wanted = page_number(values.get("page", page_no))
    found = _find(q, status, first, last, part, wanted)
    return html.Div(
        [
            page_head(
                "Orders",
                "Search by words of the name, city, e-mail address or products, by number or amount.",
                actions=[link_button("Returns", "/admin/returns", icon_name="arrow-return-left")],
            ),
            unknown_notice(wrong, "nothing is filtered"),
            None if services().orders.is_searchable() else parts.still_made_searchable(),
            html.Div(_parts_of_sales.narrowed_rows(part, page, "orders"), id=page.id("chips")),
            card(
                None,
                [
                    html.Div(
                        [
                            search_box(page.id("q"), "Name, product, number, amount", q, keeps_words=True),
                            spoken_label("Status", page.id("status")),
                            dbc.Select(
                                id=page.id("status"),
                                value=status,
                                options=[{"value": ANY, "label": "Any status"}]
                                + [{"value": s.value, "label": words} for s, (words, _, _) in parts.STATUS.items()],
                            ),
                            day_span("Paid", page.id("from"), page.id("to"), first, last),
                        ],
                        className="toolbar",
                    ),
                    loading(
                        html.Div(_table(found, bool(q or first or last or part or status != ANY)), id=page.id("table"))
                    ),
                    pager(page.id("previous"), page.id("next"), page.id("where")),
                ],
                class_name="card-flush",
            ),
            dcc.Store(id=page.id("page"), data=found.page),
            dcc.Store(id=page.id("part"), data=_parts_of_sales.kept(part)),
            dcc.Store(id=page.id("came-for"), data={"customer": customer, "q": q} if q else None),
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
    Input(page.id("q"), "value"),
    Input(page.id("status"), "value"),
    Input(page.id("from"), "value"),
    Input(page.id("to"), "value"),
    Input(page.id("previous"), "n_clicks"),
    Input(page.id("next"), "n_clicks"),
    Input(page.id("part"), "data"),
    State(page.id("page"), "data"),
)
def show(
    q: Any, status: Any, first: Any, last: Any, _previous: Any, _next: Any, narrowed: Any, present: Any
) -> tuple[Any, ...]:
    number = page_asked(page, present, "q", "status", "from", "to", "part")
    part = _parts_of_sales.part_of(narrowed)
    words = searched(q)
    found = _find(words, status, first, last, part, number)
    is_last = found.total is not None or not found.items
    is_narrowed = bool(words or first or last or part or status != ANY)
    where = place_in_list(found, PAGE_SIZE, "orders")
    chips = _parts_of_sales.narrowed_rows(part, page, "orders")
    return _table(found, is_narrowed), found.page, where, found.page <= 1, is_last, chips


_parts_of_sales.follow_picks(page)
clientside_callback(
    ClientsideFunction("admin", "rememberOrders"),
    Output(page.id("remembered"), "data"),
    Input(page.id("q"), "value"),
    Input(page.id("status"), "value"),
    Input(page.id("from"), "value"),
    Input(page.id("to"), "value"),
    Input(page.id("page"), "data"),
    Input(page.id("part"), "data"),
    State(page.id("came-for"), "data"),
    prevent_initial_call=True,
)


def _customer_words(customer: Any) -> str:
    """What finds the orders of the customer whom the URL names by number; "" without one."""
    number = customer if isinstance(customer, str) else ""
    user_id = numbers.natural(number)
    if user_id is None:
        return ""
    found = services().accounts.get(user_id)
    return (found.email or found.full_name) if found else ""


def _find(q: str, status: Any, first: Any, last: Any, part: Part, number: int) -> LongPage[OrderSummary]:
    if status != ANY and status not in list(OrderStatus):
        raise InvalidInput("Choose one of the statuses shown.", "status")
    wanted = None if status == ANY else OrderStatus(status)
    sold = _parts_of_sales.sold_in(first, last, part)
    return services().orders.search(q.lstrip("#"), wanted, number, PAGE_SIZE, sold=sold)


def _table(found: LongPage[OrderSummary], is_narrowed: bool) -> Any:
    return parts.order_table(found.items, services().formats, is_narrowed, found.searched)
