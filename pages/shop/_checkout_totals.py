"""What the checkout adds up to: the summary, the words on its button, and how it follows address and delivery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import Input, Output, State, no_update

from app.domain import PricedCart, Principal
from app.services import services
from app.web.identity.principal import current_principal
from app.web.page import Page
from app.words import say
from components.shop.discount_code import code_box
from components.shop.order_summary import order_summary
from pages.shop import _delivery
from pages.shop._buyer import BUYER_FIELDS, typed_buyer
from pages.shop._cart_changes import tax_note

# What can be chosen of delivery: the radios, the chosen one, why there are none, and whether the section is hidden.
_DELIVERIES = (
    ("checkout-delivery", "options"),
    ("checkout-delivery", "value"),
    ("checkout-delivery-note", "children"),
    ("checkout-deliveries", "hidden"),
)
DELIVERIES = tuple(Output(*one, allow_duplicate=True) for one in _DELIVERIES)
AS_THEY_ARE = (no_update,) * len(DELIVERIES)
TOTAL_FIELDS = (*BUYER_FIELDS, "delivery")  # of the form: what the total hangs on


def summary_of(cart: PricedCart) -> Any:
    code = code_box(cart.code, lambda part: f"checkout-code-{part}", "checkout-code-remove", services().formats)
    return order_summary(cart, services().formats, tax_note(), code)


def pay_words(cart: PricedCart) -> str:
    return say("Pay {total}", total=services().formats.money(cart.total))


def shown_of(cart: PricedCart, principal: Principal) -> dict[str, Any]:
    """What the shopper agrees to with the next click: compared with the truth when it comes."""
    return {"total": cart.total, "revision": cart.revision, "user_id": principal.user_id}


def current(cart: PricedCart, principal: Principal, values: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """`values`: what the form holds of TOTAL_FIELDS."""
    cart = _delivery.with_delivery(cart, values, typed_buyer(principal, values))
    return summary_of(cart), pay_words(cart), shown_of(cart, principal)


def serve(page: Page) -> None:
    @page.callback(
        *(Output(*one) for one in _DELIVERIES),
        Input("checkout-country", "value"),
        Input("checkout-area", "value"),
        State("checkout-delivery", "value"),
    )
    def show_deliveries(country: Any, area: Any, chosen: Any) -> tuple[Any, ...]:
        """What can be chosen for the address as it is now; what was chosen stays so while it can."""
        values = {"country": country, "area": area}
        cart = services().cart.view(current_principal().owner)
        if not services().shipping.plan().is_in_force or not cart.lines:
            return AS_THEY_ARE
        _delivery.remember(values)
        return _delivery.choice(_delivery.offer_of(cart, values), chosen)

    @page.callback(
        Output(page.id("summary"), "children", allow_duplicate=True),
        Output(page.id("pay-words"), "children", allow_duplicate=True),
        Output(page.id("shown"), "data", allow_duplicate=True),
        *(Input(f"checkout-{name}", "value") for name in TOTAL_FIELDS),
        State(page.id("shown"), "data"),
        prevent_initial_call=True,
    )
    def show_total(*typed: Any) -> tuple[Any, ...]:
        """With the tax and the delivery of where it goes, as soon as that is known."""
        *values_typed, shown = typed
        principal, values = current_principal(), dict(zip(TOTAL_FIELDS, values_typed, strict=True))
        if not isinstance(shown, dict) or shown.get("user_id") != principal.user_id:
            return (no_update,) * 3  # paying says that the session has ended
        cart = services().cart.view(principal.owner, typed_buyer(principal, values))
        return current(cart, principal, values) if cart.lines else (no_update,) * 3
