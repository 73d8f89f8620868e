"""The address of a form: the fields that the chosen country has, in its order and with its words.

All fields are in the page; assets/44-address.js shows those of a country the moment it is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from dash import html

from app.domain import ADDRESS_LENGTHS, Address
from app.domain.places import AddressRules, address_rules, countries
from app.words import Language, language, mark, say
from components.kit.forms import select_field, text_field

# Typed values outlive a reload or a sign-in, within the tab; never those of a card.
KEPT: dict[str, Any] = {"persistence": "checkout", "persistence_type": "session"}
# By the parts of their ids. "area" is the region where there is a list to choose from.
PLACE_FIELDS = ("line1", "line2", "district", "city", "region", "area", "postcode")

_AUTOCOMPLETE = {
    "line1": "address-line1",
    "line2": "address-line2",
    "district": "address-level3",
    "city": "address-level2",
    "region": "address-level1",
    "postcode": "postal-code",
}
_LABELS = {"line1": mark("Street and number"), "line2": mark("Flat, floor, company")}
_ELSEWHERE = {
    "district": mark("District"),
    "city": mark("City"),
    "region": mark("State or region"),
    "postcode": mark("Postcode"),
}


def address_fields(start: Address, choices: Sequence[tuple[str, str]], locale: str) -> list[Any]:
    """`choices`: (code, name) of countries. `start`: what the fields hold at first, its country the chosen one."""
    shape = _shapes(locale, language()).get(start.country) or _shape(None)
    return [
        _text("name", say("Full name"), start.name, autocomplete="name", class_name="wide"),
        select_field(
            "checkout-country", say("Country"), choices, start.country, class_name="wide", name="country", **KEPT
        ),
        html.Div(
            [_place_field(field, shape, start, locale) for field in (*shape["fields"], *_absent(shape))],
            id="checkout-places",
            className="form-grid wide",
        ),
        _text(
            "phone", say("Phone number"), start.phone, autocomplete="tel", class_name="wide", optional=True, type="tel",
            hint=say("Only for the carrier, should the parcel not find you."),
        ),
    ]  # fmt: skip


def shapes(locale: str) -> Mapping[str, Any]:
    """Of each country, for the browser: its fields in order, those that are wide or optional, words, and areas."""
    return _shapes(locale, language())


@cache
def _shapes(locale: str, _: Language) -> dict[str, dict[str, Any]]:
    return {code: _shape(address_rules(code, locale)) for code in countries()}


def _shape(rules: AddressRules | None) -> dict[str, Any]:
    if rules is None:  # no country is chosen yet
        return {
            "fields": ["line1", "line2"],
            "wide": ["line1", "line2"],
            "optional": ["line2"],
            "labels": {},
            "areas": [],
        }
    order = [part for field in rules.fields for part in (("line1", "line2") if field == "line1" else (field,))]
    fields = ["area" if field == "region" and rules.areas else field for field in order]
    return {
        "fields": fields,
        "wide": _wide(fields),
        "optional": [field for field in fields if _rule_name(field) not in rules.required],
        "labels": {field: say(rules.labels[_rule_name(field)]) for field in fields if field not in _LABELS},
        "areas": [[area.value, area.label] for area in rules.areas],
    }


def _rule_name(field: str) -> str:
    return "region" if field == "area" else field


def _wide(fields: Sequence[str]) -> list[str]:
    """Streets have a row of their own; of what stands between them, the first has one where the rest makes pairs."""
    wide = [field for field in fields if field in _LABELS]
    run: list[str] = []
    for field in [*fields, "line1"]:
        if field not in _LABELS:
            run.append(field)
            continue
        wide += run[: len(run) % 2]
        run = []
    return wide


def _absent(shape: Mapping[str, Any]) -> list[str]:
    return [field for field in PLACE_FIELDS if field not in shape["fields"]]


def _place_field(field: str, shape: Mapping[str, Any], start: Address, locale: str) -> html.Div:
    is_here, is_wide = field in shape["fields"], field in shape["wide"]
    class_name = " ".join(word for word, holds in (("wide", is_wide), ("is-absent", not is_here)) if holds)
    label = shape["labels"].get(field) or say(_LABELS.get(field) or _ELSEWHERE[_rule_name(field)])
    optional = field in shape["optional"]
    if field != "area":
        return _text(
            field, label, getattr(start, field), autocomplete=_AUTOCOMPLETE[field], class_name=class_name,
            optional=optional,
        )  # fmt: skip
    known = address_rules(start.country, locale).area(start.region) if is_here else None
    return select_field(
        "checkout-area", label, area_options(shape), known.value if known else "", class_name=class_name,
        optional=optional, name="state", **KEPT,
    )  # fmt: skip


def area_options(shape: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [("", ""), *((value, label) for value, label in shape["areas"])]


def _text(name: str, label: str, value: str, **props: Any) -> html.Div:
    return text_field(
        f"checkout-{name}", label, name=name, value=value, maxlength=ADDRESS_LENGTHS[name], **props, **KEPT
    )
