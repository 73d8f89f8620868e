"""Forms of things that several people edit: what the form was filled with, and what was chosen where two met.

A form keeps what it showed in a store called "seen". Where somebody else changed the same field meanwhile, both
values are shown, what they made of it becomes what was seen, and the next save says which of the two stands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from dash import ctx, html

from app.errors import EditClash, InvalidInput
from app.web.page import Page
from components.admin.clashes import MINE, THEIRS, ShownClash, clash_list

Shown = Callable[[Any], Any]


def seen_of(value: Any, names: Mapping[str, type | tuple[type, ...]]) -> dict[str, Any]:
    """What the form's store says of these fields. Raises InvalidInput for anything but that."""
    if isinstance(value, dict) and set(names) <= set(value):
        fields = {name: value[name] for name in names}
        if all(_is(fields[name], types) for name, types in names.items()):
            return fields
    raise InvalidInput("This form is out of date. Load the page again.")


def given_up(page: Page, fields: Collection[str]) -> set[str]:
    """Of these, for which the other's value was chosen. Raises InvalidInput while one that is shown has no choice."""
    wanted = page.item("choice", "")["type"]
    choices = [one for states in ctx.states_list if isinstance(states, list) for one in states]
    picked = {one["id"]["key"]: one.get("value") for one in choices if _is_choice(one["id"], wanted, fields)}
    if any(value not in (THEIRS, MINE) for value in picked.values()):
        raise InvalidInput("Somebody else changed this meanwhile. Choose theirs or yours, and save again.")
    return {field for field, value in picked.items() if value == THEIRS}


def shown(page: Page, clash: EditClash, fields: Mapping[str, tuple[str, Shown]]) -> html.Div:
    """Both values of each field; `fields`: its label, and how its value is shown."""
    return clash_list(
        page.item,
        [
            ShownClash(one.field, label, show(one.theirs), show(one.mine))
            for one in clash.clashes
            for label, show in [fields[one.field]]
        ],
    )


def now_seen(seen: Mapping[str, Any], clash: EditClash) -> dict[str, Any]:
    """What the form has shown, now that it shows what the others made of it."""
    return {**seen, **{one.field: one.theirs for one in clash.clashes}}


def _is_choice(control: Mapping[str, Any], kind: str, fields: Collection[str]) -> bool:
    return control.get("type") == kind and control.get("key") in fields


def _is(value: Any, types: type | tuple[type, ...]) -> bool:
    return isinstance(value, types) and (types is bool or not isinstance(value, bool))
