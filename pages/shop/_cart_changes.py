"""What the pages share about the cart: its state for the browser, and answers to a change that failed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from dash import set_props

from app import numbers
from app.domain import PricedCart
from app.domain.stock import STANDARD
from app.domain.taxes import TAX_CLASSES, ZERO, combined
from app.errors import Busy, InvalidInput, StoreUnavailable
from app.services import services
from app.web.shown_cart import shown_cart
from app.words import mark
from components.shop import prices


def cart_state(cart: PricedCart, answered: Mapping[str, int] | None = None) -> dict[str, Any]:
    """What badge, bar and steppers show.

    `at` orders answers that overtake each other (microseconds); `answered` says which change of which
    stepper this state takes into account.
    """
    return {
        "revision": cart.revision,
        "units": cart.units,
        "total": services().formats.money(cart.total),
        "quantities": quantities(cart),
        "answered": dict(answered or {}),
        "at": time.time_ns() // 1000,
    }


def announce(cart: PricedCart, answered: Mapping[str, int] | None = None) -> None:
    """From a callback: tell every part of the page what the cart holds now."""
    set_props("cart-changed", {"data": cart_state(cart, answered)})


def quantities(cart: PricedCart) -> dict[str, int]:
    return {line.product.product_id: line.quantity for line in cart.lines}


def held_by(owner: str) -> dict[str, int]:
    """For layouts: units by product id in a cart; of one that cannot be read, none."""
    try:
        return quantities(shown_cart(owner))
    except (StoreUnavailable, Busy):
        return {}


def is_paused() -> bool:
    """Whether products are shown as they were a while ago, so that nothing can be put into a cart."""
    return services().outages.now().catalog


def tax_note(tax_class: str = "") -> str:
    """What stands at a price of that class, at home; without one, at prices of any."""
    taxes = services().shop_settings.taxes()
    rates = taxes.rates_for(tax_class or STANDARD, taxes.home)
    is_same = bool(tax_class) or all(taxes.rates_for(one, taxes.home) == rates for one in TAX_CLASSES if one != ZERO)
    return prices.tax_note(combined(rates), taxes.mode, services().formats, with_rate=is_same)


def units_from(value: Any) -> int:
    """A whole number of units, as a browser sends it. Raises InvalidInput."""
    try:
        return numbers.whole(None if isinstance(value, str) else value)
    except ValueError:
        raise InvalidInput(mark("Quantity must be a whole number."), "quantity") from None


def text_from(value: Any, field: str, most: int = 200) -> str:
    """Text as a form sends it, stripped; nothing counts as "". Raises InvalidInput."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidInput(mark("{field} must be text.", field=field), field)
    if len(value) > most:
        raise InvalidInput(mark("{field} is too long: at most {most} characters.", field=field, most=most), field)
    return value.strip()
