"""Checks what a browser posts to Dash before Dash believes it.

Dash trusts the shape of its own callback requests and fails with a 500 on anything else. Here a
request is compared with the callback that it names, so that rubbish is the sender's error.
The values themselves are for the callbacks to check.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.errors import ShopError
from app.words import mark

_ROUTER = "_pages_location"

# No page of ours comes near any of these; what they bound is work that is done before a callback sees a value.
MOST_OF_A_KIND = 500  # components that one pattern of ids stands for, and what may set a callback off at once
MOST_LEVELS = 30  # of lists and objects inside each other
LONGEST_KEY = 200  # of a component's id
LONGEST_ADDRESS = 2_000  # of a path, and of a query string
MOST_PAIRS = 50  # of a query string


class BadPayload(ShopError):
    """A callback's body is not what the page of this version sends: old tabs and hand-made requests."""

    status = 400
    code = "bad_request"

    def __init__(self, message: str = mark("This page is out of date. Load it again.")) -> None:
        super().__init__(message)


def check_payload(body: Any, callbacks: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise BadPayload unless `body` is a request for one of `callbacks` (Dash's callback map) in its shape."""
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        raise BadPayload()
    declared = callbacks.get(body["output"])
    if declared is None or "callback" not in declared:
        raise BadPayload()
    _check_entries(body.get("inputs", []), declared["inputs"])
    _check_entries(body.get("state", []), declared["state"])
    if not declared.get("no_output"):
        _check_outputs(body.get("outputs"), declared["output"])
    _check_changed(body.get("changedPropIds", []), declared["inputs"])


def _check_entries(sent: Any, declared: Sequence[Mapping[str, str]]) -> None:
    if not isinstance(sent, list) or len(sent) != len(declared):
        raise BadPayload()
    for entry, expected in zip(sent, declared, strict=True):
        _check_entry(entry, expected["id"], expected["property"])
        if expected["id"] == _ROUTER:
            _check_address(entry.get("value"), expected["property"])


def _check_outputs(sent: Any, declared: Any) -> None:
    if not isinstance(declared, list | tuple):
        sent, declared = [sent], [declared]
    if not isinstance(sent, list) or len(sent) != len(declared):
        raise BadPayload()
    for entry, expected in zip(sent, declared, strict=True):
        _check_entry(entry, expected.component_id_str(), expected.component_property, output=True)


def _check_entry(entry: Any, expected_id: str, expected_property: str, *, output: bool = False) -> None:
    many = '["ALL"]' in expected_id or '["ALLSMALLER"]' in expected_id
    if isinstance(entry, list) != many or (many and len(entry) > MOST_OF_A_KIND):
        raise BadPayload()
    for one in entry if many else [entry]:
        if not isinstance(one, dict):
            raise BadPayload()
        prop = one.get("property")
        if output and isinstance(prop, str):
            prop = prop.split("@")[0]
            expected_property = expected_property.split("@")[0]
        if prop != expected_property or not _fits(one.get("id"), expected_id):
            raise BadPayload()


def _fits(sent: Any, expected: str) -> bool:
    """Whether an id is the declared one, or a dict with its keys whose fixed parts are equal."""
    if not expected.startswith("{"):
        return bool(sent == expected)
    pattern = _pattern(expected)
    if not isinstance(sent, dict) or sent.keys() != pattern.keys():
        return False
    return all(_part_fits(sent[key], wanted) for key, wanted in pattern.items())


@functools.cache
def _pattern(declared: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(declared)
    return found


def _part_fits(sent: Any, wanted: Any) -> bool:
    if isinstance(wanted, list):  # a wildcard, written ["ALL"]
        return isinstance(sent, str | int | float) and (not isinstance(sent, str) or len(sent) <= LONGEST_KEY)
    return bool(sent == wanted)


def _check_changed(changed: Any, inputs: Sequence[Mapping[str, str]]) -> None:
    """What set the callback off can only be one of its inputs: callbacks trust `ctx.triggered_id` in that."""
    if not isinstance(changed, list) or len(changed) > MOST_OF_A_KIND:
        raise BadPayload()
    for prop_id in changed:
        if not isinstance(prop_id, str) or "." not in prop_id:
            raise BadPayload()
        component, _, prop = prop_id.rpartition(".")
        sent = _parsed(component) if component.startswith("{") else component
        if not any(one["property"] == prop and _fits(sent, one["id"]) for one in inputs):
            raise BadPayload()


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _check_address(value: Any, prop: str) -> None:
    """What Dash's router takes apart: a path from the root, and a query string."""
    if prop == "pathname" and not (isinstance(value, str) and value.startswith("/")):
        raise BadPayload()
    if prop == "search" and not (value is None or isinstance(value, str)):
        raise BadPayload()
    if isinstance(value, str) and (len(value) > LONGEST_ADDRESS or value.count("&") >= MOST_PAIRS):
        raise BadPayload(mark("The address is too long."))


def _has_too_many_levels(value: Any) -> bool:
    level, inside = 0, [value]
    while inside:
        level += 1
        if level > MOST_LEVELS:
            return True
        inside = [part for one in inside if isinstance(one, dict | list) for part in _parts(one)]
    return False


def _parts(container: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return container.values() if isinstance(container, dict) else container


def parse_payload(data: bytes) -> Any:
    """The body of a callback request. Raises BadPayload for what is no JSON, or is JSON that no answer could repeat."""
    try:
        body = json.loads(data, parse_int=_bounded)
        if b"\\u" in data:  # half a surrogate pair is no text, and fits into no database
            json.dumps(body, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise BadPayload() from None
    if _has_too_many_levels(body):
        raise BadPayload()
    return body


def _bounded(digits: str) -> int:
    number = int(digits)
    if not -(2**63) <= number < 2**63:
        raise ValueError("no 64-bit integer")
    return number
