"""One customer in full: what they are worth, when they bought, what, and what to do about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

import plotly.graph_objects as go
from dash import dcc, html

from app.domain import order_number
from app.money import Formats
from components.admin import notes
from components.admin.chart_foot import chart_foot
from components.admin.customers import Row
from components.admin.orders import amount
from components.admin.segments import ADVICE
from components.kit import figures, theme
from components.kit.ui import badge, card, empty_state, ended, kpi, meter, table

HEIGHT = 230
LISTED = 8


class Person(Row, Protocol):
    @property
    def first_order_at(self) -> datetime | None: ...


class Month(Protocol):
    @property
    def first_day(self) -> date: ...
    @property
    def orders(self) -> int: ...
    @property
    def gross(self) -> int: ...
    @property
    def returns(self) -> int: ...


class CustomerOrder(Protocol):
    @property
    def order_id(self) -> int: ...
    @property
    def external_id(self) -> str | None: ...
    @property
    def units(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def refunded(self) -> int: ...
    @property
    def paid_at(self) -> datetime: ...


class Bought(Protocol):
    @property
    def product_id(self) -> str: ...
    @property
    def units(self) -> int: ...
    @property
    def gross(self) -> int: ...


def segment_words(person: Person) -> Any:
    """The segment and what to do about it."""
    if person.segment not in ADVICE:
        return None
    advice, tone = ADVICE[person.segment]
    return html.Span([badge(person.segment, tone), html.Span(advice, className="muted")], className="profile-segment")


def person_tiles(person: Person, aov: int | None, recency: int | None, formats: Formats) -> html.Div:
    """`aov`: their average order; `recency`: whole days since the last one."""
    when = {None: "never ordered", 0: "today", 1: "yesterday"}.get(recency, f"{recency} days ago")
    first = formats.day(formats.store_day(person.first_order_at)) if person.first_order_at else "no order yet"
    back = f"{formats.money_short(person.returns)} returned" if person.returns else "nothing returned"
    return html.Div(
        [
            kpi("Lifetime value", formats.money(person.lifetime), change=html.Span(back), note=notes.LIFETIME),
            kpi("Orders", formats.number(person.orders), change=html.Span(f"since {first}"), note=notes.ORDERS),
            kpi(
                "Average order",
                "–" if aov is None else formats.money(aov),
                change=html.Span(f"{formats.number(person.units)} units in all"),
                note=notes.AOV,
            ),
            kpi(
                "Last order",
                formats.day(formats.store_day(person.last_order_at)) if person.last_order_at else "–",
                change=html.Span(when),
            ),
        ],
        className="kpi-row kpi-row-4",
    )


def months_card(
    months: Sequence[Month], span: Sequence[date], best: Month | None, graph_id: str, formats: Formats
) -> html.Section:
    """`months`: those with trade; `span`: the first days of those that the chart covers; `best`: the best of them."""
    if best is None:
        body = empty_state("No orders yet", "What they buy will be drawn here month by month.", icon_name="bar-chart")
        return card("Gross sales by month", body, note=notes.GROSS)
    known = {m.first_day: m for m in months}
    amounts = [known[first].gross if first in known else 0 for first in span]
    figure = figures.base_figure(
        go.Bar(
            x=list(span), y=figures.major(amounts, formats), marker={"color": theme.MAIN, "cornerradius": 3},
            customdata=[
                f"{formats.money(known[first].gross)}, {formats.number(known[first].orders)} orders"
                if first in known
                else "no orders"
                for first in span
            ],
            hovertemplate="<b>%{customdata}</b><extra></extra>",
        ),
        margin={"l": 8, "r": 12, "t": 16, "b": 8},
        bargap=0.3,
        xaxis=figures.time_axis(
            formats, hoverformat=figures.d3(formats, "month"), nticks=8, tickformat=figures.d3(formats, "month")
        ),
        yaxis=figures.money_axis(max(figures.major(amounts, formats)), formats),
    )  # fmt: skip
    head = [
        ("Month", False),
        ("Orders", True),
        (f"Gross, {formats.currency}", True),
        (f"Returned, {formats.currency}", True),
    ]
    rows = [
        [formats.month(m.first_day), formats.number(m.orders), amount(m.gross, formats), amount(m.returns, formats)]
        for m in months
    ]
    return card(
        "Gross sales by month",
        [
            figures.graph(graph_id, figure, height=HEIGHT, label="Gross sales by month"),
            chart_foot(
                ended(f"Most in {formats.month(best.first_day)}: {formats.money_short(best.gross)}"),
                head,
                rows,
                formats,
            ),
        ],
        note=notes.GROSS,
    )


def orders_card(
    orders: Sequence[CustomerOrder], total: int, formats: Formats, may_open: bool, all_href: str
) -> html.Section:
    """The latest ones; of more, a way to all of them for those who may see orders."""
    if not orders:
        return card("Orders", empty_state("No orders yet", "Their orders will be listed here.", icon_name="receipt"))
    rows = [
        [
            _order(o, may_open),
            formats.moment(o.paid_at),
            formats.number(o.units),
            amount(o.total, formats),
            amount(o.refunded, formats) if o.refunded else html.Span("–", className="muted"),
        ]
        for o in orders
    ]
    head = [
        ("Order", False),
        ("Paid", False),
        ("Units", True),
        (f"Total, {formats.currency}", True),
        ("Refunded", True),
    ]
    more = (
        [dcc.Link(f"All {formats.number(total)}", href=all_href, className="btn btn-quiet btn-sm")] if may_open else []
    )
    title = "Orders" if total <= len(orders) else f"The latest {len(orders)} of {formats.number(total)} orders"
    return card(title, table(head, rows, caption="Orders, newest first"), actions=more, class_name="card-flush")


def _order(order: CustomerOrder, may_open: bool) -> Any:
    number = f"#{order_number(order.order_id, order.external_id)}"
    return dcc.Link(number, href=f"/admin/orders/{order.order_id}") if may_open else html.Span(number, className="name")


def favourites_card(
    bought: Sequence[Bought], names: Mapping[str, str], latest: int | None, formats: Formats
) -> html.Section:
    """`latest`: of how many of the latest orders this is; None: of all."""
    if not bought:
        return card(
            "Favourites", empty_state("Nothing bought yet", "What they like will be listed here.", icon_name="heart")
        )
    most = bought[0].gross
    rows = [
        html.Li(
            [
                html.Div(
                    [html.Span(names.get(b.product_id, b.product_id), className="name"), meter(b.gross, most)],
                    className="grow",
                ),
                html.Div(
                    [formats.money_short(b.gross), html.Span(f"{formats.number(b.units)} units", className="sub")],
                    className="num",
                ),
            ]
        )
        for b in bought[:LISTED]
    ]
    title = "Favourites" if latest is None else f"Favourites in the latest {latest} orders"
    return card(title, html.Ul(rows, className="kit-list"), class_name="card-flush")
