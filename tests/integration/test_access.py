"""Who may open what: every page, callback and route against one table. A new one without a line here fails."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from app.api import ROUTES
from app.domain import MAY, Access, Role
from app.page import CALLBACKS, PAGES
from tests.integration.dash_calls import ROUTER, call, callback_map, function_of, guard_of, navigate, payload
from tests.integration.shop import add_product

EVERYONE: tuple[Role | None, ...] = (None, *Role)

PAGE_ACCESS = {
    "home": Access.PUBLIC,
    "product": Access.PUBLIC,
    "cart": Access.PUBLIC,
    "checkout": Access.PUBLIC,  # guests buy too
    "orders": Access.PUBLIC,  # a guest sees the orders of this browser
    "invoice": Access.PUBLIC,  # the order's owner is checked by the service
    "login": Access.PUBLIC,
    "register": Access.PUBLIC,
    "not_found_404": Access.PUBLIC,
    "wall": Access.WATCH,
    "admin-overview": Access.WATCH,
    "admin-stock": Access.ANALYTICS,
    "admin-customers": Access.ANALYTICS,
    "admin-inventory": Access.ADMIN,
    "admin-orders": Access.ADMIN,
    "admin-order": Access.ADMIN,
    "admin-notifications": Access.ADMIN,
}

# Callbacks of no page: they serve everyone, and whatever they show is guarded by something else.
ROOT_CALLBACKS = {
    ROUTER,  # Dash's router: each layout checks its own page's access
}

ROUTE_ACCESS = {
    "api.signup": Access.PUBLIC,
    "api.login": Access.PUBLIC,
    "api.logout": Access.PUBLIC,
    "api.current_user": Access.PUBLIC,
    "api.products": Access.PUBLIC,
    "api.cart": Access.PUBLIC,  # empty for a stranger
    "api.cart_add": Access.SIGNED_IN,
    "api.cart_update": Access.SIGNED_IN,
    "api.cart_remove": Access.SIGNED_IN,
    "api.cart_clear": Access.SIGNED_IN,
    "api.record_payment": Access.SIGNED_IN,
    "api.orders": Access.SIGNED_IN,
    "api.order": Access.SIGNED_IN,
    "api.product_add": Access.ADMIN,
    "api.stock_update": Access.ADMIN,
    "api.product_delete": Access.ADMIN,
    "api.get_users": Access.ADMIN,
    "api.openapi_json": Access.PUBLIC,
    "api.docs": Access.PUBLIC,
    "api.healthz": Access.PUBLIC,
    "api.readyz": Access.PUBLIC,
    "api.unknown": Access.PUBLIC,
    "api.root": Access.PUBLIC,
    "live.stream": Access.WATCH,
    "media.drawn": Access.PUBLIC,
    "media.uploaded": Access.PUBLIC,
    "bootstrap.static": Access.PUBLIC,
    "_dash_assets.static": Access.PUBLIC,
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": Access.PUBLIC,
    "/_dash-layout": Access.PUBLIC,  # the empty frame around every page
    "/_dash-dependencies": Access.PUBLIC,  # names of callbacks, no data
    "/_dash-update-component": Access.PUBLIC,  # each callback checks its own page's access
    "/_reload-hash": Access.PUBLIC,
    "/_favicon.ico": Access.PUBLIC,
    "/": Access.PUBLIC,
    "/<path:path>": Access.PUBLIC,  # Dash's document, without any page's content
}
_SAMPLES = {
    "rest": "nothing",
    "order_id": "1",
    "product_id": "x",
    "name": "x.webp",
    "filename": "x.css",
    "path": "nothing",
    "package_name": "dash",
    "fingerprinted_path": "x.js",
}


@pytest.fixture
def clients(wired_app):
    return {role: wired_app.client(role) for role in EVERYONE}


def sample_path(page, product_id):
    path = page.path or page.path_template
    return path.replace("<product_id>", product_id).replace("<order_id>", "1")


def test_every_page_is_declared_as_in_the_table(wired_app):
    assert {name: page.access for name, page in PAGES.items()} == PAGE_ACCESS


def test_every_route_of_the_api_is_declared_as_in_the_table(wired_app):
    declared = {endpoint: route.access for endpoint, route in ROUTES.items()}
    assert declared == {name: access for name, access in ROUTE_ACCESS.items() if name.startswith("api.")}


def test_every_route_is_in_the_table(wired_app):
    known = {rule.endpoint for rule in wired_app.server.url_map.iter_rules()}
    assert known == set(ROUTE_ACCESS)


def test_every_callback_is_guarded_by_its_page(wired_app, app_client):
    entries = callback_map(app_client())
    unguarded = {output: function_of(entry) for output, entry in entries.items() if guard_of(entry) is None}
    assert set(unguarded) == ROOT_CALLBACKS, unguarded
    guards = [guard_of(entry) for entry in entries.values() if guard_of(entry) is not None]
    assert len(guards) == len(CALLBACKS)
    for guard in guards:
        assert guard.access is PAGE_ACCESS[guard.page], guard


@pytest.mark.parametrize("asked", ["/admin/notifications?message=7&x=%26", "/admin/orders/1%26next=", "/admin"])
def test_a_stranger_comes_back_to_all_of_what_was_asked_for(app_client, asked):
    location = urlsplit(app_client().get(asked).headers["Location"])
    assert parse_qsl(location.query) == [("next", asked.replace("%26next", "&next"))]


@pytest.mark.parametrize("name", PAGE_ACCESS)
def test_who_may_open_a_page(wired_app, clients, name):
    product = wired_app.services.catalog.all() or [add_product(wired_app.services, "Shown", 100, 1)]
    path = sample_path(PAGES[name], product[0].product_id)
    access = PAGE_ACCESS[name]
    for role, client in clients.items():
        document = client.get(path)
        content = navigate(client, path)
        turned_away = "turned-away" in content.text or "This page is for other eyes" in content.text
        if role in MAY[access]:
            assert document.status_code in (200, 404), (role, document.status_code)
            assert not turned_away, role
        else:
            assert document.status_code == (302 if role is None else 403), role
            assert turned_away, role


def test_who_may_call_each_callback(wired_app, clients):
    entries = callback_map(clients[None])
    for output, entry in entries.items():
        guard = guard_of(entry)
        if guard is None:
            continue
        values = [None] * (len(entry["inputs"]) + len(entry["state"]))
        for role, client in clients.items():
            answer = call(client, payload(output, entry, values))
            if role in MAY[guard.access]:
                assert answer.status_code != 403, (guard, role)
            else:
                assert answer.status_code == (401 if role is None else 403), (guard, role, answer.status_code)
                assert answer.json["code"] in ("not_signed_in", "forbidden")


@pytest.mark.parametrize("endpoint", ROUTE_ACCESS)
def test_who_may_call_each_route(wired_app, clients, endpoint):
    access = ROUTE_ACCESS[endpoint]
    (rule,) = [rule for rule in wired_app.server.url_map.iter_rules() if rule.endpoint == endpoint]
    with wired_app.server.test_request_context():
        _, path = rule.build({name: _SAMPLES[name] for name in rule.arguments}) or ("", rule.rule)
    for method in rule.methods - {"OPTIONS"}:
        if (method, endpoint) == ("GET", "live.stream"):
            method = "HEAD"  # the stream itself never ends; HEAD asks the same guard
        for role, client in clients.items():
            if endpoint in ("api.logout", "api.login", "api.signup") and role is not None:
                continue  # they change who the client is
            status = client.open(path, method=method, json={} if method not in ("GET", "HEAD") else None).status_code
            if role in MAY[access]:
                assert status not in (401, 403), (method, role, status)
            else:
                assert status == (401 if role is None else 403), (method, role, status)
