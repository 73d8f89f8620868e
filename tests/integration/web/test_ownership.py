"""What belongs to somebody is seen and changed by nobody else: orders, invoices, carts, accounts, tokens.

The pages, callbacks and routes are those that there are: a new one that shows too much fails here by itself.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain import Access, Role
from app.services import install
from app.web.page import PAGES
from tests.support.dash_calls import call, callback_map, function_of, guard_of, navigate, payload
from tests.support.world import COOKIE, TOKEN_NAME, World, build_world, buy_as_guest, guest_cookie

OWNER, GUEST, STRANGER, OTHER = "the owner", "a guest in another browser", "anonymous", "another customer"
LINKED = "a guest who followed the link of another order's receipt"
CALLERS = (STRANGER, GUEST, LINKED, OTHER, Role.OPS, Role.ANALYST, Role.ADMIN, OWNER)
OTHERS = CALLERS[:-1]


@pytest.fixture(scope="module")
def world(built_app, tmp_path_factory) -> Iterator[World]:
    made = build_world(built_app.server, tmp_path_factory.mktemp("owned"))
    yield made
    made.services.live.close()
    made.database.dispose()
    install(built_app.services)


@pytest.fixture(scope="module")
def clients(world) -> dict[str, FlaskClient]:
    guest = world.server.test_client()
    guest.set_cookie(COOKIE, guest_cookie(world.server).partition("=")[2])
    linked = world.server.test_client()
    by_callback(
        linked, "shop.receipt.look", f"#{world.services.order_links.token(buy_as_guest(world.services, world.product))}"
    )
    made = {STRANGER: world.server.test_client(), GUEST: guest, LINKED: linked, OWNER: world.client(world.owner)}
    made[OTHER] = world.client(world.people[Role.CUSTOMER])
    for role in (Role.OPS, Role.ANALYST, Role.ADMIN):
        made[role] = world.client(world.people[role])
    return made


def paths(world: World) -> list[tuple[str, str]]:
    """Every page, at the address where it would show what is the owner's."""
    names = {
        "product_id": world.product.product_id,
        "order_id": str(world.order.order_id),
        "user_id": str(world.owner.user_id),
    }
    found = []
    for name, page in PAGES.items():
        path = page.path or page.path_template or ""
        for variable, value in names.items():
            path = path.replace(f"<{variable}>", value)
        found.append((name, path))
    return found


def shows(text: str, world: World) -> bool:
    """Whether an answer names the owner's address or e-mail, written as text or as JSON."""
    return any(secret in text or json.dumps(secret)[1:-1] in text for secret in world.secrets)


# --- each thing, in each place that shows it -------------------------------------------------------------------


def by_callback(client: FlaskClient, name: str, *values: Any) -> str:
    for output, entry in callback_map(client).items():
        function = function_of(entry)
        if f"{function.__module__}.{function.__qualname__}" == f"pages.{name}":
            return call(client, payload(output, entry, list(values), 0)).text
    raise AssertionError(f"there is no callback {name}")


def in_api_list(client: FlaskClient, path: str, name: str, value: Any) -> bool:
    answer = client.get(path)
    return answer.status_code == 200 and value in [one[name] for one in answer.json]


View = Callable[[FlaskClient, World], bool]  # whether the caller sees it there

