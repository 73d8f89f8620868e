"""The orders page's days: from its controls, and from addresses such as the overview's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain import Role
from tests.conftest import WiredApp
from tests.integration.dash_calls import call, callback_map, navigate, payload
from tests.integration.shop import add_product

FROM = 2  # the input whose change calls


@pytest.fixture
def client(wired_app: WiredApp) -> FlaskClient:
    return wired_app.client(Role.ADMIN)


def show(client: FlaskClient, first: Any, last: Any) -> Any:
    found = ((key, entry) for key, entry in callback_map(client).items() if "admin-orders-table.children" in key)
    output, entry = next(found)
    return call(client, payload(output, entry, ["", "any", first, last, None, None, 1], FROM))


def read(answer: Any) -> str:
    """The answer with its slashes as they are."""
    return json.dumps(json.loads(answer.data))


def test_orders_of_a_day_are_those_paid_on_it(wired_app: WiredApp, client: FlaskClient) -> None:
    mug = add_product(wired_app.services, "Day mug", 45_000, 5)
    client.post("/api/cart", json={"id": mug.product_id})
    order = client.post("/api/record_payment").get_json()["order_id"]
    link = f"/admin/orders/{order}"
    today = str(wired_app.services.formats.today())
    assert link in read(show(client, today, today))
    assert link in read(navigate(client, "/admin/orders", f"?from={today}&to={today}"))
    assert link not in read(show(client, "2020-01-01", "2020-01-02"))


def test_days_without_orders_say_what_to_do(client: FlaskClient) -> None:
    assert "in more days" in show(client, "2020-01-01", "2020-01-31").text


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-03-02", "2026-03-01", "comes before the first"),
        ("2026-02-30", None, "from the calendar"),
        (None, "9999-12-31", "from the calendar"),
        (17, None, "text was expected"),
        ({"a": 1}, [], "text was expected"),
    ],
)
def test_days_that_are_none_are_refused_in_words(client: FlaskClient, first: Any, last: Any, words: str) -> None:
    answer = show(client, first, last)
    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.parametrize(
    "search", ["?from=soon&to=later", "?from=2026-13-01", "?to=9999-12-31", "?from=2026-03-02&to=2026-03-01"]
)
def test_an_address_with_days_that_are_none_shows_every_order(client: FlaskClient, search: str) -> None:
    answer = navigate(client, "/admin/orders", search)
    assert answer.status_code == 200
    assert "in more days" not in answer.text


@pytest.mark.parametrize(("role", "is_led"), [(Role.ADMIN, True), (Role.OPS, False)])
def test_the_overview_leads_those_to_the_orders_who_may_see_them(wired_app: WiredApp, role: Role, is_led: bool) -> None:
    answer = navigate(wired_app.client(role), "/admin")
    assert answer.status_code == 200
    assert ("/admin/orders?from=" in read(answer)) is is_led
