"""What admins say of zones and methods: the fields of their forms, and what they may be."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from app.domain.places import address_rules, countries
from app.domain.shipping import ELSEWHERE, Method, Place, PriceBy, Step, Zone, terms_of
from app.errors import InvalidInput
from app.money import MAX_MINOR
from app.services.checks import line, noting, paragraphs, raise_noted, whole

NAME_LENGTH = 60
MOST_ZONES, MOST_METHODS, MOST_STEPS, MOST_PLACES = 50, 12, 20, 400
MOST_DAYS = 90
MOST_GRAMS, MOST_UNITS = 10_000_000, 10_000_000
PICK_UP_LENGTH, PICK_UP_LINES = 400, 8
DAY_MINUTES = 24 * 60
ZONE_FIELDS = ("name", "places")
METHOD_FIELDS = (
    "name", "by", "steps", "free_from", "days_least", "days_most", "cutoff", "weekdays", "unknown_weight", "pick_up",
)  # fmt: skip
_LIMITS = {PriceBy.TOTAL: MAX_MINOR, PriceBy.WEIGHT: MOST_GRAMS, PriceBy.ITEM: MOST_UNITS}

Fields = Mapping[str, Any]


def zone_fields(zone: Zone) -> dict[str, Any]:
    """As its form shows and keeps them: places as texts, such as "IN" or "US/CA"."""
    return {"name": zone.name, "places": [place_text(place) for place in zone.places]}


def method_fields(method: Method) -> dict[str, Any]:
    return {"name": method.name, **terms_of(method)}


def place_text(place: Place) -> str:
    return f"{place.country}/{place.region}" if place.region else place.country


def place_of(text: str) -> Place:
    country, _, region = text.partition("/")
    return Place(country, region)


def checked_zone(fields: Fields, zone_id: int, others: Collection[Zone]) -> Zone:
    """Raises InvalidInput naming all fields that are wrong. `others`: the zones beside it."""
    wrong: dict[str, str] = {}
    name, places = "", tuple[Place, ...]()
    with noting(wrong):
        name = line(fields["name"], "name", NAME_LENGTH, "Name the zone, such as India.")
        if any(other.name.casefold() == name.casefold() for other in others):
            raise InvalidInput("Another zone has this name.", "name")
    with noting(wrong):
        places = _places(fields["places"], others)
    raise_noted(wrong)
    return Zone(zone_id, name, places)


def _places(values: Any, others: Collection[Zone]) -> tuple[Place, ...]:
    if not isinstance(values, list) or not all(isinstance(one, str) and len(one) <= 100 for one in values):
        raise InvalidInput("Choose countries from the list.", "places")
    if not values:
        raise InvalidInput("Choose at least one country or region.", "places")
    if len(values) > MOST_PLACES:
        raise InvalidInput(f"A zone may have at most {MOST_PLACES} places.", "places")
    places = tuple(dict.fromkeys(_place(one) for one in values))
    if doubled := next((one for one in places if one.region and Place(one.country) in places), None):
        raise InvalidInput(
            f"{doubled.region} is in {countries()[doubled.country]}, which is there as a whole: choose one of both.",
            "places",
        )
    for other in others:
        if taken := next((one for one in places if one in other.places), None):
            raise InvalidInput(f"{place_words(taken)} is in the zone {other.name} already.", "places")
    return tuple(sorted(places))


def _place(text: str) -> Place:
    place = place_of(text)
    if place == Place(ELSEWHERE):
        return place
    if place.country not in countries():
        raise InvalidInput("Choose countries from the list.", "places")
    areas = {area.value for area in address_rules(place.country).areas}
    if place.region and place.region not in areas:
        raise InvalidInput(f"{countries()[place.country]} has no region of that name in the list.", "places")
    return place


def place_words(place: Place) -> str:
    """In English, for staff."""
    if place.country == ELSEWHERE:
        return "Everywhere else"
    country = countries()[place.country]
    if not place.region:
        return country
    area = address_rules(place.country).area(place.region)
    return f"{area.label if area else place.region}, {country}"


def checked_method(fields: Fields, method_id: int, others: Collection[Method]) -> Method:
    """Raises InvalidInput naming all fields that are wrong. `others`: the methods of its zone beside it."""
    wrong: dict[str, str] = {}
    known: dict[str, Any] = {}
    by = fields["by"]
    with noting(wrong):
        if not isinstance(by, str) or by not in set(PriceBy):
            raise InvalidInput("Choose what the price goes by.", "by")
    steps_by = PriceBy(by) if "by" not in wrong else PriceBy.TOTAL
    checks: dict[str, Callable[[], Any]] = {
        "name": lambda: _method_name(fields["name"], others),
        "steps": lambda: _steps(fields["steps"], steps_by),
        "free_from": lambda: _optional(fields["free_from"], "free_from", 1, MAX_MINOR),
        "days_least": lambda: whole(fields["days_least"], "days_least", 0, MOST_DAYS),
        "days_most": lambda: whole(fields["days_most"], "days_most", 0, MOST_DAYS),
        "cutoff": lambda: _cutoff(fields["cutoff"]),
        "weekdays": lambda: _weekdays(fields["weekdays"]),
        "unknown_weight": lambda: whole(fields["unknown_weight"], "unknown_weight", 0, MOST_GRAMS),
        "pick_up": lambda: _pick_up(fields["pick_up"]),
    }
    for name, check in checks.items():
        with noting(wrong):
            known[name] = check()
    if "days_least" in known and "days_most" in known and known["days_most"] < known["days_least"]:
        wrong.setdefault("days_most", "The longest time must not be shorter than the shortest.")
    raise_noted(wrong)
    return Method(method_id, by=steps_by, **known)


def _method_name(value: Any, others: Collection[Method]) -> str:
    name = line(value, "name", NAME_LENGTH, "Name the method, such as Standard.")
    if any(other.name.casefold() == name.casefold() for other in others):
        raise InvalidInput("Another method of this zone has this name.", "name")
    return name


def _steps(values: Any, by: PriceBy) -> tuple[Step, ...]:
    if not isinstance(values, Sequence) or isinstance(values, str) or not values:
        raise InvalidInput("Say at least one price.", "steps")
    if len(values) > MOST_STEPS:
        raise InvalidInput(f"There may be at most {MOST_STEPS} prices.", "steps")
    steps = []
    for one in values:
        if not isinstance(one, Sequence) or isinstance(one, str) or len(one) != 2:
            raise InvalidInput("Each price needs an upper limit, or is the last one.", "steps")
        up_to, price = one
        steps.append(Step(_optional(up_to, "steps", 1, _LIMITS[by]), whole(price, "steps", 0, MAX_MINOR)))
    limits = [step.up_to for step in steps[:-1]] + ([] if steps[-1].up_to is None else [steps[-1].up_to])
    if None in limits:
        raise InvalidInput("Only the last price may be without an upper limit.", "steps")
    known = [limit for limit in limits if limit is not None]
    if any(later <= earlier for earlier, later in itertools.pairwise(known)):
        raise InvalidInput("Upper limits must grow from one row to the next.", "steps")
    return tuple(steps)


def _optional(value: Any, field: str, least: int, most: int) -> int | None:
    return None if value is None else whole(value, field, least, most)


def _cutoff(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= DAY_MINUTES:
        raise InvalidInput("Give a time of day such as 14:00.", "cutoff")
    return value


def _weekdays(values: Any) -> tuple[int, ...]:
    if not isinstance(values, Sequence) or isinstance(values, str) or not all(_is_weekday(one) for one in values):
        raise InvalidInput("Choose weekdays from the list.", "weekdays")
    if not values:
        raise InvalidInput("Choose at least one weekday.", "weekdays")
    return tuple(sorted(set(values)))


def _is_weekday(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 6


def _pick_up(value: Any) -> str:
    text = paragraphs(value, "pick_up", PICK_UP_LENGTH, label="Pick-up address")
    lines = [" ".join(one.split()) for one in text.splitlines()]
    kept = [one for one in lines if one]
    if len(kept) > PICK_UP_LINES:
        raise InvalidInput(f"A pick-up address may have at most {PICK_UP_LINES} lines.", "pick_up")
    return "\n".join(kept)
