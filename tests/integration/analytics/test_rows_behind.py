"""The rows behind the overview's numbers: orders and returns of some days and of a part of sales."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from app.domain import Role
from tests.conftest import WiredApp
from tests.support.dash_calls import call, callback_map, navigate, payload
from tests.support.shop import TESTER, add_product

FROM = 2  # the input whose change calls


@pytest.fixture
def client(wired_app: WiredApp) -> FlaskClient:
    return wired_app.client(Role.ADMIN)


def callback(client: FlaskClient, name: str) -> tuple[str, Any]:
    return next((key, entry) for key, entry in callback_map(client).items() if f"{name}.children" in key)


def show(client: FlaskClient, first: Any, last: Any, part: Any = None) -> Any:
    output, entry = callback(client, "admin-orders-table")
    return call(client, payload(output, entry, ["", "any", first, last, None, None, part, "any", "", 1], FROM))


def read(answer: Any) -> str:
    """The answer with its slashes as they are."""
    return json.dumps(json.loads(answer.data), ensure_ascii=False)


def show_returns(client: FlaskClient, first: Any, last: Any, part: Any = None) -> Any:
    output, entry = callback(client, "admin-returns-table")
    return call(client, payload(output, entry, [first, last, None, None, part, 1], 0))


@pytest.fixture
def sold(wired_app: WiredApp, client: FlaskClient) -> Any:
    """Two orders of today, of a lamp and of a bowl, and a unit of each that came back."""
    orders = {}
    for name, category in (("Day lamp", "Lighting"), ("Day bowl", "Tableware")):
        product = add_product(wired_app.services, name, 45_000, 5, category)
        client.post("/api/cart", json={"id": product.product_id})
        orders[category] = client.post("/api/record_payment").get_json()["order_id"]
        wired_app.services.orders.record_return(
            orders[category], [(1, 1, True)], f"too {category}", TESTER, f"rows-{name}-{orders[category]}"
        )
    while wired_app.services.worker.tick():
        pass
    return orders


@pytest.mark.parametrize("show_rows", [show, show_returns])
def test_rows_of_a_part_are_shown_without_the_others(
    wired_app: WiredApp, client: FlaskClient, sold: Any, show_rows: Any
) -> None:
    today = str(wired_app.services.formats.today())
    lighting = read(show_rows(client, today, today, {"category": "Lighting", "country": "", "product": ""}))
    assert f"/admin/orders/{sold['Lighting']}" in lighting
    assert f"/admin/orders/{sold['Tableware']}" not in lighting
    assert "Category: Lighting" in lighting, "a chip says so, and takes it off"
    assert "Amounts are those of whole " in lighting
    everything = read(show_rows(client, today, today, {"category": "", "country": "", "product": ""}))
    assert all(f"/admin/orders/{order}" in everything for order in sold.values())
    assert "Amounts are those of whole " not in everything


@pytest.mark.parametrize("path", ["/admin/orders", "/admin/returns"])
def test_an_address_names_the_part_and_one_that_there_is_not_is_said(client: FlaskClient, sold: Any, path: str) -> None:
    named = read(navigate(client, path, "?category=Tableware"))
    assert f"/admin/orders/{sold['Tableware']}" in named
    assert f"/admin/orders/{sold['Lighting']}" not in named
    unknown = read(navigate(client, path, "?category=Furs&product=none"))
    assert "The category and product of the address were not found: nothing is filtered." in unknown
    assert all(f"/admin/orders/{order}" in unknown for order in sold.values())


@pytest.mark.parametrize("show_rows", [show, show_returns])
@pytest.mark.parametrize("part", [17, "Lighting", [], {"category": 3}, {"product": {"a": 1}}])
def test_a_part_that_is_none_is_refused_in_words(client: FlaskClient, show_rows: Any, part: Any) -> None:
    answer = show_rows(client, None, None, part)
    assert (answer.status_code, "Choose one of the parts shown" in answer.text) == (422, True)


def test_a_return_says_why_and_leads_to_its_order(client: FlaskClient, sold: Any) -> None:
    rows = read(navigate(client, "/admin/returns"))
    assert "too Lighting" in rows
    assert "1 × Day lamp, back to stock" in rows
    assert f"/admin/orders/{sold['Lighting']}" in rows
    assert "No returns in this period" in read(show_returns(client, "2020-01-01", "2020-01-31"))


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
    assert "Try fewer words, or more days" in show(client, "2020-01-01", "2020-01-31").text


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-03-02", "2026-03-01", "is before the first"),
        ("2026-02-30", None, "from the calendar"),
        (None, "9999-12-31", "from the calendar"),
        (17, None, "Enter text here"),
        ({"a": 1}, [], "Enter text here"),
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
def test_the_overview_leads_those_to_the_rows_who_may_see_them(wired_app: WiredApp, role: Role, is_led: bool) -> None:
    for search in ("", "?country=IN"):
        answer = navigate(wired_app.client(role), "/admin", search)
        assert answer.status_code == 200
        for rows in ("/admin/orders?from=", "/admin/returns?from="):
            assert (rows in read(answer)) is is_led


def test_the_rows_of_a_part_are_asked_for_as_the_overview_is_narrowed(client: FlaskClient, sold: Any) -> None:
    address = urlencode({"category": "Lighting"})
    assert read(navigate(client, "/admin", f"?{address}")).count(f"&{address}") >= 2
