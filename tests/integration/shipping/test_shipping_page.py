"""The page of shipping: what its forms save, say and refuse, and what it shows of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.domain import Actor, Role
from app.domain.shipping import Method, Place, PriceBy, Step, Zone
from app.services.shipping.drafts import method_fields, zone_fields
from tests.conftest import WiredApp
from tests.support.account_calls import arrive
from tests.support.dash_calls import call, callback_map, changes, function_of, navigate, payload
from tests.support.staff_calls import Admin

MAKER = Actor("somebody else")
POST = method_fields(Method(0, "Post", PriceBy.ITEM, (Step(None, 4_900),)))
TYPED = {
    "name": "Courier", "by": "weight", "free_from": "999", "days_least": "1", "days_most": "2", "cutoff": "15:30",
    "weekdays": ["0", "1", "5"], "unknown_weight": "250", "pick_up": "",
}  # fmt: skip
STEPS = {"0-up_to": "1000", "0-price": "49", "1-up_to": "", "1-price": "99.50", "2-up_to": "", "2-price": None}


@pytest.fixture
def admin(wired_app: WiredApp) -> Iterator[Admin]:
    visitor = arrive(wired_app, Role.ADMIN)
    yield Admin(wired_app, visitor.client, visitor.user)
    zones = wired_app.services.shipping_zones
    for zone in zones.plan().zones:  # other tests order from anywhere
        zones.remove_zone(zone.zone_id, zone_fields(zone), len(zone.methods), MAKER)


def made(admin: Admin, **changed: Any) -> Zone:
    zones = admin.app.services.shipping_zones
    zone = zones.add_zone({"name": "South", "places": ["IN/Kerala", "LK"]}, MAKER)
    zones.add_method(zone.zone_id, {**POST, **changed}, MAKER)
    return zones.plan().zones[0]


def sent(admin: Admin, name: str, values: dict[str, Any], steps: dict[str, Any], *rest: Any) -> dict[str, Any]:
    """The answer to `name`, with controls of these keys; `rest`: the other states."""
    (found,) = [
        (output, entry)
        for output, entry in callback_map(admin.client).items()
        if function_of(entry).__module__ == "pages.admin.shipping" and function_of(entry).__name__ == name
    ]
    output, entry = found
    leading = ["IN", "", "900", "1200"] if name == "show_preview" else [1]
    body = payload(output, entry, [*leading, None, None, *rest], 0)
    for kind, typed in (("value", values), ("step", steps)):
        place = next(
            some for part in ("inputs", "state") for some in body[part]
            if isinstance(some, list) and some[0]["id"]["type"].endswith(kind)
        )  # fmt: skip
        kept = place.copy()
        place[:] = [{**kept[0], "id": {**kept[0]["id"], "key": key}, "value": value} for key, value in typed.items()]
    for output_of in body["outputs"] if isinstance(body["outputs"], list) else ():
        if isinstance(output_of, list):
            first = output_of[0]
            output_of[:] = [{**first, "id": {**first["id"], "key": key}} for key in (*values, "steps", "places")]
    return changes(call(admin.client, body))


def errors_of(found: dict[str, Any]) -> dict[str, str]:
    return {
        key: value["children"]
        for key, value in found.items()
        if "error" in key and isinstance(value.get("children"), str) and value["children"]
    }


def test_a_zone_and_a_method_are_added_and_shown(admin: Admin):
    found = sent(admin, "save", {"name": "India"}, {}, ["IN", "NP"], ["zone", 0, 0, 0], None, None)
    assert "Say how you ship" in str(found)
    (zone,) = admin.app.services.shipping_zones.plan().zones
    assert (zone.name, zone.places) == ("India", (Place("IN"), Place("NP")))
    assert "until one has, the shop ships everywhere" in navigate(admin.client, "/admin/settings/shipping").text
    sent(admin, "save", TYPED, STEPS, None, ["method", 0, zone.zone_id, 0], None, None)
    (method,) = admin.app.services.shipping_zones.plan().zones[0].methods
    assert (method.steps, method.free_from) == ((Step(1_000, 4_900), Step(None, 9_950)), 99_900)
    assert (method.cutoff, method.weekdays, method.unknown_weight) == (15 * 60 + 30, (0, 1, 5), 250)
    page = navigate(admin.client, "/admin/settings/shipping").get_data(as_text=True)
    for words in ("The shop ships to India, Nepal.", "Nobody ships to", "Mon, Tue, Sat", "can be shipped by:"):
        assert words in page, words


@pytest.mark.parametrize(
    ("values", "steps", "words"),
    [
        ({"name": ""}, {}, "Name the method"),
        ({"free_from": "much"}, {}, "must be"),
        ({"cutoff": "25:00"}, {}, "time of day"),
        ({"days_least": "1.5", "days_most": {}}, {}, "whole number of days"),
        ({"weekdays": "Monday"}, {}, "weekdays from the list"),
        ({"weekdays": [{}]}, {}, "Enter text here"),
        ({"by": ["weight"]}, {}, "Enter text here"),
        ({}, {"0-price": ""}, "what row 1 costs"),
        ({}, {"0-up_to": "some"}, "whole numbers of grams"),
        ({}, {"0-up_to": ""}, "Only the last price"),
        ({}, {"0-price": "-1"}, "must be"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_changes_nothing(admin: Admin, values: Any, steps: Any, words: str):
    zone = made(admin)
    editing = ["method", 0, zone.zone_id, 0]
    found = sent(admin, "save", {**TYPED, **values}, {**STEPS, **steps}, None, editing, None, None)
    assert words in " ".join(errors_of(found).values())
    assert admin.app.services.shipping_zones.plan().zones == (zone,)
    assert words in str(sent(admin, "show_preview", {**TYPED, **values}, {**STEPS, **steps}, editing))


def test_prices_that_somebody_else_changed_are_both_shown_and_nothing_is_written(admin: Admin):
    zone = made(admin)
    (method,) = zone.methods
    seen, zones = method_fields(method), admin.app.services.shipping_zones
    zones.change_method(method.method_id, {**seen, "steps": [[None, 7_900]]}, seen, MAKER)
    editing = ["method", method.method_id, zone.zone_id, 0]
    found = str(sent(admin, "save", TYPED, STEPS, None, editing, seen, None))
    assert "above: ₹79.00" in found
    assert "1000: ₹49.00, above: ₹99.50" in found
    assert zones.plan().zones[0].methods[0].steps == (Step(None, 7_900),)


def test_a_method_that_changed_since_it_was_shown_is_not_removed(admin: Admin):
    zone = made(admin)
    (method,) = zone.methods
    editing, seen = ["method", method.method_id, zone.zone_id, 0], method_fields(method)
    asked = admin.press("admin.shipping.ask_to_remove", editing)
    assert "Post" in asked.text
    answer = admin.press("admin.shipping.remove", editing, {**seen, "free_from": 5})
    assert "Look at it again" in answer.text
    admin.press("admin.shipping.remove", editing, seen)
    assert admin.app.services.shipping_zones.plan().zones[0].methods == ()


def test_a_draft_is_previewed_beside_what_is_in_force(admin: Admin):
    zone = made(admin)
    zones = admin.app.services.shipping_zones
    zones.change_zone(zone.zone_id, {"name": "South", "places": ["IN"]}, zone_fields(zone), MAKER)
    shown = str(sent(admin, "show_preview", TYPED, STEPS, ["method", 0, zone.zone_id, 0]))
    assert "An order of ₹900.00 and 1.2 kg to India can be shipped by" in shown
    assert shown.index("Post") < shown.index("Courier") < shown.index("In the form")
