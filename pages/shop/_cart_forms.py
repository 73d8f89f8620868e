"""The cart's controls as native forms: what shoppers without script, or before it runs, send."""

from __future__ import annotations

from typing import Any

import flask

from app.addresses import to
from app.domain import PricedCart
from app.errors import InvalidInput
from app.numbers import natural
from app.services import services
from app.web.identity.principal import cart_changer
from app.words import mark
from pages.shop._cart_changes import quantities, text_from, units_from

blueprint = flask.Blueprint("cart_forms", __name__)

CHANGES = ("add", "buy", "more", "less", "remove", "take", "accept", "set", "apply", "uncode")


@blueprint.post("/cart/change")
def change() -> flask.typing.ResponseReturnValue:
    """One change, named by the pressed button and with a product's id as its value; the cart's page follows.

    Fields: one of `CHANGES`, `units` beside `buy` and `set`, `code` beside `apply`; "show" only leads there.
    """
    form = flask.request.form
    do = next((name for name in CHANGES if name in form), None)
    if do == "apply":
        services().cart.enter_code(cart_changer().owner, form.get("code", ""))
    elif do is not None:
        _change(do, text_from(form[do], mark("Product")), form.get("units", "1"))
    elif "show" not in form:
        raise InvalidInput(mark("There is no such action on a cart."))
    return flask.redirect(to("/cart"), 303)


def _change(do: str, product_id: str, units: Any) -> PricedCart:
    cart, owner = services().cart, cart_changer().owner
    match do:
        case "add" | "more":
            return cart.add(owner, product_id)
        case "buy":
            return cart.add(owner, product_id, units_from(natural(units)))
        case "less":
            return cart.set_quantity(owner, product_id, max(quantities(cart.view(owner)).get(product_id, 0) - 1, 0))
        case "remove":
            return cart.remove(owner, product_id)
        case "take":
            return cart.set_quantity(owner, product_id, services().catalog.get(product_id).stock)
        case "set":
            return cart.set_quantity(owner, product_id, units_from(natural(units)))
        case "uncode":
            return cart.remove_code(owner)
    return cart.accept_prices(owner)
