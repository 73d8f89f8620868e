"""One order: the thank-you after paying, and its invoice for ever after."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, dcc, html, no_update

from app import numbers
from app.addresses import to, with_next
from app.domain import Order, OrderStatus, Principal
from app.domain.invoices import NO_INVOICES, OrderInvoices
from app.domain.orders import Refunded
from app.errors import NotFound
from app.services import services
from app.services.checkout.checkout import UNFINISHED
from app.services.orders.orders import is_own
from app.web.identity.principal import current_principal
from app.words import mark, say
from components.kit.forms import alert
from components.kit.ui import empty_state, icon
from components.shop.invoice import invoice
from components.shop.shipments import shipments_card
from components.shop.waiting_payment import open_page, paid_later
from pages.shop._cart_changes import announce, text_from
from pages.shop._order_actions import order_actions
from pages.shop._order_page import page

LOOK_AGAIN_MS = 3000  # while the payment is unclear
LOOKS = 40  # two minutes; the worker is done long before, unless the provider is away
PAYMENT, INVOICE, THANKED = "payment", "invoice", "thanked"  # what is awaited: the last under thanks for the order

SOON = mark(
    "We are finding out whether the payment went through. This takes a minute at most; "
    "the result appears here by itself."
)
LATE = mark(
    "We still do not know whether the payment went through, and keep asking the provider. "
    "Load this page again later; a paid order is confirmed by e-mail."
)


@page.layout
def layout(order_id: str = "", thanks: Any = None, cancelled: Any = None, **_: Any) -> html.Div:
    principal = current_principal()
    order = _own_order(principal, order_id)
    if order is None:
        return _missing(principal)
    page.entitle(say("Order #{number}", number=order.number))
    return html.Div(
        [
            alert("good", _cancelled_words(order)) if cancelled and order.refund_state is Refunded.WHOLLY else None,
            html.Div(_body(order, principal, thanked=bool(thanks)), id=page.id("body")),
            dcc.Store(id=page.id("shown"), data=str(order.order_id)),
            dcc.Store(id=page.id("awaits"), data=_awaits(order, thanked=bool(thanks))),
            html.Div(id=page.id("news"), className="visually-hidden", role="status"),
            dcc.Interval(
                id=page.id("again"),
                interval=LOOK_AGAIN_MS,
                max_intervals=LOOKS,
                disabled=not (order.status in UNFINISHED or _documents(order).is_awaited),
            ),
        ],
        className="store-narrow",
    )


def _cancelled_words(order: Order) -> str:
    if order.is_repaid_by_hand:
        return say(
            "The order is cancelled. We pay the money back by hand, and write to you if we do not know where to."
        )
    return say("The order is cancelled, and the money is on its way back.")


@page.callback(
    Output(page.id("body"), "children"),
    Output(page.id("again"), "disabled"),
    Output(page.id("news"), "children"),
    Output(page.id("awaits"), "data"),
    Input(page.id("again"), "n_intervals"),
    State(page.id("shown"), "data"),
    State(page.id("awaits"), "data"),
    prevent_initial_call=True,
)
def look_again(looks: Any, order_id: Any, awaited: Any) -> Any:
    """The result of an unclear payment comes by itself, then the invoice; after a while the asking stops."""
    principal = current_principal()
    order = _own_order(principal, text_from(order_id, mark("Order")))
    if order is None:
        return _missing(principal), True, no_update, no_update
    if order.is_awaiting_payment:
        return (no_update,) * 4
    is_over = isinstance(looks, int) and looks >= LOOKS
    if order.status in UNFINISHED:
        late = _body(order, principal, thanked=True, is_late=True), True, say(LATE), no_update
        return late if is_over else (no_update,) * 4
    is_news = awaited not in (INVOICE, THANKED)
    thanked = awaited != INVOICE
    awaits = _awaits(order, thanked=thanked)
    if awaits and not is_news:
        return no_update, is_over, no_update, no_update
    body = _body(order, principal, thanked=thanked)
    if not is_news:
        number = services().invoices.of_order(order).invoice
        return body, True, say("Invoice {number}", number=number.number) if number else no_update, awaits
    announce(services().cart.view(principal.owner))
    paid = order.status is OrderStatus.PAID
    return body, not awaits, _paid_words(order) if paid else _failure(order), awaits


def _awaits(order: Order, *, thanked: bool = False) -> str:
    """What the page waits for, "" for nothing."""
    if order.status in UNFINISHED:
        return PAYMENT
    if not _documents(order).is_awaited:
        return ""
    return THANKED if thanked else INVOICE


def _documents(order: Order) -> OrderInvoices:
    return services().invoices.of_order(order) if order.paid_at else NO_INVOICES


def _body(order: Order, principal: Principal, *, thanked: bool, is_late: bool = False) -> list[Any]:
    documents = _documents(order)
    return [
        _head(order, documents, thanked=thanked, listed=not _is_by_link(order, principal)),
        _state(order, is_late=is_late),
        _keep_it(order, principal),
        shipments_card(services().fulfilment.work(order.order_id), services().formats) if order.paid_at else None,
        order_actions(order, principal),
        invoice(
            order,
            services().orders.returns_of(order.order_id),
            services().formats,
            services().shop,
            documents,
        ),
    ]


def _own_order(principal: Principal, order_id: str) -> Order | None:
    number = numbers.natural(order_id)
    if number is None:
        return None
    try:
        return services().orders.get_for(principal, number)
    except NotFound:
        return None


def _is_by_link(order: Order, principal: Principal) -> bool:
    """Whether the caller sees somebody's order only because of the link in its receipt."""
    return order.order_id in principal.opened and not is_own(order, principal)


