"""What the page of shipping shows of a plan: its zones, who is shipped to, and what an example order would pay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app import numbers
from app.domain.places import countries
from app.domain.shipping import Goods, Method, PriceBy, Quote, ShippingPlan
from app.errors import InvalidInput, ShopError
from app.money import parse_money
from app.services import services
from app.services.shipping.drafts import checked_method
from app.services.shipping.words import places_words, weight_words
from components.admin import shipping as parts
from pages.admin import _shipping_forms as forms
from pages.admin._common import text_of

_WORTH, _WEIGHT = 90_000, 1_200  # of the example at first: minor units and grams
_MOST_WORTH, _MOST_WEIGHT = 10**12, 10**8

Draft = tuple[int, int, Mapping[str, Any], Mapping[str, Any]]  # zone, method (0: a new one), its values, its steps


def zones_of(plan: ShippingPlan) -> list[parts.ShownZone]:
    return [
        parts.ShownZone(
            zone.zone_id, zone.name, places_words(zone), tuple(_method(method) for method in zone.methods)
        )
        for zone in plan.zones
    ]  # fmt: skip


def _method(method: Method) -> parts.ShownMethod:
    price, time, free_from = forms.shown_method(method, services().formats)
    return parts.ShownMethod(method.method_id, method.name, price, time, method.pick_up, free_from)


def told_of(plan: ShippingPlan) -> list[str]:
    """Who is shipped to and who is not, and what is missing."""
    formats = services().formats
    if not plan.is_in_force:
        return ["No zone has a method yet: until one has, the shop ships everywhere, for nothing."]
    reach = services().shipping.reach(plan)
    words = [f"The shop ships to {_countries(reach.to)}."]
    if reach.not_to:
        words.append(
            f"Nobody ships to {_countries(reach.not_to)}: customers there cannot choose their country at checkout."
        )
    if any(method.by is PriceBy.WEIGHT for zone in plan.zones for method in zone.methods) and reach.unweighed:
        words.append(
            f"{formats.counted(reach.unweighed, 'product')} in the store have no weight. Each unit counts as the "
            "method says."
        )
    return words


def _countries(codes: list[str]) -> str:
    """By name while they are few."""
    formats = services().formats
    if len(codes) <= parts.NAMED:
        return ", ".join(sorted(formats.country(code) for code in codes))
    return f"{formats.number(len(codes))} countries"


def example_start() -> dict[str, str]:
    settings, formats = services().settings, services().formats
    return {
        "country": settings.country,
        "region": "",
        "worth": f"{formats.major(_WORTH):f}",
        "weight": str(_WEIGHT),
    }


def example_of(tried: Mapping[str, Any], draft: Draft | None) -> Any:
    """What an order would pay. `draft`: a method as it stands in the form, in place of what is in force."""
    shipping, formats = services().shipping, services().formats
    wrong: list[str] = []
    plan, drafted = shipping.plan(), None
    if draft is not None:
        try:
            plan, drafted = _with_draft(services().shipping_zones.plan(), draft)
        except InvalidInput as error:
            wrong = list(error.wrong.values()) or [error.message]
    try:
        country, region, goods = _tried(tried)
        offer = shipping.offer([goods], country, region, plan)
    except InvalidInput as error:
        return parts.example(error.message, [], wrong)
    except ShopError as error:
        return parts.example(error.message, [], wrong)
    to = f"{region}, {formats.country(country)}" if region else formats.country(country)
    lead = f"An order of {formats.money(goods.price)} and {weight_words(goods.weight or 0, formats)} to {to}"
    if offer.is_free_for_all:
        return parts.example(f"{lead} is shipped for nothing: no method is set yet.", [], wrong)
    if not offer.quotes:
        return parts.example(f"{lead} cannot be placed. Customers are told: “{offer.refusal}”", [], wrong)
    quotes = [_quote(one, one.method.method_id == drafted) for one in offer.quotes]
    return parts.example(f"{lead} can be shipped by:", quotes, wrong)


def _quote(quote: Quote, is_draft: bool) -> parts.ShownQuote:
    formats = services().formats
    first, last = formats.day_of_week(quote.arrives), formats.day_of_week(quote.arrives_latest)
    days = first if first == last else f"{first} to {last}"
    words = f"ready to be fetched {days}" if quote.method.pick_up else f"arrives {days}"
    return parts.ShownQuote(quote.method.name, formats.money(quote.price) if quote.price else "free", words, is_draft)


def _with_draft(plan: ShippingPlan, draft: Draft) -> tuple[ShippingPlan, int]:
    """Raises InvalidInput for what no method can be."""
    zone_id, method_id, values, steps = draft
    zone = forms.zone_named(plan.zones, zone_id)
    if zone is None:
        raise InvalidInput("The zone of this method was removed meanwhile.")
    others = tuple(one for one in zone.methods if one.method_id != method_id)
    method = checked_method(forms.typed_method(values, steps, services().formats), method_id, others)
    zones = tuple(replace(one, methods=(*others, method)) if one is zone else one for one in plan.zones)
    return replace(plan, zones=zones), method_id


def _tried(values: Mapping[str, Any]) -> tuple[str, str, Goods]:
    """Raises InvalidInput."""
    country, region = text_of(values["country"], 10), text_of(values["region"], 80).strip()
    if country not in countries():
        raise InvalidInput("Choose a country for the example.")
    worth = parse_money(text_of(values["worth"], 20).strip(), services().formats.digits, "The example’s worth")
    try:
        weight = numbers.whole(text_of(values["weight"], 20).strip())
    except ValueError:
        raise InvalidInput("Enter the example’s weight as a whole number of grams.") from None
    if worth > _MOST_WORTH or not 0 <= weight <= _MOST_WEIGHT:
        raise InvalidInput("The example is too large, or weighs less than nothing.")
    return country, region, Goods(1, worth, weight)
