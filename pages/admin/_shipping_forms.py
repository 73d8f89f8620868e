"""The forms of zones and methods: what their fields show, and what the browser sends of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import NoneType
from typing import Any

from app import numbers
from app.domain.places import address_rules, countries
from app.domain.shipping import ELSEWHERE, Method, Place, PriceBy, Zone
from app.errors import InvalidInput
from app.money import Formats, parse_money
from app.services.checks import noting, raise_noted
from app.services.shipping.drafts import METHOD_FIELDS, ZONE_FIELDS, method_fields, place_of, place_text, place_words
from app.services.shipping.words import cutoff_text, price_words, time_words, weekdays_words, weight_words
from components.admin.shipping import STEP_PARTS
from pages.admin._clashes import seen_of
from pages.admin._common import text_of

ZONE, METHOD = "zone", "method"
ZONE_TYPES: dict[str, Any] = {"name": str, "places": list}
METHOD_TYPES: dict[str, Any] = {
    "name": str, "by": str, "steps": list, "free_from": (int, NoneType), "days_least": int, "days_most": int,
    "cutoff": int, "weekdays": list, "unknown_weight": int, "pick_up": str,
}  # fmt: skip
NEW_ZONE: dict[str, Any] = {"name": "", "places": []}
NEW_METHOD = method_fields(Method(0, "", PriceBy.TOTAL, ()))
_LABELS = {
    "name": "Name", "places": "Countries and regions", "by": "The price goes by", "steps": "Prices",
    "free_from": "Free from", "days_least": "Days, at least", "days_most": "Days, at most",
    "cutoff": "Leaves the same day until", "weekdays": "Working days",
    "unknown_weight": "A product without a weight counts as", "pick_up": "Pick-up address",
}  # fmt: skip


def seen_in(kind: str, value: Any) -> dict[str, Any]:
    """What the form's store says that it showed. Raises InvalidInput."""
    return seen_of(value, ZONE_TYPES if kind == ZONE else METHOD_TYPES)


def names_in(kind: str) -> tuple[str, ...]:
    return ZONE_FIELDS if kind == ZONE else METHOD_FIELDS


def place_choices(formats: Formats) -> list[tuple[str, str]]:
    """(value, words): everywhere else, countries, then their regions."""
    codes = sorted(countries(), key=formats.country)
    areas = [
        (place_text(Place(code, area.value)), f"{area.label}, {formats.country(code)}")
        for code in codes
        for area in address_rules(code).areas
    ]
    return [(ELSEWHERE, "Everywhere else"), *((code, formats.country(code)) for code in codes), *areas]


def method_texts(fields: Mapping[str, Any], formats: Formats) -> dict[str, Any]:
    """The METHOD_FIELDS as the form's controls hold them."""

    def amount(minor: int | None) -> str:
        return "" if minor is None else f"{formats.major(minor):f}"

    def limit(value: int | None) -> str:
        return amount(value) if fields["by"] == PriceBy.TOTAL else "" if value is None else str(value)

    return {
        **{name: "" if fields[name] is None else str(fields[name]) for name in METHOD_FIELDS},
        "steps": [(limit(up_to), amount(price)) for up_to, price in fields["steps"]],
        "free_from": amount(fields["free_from"]),
        "cutoff": cutoff_text(fields["cutoff"]),
        "weekdays": [str(day) for day in fields["weekdays"]],
    }


def typed_zone(values: Mapping[str, Any], places: Any) -> dict[str, Any]:
    """The ZONE_FIELDS that were sent; what they may be is the service's to say."""
    return {"name": text_of(values.get("name"), 200, "name"), "places": places or []}