def _missing(principal: Principal) -> html.Div:
    signed_in = principal.user_id is not None
    return html.Div(
        empty_state(
            say("Order not found"),
            say("It may belong to another account.")
            if signed_in
            else say(
                "Sign in to see your account's orders. An order placed as a guest opens from the link in its receipt."
            ),
            icon_name="receipt",
            level=1,
            action=dcc.Link(
                say("Your orders") if signed_in else say("Sign in"),
                href=to("/orders") if signed_in else with_next(to("/login"), to("/orders")),
                className="btn btn-primary",
            ),
        ),
        className="store-narrow",
    )


def _head(order: Order, documents: OrderInvoices, *, thanked: bool, listed: bool) -> html.Div:
    """`listed`: whether the order is among those of "Your orders"; not one that its receipt's link opened."""
    paid = order.status is OrderStatus.PAID
    actions = html.Div(
        [
            html.A(
                [icon("download"), "PDF"],
                href=to(f"/orders/{order.order_id}/invoice.pdf"),
                className="btn btn-quiet",
                **{"aria-label": say("Download the invoice as a PDF")},
            )
            if order.paid_at and not documents.is_awaited
            else None,
            html.Button(
                [icon("printer"), say("Print")], type="button", className="btn btn-quiet", **{"data-print": "on"}
            ),
            dcc.Link(say("Keep shopping"), href=to("/"), className="btn btn-primary") if thanked else None,
        ],
        className="page-actions no-print",
    )
    if thanked and (paid or order.is_accepted):
        first_name = (order.address.name.split() or [""])[0]
        title = say("Thank you, {first_name}", first_name=first_name) if first_name else say("Thank you")
        return html.Div(
            [
                html.Div(icon("check-lg"), className="thanks-mark"),
                html.Div([html.H1(title, className="list-title"), html.P(_paid_words(order))], role="status"),
                actions,
            ],
            className="thanks no-print",
        )
    return html.Div(
        [
            html.Div(
                [
                    dcc.Link([icon("arrow-left"), say("Your orders")], href=to("/orders"), className="back-link")
                    if listed
                    else None,
                    html.H1(say("Order {number}", number=order.number), className="list-title"),
                ]
            ),
            actions,
        ],
        className="invoice-top no-print",
    )


def _paid_words(order: Order) -> str:
    if order.is_accepted:
        return say("Order {number} is placed.", number=order.number)
    paid = say("Order {number} is paid.", number=order.number)
    return say("{paid} The receipt goes to {email}.", paid=paid, email=order.email) if order.email else paid


def _failure(order: Order) -> str:
    return say(order.failure or mark("This order did not go through."))


def _state(order: Order, *, is_late: bool) -> Any:
    if order.is_accepted:
        return paid_later(order, services().formats, services().shop.transfer_text)
    if order.is_awaiting_payment:
        return open_page(order, services().formats)
    if order.status in UNFINISHED:
        return alert("warn", say(LATE if is_late else SOON))
    if order.status in (OrderStatus.PAYMENT_FAILED, OrderStatus.REJECTED):
        return alert("bad", [f"{_failure(order)} ", dcc.Link(say("Back to the cart"), href=to("/cart"))])
    return None


def _keep_it(order: Order, principal: Principal) -> Any:
    if principal.user_id is not None or order.status is not OrderStatus.PAID:
        return None
    is_opened = _is_by_link(order, principal)
    register = with_next(to("/register"), to("/orders") if is_opened else to(f"/orders/{order.order_id}"))
    words = (
        say("In an account with {email} you find this order once you have confirmed that address.", email=order.email)
        if is_opened
        else say("With an account you find this invoice again on any device.")
    )
    return html.Div(
        [
            html.Div(
                [
                    html.Strong(say("Keep your orders")),
                    html.Span(words),
                ],
                className="keep-words",
            ),
            dcc.Link(say("Create an account"), href=register, className="btn btn-quiet"),
        ],
        className="keep-card no-print",
    )
