"""Requests to Dash callbacks are compared with the callback they name before Dash sees them."""

from __future__ import annotations

import copy

import pytest
from dash import ALL, Output

from app.web.guards.dash_payload import BadPayload, check_payload, parse_payload

ROUTER = "_pages_location"
CALLBACKS = {
    "total.children": {
        "callback": print,
        "inputs": [{"id": "qty", "property": "value"}, {"id": '{"key":["ALL"],"type":"line"}', "property": "n_clicks"}],
        "state": [{"id": "note", "property": "value"}],
        "output": Output("total", "children"),
    },
    "..a.data...b.data..": {
        "callback": print,
        "inputs": [{"id": ROUTER, "property": "pathname"}, {"id": ROUTER, "property": "search"}],
        "state": [],
        "output": [Output("a", "data"), Output({"type": "row", "key": ALL}, "data")],
    },
    "browser.only": {"inputs": [], "state": [], "output": Output("browser", "only")},
}

GOOD = {
    "output": "total.children",
    "outputs": {"id": "total", "property": "children"},
    "inputs": [
        {"id": "qty", "property": "value", "value": 2},
        [{"id": {"type": "line", "key": "P1"}, "property": "n_clicks", "value": None}],
    ],
    "changedPropIds": ["qty.value", '{"key":"P1","type":"line"}.n_clicks'],
    "state": [{"id": "note", "property": "value"}],
}
ROUTED = {
    "output": "..a.data...b.data..",
    "outputs": [{"id": "a", "property": "data"}, [{"id": {"type": "row", "key": 1}, "property": "data"}]],
    "inputs": [
        {"id": ROUTER, "property": "pathname", "value": "/cart"},
        {"id": ROUTER, "property": "search", "value": None},
    ],
    "changedPropIds": [],
}


@pytest.mark.parametrize("body", [GOOD, ROUTED])
def test_what_the_page_sends_passes(body):
    check_payload(body, CALLBACKS)


def broken(body, path, value):
    body = copy.deepcopy(body)
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return body


@pytest.mark.parametrize("body", [None, [], "x", 7, {}, {"output": None}, {"output": "no.such"}, {"output": ["x"]}])
def test_something_else_is_refused(body):
    with pytest.raises(BadPayload):
        check_payload(body, CALLBACKS)


def test_a_callback_that_runs_in_the_browser_only_is_refused():
    with pytest.raises(BadPayload):
        check_payload({**GOOD, "output": "browser.only"}, CALLBACKS)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("inputs",), None),
        (("inputs",), []),
        (("inputs",), {}),
        (("inputs", 0), 5),
        (("inputs", 0), []),
        (("inputs", 0, "id"), "other"),
        (("inputs", 0, "id"), {"x": 1}),
        (("inputs", 0, "property"), "n_clicks"),
        (("inputs", 1), {"id": "qty", "property": "value"}),
        (("inputs", 1, 0), None),
        (("inputs", 1, 0, "id"), {"type": "other", "key": 1}),
        (("inputs", 1, 0, "id"), {"type": "line", "key": []}),
        (("inputs", 1, 0, "id"), {"type": "line"}),
        (("state",), []),
        (("outputs",), None),
        (("outputs",), []),
        (("outputs", "id"), "admin-secret"),
        (("changedPropIds",), "x"),
        (("changedPropIds",), [5]),
        (("changedPropIds",), ['{"x.y']),
        (("changedPropIds",), ["note.value"]),
        (("changedPropIds",), ["qty.n_clicks"]),
        (("changedPropIds",), ['{"key":"P1","type":"other"}.n_clicks']),
        (("changedPropIds",), ['{"key":[],"type":"line"}.n_clicks']),
    ],
)
def test_another_shape_is_refused(path, value):
    with pytest.raises(BadPayload):
        check_payload(broken(GOOD, path, value), CALLBACKS)


@pytest.mark.parametrize("pathname", [None, "", "cart", 5, [], {}])
def test_the_router_gets_paths_only(pathname):
    with pytest.raises(BadPayload):
        check_payload(broken(ROUTED, ("inputs", 0, "value"), pathname), CALLBACKS)


@pytest.mark.parametrize("search", [5, [], {"q": 1}])
def test_the_router_gets_query_strings_only(search):
    with pytest.raises(BadPayload):
        check_payload(broken(ROUTED, ("inputs", 1, "value"), search), CALLBACKS)


def test_a_body_is_json_that_can_be_answered():
    assert parse_payload(b'{"q": "\\ud83d\\ude00", "n": 9007199254740993}')["n"] == 9007199254740993


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff", b'{"q": "\\ud83d"}', b'{"n": 9223372036854775808}', b"1" * 5000, b"[" * 100_000]
)
def test_other_bodies_are_refused(data):
    with pytest.raises(BadPayload):
        parse_payload(data)
