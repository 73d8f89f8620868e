"""Zones and methods in words, for staff: in lists and in the audit log."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Any

from app.domain import WEEKDAYS
from app.domain.shipping import Method, PriceBy, Zone
from app.money import Formats
from app.services.shipping.drafts import DAY_MINUTES, place_words

BY_WORDS = {PriceBy.TOTAL: "By what the goods come to", PriceBy.WEIGHT: "By weight", PriceBy.ITEM: "By number of items"}
_SHOWN_PLACES = 6
_DAY_NAMES = [name[:3].capitalize() for name in WEEKDAYS]


def places_words(zone: Zone, most: int = _SHOWN_PLACES) -> str:
    named = [place_words(place) for place in zone.places]
    more = len(named) - most
    return "; ".join(named[:most]) + (f"; and {more} more" if more > 0 else "")


def price_words(method: Method, formats: Formats) -> str:
    """Such as "up to 500 g ₹49, above that ₹99"."""
    if len(method.steps) == 1 and method.steps[0].up_to is None:
        return formats.money(method.steps[0].price) if method.steps[0].price else "free"
    parts = [
        f"up to {_size_words(method.by, step.up_to, formats)} {formats.money(step.price)}"
        if step.up_to is not None
        else f"above that {formats.money(step.price)}"
        for step in method.steps
    ]
    return ", ".join(parts) + ("" if method.steps[-1].up_to is None else ", not above that")


def _size_words(by: PriceBy, size: int, formats: Formats) -> str:
    if by is PriceBy.TOTAL:
        return formats.money(size)
    return weight_words(size, formats) if by is PriceBy.WEIGHT else formats.counted(size, "item")


def weight_words(grams: int, formats: Formats) -> str:
    """Kilograms from one on."""
    if grams < 1000:
        return f"{formats.number(grams)} g"
    return f"{formats.number(Decimal(grams).scaleb(-3).normalize())} kg"


def time_words(method: Method) -> str:
    """Such as "2 to 4 working days (Mon to Fri); until 14:00 it leaves the same day"."""
    least, most = method.days_least, method.days_most
    days = f"{least} to {most} working days" if least != most else f"{most} working day{'' if most == 1 else 's'}"
    if most == 0:
        days = "The same day"
    leaves = (
        "whenever it is ordered, it leaves the same day"
        if method.cutoff >= DAY_MINUTES
        else "it leaves the next day"
        if method.cutoff == 0
        else f"until {cutoff_text(method.cutoff)} it leaves the same day"
    )
    return f"{days} ({weekdays_words(method.weekdays)}); {leaves}"


def cutoff_text(minutes: int) -> str:
    """As a field for a time of day holds it; the end of the day is its last minute."""
    minutes = min(minutes, DAY_MINUTES - 1)
    return f"{time(minutes // 60, minutes % 60):%H:%M}"


def weekdays_words(weekdays: tuple[int, ...]) -> str:
    names = [_DAY_NAMES[day] for day in weekdays]
    is_run = len(weekdays) > 2 and weekdays == tuple(range(weekdays[0], weekdays[-1] + 1))
    return f"{names[0]} to {names[-1]}" if is_run else ", ".join(names)


def zone_facts(zone: Zone) -> dict[str, Any]:
    """As the audit log keeps them."""
    return {"name": zone.name, "places": places_words(zone, len(zone.places))}


def method_facts(method: Method, formats: Formats) -> dict[str, Any]:
    return {
        "name": method.name,
        "prices": f"{BY_WORDS[method.by]}: {price_words(method, formats)}",
        "free_from": method.free_from,
        "delivery": time_words(method),
        "unknown_weight": method.unknown_weight,
        "pick_up": method.pick_up,
    }
