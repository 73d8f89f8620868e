"""To a provider's payment page and back: GET /orders/<id>/pay, and GET /checkout/return, where the page leads to."""

from __future__ import annotations

import flask

from app import numbers
from app.addresses import to
from app.domain import OrderStatus, Principal
from app.errors import LinkInvalid, NotFound, PaymentUnclear
from app.services import services
from app.services.orders.orders import is_own
from app.web.identity.guests import open_order, renew_guest
from app.web.identity.principal import current_principal

blueprint = flask.Blueprint("payment_pages", __name__)


@blueprint.get("/orders/<order_id>/pay")
def pay(order_id: str) -> flask.Response:
    """To the page where the caller's order is paid; to the order itself when there is nothing to pay any more."""
    number = numbers.natural(order_id)
    return _to(_page_of(current_principal(), number) or f"/orders/{number or ''}")


def _page_of(principal: Principal, number: int | None) -> str | None:
    if number is None:
        return None
    try:
        order = services().orders.get_for(principal, number)
        if not is_own(order, principal) and number not in principal.opened:
            return None
        return services().payments.page_of(order)
    except (NotFound, PaymentUnclear):
        return None


@blueprint.get("/checkout/return")
def come_back() -> flask.Response:
    """The shopper is back, having paid or not. What became of it is asked of the provider, not of this address.

    The link opens the order in this browser, which may be another one than it was placed in.
    """
    try:
        order = services().order_links.come_back(flask.request.args.get("order"))
    except LinkInvalid:
        return _to("/orders")
    order = services().payments.came_back(order)
    principal = current_principal()
    is_theirs = is_own(order, principal)
    if order.is_of_guest and not is_theirs:
        open_order(order.order_id)
    elif is_theirs and principal.user_id is None and order.status is OrderStatus.PAID:
        renew_guest(order.order_id)
    thanks = "?thanks=1" if order.status is OrderStatus.PAID else ""
    return _to(f"/orders/{order.order_id}{thanks}")


def _to(address: str) -> flask.Response:
    response = flask.make_response(flask.redirect(to(address) if address.startswith("/") else address, 303))
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
