"""One customer in full: what they are worth, when they bought, what, and what to do about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, Protocol

import dash_bootstrap_components as dbc
import plotly.graph_objects as go
from babel.dates import format_date
from dash import dcc, html

from app.domain import order_number
from app.money import Formats
from components.admin import notes
from components.admin.chart_foot import chart_foot
from components.admin.customers import Row
from components.admin.margin import rate_words
from components.admin.orders import amount
from components.admin.segments import ADVICE
from components.kit import figures, theme
from components.kit.ui import badge, card, empty_state, ended, field, icon, kpi, meter, table

HEIGHT = 230
LISTED = 8


class Person(Row, Protocol):
    @property
    def first_order_at(self) -> datetime | None: ...


class Bar(Protocol):
    @property
    def first_day(self) -> date: ...
    @property
    def orders(self) -> int: ...
    @property
    def gross(self) -> int: ...
    @property
    def returns(self) -> int: ...
    @property
    def is_empty(self) -> bool: ...


class Course(Protocol):
    """`bars` of one `step` each; `best`: the one that sold most; `quiet_since`: see the service."""

    @property
    def step(self) -> Literal["month", "quarter", "year"]: ...
    @property
    def bars(self) -> Sequence[Bar]: ...
    @property
    def best(self) -> Bar | None: ...
    @property
    def quiet_since(self) -> date | None: ...


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


class Orders(Protocol):
    """A page of somebody's orders."""

    @property
    def row(self) -> Person: ...
    @property
    def orders(self) -> Sequence[CustomerOrder]: ...
    @property
    def page(self) -> int: ...
    @property
    def pages(self) -> int: ...


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
    when = {None: "never ordered", 0: "today", 1: "yesterday"}.get(recency, f"{formats.number(recency or 0)} days ago")
    first = (
        f"since {formats.day(formats.store_day(person.first_order_at))}" if person.first_order_at else "no order yet"
    )
    back = f"{formats.money_short(person.returns)} returned" if person.returns else "nothing returned"
    return html.Div(
        [
            kpi(
                "Lifetime value",
                "–" if person.lifetime is None else formats.money(person.lifetime),
                change=html.Span(back),
                beside=_margin_words(person, formats),
                note=f"{notes.LIFETIME} {notes.MARGIN}",
            ),
            kpi("Orders", formats.number(person.orders), change=html.Span(first), note=notes.ORDERS),
            kpi(
                "Average order",
                "–" if aov is None else formats.money(aov),
                change=html.Span(f"{formats.counted(person.units, 'unit')} in all"),
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


def _margin_words(person: Person, formats: Formats) -> str:
    """Of all time."""
    made = person.margin
    if person.lifetime is None or made.unknown is None:
        return ""
    amount = "Margin: " if made.amount is None else f"Margin {formats.money_short(made.amount)}: "
    return amount + rate_words(made, formats)


def course_card(course: Course, graph_id: str, formats: Formats) -> html.Section:
    """Gross sales over all the time in which they bought or gave something back."""
    title = f"Gross sales by {course.step}"
    best = course.best
    if best is None:
        words = "Only returns so far." if course.bars else "What they buy over time will be shown here."
        return card(title, empty_state("No orders yet", words, icon_name="bar-chart"), note=notes.GROSS)
    labels = [_step_words(bar.first_day, course.step, formats) for bar in course.bars]
    amounts = figures.major([bar.gross for bar in course.bars], formats)
    figure = figures.base_figure(
        go.Bar(
            x=labels, y=amounts, marker={"color": theme.MAIN, "cornerradius": 3},
            customdata=[_bought(bar, formats) for bar in course.bars],
            hovertemplate="<b>%{customdata}</b><extra></extra>",
        ),
        margin={"l": 8, "r": 12, "t": 16, "b": 8},
        bargap=0.3,
        xaxis=figures.words_axis(labels),
        yaxis=figures.money_axis(max(amounts), formats),
    )  # fmt: skip
    head = [
        (course.step.capitalize(), False),
        ("Orders", True),
        (f"Gross, {formats.currency}", True),
        (f"Returned, {formats.currency}", True),
    ]
    rows = [
        [label, formats.number(bar.orders), amount(bar.gross, formats), amount(bar.returns, formats)]
        for label, bar in zip(labels, course.bars, strict=True)
        if not bar.is_empty
    ]
    says = ended(f"Most in {_step_words(best.first_day, course.step, formats)}: {formats.money_short(best.gross)}")
    if course.quiet_since:
        says += f" Nothing since {_step_words(course.quiet_since, course.step, formats)}."
    return card(
        title,
        [figures.graph(graph_id, figure, height=HEIGHT, label=title), chart_foot(says, head, rows, formats)],
        note=notes.GROSS,
    )


def _step_words(first: date, step: Literal["month", "quarter", "year"], formats: Formats) -> str:
    if step == "quarter":
        return str(format_date(first, "QQQ y", locale=formats.locale))
    return str(first.year) if step == "year" else formats.month(first)


def _bought(bar: Bar, formats: Formats) -> str:
    return f"{formats.money(bar.gross)}, {formats.counted(bar.orders, 'order')}" if bar.orders else "no orders"


def orders_card(found: Orders, formats: Formats, may_open: bool) -> html.Section:
    """A page of them; for those who may see orders a way to the list in which they can be narrowed."""
    total, user_id = found.row.orders, found.row.user_id
    if not found.orders:
        return card("Orders", empty_state("No orders yet", "Their orders will be listed here.", icon_name="receipt"))
    rows = [
        [
            _order(o, may_open),
            html.Span(formats.moment(o.paid_at), className="nowrap"),
            formats.number(o.units),
            amount(o.total, formats),
            amount(o.refunded, formats) if o.refunded else html.Span("–", className="muted"),
        ]
        for o in found.orders
    ]
    head = [
        ("Order", False),
        ("Paid", False),
        ("Units", True),
        (f"Total, {formats.currency}", True),
        (f"Refunded, {formats.currency}", True),
    ]
    all_href = f"/admin/orders?customer={user_id}"
    more = (
        [dcc.Link(f"All {formats.number(total)}", href=all_href, className="btn btn-quiet btn-sm")] if may_open else []
    )
    body = [table(head, rows, caption="Orders, newest first")]
    if found.pages > 1:
        body.append(_pager(found, formats))
    return card("Orders", body, actions=more, class_name="card-flush", id="orders")


def _pager(found: Orders, formats: Formats) -> html.Nav:
    def turned(words: list[Any], page: int) -> Any:
        href = f"/admin/customers/{found.row.user_id}?page={page}#orders"
        if 1 <= page <= found.pages:
            return html.A(words, href=href, className="btn btn-quiet btn-sm")
        return html.Button(words, disabled=True, className="btn btn-quiet btn-sm")

    where = f"Page {formats.number(found.page)} of {formats.number(found.pages)}"
    return html.Nav(
        [
            html.Span(where, className="pager-words"),
            turned([icon("chevron-left"), "Previous"], found.page - 1),
            turned(["Next", icon("chevron-right")], found.page + 1),
        ],
        className="pager",
        **{"aria-label": "Pages of orders"},
    )


def _order(order: CustomerOrder, may_open: bool) -> Any:
    number = f"#{order_number(order.order_id, order.external_id)}"
    return dcc.Link(number, href=f"/admin/orders/{order.order_id}") if may_open else html.Span(number, className="name")


def favourites_card(
    bought: Sequence[Bought], names: Mapping[str, str], latest: int | None, formats: Formats
) -> html.Section:
    """`latest`: of how many of the latest orders this is; None: of all."""
    if not bought:
        return card(
            "Favourites",
            empty_state("Nothing bought yet", "What they buy most will be here.", icon_name="heart"),
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
                    [formats.money_short(b.gross), html.Span(formats.counted(b.units, "unit"), className="sub")],
                    className="num",
                ),
            ]
        )
        for b in bought[:LISTED]
    ]
    title = "Favourites" if latest is None else f"Favourites in the latest {latest} orders"
    return card(title, html.Ul(rows, className="kit-list"), class_name="card-flush")


def tax_card(ids: Callable[[str], str], reason: str, user_id: int) -> html.Section:
    """Whether the customer pays tax, for admins to change."""
    control = dbc.Input(
        id=ids("tax-reason"), type="text", value=reason, maxLength=120, autoComplete="off", placeholder="pays tax"
    )
    hint = "Such as a certificate's number. Orders from now on bear no tax; empty: they do."
    return card(
        "Tax",
        html.Div(
            [
                field("Pays no tax because", control, for_id=ids("tax-reason"), hint=hint),
                html.Div(id=ids("tax-error"), className="field-error", role="alert"),
                html.Button("Save", id=ids("tax-save"), n_clicks=0, type="button", className="btn btn-quiet"),
                dcc.Store(id=ids("tax-seen"), data=[user_id, reason]),
            ]
        ),
        class_name="mt-3",
    )
