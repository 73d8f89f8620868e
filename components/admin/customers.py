"""Customers by what they bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from dash import html

from app.domain import is_few, share_words
from app.money import Formats
from components.admin import notes
from components.admin.margin import NO_COST, Margin, margin_words
from components.admin.orders import amount, country_words
from components.admin.segments import ADVICE
from components.kit import light
from components.kit.static_html import static
from components.kit.ui import badge, empty_state, icon, kpi, link_button, table

# Key of the order, head, whether it is a column of numbers; the currency stands in heads of money.
COLUMNS = (
    ("name", "Customer", False),
    ("country", "Country", False),
    ("orders", "Orders", True),
    ("units", "Units", True),
    ("gross", "Spent, {currency}", True),
    ("returns", "Returned, {currency}", True),
    ("lifetime", "Lifetime value, {currency}", True),
    ("margin", "Margin, {currency}", True),
    ("recent", "Last order", True),
    ("segment", "Segment", False),
)
SORTS = frozenset(key for key, _, _ in COLUMNS)


@dataclass(frozen=True)
class Sorting:
    """By what the list is sorted.

    `ascending` turns the usual direction of `key` round: numbers have the highest first, words go from A to Z.
    """

    key: str = "lifetime"
    ascending: bool = False

    @classmethod
    def parse(cls, text: object) -> Sorting | None:
        """ "orders" or "orders.up"; None for anything else."""
        key, _, way = text.partition(".") if isinstance(text, str) else ("", "", "")
        return cls(key, way == "up") if key in SORTS and way in ("", "up") else None

    def __str__(self) -> str:
        return f"{self.key}.up" if self.ascending else self.key


class Row(Protocol):
    """A customer's totals of all time, before tax; `lifetime` = gross - returns, None without an order."""

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
    def lifetime(self) -> int | None: ...
    @property
    def last_order_at(self) -> datetime | None: ...
    @property
    def segment(self) -> str | None: ...
    @property
    def margin(self) -> Margin: ...


class Totals(Protocol):
    @property
    def customers(self) -> int: ...
    @property
    def buyers(self) -> int: ...
    @property
    def returning(self) -> int: ...
    @property
    def lifetime(self) -> int: ...
    @property
    def lifetime_each(self) -> int | None: ...


def totals_row(totals: Totals, formats: Formats) -> html.Div:
    each, few = totals.lifetime_each, is_few(totals.buyers)
    again = "" if few else f"{formats.number(totals.returning)} "
    return html.Div(
        [
            kpi("Customers", formats.number(totals.customers), note="Accounts and imported customers."),
            kpi("With an order", formats.number(totals.buyers), note="Customers with at least one paid order."),
            kpi(
                "Returning",
                share_words(totals.returning, totals.buyers, formats),
                change=html.Span(f"{again}bought again") if totals.buyers else None,
                note=notes.RETURNING,
            ),
            kpi(
                "Lifetime value",
                formats.money_short(totals.lifetime),
                change=None if each is None else html.Span(f"{formats.money_short(each)} a customer with an order"),
                note=notes.LIFETIME,
            ),
        ],
        className="kpi-row kpi-row-4",
    )


def _name(row: Row) -> Any:
    # By number: addresses and names stay out of URLs, which histories and proxies keep.
    return light.A(
        row.full_name, href=f"/admin/customers/{row.user_id}", className="clip name", title="Show the history"
    )


def _lifetime(row: Row, formats: Formats) -> Any:
    if row.lifetime is None:
        return light.Span("–", className="muted", title="No order")
    return light.Strong(amount(row.lifetime, formats))


def _segment(name: str | None) -> Any:
    """Nothing before the worker has looked at a new customer, a minute at most."""
    return badge(name, ADVICE[name][1], of=light) if name in ADVICE else light.Span("–", className="muted")


def customer_table(
    rows: Sequence[Row],
    formats: Formats,
    *,
    with_email: bool,
    is_narrowed: bool,
    sorting: Sorting,
    sort_id: str,
) -> Any:
    """`with_email`: only for those who may see addresses. A click on a head sorts by it, a second one turns round:
    it writes into the store `sort_id`.
    """
    if not rows:
        by = "name, country, or the beginning of an e-mail" if with_email else "name or country"
        return empty_state(
            "Nobody matches" if is_narrowed else "No customers yet",
            f"Search by {by}." if is_narrowed else "People appear here once they register or are imported.",
            icon_name="people",
            action=None if is_narrowed else link_button("Open the store", "/"),
        )
    head = [(_head(key, words, sorting, formats, sort_id), number) for key, words, number in COLUMNS]
    shown = table(
        head,
        [
            [
                light.Div(
                    [
                        _name(row),
                        _mail(row.email) if with_email and row.email else None,
                    ]
                ),
                country_words(row.country, formats),
                formats.number(row.orders),
                formats.number(row.units),
                amount(row.gross, formats),
                amount(row.returns, formats) if row.returns else light.Span("–", className="muted"),
                _lifetime(row, formats),
                _margin(row, formats),
                formats.day(formats.store_day(row.last_order_at))
                if row.last_order_at
                else light.Span("never", className="muted"),
                _segment(row.segment),
            ]
            for row in rows
        ],
        class_name="customers-table",
        caption="Customers with their orders, units and money spent before tax",
        of=light,
    )
    return static(shown)


def _mail(address: str) -> Any:
    """What stands after the @ wraps in one piece."""
    name, at, host = address.rpartition("@")
    return light.Span([name, at, light.Span(host, className="mail-host")], className="sub")


def _margin(row: Row, formats: Formats) -> Any:
    """Of all time, with how much of it is without a known cost."""
    made = row.margin
    if made.amount is None or row.lifetime is None:
        return light.Span(NO_COST if made.unknown is not None else "–", className="muted")
    return [amount(made.amount, formats), light.Span(margin_words(made, formats), className="sub")]


def _head(key: str, words: str, sorting: Sorting, formats: Formats, sort_id: str) -> Any:
    is_on = key == sorting.key
    goes_up = sorting.ascending != (key in ("name", "country", "segment"))
    arrow = icon("arrow-up" if goes_up else "arrow-down", of=light) if is_on else None
    named = words.format(currency=formats.currency)
    spoken = f"{named}, sorted {'up' if goes_up else 'down'}" if is_on else f"Sort by {named}"
    return light.Button(
        [named, arrow],
        className="sort-head" + (" sort-on" if is_on else ""),
        type="button",
        title="Reverse the sort order" if is_on else f"Sort by {named}",
        **{
            "aria-label": spoken,
            "data-sets": sort_id,
            "data-value": str(Sorting(key, is_on and not sorting.ascending)),
        },
    )
