"""The cart of a signed-in person over the API. Names and prices always come from the catalogue."""

from __future__ import annotations

import flask

from app.api.reading import NewQuantity, ProductRef, read_body
from app.api.routing import route
from app.api.writing import cart_line_json, done
from app.auth import current_principal, signed_in_user
from app.domain import Access
from app.errors import NotFound
from app.services import services


@route("/api/cart", Access.PUBLIC)
def cart() -> flask.Response:
    """At current prices, which the client thereby has seen and accepts; empty when not signed in."""
    if signed_in_user() is None:
        return flask.jsonify([])
    priced = services().cart.accept_prices(current_principal().owner)
    return flask.jsonify([cart_line_json(line) for line in priced.lines])


@route("/api/cart", Access.SIGNED_IN, methods=("POST",))
def cart_add() -> flask.Response:
    wanted = read_body(ProductRef)
    services().cart.add(current_principal().owner, wanted.id, 1)
    return done()


@route("/api/cart/update_qty", Access.SIGNED_IN, methods=("POST",))
def cart_update() -> flask.Response:
    wanted = read_body(NewQuantity)
    owner = current_principal().owner
    if wanted.qty is not None:
        services().cart.set_quantity(owner, wanted.id, wanted.qty)
        return done()
    present = _quantity_in_cart(owner, wanted.id)
    if wanted.action == "inc":
        services().cart.add(owner, wanted.id, 1)
    else:
        services().cart.set_quantity(owner, wanted.id, present - 1)
    return done()


@route("/api/cart/remove", Access.SIGNED_IN, methods=("POST",))
def cart_remove() -> flask.Response:
    services().cart.remove(current_principal().owner, read_body(ProductRef).id)
    return done()


@route("/api/cart/clear", Access.SIGNED_IN, methods=("DELETE",))
def cart_clear() -> flask.Response:
    services().cart.clear(current_principal().owner)
    return done()


def _quantity_in_cart(owner: str, product_id: str) -> int:
    for line in services().cart.view(owner).lines:
        if line.product.product_id == product_id:
            return line.quantity
    raise NotFound("This product is not in your cart.")
