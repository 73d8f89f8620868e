"""Paying for the cart, and the caller's own orders."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import flask

from app.domain import Access, Address, OrderSummary, Scope
from app.errors import NotFound
from app.numbers import natural
from app.services import services
from app.services.checkout.checkout import CheckoutRequest
from app.web.api.answers import OrderAnswer, Orders, Paid
from app.web.api.cursors import bad_cursor, decoded, encoded
from app.web.api.failures import (
    CART_CHANGED,
    CHECKOUT_PAUSED,
    CONFLICT,
    EMPTY_CART,
    IN_PROGRESS,
    NOT_FOUND,
    OUT_OF_STOCK,
    PAYMENT_DECLINED,
    PAYMENT_REQUIRED,
    PAYMENT_UNAVAILABLE,
    PAYMENT_UNCLEAR,
    PRICE_CHANGED,
    THROTTLED,
)
from app.web.api.reading import KEY_HEADER, idempotency_key, read_body, read_query
from app.web.api.requests import OrderQuery, Payment
from app.web.api.routing import Doc, route
from app.web.api.writing import amount, done, invoice_url, moment, order_json, summary_json
from app.web.identity.caller import client_address
from app.web.identity.principal import current_principal

_LARGEST_ID = 2**63 - 1
_LARGEST_NUMBER = 1_000_000


@route(
    "/api/record_payment",
    Access.SIGNED_IN,
    methods=("POST",),
    scope=Scope.SHOP,
    doc=Doc(
        "Order and pay for what is in the cart",
        "orders",
        answers=Paid,
        description=(
            "All or nothing. Without `payment` the demo provider approves. Where cards are paid at a page of the "
            "provider's, no card is sent here: the answer is an order that is `charging`, with the address of that "
            "page, and the units are held until `payment_due`; a new call voids it first. Repeating it "
            "with the same key, or without a key on the same unchanged cart, gives the first answer again, and counts "
            "against no budget: 30 orders of one account at once and then one a minute, 10 declined cards and then one "
            "every ten minutes."
        ),
        body=Payment,
        body_optional=True,
        example={"payment": {"number": "4242 4242 4242 4242", "expiry": "12/30", "cvc": "123", "name": "Ada"}},
        request_headers=(KEY_HEADER,),
        refusals=(
            CART_CHANGED,
            CHECKOUT_PAUSED,
            CONFLICT,
            EMPTY_CART,
            IN_PROGRESS,
            OUT_OF_STOCK,
            PAYMENT_DECLINED,
            PAYMENT_REQUIRED,
            PAYMENT_UNAVAILABLE,
            PAYMENT_UNCLEAR,
            PRICE_CHANGED,
            THROTTLED,
        ),
    ),
)
def record_payment() -> flask.Response:
    """Order and pay for the caller's cart. This API never asked for an address: the country is the store's own."""
    given = read_body(Payment, optional=True)
    caller = current_principal()
    order = services().checkout.place(
        CheckoutRequest(
            is_tax_exempt=caller.is_tax_exempt,
            owner=caller.owner,
            user_id=caller.user_id,
            email=caller.email,
            address=Address(name=caller.name, line1="", city="", postcode="", country=services().settings.country),
            details=None if given.payment is None else given.payment.model_dump(),
            idempotency_key=idempotency_key(),
            needs_address=False,
            network=client_address(),
            method=given.method,
        )
    )
    answer = {"order_id": order.order_id, "invoice_url": invoice_url(order.order_id), "total": amount(order.total)}
    if order.is_awaiting_payment:
        page = services().payments.page_of(order)
        answer |= {"payment_due": moment(order.payment_due)} | ({"payment_url": page} if page else {})
    return done(**answer)


@route(
    "/api/orders",
    Access.SIGNED_IN,
    scope=Scope.SHOP,
    doc=Doc("The caller's own orders, newest first", "orders", answers=Orders, query=OrderQuery, has_pages=True),
)
def orders() -> flask.Response:
    """Newest first; a Link header leads to older ones."""
    query = read_query(OrderQuery)
    found, has_more = _page(query)
    response = flask.jsonify([summary_json(order) for order in found])
    if has_more:
        older = urlencode({"limit": query.limit, "cursor": encoded([found[-1].order_id])})
        response.headers["Link"] = f'</api/orders?{older}>; rel="next"'
    return response


def _page(query: OrderQuery) -> tuple[Sequence[OrderSummary], bool]:
    """The orders from beyond the cursor, and whether there are more."""
    caller, cursor = current_principal(), query.cursor
    number = None if cursor is None else natural(cursor)
    if number is None:
        return services().orders.older_for(caller, None if cursor is None else _order_id(cursor), query.limit)
    # Cursors of earlier releases were the page's number.
    if not 1 <= number <= _LARGEST_NUMBER:
        raise bad_cursor()
    page = services().orders.list_for(caller, page=number, page_size=query.limit)
    return (page.items, number < page.pages) if number <= page.pages else ((), False)


def _order_id(cursor: str) -> int:
    place = decoded(cursor)
    if len(place) != 1 or type(place[0]) is not int or not 0 < place[0] <= _LARGEST_ID:
        raise bad_cursor()
    return place[0]


@route(
    "/api/orders/<int:order_id>",
    Access.SIGNED_IN,
    scope=Scope.SHOP,
    doc=Doc("One of the caller's own orders", "orders", answers=OrderAnswer, refusals=(NOT_FOUND,)),
)
def order(order_id: int) -> flask.Response:
    if order_id > _LARGEST_ID:
        raise NotFound("There is no such order.")
    return flask.jsonify(order_json(services().orders.get_for(current_principal(), order_id)))
