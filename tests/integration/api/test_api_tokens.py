"""API tokens on the routes: within their scopes and their owner's role, and never beside the session's cookie."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import update

from app.domain import Access, AuditAction, Role, Scope
from app.stores.sql.tables import users
from app.web.api import ROUTES
from app.web.api.routing import Tokens
from tests.support.shop import add_people, add_product, refused

_numbers = itertools.count(1)


@pytest.fixture
def person(wired_app):
    """`person(Role.ADMIN)`: somebody new, of that role."""
    return lambda role: add_people(wired_app.database, 1, f"machine{next(_numbers)}-", role)[0]


@pytest.fixture
def bearer(wired_app):
    """`bearer(user, Scope.SHOP)`: the header with a new token of that user."""

    def make(user, *scopes):
        _, text = wired_app.services.tokens.create(user, "Robot", scopes, 30)
        return {"Authorization": f"Bearer {text}"}

    return make


@pytest.fixture
def product(wired_app):
    return add_product(wired_app.services, f"Lamp {next(_numbers)}", price=19_999, stock=10)


def call(client, endpoint, headers, product_id="none"):
    known = ROUTES[endpoint]
    path = known.rule.replace("<product_id>", product_id).replace("<int:order_id>", "1").replace("<path:rest>", "x")
    body = {} if known.methods[0] not in ("GET", "HEAD") else None
    return client.open(path, method=known.methods[0], headers=headers, json=body)


class TestScopes:
    @pytest.mark.parametrize("scope", Scope)
    def test_a_token_opens_what_its_scope_names_and_nothing_else(self, app_client, person, bearer, scope):
        headers = bearer(person(Role.ADMIN), scope)
        opened = set()
        for endpoint in ROUTES:
            answer = call(app_client(), endpoint, headers)
            assert answer.status_code != 401, endpoint
            if answer.status_code != 403:
                opened.add(endpoint)
        assert opened == {name for name, known in ROUTES.items() if known.scope in (scope, Tokens.ANY)}

    def test_no_route_without_a_scope_takes_one(self, app_client, person, bearer):
        headers = bearer(person(Role.ADMIN), *Scope)
        closed = [name for name, known in ROUTES.items() if known.scope is None]
        assert {"api.signup", "api.login", "api.logout", "api.account_data"} <= set(closed)
        for endpoint in closed:
            refused(call(app_client(), endpoint, headers), 403, "forbidden")

    def test_a_scope_does_not_outlive_the_role(self, wired_app, app_client, person, bearer):
        admin = person(Role.ADMIN)
        headers = bearer(admin, Scope.CUSTOMERS, Scope.SHOP)
        assert app_client().get("/api/get_users", headers=headers).status_code == 200
        demoted = update(users).where(users.c.user_id == admin.user_id).values(role=Role.CUSTOMER.value)
        wired_app.database.write(lambda connection: connection.execute(demoted))
        refused(app_client().get("/api/get_users", headers=headers), 403, "forbidden")
        assert app_client().get("/api/cart", headers=headers).json == []

    def test_every_route_for_staff_has_a_scope_or_takes_no_token(self):
        for endpoint, known in ROUTES.items():
            if known.access is not Access.PUBLIC:
                assert known.scope is not Tokens.ANY, endpoint


class TestHeader:
    @pytest.mark.parametrize(
        "value", ["", "Bearer", "Bearer rs_1_x", "Basic YTpi", "Bearer rs_9_" + "x" * 43, "rs_1_x"]
    )
    def test_a_wrong_one_is_refused_though_the_cookie_would_do(self, app_client, value):
        client = app_client(Role.ADMIN)
        for path in ("/api/cart", "/api/orders", "/api/products", "/api/current_user", "/healthz", "/api/nothing"):
            answer = client.get(path, headers={"Authorization": value})
            refused(answer, 401, "not_signed_in")
            assert answer.headers["WWW-Authenticate"] == "Bearer"

    def test_a_token_s_owner_counts_and_not_the_cookie_s(self, app_client, person, bearer):
        owner = person(Role.CUSTOMER)
        client = app_client(Role.ADMIN)
        answer = client.get("/api/current_user", headers=bearer(owner, Scope.SHOP))
        assert answer.json == {"is_logged_in": True, "name": owner.full_name, "role": "customer"}
        assert "Set-Cookie" not in answer.headers
        assert client.get("/api/current_user").json["role"] == "admin"

    def test_pages_and_callbacks_know_no_tokens(self, app_client, person, bearer):
        headers = bearer(person(Role.ADMIN), *Scope)
        assert app_client().get("/admin", headers={**headers, "Accept": "text/html"}).status_code == 302
        assert app_client().head("/live/stream", headers=headers).status_code == 401

    def test_a_revoked_one_ends_at_once(self, wired_app, app_client, person, bearer):
        owner = person(Role.CUSTOMER)
        headers = bearer(owner, Scope.SHOP)
        assert app_client().get("/api/orders", headers=headers).status_code == 200
        (token,) = wired_app.services.tokens.of(owner.user_id)
        wired_app.services.tokens.revoke(owner.user_id, token.token_id)
        refused(app_client().get("/api/orders", headers=headers), 401, "not_signed_in")

    def test_a_foreign_page_cannot_use_the_cookie_but_a_machine_needs_no_origin(
        self, app_client, person, bearer, product
    ):
        foreign = {"Origin": "https://elsewhere.example"}
        refused(
            app_client(Role.CUSTOMER).post("/api/cart", json={"id": product.product_id}, headers=foreign),
            403,
            "forbidden",
        )
        headers = bearer(person(Role.CUSTOMER), Scope.SHOP)
        assert app_client().post("/api/cart", json={"id": product.product_id}, headers=headers).json == {
            "success": True
        }


def test_a_machine_shops(app_client, person, bearer, product):
    headers, client = bearer(person(Role.CUSTOMER), Scope.SHOP), app_client()
    assert client.post("/api/cart", json={"id": product.product_id}, headers=headers).status_code == 200
    paid = client.post("/api/record_payment", headers={**headers, "Idempotency-Key": "one"})
    assert paid.status_code == 200, paid.text
    assert [order["order_id"] for order in client.get("/api/orders", headers=headers).json] == [paid.json["order_id"]]


def test_a_machine_s_changes_are_written_down_with_its_name(wired_app, app_client, person, bearer, product):
    admin = person(Role.ADMIN)
    answer = app_client().post(
        "/api/update_stock", json={"id": product.product_id, "stock": 4}, headers=bearer(admin, Scope.CATALOG)
    )
    assert answer.json == {"success": True}
    (entry,) = wired_app.services.audit.search(
        action=AuditAction.STOCK_CORRECT, target=("product", product.product_id)
    ).entries
    assert (entry.actor.name, entry.actor.user_id, entry.actor.via) == (admin.email, admin.user_id, "token Robot")