VIEWS: dict[str, tuple[View, set[str]]] = {
    "order on its page": (lambda c, w: shows(navigate(c, f"/orders/{w.order.order_id}").text, w), {OWNER, Role.ADMIN}),
    "order by the page's callback": (
        lambda c, w: shows(by_callback(c, "shop.invoice.look_again", 1, str(w.order.order_id), "payment"), w),
        {OWNER, Role.ADMIN},
    ),
    "order as a file": (
        lambda c, w: c.get(f"/orders/{w.order.order_id}/invoice.pdf").status_code == 200,
        {OWNER, Role.ADMIN},
    ),
    "order in the API": (lambda c, w: c.get(f"/api/orders/{w.order.order_id}").status_code == 200, {OWNER, Role.ADMIN}),
    "order among one's orders": (lambda c, w: w.order.number in navigate(c, "/orders").text, {OWNER}),
    "order among one's orders in the API": (
        lambda c, w: in_api_list(c, "/api/orders", "order_id", w.order.order_id),
        {OWNER},
    ),
    "address on the checkout page": (lambda c, w: shows(navigate(c, "/checkout").text, w), {OWNER}),
    "cart on its page": (lambda c, w: w.product.name in navigate(c, "/cart").text, {OWNER}),
    "cart by the page's callback": (lambda c, w: w.product.name in by_callback(c, "shop.cart.show_page", 1), {OWNER}),
    "cart by the drawer's callback": (
        lambda c, w: w.product.name in by_callback(c, "shop.cart.show_drawer", 1),
        {OWNER},
    ),
    "cart in the API": (lambda c, w: in_api_list(c, "/api/cart", "id", w.product.product_id), {OWNER}),
    "account on its page": (lambda c, w: str(w.owner.email) in navigate(c, "/account").text, {OWNER}),
    "account as a file": (lambda c, w: shows(c.get("/api/account/data").text, w), {OWNER}),
    "API tokens on the account's page": (
        lambda c, w: TOKEN_NAME in navigate(c, "/account/security").text,
        {OWNER},
    ),
    "name in the API": (lambda c, w: c.get("/api/current_user").json.get("name") == w.owner.full_name, {OWNER}),
}


@pytest.mark.parametrize("view", VIEWS)
def test_a_thing_is_seen_by_its_owner_alone(world, clients, view, record_property):
    sees, may = VIEWS[view]
    assert {caller for caller in CALLERS if sees(clients[caller], world)} == may
    record_property("proved", f"{view} x {len(CALLERS)} callers")


@pytest.mark.parametrize("caller", OTHERS)
def test_somebody_elses_order_is_the_same_404_as_one_that_does_not_exist(world, clients, caller):
    if caller is Role.ADMIN:
        return
    answers = [clients[caller].get(f"/api/orders/{number}") for number in (world.order.order_id, 10**12)]
    assert {one.status_code for one in answers} == ({401} if caller in (STRANGER, GUEST, LINKED) else {404})
    assert answers[0].json == answers[1].json
    pages = [navigate(clients[caller], f"/orders/{number}").text for number in (world.order.order_id, 10**12)]
    assert pages[0].count("Order not found") == pages[1].count("Order not found") == 1


@pytest.mark.parametrize("order_id", ["{}", "0{}", " {}", "{}.0", "{}e0", "+{}"])
def test_no_other_spelling_of_the_number_leads_there(world, clients, order_id):
    assert not shows(navigate(clients[OTHER], "/orders/" + order_id.format(world.order.order_id)).text, world)


@pytest.mark.parametrize("caller", OTHERS)
def test_whoever_changes_a_cart_changes_their_own(world, clients, caller):
    own, client, product = world.holdings(), clients[caller], {"id": world.product.product_id}
    for body in (product, {**product, "qty": 9}, {**product, "owner": f"user#{world.owner.user_id}"}):
        client.post("/api/cart", json=body)
        client.post("/api/cart/update_qty", json={**body, "action": "inc"})
        client.post("/api/cart/remove", json=body)
    client.delete("/api/cart/clear")
    assert world.holdings() == own


# --- and everything that there is, given the owner's numbers ----------------------------------------------------


def for_admins() -> set[str]:
    """Pages that are there to show people and their orders to admins."""
    return {name for name, page in PAGES.items() if page.access in (Access.ADMIN, Access.FULFIL)} | {
        "admin-customers",
        "admin-customer",
        "invoice",
    }


def test_no_page_shows_what_is_somebody_elses(world, clients, record_property):
    shown = []
    for (name, path), caller in itertools.product(paths(world), OTHERS):
        if caller is Role.ADMIN and name in for_admins():
            continue
        answers = (navigate(clients[caller], path), clients[caller].get(path))
        shown += [(path, caller) for answer in answers if shows(answer.text, world)]
    assert shown == []
    record_property("proved", f"{len(PAGES)} pages x {len(OTHERS)} strangers: nothing of the owner's")


