"""A shopper's orders: their account's, or those of this browser for a guest."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, dcc, html

from app.addresses import to, with_next
from app.domain import Access, OrderSummary, Principal
from app.services import services
from app.services.checkout.checkout import UNFINISHED
from app.web.identity.principal import current_principal
from app.web.page import Page
from app.words import mark, say, say_with
from components.kit.forms import alert
from components.kit.ui import empty_state, icon
from components.shop.invoice import status_badge
from components.shop.pager import pager
from components.shop.shell import units_words
from pages.admin._common import page_number
from pages.shop._cart_changes import units_from

PAGE_SIZE = 20
LOOK_AGAIN_MS = 3000  # while a payment of the list is unclear
LOOKS = 40  # two minutes; the worker is done long before, unless the provider is away

page = Page("orders", path="/orders", title=mark("Your orders"), access=Access.PUBLIC)


@page.layout
def layout(**values: Any) -> html.Div:
    number = page_number(values.get("page"))
    body, is_settled = _list(number)
    return html.Div(
        [
            html.H1(say("Your orders"), className="list-title"),
            html.Div(body, id=page.id("list"), **{"aria-live": "polite"}),
            dcc.Store(id=page.id("number"), data=number),
            dcc.Interval(id=page.id("again"), interval=LOOK_AGAIN_MS, max_intervals=LOOKS, disabled=is_settled),
        ],
        className="store-narrow",
    )


@page.callback(
    Output(page.id("list"), "children"),
    Output(page.id("again"), "disabled"),
    Input(page.id("again"), "n_intervals"),
    State(page.id("number"), "data"),
    prevent_initial_call=True,
)
def look_again(_: Any, number: Any) -> tuple[list[Any], bool]:
    """The result of an unclear payment comes by itself; then the asking stops."""
    return _list(units_from(number))


def _list(number: int) -> tuple[list[Any], bool]:
    """A page of orders, and whether all of them have come to their end."""
    principal = current_principal()
    found = services().orders.list_for(principal, page=number, page_size=PAGE_SIZE)
    body = [
        _guest_note() if principal.user_id is None and found.items else None,
        html.Ul([_row(order) for order in found.items], className="order-list kit-card", role="list")
        if found.items
        else _none(principal),
        pager(found.page, found.pages, lambda number: to(f"/orders?page={number}"), say("Pages of orders")),
    ]
    return body, not any(order.status in UNFINISHED for order in found.items)


def _row(order: OrderSummary) -> html.Li:
    formats = services().formats
    return html.Li(
        dcc.Link(
            [
                html.Span(
                    [
                        html.Strong(say("Order {number}", number=order.number)),
                        html.Span(f"{formats.moment(order.paid_at or order.created_at)} · {units_words(order.units)}"),
                    ],
                    className="order-what",
                ),
                status_badge(order),
                html.Span(formats.money(order.total), className="order-total num"),
                icon("chevron-right"),
            ],
            href=to(f"/orders/{order.order_id}"),
        )
    )


def _guest_note() -> html.Div:
    words = say_with(
        "These orders were placed in this browser. {create} to keep them, or {enter}.",
        create=dcc.Link(say("Create an account"), href=with_next(to("/register"), to("/orders"))),
        enter=dcc.Link(say("sign in"), href=with_next(to("/login"), to("/orders"))),
    )
    return alert("warn", words)


def _none(principal: Principal) -> html.Div:
    if principal.user_id is None:
        return empty_state(
            say("No orders in this browser yet"),
            say("Sign in to see the orders of your account, or buy something as a guest."),
            icon_name="receipt",
            level=2,
            action=dcc.Link(say("Sign in"), href=with_next(to("/login"), to("/orders")), className="btn btn-primary"),
        )
    return empty_state(
        say("No orders yet"),
        say("What you buy is listed here, with its invoice."),
        icon_name="receipt",
        level=2,
        action=dcc.Link(say("Browse the shop"), href=to("/"), className="btn btn-primary"),
    )
