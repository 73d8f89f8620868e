"""The cart of a signed-in person over the API. Names and prices always come from the catalogue."""

from __future__ import annotations

import flask

from app.domain import Access, Scope
from app.errors import NotFound, SessionUnchecked
from app.services import services
from app.web.api.answers import CartAnswer, Done
from app.web.api.failures import CONFLICT, NOT_FOUND, OUT_OF_STOCK, THROTTLED
from app.web.api.reading import read_body
from app.web.api.requests import NewQuantity, ProductRef
from app.web.api.routing import Doc, route
from app.web.api.writing import cart_line_json, done
from app.web.identity.principal import cart_changer, current_principal
from app.web.identity.sessions import is_session_unchecked, signed_in_user


@route(
    "/api/cart",
    Access.PUBLIC,
    scope=Scope.SHOP,
    doc=Doc(
        "The cart at current prices",
        "cart",
        answers=CartAnswer,
        description="Looking at it accepts these prices. Empty when nobody is signed in.",
    ),
)
def cart() -> flask.Response:
    """At current prices, which the client thereby has seen and accepts; empty when not signed in."""
    if signed_in_user() is None:
        if is_session_unchecked():  # an empty cart would be a lie
            raise SessionUnchecked()
        return flask.jsonify([])
    priced = services().cart.accept_prices(current_principal().owner)
    return flask.jsonify([cart_line_json(line) for line in priced.lines])


@route(
    "/api/cart",
    Access.SIGNED_IN,
    methods=("POST",),
    scope=Scope.SHOP,
    goes_on=True,
    doc=Doc(
        "Put one more of a product into the cart",
        "cart",
        answers=Done,
        description="Name and price come from the catalogue, whatever else is sent.",
        body=ProductRef,
        example={"id": "ceramic-mug-1a2b3c"},
        refusals=(NOT_FOUND, OUT_OF_STOCK, CONFLICT, THROTTLED),
    ),
)
def cart_add() -> flask.Response:
    wanted = read_body(ProductRef)
    services().cart.add(cart_changer().owner, wanted.id, 1)
    return done()


@route(
    "/api/cart/update_qty",
    Access.SIGNED_IN,
    methods=("POST",),
    scope=Scope.SHOP,
    goes_on=True,
    doc=Doc(
        "Change how many of a product are in the cart",
        "cart",
        answers=Done,
        description="By a step (`action`) or to a number (`qty`; 0 takes it out), never above what is available.",
        body=NewQuantity,
        example={"id": "ceramic-mug-1a2b3c", "action": "inc"},
        refusals=(NOT_FOUND, OUT_OF_STOCK, CONFLICT, THROTTLED),
    ),
)
def cart_update() -> flask.Response:
    wanted = read_body(NewQuantity)
    owner = cart_changer().owner
    if wanted.qty is not None:
        services().cart.set_quantity(owner, wanted.id, wanted.qty)
        return done()
    present = _quantity_in_cart(owner, wanted.id)
    if wanted.action == "inc":
        services().cart.add(owner, wanted.id, 1)
    else:
        services().cart.set_quantity(owner, wanted.id, present - 1)
    return done()


@route(
    "/api/cart/remove",
    Access.SIGNED_IN,
    methods=("POST",),
    scope=Scope.SHOP,
    goes_on=True,
    doc=Doc(
        "Take a product out of the cart",
        "cart",
        answers=Done,
        body=ProductRef,
        example={"id": "ceramic-mug-1a2b3c"},
        refusals=(THROTTLED,),
    ),
)
def cart_remove() -> flask.Response:
    services().cart.remove(cart_changer().owner, read_body(ProductRef).id)
    return done()


@route(
    "/api/cart/clear",
    Access.SIGNED_IN,
    methods=("DELETE",),
    scope=Scope.SHOP,
    goes_on=True,
    doc=Doc("Empty the cart", "cart", answers=Done, refusals=(THROTTLED,)),
)
def cart_clear() -> flask.Response:
    services().cart.clear(cart_changer().owner)
    return done()


def _quantity_in_cart(owner: str, product_id: str) -> int:
    for line in services().cart.view(owner).lines:
        if line.product.product_id == product_id:
            return line.quantity
    raise NotFound("This product is not in your cart.")
