"""Every order: find one, open it."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Input, Output, State, clientside_callback, ctx, dcc, html

from app.domain import Access, OrderPage, OrderStatus
from app.errors import InvalidInput
from app.page import Page
from app.services import services
from app.services.order_ports import PaidIn
from components.admin import orders as parts
from components.ui import card, loading, page_head, pager, search_box, spoken_label
from pages._admin import day_start, page_number, text_of

PAGE_SIZE = 50
ANY = "any"

page = Page("admin-orders", path="/admin/orders", title="Orders", access=Access.ADMIN, frame="admin")


@page.layout
def layout(customer: Any = None, status: Any = ANY, page_no: Any = 1, **values: Any) -> html.Div:
    q = _customer_words(customer)
    status = status if status in (ANY, *OrderStatus) else ANY
    first, last = _days(values.get("from"), values.get("to"))
    wanted = page_number(values.get("page", page_no))
    found = _find(q, status, first, last, wanted)
    return html.Div(
        [
            page_head("Orders", "Search by order number, e-mail address or the beginning of a name."),
            card(
                None,
                [
                    html.Div(
                        [
                            search_box(page.id("q"), "Order number, e-mail, name", q, keeps_words=True),
                            spoken_label("Status", page.id("status")),
                            dbc.Select(
                                id=page.id("status"),
                                value=status,
                                options=[{"value": ANY, "label": "Any status"}]
                                + [{"value": s.value, "label": words} for s, (words, _, _) in parts.STATUS.items()],
                            ),
                            html.Div(
                                [
                                    html.Span("Paid", className="muted"),
                                    spoken_label("Paid from this day on", page.id("from")),
                                    dbc.Input(id=page.id("from"), type="date", value=first, debounce=0.4),
                                    html.Span("to", className="muted"),
                                    spoken_label("Paid until the end of this day", page.id("to")),
                                    dbc.Input(id=page.id("to"), type="date", value=last, debounce=0.4),
                                ],
                                className="dates",
                            ),
                        ],
                        className="toolbar",
                    ),
                    loading(html.Div(_table(found, bool(q or first or last or status != ANY)), id=page.id("table"))),
                    pager(page.id("previous"), page.id("next"), page.id("where")),
                ],
                class_name="card-flush",
            ),
            dcc.Store(id=page.id("page"), data=found.page),
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
    Input(page.id("q"), "value"),
    Input(page.id("status"), "value"),
    Input(page.id("from"), "value"),
    Input(page.id("to"), "value"),
    Input(page.id("previous"), "n_clicks"),
    Input(page.id("next"), "n_clicks"),
    State(page.id("page"), "data"),
)
def show(q: Any, status: Any, first: Any, last: Any, _previous: Any, _next: Any, present: Any) -> tuple[Any, ...]:
    number = page_number(present)
    if ctx.triggered_id in map(page.id, ("q", "status", "from", "to")):
        number = 1
    step = {page.id("previous"): -1, page.id("next"): 1}.get(str(ctx.triggered_id), 0)
    found = _find(text_of(q), status, first, last, max(1, number + step))
    is_last = found.total is not None or not found.items
    is_narrowed = bool(text_of(q).strip() or first or last or status != ANY)
    return _table(found, is_narrowed), found.page, _where(found), found.page <= 1, is_last


clientside_callback(
    ClientsideFunction("admin", "rememberOrders"),
    Output(page.id("remembered"), "data"),
    Input(page.id("q"), "value"),
    Input(page.id("status"), "value"),
    Input(page.id("from"), "value"),
    Input(page.id("to"), "value"),
    Input(page.id("page"), "data"),
    State(page.id("came-for"), "data"),
    prevent_initial_call=True,
)


def _customer_words(customer: Any) -> str:
    """What finds the orders of the customer whom the URL names by number; "" without one."""
    number = customer if isinstance(customer, str) else ""
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return ""
    found = services().accounts.get(int(number))
    return (found.email or found.full_name) if found else ""


def _days(first: Any, last: Any) -> tuple[str, str]:
    """The days that an address names; what are none narrow nothing."""
    try:
        _paid(first, last)
    except InvalidInput:
        return "", ""
    return text_of(first), text_of(last)


def _paid(first: Any, last: Any) -> PaidIn:
    paid = PaidIn(day_start(first, "from"), day_start(last, "to", days_later=1))
    if paid.start and paid.end and paid.start >= paid.end:
        raise InvalidInput("The last day comes before the first one.", "to")
    return paid


def _find(q: str, status: Any, first: Any, last: Any, number: int) -> OrderPage:
    if status != ANY and status not in list(OrderStatus):
        raise InvalidInput("Choose one of the statuses shown.", "status")
    wanted = None if status == ANY else OrderStatus(status)
    return services().orders.search(q.strip().lstrip("#"), wanted, number, PAGE_SIZE, paid=_paid(first, last))


def _table(found: OrderPage, is_narrowed: bool) -> Any:
    return parts.order_table(found.items, services().formats, is_narrowed)


def _where(found: OrderPage) -> str:
    if not found.items:
        return ""
    number = services().formats.number
    first = (found.page - 1) * PAGE_SIZE + 1
    last = first + len(found.items) - 1
    return f"{number(first)}–{number(last)} of {'more' if found.total is None else number(found.total)}"
