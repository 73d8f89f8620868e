"""The choice of delivery at checkout: what can be chosen for the address as it is typed, and what it adds up to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flask
from dash import html

from app import numbers
from app.domain import PricedCart
from app.domain.places import countries as known_countries
from app.domain.taxes import Buyer
from app.errors import InvalidInput, ShopError
from app.services import services
from app.services.shipping.offers import GONE, Offer, goods_of
from app.words import say
from components.shop.delivery import delivery_section, estimate, method_options
from pages.shop._buyer import has_areas
from pages.shop._countries import countries

SHIPS_TO = "ships_to"  # in the session: the country for which delivery was last looked at


def offered_countries(locale: str) -> list[tuple[str, str]]:
    """Those that the shop ships to."""
    to = services().shipping.plan().countries()
    return [(code, name) for code, name in countries(locale) if code in to]


def offer_of(cart: PricedCart, values: Mapping[str, Any]) -> Offer:
    """`values`: what the form holds of `country` and `area`."""
    country, area = _text(values.get("country")), _text(values.get("area"))
    return services().shipping.offer(_goods(cart), country, area if has_areas(country) else "")


def _goods(cart: PricedCart) -> Any:
    return goods_of((line.product, line.quantity) for line in cart.lines)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def section(cart: PricedCart, values: Mapping[str, Any]) -> html.Section:
    options, chosen, note, hidden = choice(offer_of(cart, values), None)
    return delivery_section(options, chosen, note, hidden=hidden)


def choice(offer: Offer, present: Any) -> tuple[list[dict[str, Any]], str | None, str, bool]:
    """Options, the chosen one, why there are none, and whether there is nothing to choose at all.

    `present` stays chosen while it is offered.
    """
    options = method_options(offer.quotes, services().formats)
    values = [one["value"] for one in options]
    chosen = present if present in values else (values[0] if values else None)
    return options, chosen, say(offer.refusal) if offer.refusal else "", offer.is_free_for_all


def with_delivery(cart: PricedCart, values: Mapping[str, Any], buyer: Buyer) -> PricedCart:
    """The cart of `buyer` with what the delivery costs that `delivery` of `values` names, or the first one.

    As it is where nothing is delivered: paying says why.
    """
    try:
        offer = offer_of(cart, values)
        quote = offer.chosen(method_id(choice(offer, values.get("delivery"))[1]))
    except ShopError:
        return cart
    return cart if quote is None else services().cart.with_shipping(cart, quote.price, buyer)


def method_id(value: Any) -> int | None:
    """As the radios send it. Raises InvalidInput."""
    if value in (None, ""):
        return None
    try:
        return numbers.whole(value if isinstance(value, str) else None)
    except ValueError:
        raise InvalidInput(GONE, "delivery") from None


def remember(values: Mapping[str, Any]) -> None:
    """For estimates in the cart: where the shopper has things sent."""
    country = _text(values.get("country"))
    if country in known_countries() and flask.session.get(SHIPS_TO) != country:
        flask.session[SHIPS_TO] = country


def cart_estimate(cart: PricedCart) -> html.P | None:
    """What delivery would cost, to where it was last looked at or the shop's own country; nothing while all is free."""
    shop = services()
    try:
        plan = shop.shipping.plan()
        if not plan.is_in_force or not cart.lines:
            return None
        last = flask.session.get(SHIPS_TO)
        country = last if last in plan.countries() else shop.settings.country
        offer = shop.shipping.offer(_goods(cart), country)
    except ShopError:
        return None
    if not offer.quotes:
        return None if country not in plan.countries() else estimate(country, (), "", shop.formats)
    first = offer.quotes[0]
    free_from = first.method.free_from if first.price else None
    words = "" if free_from is None else shop.formats.money(free_from)
    return estimate(country, offer.quotes, words, shop.formats)
