"""Calls Dash callbacks as the renderer does: well-formed requests with any values."""

from __future__ import annotations

import json
from typing import Any

import dash
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

ROUTER = ".._pages_content.children..._pages_store.data.."


def callback_map(client: FlaskClient) -> dict[str, dict[str, Any]]:
    """Dash's callbacks that run on the server, by output."""
    client.get("/login")  # Dash collects them on the first request
    return {key: entry for key, entry in dash.get_app().callback_map.items() if "callback" in entry}


def function_of(entry: dict[str, Any]) -> Any:
    """The page's own function behind Dash's wrappers."""
    function = entry["callback"]
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function


def guard_of(entry: dict[str, Any]) -> Any:
    """The page's declaration that guards the callback, or None."""
    function = entry["callback"]
    while function is not None:
        guard = getattr(function, "guard", None)
        if guard is not None:
            return guard
        function = getattr(function, "__wrapped__", None)
    return None


def payload(
    output: str, entry: dict[str, Any], values: list[Any], changed: int | None = None, key: Any = "x"
) -> dict[str, Any]:
    """What the renderer posts when input `changed` (all: None) triggers; `values` for inputs, then state.

    `key` stands wherever the callback's ids have a wildcard.
    """
    declared = [*entry["inputs"], *entry["state"]]
    sent = [_entry(one["id"], one["property"], value, key) for one, value in zip(declared, values, strict=True)]
    inputs, state = sent[: len(entry["inputs"])], sent[len(entry["inputs"]) :]
    triggers = inputs if changed is None else inputs[changed : changed + 1]
    outputs = entry["output"]
    if isinstance(outputs, list | tuple):
        spec: Any = [_entry(one.component_id_str(), one.component_property, key=key) for one in outputs]
    else:
        spec = _entry(outputs.component_id_str(), outputs.component_property, key=key)
    return {
        "output": output,
        "outputs": None if entry.get("no_output") else spec,
        "inputs": inputs,
        "state": state,
        "changedPropIds": [_prop_id(one) for trigger in triggers for one in _flat(trigger)],
    }


def call(client: FlaskClient, body: Any, prefix: str = "") -> TestResponse:
    """`prefix`: that of the page's language."""
    return client.post(f"{prefix}/_dash-update-component", json=body)


def changes(answer: TestResponse) -> dict[str, dict[str, Any]]:
    """What the renderer takes from an answer: the callback's outputs, and what it set beside them."""
    body = answer.get_json(silent=True) or {}
    return body.get("sideUpdate", {}) | body.get("response", {})


def navigate(client: FlaskClient, path: str, search: str = "", prefix: str = "") -> TestResponse:
    """What the router answers for a path: the page's layout as JSON."""
    entry = callback_map(client)[ROUTER]
    return call(client, payload(ROUTER, entry, [path, search]), prefix)


def _entry(component_id: str, prop: str, value: Any = None, key: Any = "x") -> Any:
    prop = prop.split("@")[0]
    if not component_id.startswith("{"):
        return {"id": component_id, "property": prop, "value": value}
    pattern = json.loads(component_id)
    filled = {name: key if isinstance(part, list) else part for name, part in pattern.items()}
    one = {"id": filled, "property": prop, "value": value}
    is_many = any(part in (["ALL"], ["ALLSMALLER"]) for part in pattern.values())
    return [one] if is_many else one


def _flat(entry: Any) -> list[dict[str, Any]]:
    return entry if isinstance(entry, list) else [entry]


def _prop_id(entry: dict[str, Any]) -> str:
    component = entry["id"]
    if isinstance(component, dict):
        component = json.dumps(component, sort_keys=True, separators=(",", ":"))
    return f"{component}.{entry['property']}"
