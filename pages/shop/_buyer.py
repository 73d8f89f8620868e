"""Whom a cart is for, as far as its tax asks: the session's person, and what is typed at the checkout."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from app.domain import Principal
from app.domain.places import address_rules, countries
from app.domain.taxes import Buyer
from app.errors import InvalidInput
from app.services import services
from app.services.checkout.request import clean_region
from app.services.checkout.vat_numbers import checked_vat_number

BUYER_FIELDS = ("country", "region", "area", "vat_number")


def buyer_of(principal: Principal, country: str = "", region: str = "", vat_number: str = "") -> Buyer:
    return Buyer(country, region, vat_number, principal.is_tax_exempt)


def typed_buyer(principal: Principal, typed: Mapping[str, Any]) -> Buyer:
    """Of what stands in `BUYER_FIELDS` now; what is not right yet counts as not typed."""
    country = typed.get("country")
    if not isinstance(country, str) or country not in countries():
        return buyer_of(principal)
    region = number = ""
    with suppress(InvalidInput):
        region = clean_region(country, typed.get("area" if has_areas(country) else "region"))
    if services().shop_settings.taxes().asks_vat_number:
        with suppress(InvalidInput):
            number = checked_vat_number(typed.get("vat_number"), country)
    return buyer_of(principal, country, region, number)


def has_areas(country: Any) -> bool:
    """Whether a region of that country is chosen from a list."""
    return isinstance(country, str) and country in countries() and bool(address_rules(country).areas)
