"""How much a request may send: tens of KiB but for pictures, and refused before anything of it is read or parsed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.domain import Role
from app.web.api import ROUTES
from app.web.api.routing import BODY_LIMIT
from app.web.guards.body_limits import PICTURE_FORM_LIMIT
from tests.support.dash_calls import ROUTER, call, callback_map, function_of, payload
from tests.support.shop import refused

DISPATCH = "/_dash-update-component"
LONG = "x" * BODY_LIMIT
PICTURE_FORM = "change_pictures"


class Body:
    """A stream that says whether anybody read it."""

    def __init__(self, data: bytes) -> None:
        self._data, self.was_read = data, 0

    def read(self, size: int = -1) -> bytes:
        size = len(self._data) if size < 0 else size
        found, self._data = self._data[:size], self._data[size:]
        self.was_read += len(found)
        return found


def callback_body(client, *, name: str = "", output: str = "", text: str = LONG) -> dict[str, Any]:
    """Of the callback of that function or output, with a long text in its last value."""
    entries = callback_map(client)
    output = output or next(key for key, one in entries.items() if function_of(one).__qualname__ == name)
    entry = entries[output]
    count = len(entry["inputs"]) + len(entry["state"])
    return payload(output, entry, [None] * (count - 1) + [text], 0)


@pytest.mark.parametrize("role", [None, *Role])
def test_a_long_body_of_a_callback_is_refused_to_everybody(app_client, role):
    client = app_client(role)
    answer = call(client, callback_body(client, name="pay"))
    refused(answer, 413, "too_large")


@pytest.mark.parametrize("role", [role for role in (None, *Role) if role is not Role.ADMIN])
def test_the_form_with_a_picture_is_long_for_admins_only(app_client, role):
    client = app_client(role)
    refused(call(client, callback_body(client, name=PICTURE_FORM)), 413, "too_large")


def test_an_admin_may_send_a_picture_with_the_form(app_client):
    client = app_client(Role.ADMIN)
    answer = call(client, callback_body(client, name=PICTURE_FORM))
    assert answer.status_code != 413
    refused(call(client, callback_body(client, name=PICTURE_FORM, text="x" * PICTURE_FORM_LIMIT)), 413, "too_large")


def test_a_long_body_that_names_two_callbacks_is_refused(app_client):
    client = app_client(Role.ADMIN)
    form, other = callback_body(client, name=PICTURE_FORM), callback_body(client, name="pay")
    data = json.dumps({"output": form["output"]})[:-1] + ", " + json.dumps(other)[1:]
    answer = client.post(DISPATCH, data=data, content_type="application/json")
    refused(answer, 400, "bad_request")


def test_no_route_but_those_of_pictures_and_mail_takes_more_than_the_others(wired_app):
    more = {name: route.body_limit for name, route in ROUTES.items() if route.body_limit > BODY_LIMIT}
    assert more == {"api.product_add": 6 * 1024 * 1024, "api.ses_event": 128 * 1024, "api.stripe_event": 128 * 1024}


def test_a_body_that_says_it_is_too_long_is_refused_by_every_route_before_it_is_parsed(wired_app, app_client):
    client, count = app_client(Role.ADMIN), 0
    for rule in wired_app.server.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS", "GET"}:
            if rule.endpoint in ("api.product_add", "api.ses_event", "api.stripe_event", "api.logout"):
                continue
            with wired_app.server.test_request_context():
                path = rule.build(dict.fromkeys(rule.arguments, "1"))
            assert path is not None, rule
            answer = client.open(path[1], method=method, data=b'{"a": "' + LONG.encode() + b'"}')
            assert answer.status_code == 413, (method, path)
            assert "64 KB at most" in answer.text
            count += 1
    assert count >= 10


@pytest.mark.parametrize("path", [DISPATCH, "/api/cart", "/api/login"])
def test_a_body_in_chunks_is_read_no_further_than_its_limit(app_client, path):
    client, body = app_client(Role.CUSTOMER), Body(b" " * 10 * BODY_LIMIT)
    chunks = {"wsgi.input": body, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    chunks["CONTENT_LENGTH"] = ""
    answer = client.post(path, content_type="application/json", environ_overrides=chunks)
    assert answer.status_code == 413
    assert body.was_read <= 2 * BODY_LIMIT


@pytest.mark.parametrize("search", ["?" + "a=1&" * 60, "?q=" + "x" * 5_000])
def test_the_router_takes_no_long_address_apart(app_client, search):
    client = app_client()
    entry = callback_map(client)[ROUTER]
    refused(call(client, payload(ROUTER, entry, ["/", search])), 400, "bad_request")
    assert call(client, payload(ROUTER, entry, ["/", "?q=cup&category=Kitchen"])).status_code == 200


def test_a_pattern_stands_for_so_many_components_only(app_client):
    client = app_client()
    body = callback_body(client, name="add_to_cart", text="x")
    many = next(one for one in (*body["inputs"], *body["state"]) if isinstance(one, list))
    many *= 600
    refused(call(client, body), 400, "bad_request")