def typed_method(values: Mapping[str, Any], steps: Mapping[str, Any], formats: Formats) -> dict[str, Any]:
    """The METHOD_FIELDS that were sent. Raises InvalidInput naming all that are no numbers, amounts or times."""
    wrong: dict[str, str] = {}
    found: dict[str, Any] = {}

    def note(name: str, read: Any) -> None:
        with noting(wrong):
            found[name] = read()

    note("name", lambda: text_of(values.get("name"), 200, "name"))
    note("by", lambda: text_of(values.get("by"), 20, "by"))
    note("steps", lambda: _steps(steps, str(values.get("by")), formats))
    note("free_from", lambda: _money_or_none(values.get("free_from"), "free_from", formats))
    for name, words in (("days_least", "days"), ("days_most", "days"), ("unknown_weight", "grams")):
        note(name, lambda name=name, words=words: _whole(values.get(name), name, f"a whole number of {words}"))
    note("cutoff", lambda: _minutes(values.get("cutoff")))
    note("weekdays", lambda: [_whole(day, "weekdays", "weekdays of the list") for day in _list(values.get("weekdays"))])
    note("pick_up", lambda: text_of(values.get("pick_up"), 2_000, "pick_up"))
    raise_noted(wrong)
    return found


def _steps(sent: Mapping[str, Any], by: str, formats: Formats) -> list[list[int | None]]:
    """Rows without anything are left out."""
    typed = {key: text_of(value, 30, "steps").strip() for key, value in sent.items()}
    rows = []
    for at in range(len(typed)):
        up_to, price = (typed.get(f"{at}-{part}", "") for part in STEP_PARTS)
        if not up_to and not price:
            continue
        if not price:
            raise InvalidInput(f"Say what row {at + 1} costs; 0 is free.", "steps")
        limit = _money_or_none(up_to, "steps", formats) if by == PriceBy.TOTAL else None
        if up_to and by != PriceBy.TOTAL:
            limit = _whole(up_to, "steps", "whole numbers of grams or items")
        rows.append([limit, _money_or_none(price, "steps", formats)])
    return rows


def _money_or_none(value: Any, field: str, formats: Formats) -> int | None:
    text = text_of(value, 30, field).strip().replace(" ", "")
    if not text:
        return None
    try:
        return parse_money(text, formats.digits, _LABELS[field])
    except InvalidInput as error:
        raise InvalidInput(error.message, field) from None


def _whole(value: Any, field: str, words: str) -> int:
    try:
        return numbers.whole(text_of(value, 20, field).strip())
    except ValueError:
        raise InvalidInput(f"Enter {words}.", field) from None


def _minutes(value: Any) -> int:
    hour, colon, minute = text_of(value, 10, "cutoff").partition(":")
    try:
        if not colon:
            raise ValueError
        return numbers.whole(hour) * 60 + numbers.whole(minute[:2])
    except ValueError:
        raise InvalidInput("Give a time of day such as 14:00.", "cutoff") from None


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list | None):
        raise InvalidInput("Choose weekdays from the list.", "weekdays")
    return value or []


def clash_labels(kind: str, formats: Formats) -> dict[str, tuple[str, Any]]:
    """Label and look of each field that two may have changed."""

    def text(value: Any) -> str:
        return "none" if value in (None, "") else str(value)

    looks: dict[str, Any] = {
        "places": lambda value: "; ".join(place_words(place_of(one)) for one in value),
        "steps": lambda value: ", ".join(_step_words(one, formats) for one in value),
        "free_from": lambda value: "never" if value is None else formats.money(value),
        "cutoff": cutoff_text,
        "weekdays": lambda value: weekdays_words(tuple(value)),
        "unknown_weight": lambda value: weight_words(value, formats),
    }
    return {name: (_LABELS[name], looks.get(name, text)) for name in names_in(kind)}


def _step_words(step: Any, formats: Formats) -> str:
    up_to, price = step
    return f"{'above' if up_to is None else up_to}: {formats.money(price)}"


def shown_method(method: Method, formats: Formats) -> tuple[str, str, str]:
    """Price, time, and from which amount on it is free."""
    free_from = "" if method.free_from is None else formats.money(method.free_from)
    return price_words(method, formats), time_words(method), free_from


def keyed(sent: Iterable[Any], kind: str) -> dict[str, Any]:
    """The values of the form's controls of a `kind`, an id's type, by key. `sent`: as Dash lists them."""
    fields = [one for some in sent if isinstance(some, list) for one in some]
    return {
        str(one["id"]["key"]): one.get("value")
        for one in fields
        if isinstance(one.get("id"), dict) and one["id"].get("type") == kind
    }


def zone_named(zones: Iterable[Zone], zone_id: int) -> Zone | None:
    return next((zone for zone in zones if zone.zone_id == zone_id), None)
