"""Opens pages as a browser does: the layout from the router, then every callback that fires by itself on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import dash
from flask.testing import FlaskClient

from tests.support.dash_calls import ROUTER, call, callback_map, guard_of, payload

Component = dict[str, Any]
Callbacks = dict[str, dict[str, Any]]
_known: Callbacks = {}


def open_page(client: FlaskClient, name: str, path: str, search: str = "") -> list[tuple[str, Any]]:
    """What was asked and answered, the layout first: (words, response)."""
    entries = _callbacks(client)
    answer = call(client, payload(ROUTER, entries[ROUTER], [path, search]))
    asked = [(f"layout of {path}{search}", answer)]
    if answer.status_code != 200:
        return asked
    there = list(components_of(answer.json["response"]))
    for words, body in initial_calls(entries, name, there):
        asked.append((f"{words} of {path}{search}", call(client, body)))
    return asked


def components_of(tree: Any) -> Iterator[Component]:
    """The properties of every component with an id."""
    if isinstance(tree, list):
        for part in tree:
            yield from components_of(part)
    elif isinstance(tree, dict):
        props = tree.get("props")
        if isinstance(props, dict) and "namespace" in tree:
            if "id" in props:
                yield props
            tree = props
        for part in tree.values():
            if isinstance(part, dict | list):
                yield from components_of(part)


def _callbacks(client: FlaskClient) -> Callbacks:
    """Dash's callbacks, which it collects once."""
    if not _known:
        _known.update(callback_map(client))
    return _known


def initial_calls(entries: Callbacks, page: str, there: list[Component]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The page's callbacks that a browser fires on its layout: those not prevented whose inputs are on it."""
    prevented = {spec["output"]: spec["prevent_initial_call"] for spec in dash.get_app()._callback_list}
    for output, entry in entries.items():
        guard = guard_of(entry)
        if guard is None or guard.page != page or prevented[output]:
            continue
        inputs = [_filled(one, there) for one in entry["inputs"]]
        state = [_filled(one, there) for one in entry["state"]]
        if any(one is None for one in inputs):
            continue
        outputs = entry["output"] if isinstance(entry["output"], list | tuple) else [entry["output"]]
        spec = [_output(one) for one in outputs]
        yield (
            output,
            {
                "output": output,
                "outputs": spec if isinstance(entry["output"], list | tuple) else spec[0],
                "inputs": inputs,
                "state": [one or {"id": "", "property": "", "value": None} for one in state],
                "changedPropIds": [],
            },
        )


def _output(one: Any) -> dict[str, Any]:
    return {"id": one.component_id_str(), "property": one.component_property.split("@")[0]}


def _filled(declared: dict[str, Any], there: list[Component]) -> Any:
    """An input with the value that the layout gives it; None where the component is not there."""
    wanted, prop = declared["id"], declared["property"].split("@")[0]
    if wanted.startswith("{"):
        pattern = json.loads(wanted)
        return [
            {"id": props["id"], "property": prop, "value": props.get(prop)}
            for props in there
            if isinstance(props["id"], dict) and props["id"].get("type") == pattern.get("type")
        ]
    found = [props for props in there if props["id"] == wanted]
    return {"id": wanted, "property": prop, "value": found[0].get(prop)} if found else None
