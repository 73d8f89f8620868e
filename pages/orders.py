"""A shopper's orders: their account's, or those of this browser for a guest."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from app.auth import current_principal
from app.domain import Access, OrderSummary, Principal
from app.page import Page
from app.services import services
from components.forms import alert
from components.invoice import status_badge
from components.shell import units_words
from components.store import pager
from components.ui import empty_state, icon

PAGE_SIZE = 20

page = Page("orders", path="/orders", title="Your orders", access=Access.PUBLIC)


@page.layout
def layout(**values: Any) -> html.Div:
    principal = current_principal()
    asked = str(values.get("page", ""))
    found = services().orders.list_for(
        principal, page=int(asked) if asked.isdecimal() and len(asked) < 7 else 1, page_size=PAGE_SIZE
    )
    return html.Div(
        [
            html.H1("Your orders", className="list-title"),
            _guest_note() if principal.user_id is None and found.items else None,
            html.Ul([_row(order) for order in found.items], className="order-list kit-card", role="list")
            if found.items
            else _none(principal),
            pager(found.page, found.pages, lambda number: f"/orders?page={number}", "Pages of orders"),
        ],
        className="store-narrow",
    )


def _row(order: OrderSummary) -> html.Li:
    formats = services().formats
    return html.Li(
        dcc.Link(
            [
                html.Span(
                    [
                        html.Strong(f"Order {order.number}"),
                        html.Span(f"{formats.moment(order.paid_at or order.created_at)} · {units_words(order.units)}"),
                    ],
                    className="order-what",
                ),
                status_badge(order.status, order.refunded, order.total),
                html.Span(formats.money(order.total), className="order-total num"),
                icon("chevron-right"),
            ],
            href=f"/orders/{order.order_id}",
        )
    )


def _guest_note() -> html.Div:
    words = ["These are the orders of this browser. ", dcc.Link("Create an account", href="/register?next=%2Forders")]
    return alert("warn", [*words, " to keep them, or ", dcc.Link("sign in", href="/login?next=%2Forders"), "."])


def _none(principal: Principal) -> html.Div:
    if principal.user_id is None:
        return empty_state(
            "No orders in this browser yet",
            "Sign in to see the orders of your account, or buy something as a guest.",
            icon_name="receipt",
            action=dcc.Link("Sign in", href="/login?next=%2Forders", className="btn btn-primary"),
        )
    return empty_state(
        "No orders yet",
        "What you buy is listed here, with its invoice.",
        icon_name="receipt",
        action=dcc.Link("Browse the shop", href="/", className="btn btn-primary"),
    )