def test_no_callback_shows_or_changes_what_is_somebody_elses(world, clients, record_property):
    """Every callback, given the owner's numbers and names in each of its inputs."""
    entries = {key: one for key, one in callback_map(clients[STRANGER]).items() if guard_of(one) is not None}
    owner, order = world.owner, world.order
    numbers: list[Any] = [
        world.token.token_id,
        order.order_id,
        str(order.order_id),
        owner.user_id,
        str(owner.user_id),
        f"user#{owner.user_id}",
    ]
    own, shown, calls = world.holdings(), [], 0
    for (output, entry), caller in itertools.product(entries.items(), OTHERS):
        page = guard_of(entry).page
        if caller is Role.ADMIN and page in for_admins():
            continue  # an admin may work on them; what that writes down has tests of its own
        for body in with_each_number(output, entry, numbers):
            client = world.server.test_client(use_cookies=False)  # signed out or in by a callback: still the caller
            answer = client.post("/_dash-update-component", json=body, headers=cookie(clients[caller]))
            calls += 1
            if shows(answer.text, world):
                shown.append((output, caller, body))
    assert shown == []
    assert world.holdings() == own
    record_property(
        "proved", f"{len(entries)} callbacks x {len(OTHERS)} strangers: {calls} calls with the owner's numbers"
    )


def with_each_number(output: str, entry: dict[str, Any], numbers: list[Any]) -> list[dict[str, Any]]:
    """Each of `numbers` in every input, with a click and without; each request once."""
    found: list[dict[str, Any]] = []
    for value, click in itertools.product(numbers, (1, None)):
        declared = [*entry["inputs"], *entry["state"]]
        values = [click if click and one["property"] == "n_clicks" else value for one in declared]
        body = payload(output, entry, values, 0, value)
        if body not in found:
            found.append(body)
    return found


def test_a_token_is_revoked_by_its_owner_alone(world, clients):
    """Whoever else presses the button of that token revokes nothing."""
    entries = callback_map(clients[STRANGER]).items()
    output, entry = next(one for one in entries if function_of(one[1]).__qualname__ == "revoke")
    body = payload(output, entry, [1], 0, key=world.token.token_id)
    for caller in OTHERS:
        call(clients[caller], body)
        assert [token.revoked_at for token in world.services.tokens.of(world.owner.user_id)] == [None], caller
    answer = clients[OTHER].get("/api/orders", headers={"Authorization": f"Bearer {world.secret}"})
    assert [one["order_id"] for one in answer.json] == [world.order.order_id], "the token counts, not the cookie"


def test_no_route_shows_or_changes_what_is_somebody_elses(world, clients, record_property):
    """Every route with the owner's numbers in its path, query and body. An admin's own routes are for admins."""
    samples = {"order_id": world.order.order_id, "product_id": world.product.product_id, "user_id": world.owner.user_id}
    samples_of_paths = {**samples, "original": "orders"}
    named = {**samples, "id": world.owner.user_id, "owner": f"user#{world.owner.user_id}", "email": world.owner.email}
    own, shown, calls = world.holdings(), [], 0
    for rule in world.server.url_map.iter_rules():
        if rule.endpoint in ("live.stream", "api.logout") or "static" in rule.endpoint:
            continue
        with world.server.test_request_context():
            filling = {name: samples_of_paths.get(name, 1) for name in rule.arguments}
            _, path = rule.build({name: filling[name] for name in rule.arguments}) or ("", rule.rule)
        for method, caller in itertools.product(sorted(rule.methods - {"OPTIONS", "HEAD"}), OTHERS):
            if caller is Role.ADMIN:
                continue
            client = world.server.test_client(use_cookies=False)
            body = None if method == "GET" else named
            answer = client.open(path, method=method, json=body, query_string=samples, headers=cookie(clients[caller]))
            calls += 1
            if shows(answer.data.decode(errors="replace"), world):
                shown.append((method, path, caller))
    assert shown == []
    assert world.holdings() == own
    record_property("proved", f"routes x {len(OTHERS) - 1} strangers: {calls} calls with the owner's numbers")


def cookie(client: FlaskClient) -> dict[str, str]:
    found = client.get_cookie(COOKIE)
    return {"Cookie": f"{COOKIE}={found.value}"} if found else {}
