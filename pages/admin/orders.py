"""Every order: find one, open it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash_bootstrap_components as dbc
from dash import ALL, ClientsideFunction, Input, Output, State, clientside_callback, ctx, dcc, html

from app import numbers
from app.domain import Access, LongPage, OrderStatus, OrderSummary
from app.domain.fulfilment import OPEN, TAG_LENGTH, FulfilmentState
from app.errors import InvalidInput
from app.services import services
from app.services.analytics.breakdown import Part
from app.web.identity.principal import current_principal
from app.web.page import Page
from components.admin import orders as parts
from components.admin import packing
from components.admin.sales_cards import unknown_notice
from components.kit.ui import card, day_span, icon, link_button, loading, page_head, pager, search_box, spoken_label
from pages.admin import _parts_of_sales
from pages.admin._common import page_asked, page_number, place_in_list, searched, text_of

PAGE_SIZE = 50
ANY = "any"
_SEARCHED_BY = {True: "Name, product, number, amount", False: "Name, product, number"}  # by whether amounts are seen
# What may be chosen of where the goods are, and the states that it means.
WORK: dict[str, tuple[str, tuple[FulfilmentState, ...]]] = {
    "open": ("To ship, all", tuple(sorted(OPEN))),
    packing.LATE: ("Late", tuple(sorted(OPEN))),
    **{state.value: (packing.STATES[state][0], (state,)) for state in FulfilmentState},
}

page = Page("admin-orders", path="/admin/orders", title="Orders", access=Access.FULFIL, frame="admin")


@page.layout
def layout(customer: Any = None, status: Any = ANY, page_no: Any = 1, **values: Any) -> html.Div:
    may_refund = current_principal().may(Access.ADMIN)
    q = _customer_words(customer) if may_refund else ""  # who packs is told nobody's address by a number
    status = status if status in (ANY, *OrderStatus) else ANY
    first, last = _parts_of_sales.days_of(values)
    part, wrong = _parts_of_sales.known_part(values)
    wanted = page_number(values.get("page", page_no))
    goods, tag = _goods_asked(values.get("goods")), _tag_asked(values.get("tag"))
    found = _find(q, status, first, last, part, wanted, goods, tag)
    is_narrowed = bool(q or first or last or part or tag or status != ANY or goods != ANY)
    return html.Div(
        [
            page_head(
                "Orders",
                f"Search by words of the name, city, e-mail address or products, by number{' or amount' * may_refund}.",
                actions=[link_button("Returns", "/admin/returns", icon_name="arrow-return-left")] if may_refund else [],
            ),
            unknown_notice(wrong, "nothing is filtered"),
            None if services().orders.is_searchable() else parts.still_made_searchable(),
            html.Div(_parts_of_sales.narrowed_rows(part, page, "orders"), id=page.id("chips")),
            card(
                None,
                [
                    html.Div(
                        [
                            search_box(page.id("q"), _SEARCHED_BY[may_refund], q, keeps_words=True),
                            spoken_label("Status", page.id("status")),
                            dbc.Select(
                                id=page.id("status"),
                                value=status,
                                options=[{"value": ANY, "label": "Any status"}]
                                + [{"value": s.value, "label": words} for s, (words, _, _) in parts.STATUS.items()],
                            ),
                            spoken_label("Goods", page.id("goods")),
                            dbc.Select(
                                id=page.id("goods"),
                                value=goods,
                                options=[{"value": ANY, "label": "Goods anywhere"}]
                                + [{"value": key, "label": words} for key, (words, _) in WORK.items()],
                            ),
                            *_tag_choice(tag),
                            day_span("Paid", page.id("from"), page.id("to"), first, last),
                        ],
                        className="toolbar",
                    ),
                    _papers_bar(),
                    loading(html.Div(_table(found, is_narrowed), id=page.id("table"))),
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
    Input(page.id("goods"), "value"),
    Input(page.id("tag"), "value"),
    State(page.id("page"), "data"),
)
def show(
    q: Any,
    status: Any,
    first: Any,
    last: Any,
    _previous: Any,
    _next: Any,
    narrowed: Any,
    goods: Any,
    tag: Any,
    present: Any,
) -> tuple[Any, ...]:
    number = page_asked(page, present, "q", "status", "from", "to", "part", "goods", "tag")
    part = _parts_of_sales.part_of(narrowed)
    words, tag = searched(q), text_of(tag, TAG_LENGTH, "tag")
    found = _find(words, status, first, last, part, number, goods, tag)
    is_last = found.total is not None or not found.items
    is_narrowed = bool(words or first or last or part or tag or status != ANY or goods != ANY)
    where = place_in_list(found, PAGE_SIZE, "orders")
    chips = _parts_of_sales.narrowed_rows(part, page, "orders")
    return _table(found, is_narrowed), found.page, where, found.page <= 1, is_last, chips


@page.callback(
    Output(page.id("pick-list"), "href"),
    Output(page.id("slips"), "href"),
    Output(page.id("chosen"), "children"),
    Output(page.id("papers"), "className"),
    Input(page.item("choose", ALL), "value"),
)
def offer_papers(chosen: Any) -> tuple[Any, ...]:
    """The papers of the orders that are chosen; without any, those of all that are shown and can be."""
    boxes = [one["id"]["key"] for one in ctx.inputs_list[0]]
    marks = chosen if isinstance(chosen, list) else []
    picked = [key for key, is_on in zip(boxes, marks, strict=False) if is_on is True]
    ids = ",".join(str(key) for key in (picked or boxes) if isinstance(key, int))
    count = services().formats.number(len(picked or boxes))
    on_page = f"For all {count} on this page that wait" if len(boxes) > 1 else "For the one on this page that waits"
    words = f"For the {'one' if len(picked) == 1 else count} chosen" if picked else on_page
    shown = "papers-bar" if ids else "papers-bar papers-none"
    return f"/admin/orders/pick-list.pdf?orders={ids}", f"/admin/orders/packing-slips.pdf?orders={ids}", words, shown


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
    Input(page.id("goods"), "value"),
    Input(page.id("tag"), "value"),
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


def _find(
    q: str, status: Any, first: Any, last: Any, part: Part, number: int, goods: Any = ANY, tag: str = ""
) -> LongPage[OrderSummary]:
    if status != ANY and status not in list(OrderStatus):
        raise InvalidInput("Choose one of the statuses shown.", "status")
    if goods != ANY and (not isinstance(goods, str) or goods not in WORK):
        raise InvalidInput("Choose one of the places of goods shown.", "goods")
    wanted = None if status == ANY else OrderStatus(status)
    sold = replace(_parts_of_sales.sold_in(first, last, part), work=() if goods == ANY else WORK[goods][1], tag=tag)
    if goods == packing.LATE:
        late = services().fulfilment.late_before()
        sold = replace(sold, end=min(sold.end or late, late))
    sees_money = current_principal().may(Access.ADMIN)
    return services().orders.search(q.lstrip("#"), wanted, number, PAGE_SIZE, sold=sold, by_amount=sees_money)


def _table(found: LongPage[OrderSummary], is_narrowed: bool) -> Any:
    return parts.order_table(
        found.items,
        services().formats,
        is_narrowed,
        found.searched,
        choose=lambda order_id: page.item("choose", order_id),
        with_money=current_principal().may(Access.ADMIN),
    )


def _goods_asked(value: Any) -> str:
    return value if isinstance(value, str) and value in WORK else ANY


def _tag_asked(value: Any) -> str:
    return value[:TAG_LENGTH] if isinstance(value, str) else ""


def _tag_choice(tag: str) -> list[Any]:
    """Of the tags in use; hidden while there are none."""
    known = sorted({*services().fulfilment.tags(), *([tag] if tag else [])})
    options = [{"value": "", "label": "Any tag"}, *({"value": one, "label": one} for one in known)]
    hidden = {} if known else {"style": {"display": "none"}}
    choice = dbc.Select(id=page.id("tag"), value=tag, options=options, **hidden)
    return [spoken_label("Tag", page.id("tag")) if known else None, choice]


def _papers_bar() -> html.Div:
    """Papers for those who pack: assets hide it while nothing on the page waits."""
    return html.Div(
        [
            html.Span("", id=page.id("chosen"), className="grow muted", role="status"),
            _paper("pick-list", "list-check", "Pick list"),
            _paper("slips", "file-text", "Packing slips"),
        ],
        id=page.id("papers"),
        className="papers-bar papers-none",
    )


def _paper(part: str, glyph: str, words: str) -> html.A:
    return html.A([icon(glyph), words], id=page.id(part), className="btn btn-quiet", target="_blank")
