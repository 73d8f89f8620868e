"""Every way to change a cart is counted: while its budget is used up, each answers 429 and changes nothing."""

from __future__ import annotations

import ast
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import pages
from app.domain import Role
from app.errors import TooManyCartChanges
from app.services.cart.budget import CART_OWNER, CartBudget
from app.web import api
from tests.support.browsers import new_person, sign_in
from tests.support.dash_calls import call, callback_map, function_of, payload
from tests.support.shop import add_product, refused

CALLS = {
    ("POST", "/api/cart"): {"id": "mug"},
    ("POST", "/api/cart/update_qty"): {"id": "mug", "qty": 2},
    ("POST", "/api/cart/remove"): {"id": "mug"},
    ("DELETE", "/api/cart/clear"): None,
}
CHANGES = {"add", "set_quantity", "remove", "clear", "accept_prices"}
ONLY_LOOK = {"app/web/api/cart.py:cart"}  # looking at a cart accepts its prices


@pytest.fixture
def used_up(wired_app, monkeypatch):
    """Every caller's budget, with who asked for it."""
    asked: list[tuple[str, str]] = []

    def refuse(_: CartBudget, owner: str, guest_network: str = "") -> None:
        asked.append((owner, guest_network))
        raise TooManyCartChanges(7)

    monkeypatch.setattr(CartBudget, "count", refuse)
    return asked


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_the_api(wired_app, used_up, method, path):
    client = wired_app.client(Role.CUSTOMER)
    answer = client.open(path, method=method, json=CALLS[method, path])
    assert "Try again in 7 seconds." in refused(answer, 429, "throttled")["message"]
    assert answer.headers["Retry-After"] == "7"
    assert used_up == [(f"user#{wired_app.people[Role.CUSTOMER].user_id}", "")]


CALLBACKS: dict[str, tuple[list[Any], Any]] = {
    "write_quantity": ([{"turn": 1, "units": 2}], "mug"),
    "write_late": ([[{"where": "card", "key": "mug", "turn": 1, "units": 2}]], "mug"),
    "act": ([1], "mug"),
    "add_to_cart": ([1, "mug", 1], "x"),
    "accept": ([1], "x"),
}


@pytest.mark.parametrize("name", CALLBACKS)
def test_the_pages(wired_app, used_up, name):
    client = wired_app.client()
    values, key = CALLBACKS[name]
    found = [
        (output, entry)
        for output, entry in callback_map(client).items()
        if function_of(entry).__qualname__ == name and function_of(entry).__module__.startswith("pages.")
        and function_of(entry).__module__ in ("pages.shop.cart", "pages.shop.product", "pages.shop.checkout")
    ]  # fmt: skip
    ((output, entry),) = found
    untyped = [None] * (len(entry["inputs"]) + len(entry["state"]) - len(values))
    answer = call(client, payload(output, entry, [*values, *untyped], 0, key))
    assert answer.status_code == 429, answer.text
    assert answer.headers["Retry-After"] == "7"
    ((owner, network),) = used_up
    assert owner.startswith("guest#")
    assert network == "127.0.0.1"


def test_no_page_and_no_route_changes_a_cart_uncounted():
    uncounted = []
    for package in (pages, api):
        root = Path(package.__file__).parent
        for path in sorted(root.rglob("*.py")):
            for function in ast.walk(ast.parse(path.read_text())):
                if isinstance(function, ast.FunctionDef) and _changes_a_cart(function):
                    name = f"{path.relative_to(root.parents[len(package.__name__.split('.')) - 1])}:{function.name}"
                    is_counted = "cart_changer" in ast.unparse(function)
                    is_given_its_owner = "owner" in [one.arg for one in function.args.args]
                    if not (is_counted or is_given_its_owner or name in ONLY_LOOK):
                        uncounted.append(name)
    assert uncounted == []


def _changes_a_cart(function: ast.FunctionDef) -> bool:
    calls = [one.func for one in ast.walk(function) if isinstance(one, ast.Call)]
    return any(
        isinstance(one, ast.Attribute) and one.attr in CHANGES and "cart" in ast.unparse(one.value) for one in calls
    )


def test_a_real_flood_is_stopped_and_the_cart_stays(wired_app, monkeypatch):
    product = add_product(wired_app.services, "Mug of many changes", 9_900, 50)
    person = new_person(wired_app)
    client = sign_in(wired_app, person)
    client.post("/api/cart", json={"id": product.product_id})
    now = time.monotonic()  # on a busy machine a change would be allowed again before it is asked for
    monkeypatch.setattr(wired_app.services.cart_budget, "_clock", lambda: now)
    with suppress(TooManyCartChanges):
        for _ in range(2 * CART_OWNER.burst):
            wired_app.services.cart_budget.count(f"user#{person.user_id}")
    refused(client.delete("/api/cart/clear"), 429, "throttled")
    assert [line["id"] for line in client.get("/api/cart").json] == [product.product_id]
