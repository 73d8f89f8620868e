"""Who may open what: every page, callback and route against one table. A new one without a line here fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import dash
import flask
import pytest
from dash import Input, Output
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.addresses import product_path
from app.domain import MAY, Access, Role
from app.web.api import ROUTES
from app.web.page import CALLBACKS, PAGES, Page
from tests.support.dash_calls import ROUTER, call, callback_map, function_of, guard_of, navigate, payload
from tests.support.shop import add_product

EVERYONE: tuple[Role | None, ...] = (None, *Role)

PAGE_ACCESS = {
    "home": Access.PUBLIC,
    "product": Access.PUBLIC,
    "cart": Access.PUBLIC,
    "checkout": Access.PUBLIC,  # guests buy too
    "orders": Access.PUBLIC,  # a guest sees the orders of this browser
    "invoice": Access.PUBLIC,  # the order's owner is checked by the service
    "login": Access.PUBLIC,
    "login-code": Access.PUBLIC,  # whose password was right stands in the session
    "register": Access.PUBLIC,
    "forgot": Access.PUBLIC,
    "reset": Access.PUBLIC,  # these three ask for a token from an e-mail
    "confirm": Access.PUBLIC,
    "receipt": Access.PUBLIC,  # asks for the token of a receipt's link; tests/integration/orders/test_order_links.py
    "invite": Access.PUBLIC,
    "account": Access.SIGNED_IN,
    "account-security": Access.SIGNED_IN,
    "not_found_404": Access.PUBLIC,
    "wall": Access.PUBLIC,  # a stranger's screen gets a code; tests/integration/wall/test_wall.py says who gets numbers
    "admin-overview": Access.WATCH,
    "admin-stock": Access.ANALYTICS,
    "admin-customers": Access.ANALYTICS,
    "admin-customer": Access.ANALYTICS,
    "admin-time-machine": Access.ANALYTICS,
    "admin-calendar": Access.ANALYTICS,
    "admin-forecasts": Access.ANALYTICS,
    "admin-replay": Access.ANALYTICS,
    "admin-alerts": Access.ADMIN,
    "admin-webhooks": Access.ADMIN,
    "admin-mails": Access.ADMIN,
    "admin-inventory": Access.ADMIN,
    "admin-several": Access.ADMIN,
    "admin-reorder-settings": Access.ADMIN,
    "admin-orders": Access.FULFIL,
    "admin-order": Access.FULFIL,
    "admin-receiving": Access.FULFIL,
    "admin-returns": Access.ADMIN,
    "admin-notifications": Access.ADMIN,
    "admin-screens": Access.SCREENS,
    "admin-discounts": Access.ADMIN,
    "admin-goals": Access.ADMIN,
    "admin-tax": Access.ANALYTICS,
    "admin-settings": Access.ADMIN,
    "admin-shipping": Access.ADMIN,
    "content": Access.PUBLIC,
    "admin-staff": Access.ADMIN,
    "admin-audit": Access.ADMIN,
}

# Callbacks that ask for more than their page.
CALLBACK_ACCESS = {
    "ask_about_payment": Access.ADMIN,  # who packs handles no money
    "decide_payment": Access.ADMIN,
    # Those who pack see orders and give no money back.
    "record": Access.ADMIN,
    "preview": Access.ADMIN,
    "send_receipt_again": Access.ADMIN,
    "cancel_order": Access.ADMIN,
    "save_tax": Access.ADMIN,  # analysts read of customers
    "ask_to_apply": Access.ADMIN,  # analysts replay
    "apply_policy": Access.ADMIN,
    "note_event": Access.NOTES,  # ops read the overview
    # Analysts read the calendar.
    "open_form": Access.ADMIN,
    "save_entry": Access.ADMIN,
    "ask_to_remove": Access.ADMIN,
    "remove_entry": Access.ADMIN,
    "change_countries": Access.ADMIN,
    "forget_event": Access.NOTES,  # whose note it is, is checked by the service
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
    "api.account_data": Access.SIGNED_IN,
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
    "api.analytics_sales": Access.ANALYTICS,
    "api.analytics_cohorts": Access.ANALYTICS,
    "api.analytics_segments": Access.ANALYTICS,
    "api.analytics_top": Access.ANALYTICS,
    "api.analytics_abc": Access.ANALYTICS,
    "api.analytics_margin": Access.ANALYTICS,
    "api.analytics_movements": Access.ANALYTICS,
    "api.analytics_forecast": Access.ANALYTICS,
    "api.openapi_json": Access.PUBLIC,
    "api.docs": Access.PUBLIC,
    "api.ses_event": Access.PUBLIC,  # who calls is told by the signature of what they send
    "api.healthz": Access.PUBLIC,
    "api.readyz": Access.PUBLIC,
    "api.metrics": Access.ADMIN,  # and by API token only
    "api.unknown": Access.PUBLIC,
    "api.root": Access.PUBLIC,
    "live.stream": Access.WATCH,
    "wall.begin": Access.PUBLIC,  # a code, which is worth nothing before staff enter it
    "wall.state": Access.PUBLIC,  # of the caller's own code
    "wall.stream": Access.WATCH,  # and a paired screen, without any role
    "wall.peak": Access.WATCH,
    "exports.export": Access.ANALYTICS,
    "api.stripe_event": Access.PUBLIC,  # likewise
    "payment_pages.pay": Access.PUBLIC,  # the order's owner is checked by the service
    "payment_pages.come_back": Access.PUBLIC,  # asks for the token of a payment page's link
    "packing.pick_list": Access.FULFIL,
    "packing.slips": Access.FULFIL,
    "downloads.credit_note": Access.PUBLIC,  # the order's owner is checked by the service
    "downloads.invoice": Access.PUBLIC,  # the order's owner is checked by the service
    "media.drawn": Access.PUBLIC,
    "media.drawn_for_others": Access.PUBLIC,
    "media.uploaded": Access.PUBLIC,
    "media.logo": Access.PUBLIC,  # the one logo that is set
    "api.picture_drawn": Access.PUBLIC,
    "api.picture_uploaded": Access.PUBLIC,
    "bundles.file": Access.PUBLIC,
    "cart_forms.change": Access.PUBLIC,  # of the caller's own cart
    "found.favicon": Access.PUBLIC,
    "found.touch_icon": Access.PUBLIC,
    "found.icon": Access.PUBLIC,
    "found.manifest": Access.PUBLIC,
    "found.robots": Access.PUBLIC,
    "found.sitemap_index": Access.PUBLIC,
    "found.sitemap_file": Access.PUBLIC,
    "found.feed": Access.PUBLIC,
    "suggestions.suggest": Access.PUBLIC,
    "suggestions.products": Access.PUBLIC,
    "original.page": Access.PUBLIC,  # leads to a page that checks its own access
    "bootstrap.static": Access.PUBLIC,
    "_dash_assets.static": Access.PUBLIC,
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": Access.PUBLIC,
    "/_dash-layout": Access.PUBLIC,  # the empty frame around every page
    "/_dash-dependencies": Access.PUBLIC,  # names of callbacks, no data
    "/_dash-update-component": Access.PUBLIC,  # each callback checks its own page's access
    "/_reload-hash": Access.PUBLIC,
    "/_favicon.ico": Access.PUBLIC,
    "/": Access.PUBLIC,
    "/<path:path>": Access.PUBLIC,  # the document; the content of a finished one is guarded by its page's layout
}
ONLY_BY_TOKEN = {"api.metrics"}  # no session may call it; tests/integration/api/test_api_tokens.py calls it by token
CHANGE_THE_CALLER = {"api.logout", "api.login", "api.signup"}  # called by a browser of their own

_SAMPLES = {
    "rest": "nothing",
    "order_id": "1",
    "note": "CN-000001",
    "product_id": "x",
    "name": "x.webp",
    "original": "login",
    "kind": "csv",
    "filename": "x.css",
    "path": "nothing",
    "digest": "0",
    "ending": "css",
    "size": 192,
    "package_name": "dash",
    "fingerprinted_path": "x.js",
}


# --- what stands in the registries ---------------------------------------------------------------------------


def page_faults(pages: Mapping[str, Page], registered: Iterable[str]) -> list[str]:
    """Pages that are declared otherwise than in the table, or known to Dash without any declaration."""
    declared = {name: page.access for name, page in pages.items()}
    faults = [f"page {name}: {declared.get(name)}" for name in differing(declared, PAGE_ACCESS)]
    return faults + [f"page {name} has no declaration" for name in registered if name not in pages]


def route_faults(rules: Iterable[Rule], routes: Mapping[str, Any]) -> list[str]:
    """Routes that are not in the table, and routes of the API that are declared otherwise or not at all."""
    known, declared = {rule.endpoint for rule in rules}, {name: route.access for name, route in routes.items()}
    expected = {name: access for name, access in ROUTE_ACCESS.items() if name.startswith("api.")}
    faults = [f"route {endpoint} is not in the table" for endpoint in sorted(known ^ set(ROUTE_ACCESS))]
    return faults + [f"route {name}: {declared.get(name)}" for name in differing(declared, expected)]


def callback_faults(entries: Mapping[str, Any]) -> list[str]:
    """Callbacks on the server that no page's declaration guards, or another one than the table's."""
    faults = []
    for output, entry in entries.items():
        guard, function = guard_of(entry), function_of(entry)
        name = f"callback {function.__module__}.{function.__qualname__}"
        if guard is None and output not in ROOT_CALLBACKS:
            faults.append(f"{name} is guarded by no page")
        elif guard is not None and guard.access is not access_of(guard):
            faults.append(f"{name} lets in {guard.access}")
    return faults


def access_of(guard: Any) -> Access | None:
    return CALLBACK_ACCESS.get(guard.function) or PAGE_ACCESS.get(guard.page)


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) is not other.get(name))


def dash_pages() -> list[str]:
    return list(dash.page_registry)


def test_every_page_is_declared_as_in_the_table(wired_app):
    assert page_faults(PAGES, dash_pages()) == []


def test_every_route_is_declared_as_in_the_table(wired_app):
    assert route_faults(wired_app.server.url_map.iter_rules(), ROUTES) == []


def test_every_callback_is_guarded_by_its_page(app_client):
    entries = callback_map(app_client())
    assert callback_faults(entries) == []
    assert len(entries) - len(ROOT_CALLBACKS) == len(CALLBACKS)


def test_what_runs_in_the_browser_only_has_no_part_on_the_server(app_client, record_property):
    client = app_client(Role.ADMIN)
    callback_map(client)
    in_browser = {key: entry for key, entry in dash.get_app().callback_map.items() if "callback" not in entry}
    for output, entry in in_browser.items():
        values = [None] * (len(entry["inputs"]) + len(entry["state"]))
        assert call(client, payload(output, entry, values)).status_code == 400, output
    record_property("proved", f"{len(in_browser)} clientside callbacks: none can be called on the server")


class TestTheGuardsOfThisTest:
    """What somebody may forget, in a copy of the registries: each of it is found."""

    def test_a_page_cannot_be_made_without_its_access(self):
        with pytest.raises(TypeError, match="access"):
            Page("forgotten", title="Forgotten", path="/forgotten")  # type: ignore[call-arg]

    def test_a_page_that_is_not_in_the_table(self, wired_app):
        more = {**PAGES, "new": PAGES["home"]}
        assert "page new: public" in page_faults(more, dash_pages())

    def test_a_page_that_only_dash_knows(self, wired_app):
        assert "page plain has no declaration" in page_faults(PAGES, [*dash_pages(), "plain"])

    def test_a_callback_registered_without_a_page(self, app_client):
        entries = callback_map(app_client())
        before = dict(dash._callback.GLOBAL_CALLBACK_MAP)

        @dash.callback(Output("new", "children"), Input("old", "value"))
        def bare(value: str) -> str:
            return value

        made = dict(dash._callback.GLOBAL_CALLBACK_MAP)
        new = {key: entry for key, entry in made.items() if key not in before}
        dash._callback.GLOBAL_CALLBACK_MAP.clear()
        dash._callback.GLOBAL_CALLBACK_MAP.update(before)
        dash._callback.GLOBAL_CALLBACK_LIST[:] = [
            one for one in dash._callback.GLOBAL_CALLBACK_LIST if one["output"] not in new
        ]
        assert len(new) == 1
        (fault,) = callback_faults({**entries, **new})
        assert fault.endswith(".bare is guarded by no page")

    def test_a_route_outside_the_table(self, wired_app):
        other = flask.Flask("other")
        other.add_url_rule("/debug", "debug", lambda: "")
        rules = [*wired_app.server.url_map.iter_rules(), *other.url_map.iter_rules()]
        assert "route debug is not in the table" in route_faults(rules, ROUTES)

    def test_a_route_of_the_api_that_lets_in_others_than_the_table_says(self, wired_app):
        routes = {**ROUTES, "api.orders": ROUTES["api.products"]}
        assert "route api.orders: public" in route_faults(wired_app.server.url_map.iter_rules(), routes)


# --- and what it comes to when it is called -------------------------------------------------------------------


@pytest.fixture
def clients(wired_app) -> dict[Role | None, FlaskClient]:
    return {role: wired_app.client(role) for role in EVERYONE}


def sample_path(page, product):
    if page.name == "product":
        return product_path(product.product_id, product.name)
    return (page.path or page.path_template).replace("<order_id>", "1")


@pytest.mark.parametrize("asked", ["/admin/notifications?message=7&x=%26", "/admin/orders/1%26next=", "/admin"])
def test_a_stranger_comes_back_to_all_of_what_was_asked_for(app_client, asked):
    location = urlsplit(app_client().get(asked).headers["Location"])
    assert parse_qsl(location.query) == [("next", asked.replace("%26next", "&next"))]


def test_who_may_open_each_page(wired_app, clients, record_property):
    product = wired_app.services.catalog.all() or [add_product(wired_app.services, "Shown", 100, 1)]
    for name, access in PAGE_ACCESS.items():
        path = sample_path(PAGES[name], product[0])
        for role, client in clients.items():
            document = client.get(path)
            content = navigate(client, path)
            turned_away = "turned-away" in content.text or "You have no access to this page" in content.text
            if role in MAY[access]:
                assert document.status_code in (200, 302, 404), (path, role, document.status_code)
                assert not turned_away, (path, role)
            else:
                assert document.status_code == (302 if role is None else 403), (path, role)
                assert turned_away, (path, role)
    record_property("proved", f"{len(PAGE_ACCESS)} pages x {len(EVERYONE)} roles, document and content")


@pytest.mark.parametrize(
    ("role", "on"),
    [
        (Role.CUSTOMER, "Back to the shop"),
        (Role.OPS, "To the wall"),
        (Role.FULFILMENT, "To the orders"),
        (Role.ANALYST, "To the overview"),
    ],
)
def test_who_is_refused_is_led_to_where_the_role_works(clients, role, on):
    assert on in navigate(clients[role], "/admin/staff").text


def test_who_may_call_each_callback(clients, record_property):
    entries = {key: one for key, one in callback_map(clients[None]).items() if guard_of(one) is not None}
    for output, entry in entries.items():
        access = access_of(guard_of(entry))
        assert access is not None
        values = [None] * (len(entry["inputs"]) + len(entry["state"]))
        for role, client in clients.items():
            answer = call(client, payload(output, entry, values))
            if role in MAY[access]:
                assert answer.status_code not in (401, 403), (guard_of(entry), role)
            else:
                assert answer.status_code == (401 if role is None else 403), (guard_of(entry), role)
                assert answer.json["code"] in ("not_signed_in", "forbidden")
    record_property("proved", f"{len(entries)} callbacks x {len(EVERYONE)} roles")


def test_who_may_call_each_route(wired_app, clients, record_property):
    calls = 0
    for rule in wired_app.server.url_map.iter_rules():
        access = ROUTE_ACCESS[rule.endpoint]
        with wired_app.server.test_request_context():
            _, path = rule.build({name: _SAMPLES[name] for name in rule.arguments}) or ("", rule.rule)
        for method in rule.methods - {"OPTIONS"}:
            for role in EVERYONE:
                client = wired_app.client(role) if rule.endpoint in CHANGE_THE_CALLER else clients[role]
                asked = "HEAD" if rule.endpoint == "live.stream" else method  # the stream itself never ends
                body = {} if asked not in ("GET", "HEAD") else None
                status = client.open(path, method=asked, json=body).status_code
                if role in MAY[access] and rule.endpoint not in ONLY_BY_TOKEN:
                    assert status not in (401, 403), (method, path, role, status)
                else:
                    assert status == (401 if role is None else 403), (method, path, role, status)
                calls += 1
    rules = len(list(wired_app.server.url_map.iter_rules()))
    record_property("proved", f"{rules} routes x {len(EVERYONE)} roles x their methods: {calls} calls")
