"""Customers by what they bought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from dash import dcc, html

from app.money import Formats
from components.admin import notes
from components.admin.orders import amount, country_words
from components.admin.segments import ADVICE
from components.ui import badge, empty_state, kpi, link_button, table

SORTS = (
    ("lifetime", "Lifetime value"),
    ("orders", "Most orders"),
    ("recent", "Latest order"),
    ("name", "Name"),
)


class Row(Protocol):
    """A customer's totals of all time, before tax; `lifetime` = gross - returns."""

    @property
    def user_id(self) -> int: ...
    @property
    def full_name(self) -> str: ...
    @property
    def email(self) -> str | None: ...
    @property
    def country(self) -> str | None: ...
    @property
    def orders(self) -> int: ...
    @property
    def units(self) -> int: ...
    @property
    def gross(self) -> int: ...
    @property
    def returns(self) -> int: ...
    @property
    def lifetime(self) -> int: ...
    @property
    def last_order_at(self) -> datetime | None: ...
    @property
    def segment(self) -> str | None: ...


class Totals(Protocol):
    @property
    def customers(self) -> int: ...
    @property
    def buyers(self) -> int: ...
    @property
    def returning(self) -> int: ...
    @property
    def lifetime(self) -> int: ...


def totals_row(totals: Totals, formats: Formats) -> html.Div:
    rate = formats.percent(totals.returning / totals.buyers) if totals.buyers else "–"
    each = totals.lifetime // totals.buyers if totals.buyers else 0
    return html.Div(
        [
            kpi("Customers", formats.number(totals.customers), note="Accounts and imported customers."),
            kpi("With an order", formats.number(totals.buyers), note="Customers with at least one paid order."),
            kpi(
                "Returning",
                rate,
                change=html.Span(f"{formats.number(totals.returning)} bought again"),
                note=notes.RETURNING,
            ),
            kpi(
                "Lifetime value",
                formats.money_short(totals.lifetime),
                change=html.Span(f"{formats.money_short(each)} a customer") if totals.buyers else None,
                note=notes.LIFETIME,
            ),
        ],
        className="kpi-row kpi-row-4",
    )


def _name(row: Row, *, may_open: bool) -> Any:
    if not may_open or not row.orders:
        return html.Span(row.full_name, className="clip name")
    # By number: addresses and names stay out of URLs, which histories and proxies keep.
    href = f"/admin/orders?customer={row.user_id}"
    return dcc.Link(row.full_name, href=href, className="clip name", title="Show the orders")


def _segment(name: str | None) -> Any:
    """Nothing before the worker has looked at a new customer, a minute at most."""
    return badge(name, ADVICE[name][1]) if name in ADVICE else html.Span("–", className="muted")


def customer_table(rows: Sequence[Row], formats: Formats, *, with_email: bool, is_narrowed: bool) -> Any:
    """`with_email`: only for those who may see addresses; they may also open the orders behind a name."""
    if not rows:
        return empty_state(
            "Nobody matches" if is_narrowed else "No customers yet",
            "Search by name or country." if is_narrowed else "People appear here once they register or are imported.",
            icon_name="people",
            action=None if is_narrowed else link_button("Open the store", "/"),
        )
    head = [
        ("Customer", False),
        ("Country", False),
        ("Orders", True),
        ("Units", True),
        (f"Spent, {formats.currency}", True),
        (f"Returned, {formats.currency}", True),
        (f"Lifetime value, {formats.currency}", True),
        ("Last order", True),
        ("Segment", False),
    ]
    return table(
        head,
        [
            [
                html.Div(
                    [
                        _name(row, may_open=with_email),
                        html.Span(row.email, className="sub") if with_email and row.email else None,
                    ]
                ),
                country_words(row.country, formats),
                formats.number(row.orders),
                formats.number(row.units),
                amount(row.gross, formats),
                amount(row.returns, formats) if row.returns else html.Span("–", className="muted"),
                html.Strong(amount(row.lifetime, formats)),
                formats.day(formats.store_day(row.last_order_at))
                if row.last_order_at
                else html.Span("never", className="muted"),
                _segment(row.segment),
            ]
            for row in rows
        ],
        class_name="customers-table",
        caption="Customers with their orders, units and money spent before tax",
    )
