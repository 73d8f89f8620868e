"""The second factor at sign-in, and staff who still have to set theirs up."""

from __future__ import annotations

import dataclasses
import json

import flask
import pytest

from app.domain import Role, User
from app.errors import NotSignedIn, Throttled, WrongCode
from app.services import install
from app.web.identity.principal import current_principal
from app.web.identity.sign_in import finish_second_factor, pending_second_factor, start_second_factor
from app.web.page import PAGES
from tests.support.browsers import (
    HTML,
    SESSION,
    after,
    enable_second_factor,
    is_signed_in,
    new_person,
    next_code,
    set_cookies,
    sign_in,
)
from tests.support.concurrency import at_once
from tests.support.dash_calls import call, callback_map, guard_of, navigate, payload
from tests.support.shop import PASSWORD, add_people, add_product, refused


@pytest.fixture
def person(wired_app) -> User:
    return new_person(wired_app)


@pytest.fixture
def asking_staff(wired_app):
    """The shop as it is when it asks its staff for a second factor."""
    asked = wired_app.services.settings.model_copy(update={"staff_second_factor": True})
    install(dataclasses.replace(wired_app.services, settings=asked))
    yield
    install(wired_app.services)


class TestSecondFactorOverTheApi:
    def login(self, wired_app, person, **more):
        pair = {"email": person.email, "password": PASSWORD}
        return wired_app.client().post("/api/login", json={**pair, **more})

    def test_a_code_is_asked_for(self, wired_app, person):
        secret, _ = enable_second_factor(wired_app, person)
        for code in ({}, {"code": None}, {"code": ""}):
            refused(self.login(wired_app, person, **code), 401, "second_factor_required")
        refused(self.login(wired_app, person, code="000000"), 401, "wrong_code")
        assert self.login(wired_app, person, code=next_code(secret)).json["success"] is True

    def test_it_does_not_help_without_the_password(self, wired_app, person):
        secret, _ = enable_second_factor(wired_app, person)
        wrong = wired_app.client().post(
            "/api/login", json={"email": person.email, "password": "wrong wrong", "code": next_code(secret)}
        )
        refused(wrong, 401, "wrong_credentials")
        assert self.login(wired_app, person, code=next_code(secret)).status_code == 200

    def test_a_recovery_code_serves_once(self, wired_app, person):
        _, codes = enable_second_factor(wired_app, person)
        assert self.login(wired_app, person, code=codes[0]).status_code == 200
        refused(self.login(wired_app, person, code=codes[0]), 401, "wrong_code")

    @pytest.mark.parametrize("code", [True, 1.5, [], {}, "x" * 65])
    def test_malformed_codes_are_named(self, wired_app, person, code):
        refused(self.login(wired_app, person, code=code), 422, "invalid_input", "code")

    def test_guessing_codes_is_slow(self, wired_app, person):
        secret, _ = enable_second_factor(wired_app, person)
        for _ in range(5):
            refused(self.login(wired_app, person, code="000000"), 401, "wrong_code")
        answer = self.login(wired_app, person, code=next_code(secret))
        refused(answer, 429, "throttled")
        assert 1 <= int(answer.headers["Retry-After"]) <= 60

    def test_one_code_from_many_at_once_signs_one_in(self, wired_app, person):
        secret, _ = enable_second_factor(wired_app, person)
        code = next_code(secret)

        def is_right(_):
            try:
                wired_app.services.second_factor.check(person.user_id, code)
            except (WrongCode, Throttled):
                return False
            return True

        assert sum(at_once(16, is_right)) == 1


class TestSecondFactorOnPages:
    def start(self, wired_app, person, remember=False):
        client, _ = after(wired_app, lambda: start_second_factor(self.now(wired_app, person), remember))
        return client

    def now(self, wired_app, person) -> User:
        return wired_app.services.accounts.get(person.user_id)

    def finish(self, wired_app, client, code):
        return after(wired_app, lambda: finish_second_factor(code), **{SESSION: client.get_cookie(SESSION).value})

    def pending(self, wired_app, client):
        cookie = client.get_cookie(SESSION).value
        with wired_app.server.test_request_context("/", headers={"Cookie": f"{SESSION}={cookie}"}):
            return pending_second_factor()

    def test_the_password_alone_signs_nobody_in(self, wired_app, person):
        enable_second_factor(wired_app, person)
        client = self.start(wired_app, person)
        assert not is_signed_in(client)
        refused(client.get("/api/orders"), 401, "not_signed_in")
        assert self.pending(wired_app, client).user_id == person.user_id

    @pytest.mark.parametrize("remember", [True, False])
    def test_with_the_code_one_is_and_stays_as_long_as_was_asked(self, wired_app, person, remember):
        secret, _ = enable_second_factor(wired_app, person)
        client, response = self.finish(wired_app, self.start(wired_app, person, remember), next_code(secret))
        assert is_signed_in(client)
        assert bool(set_cookies(response)[SESSION]["expires"]) is remember
        assert self.pending(wired_app, client) is None

    def test_a_wrong_code_may_be_followed_by_a_right_one(self, wired_app, person):
        secret, _ = enable_second_factor(wired_app, person)
        client = self.start(wired_app, person)
        with pytest.raises(WrongCode):
            self.finish(wired_app, client, "000000")
        assert is_signed_in(self.finish(wired_app, client, next_code(secret))[0])

    def test_after_ten_minutes_it_is_too_late(self, wired_app, person):
        secret, _ = enable_second_factor(wired_app, person)
        client = self.start(wired_app, person)
        with client.session_transaction() as session:
            session["pending"] = {**session["pending"], "at": session["pending"]["at"] - 601}
        assert self.pending(wired_app, client) is None
        with pytest.raises(NotSignedIn):
            self.finish(wired_app, client, next_code(secret))

    def test_it_is_bound_to_the_account_s_session_version(self, wired_app, person):
        secret, _ = enable_second_factor(wired_app, person)
        client = self.start(wired_app, person)
        wired_app.services.accounts.sign_out_everywhere(person.user_id)
        with pytest.raises(NotSignedIn):
            self.finish(wired_app, client, next_code(secret))

    def test_out_of_the_blue_nobody_is_signed_in(self, wired_app):
        with pytest.raises(NotSignedIn):
            after(wired_app, lambda: finish_second_factor("123456"))

    def test_a_guest_s_cart_comes_along(self, wired_app, person):
        secret, _ = enable_second_factor(wired_app, person)
        product = add_product(wired_app.services, "Carried along", 100, 5)
        wired_app.services.cart.add(f"guest#{person.email}", product.product_id, 2)
        client = self.start(wired_app, person)
        with client.session_transaction() as session:
            session["guest"] = person.email
        client, _ = self.finish(wired_app, client, next_code(secret))
        assert [line["qty"] for line in client.get("/api/cart").json] == [2]

    def test_turning_it_on_ends_sessions_that_gave_no_code(self, wired_app, person):
        client = sign_in(wired_app, person)
        enable_second_factor(wired_app, person)
        assert not is_signed_in(client)


@pytest.mark.usefixtures("asking_staff")
class TestStaffWithoutTheSecondFactor:
    """They act as customers, everywhere, until they have set it up."""

    STAFF = (Role.OPS, Role.ANALYST, Role.ADMIN)
    STAFF_PAGES = ("admin-overview", "admin-stock", "admin-inventory", "admin-staff")

    @pytest.mark.parametrize("role", STAFF)
    def test_pages_lead_to_where_it_is_set_up_and_say_why(self, app_client, role):
        client = app_client(role)
        for name in self.STAFF_PAGES:
            document = client.get(PAGES[name].path, headers=HTML)
            assert (document.status_code, document.headers["Location"]) == (302, "/account/security")
            layout = json.dumps(navigate(client, PAGES[name].path).json)
            assert '"href": "/account/security"' in layout
            assert "asks its staff for a second factor" in layout

    def test_arriving_there_they_are_told_why(self, app_client):
        client = app_client(Role.ADMIN)
        assert client.get("/account/security", headers=HTML).status_code == 200
        assert "asks its staff" in navigate(client, "/account/security").text

    @pytest.mark.parametrize("role", STAFF)
    def test_callbacks_refuse_and_say_why(self, app_client, role):
        client, tried = app_client(role), 0
        for output, entry in callback_map(client).items():
            guard = guard_of(entry)
            if guard is None or guard.page not in self.STAFF_PAGES:
                continue
            answer = call(client, payload(output, entry, [None] * (len(entry["inputs"]) + len(entry["state"]))))
            assert (answer.status_code, answer.json["code"]) == (403, "forbidden"), guard
            assert "second factor" in answer.json["message"]
            tried += 1
        assert tried > 5

    def test_so_does_the_api(self, wired_app, app_client):
        product = add_product(wired_app.services, "Not theirs to change", 100, 5)
        client = app_client(Role.ADMIN)
        body = refused(client.post("/api/update_stock", json={"id": product.product_id, "stock": 9}), 403, "forbidden")
        assert "second factor" in body["message"]
        assert client.get("/api/current_user").json["role"] == "customer"
        assert client.get("/api/orders").status_code == 200

    @pytest.mark.parametrize("role", STAFF)
    def test_and_the_live_stream(self, app_client, role):
        assert app_client(role).head("/live/stream").status_code == 403

    def test_signing_in_leads_them_there(self, wired_app):
        pair = {"email": wired_app.people[Role.ADMIN].email, "password": PASSWORD}
        client = wired_app.client()
        page = client.post("/api/login", json=pair).json["redirect"]
        assert client.get(page).location == "/account/security"

    def test_a_token_acts_as_little_as_its_owner(self, wired_app):
        with wired_app.server.test_request_context("/api/update_stock"):
            flask.g.token_user = wired_app.people[Role.ADMIN]
            principal = current_principal()
        assert (principal.role, principal.needs_second_factor) == (Role.CUSTOMER, True)

    def test_customers_are_not_asked(self, app_client):
        client = app_client(Role.CUSTOMER)
        assert client.get("/admin", headers=HTML).status_code == 403
        assert client.get("/api/orders").status_code == 200

    def test_once_it_is_set_up_the_staff_s_pages_open(self, wired_app):
        admin = add_people(wired_app.database, 1, prefix="with-factor", role=Role.ADMIN)[0]
        secret, _ = enable_second_factor(wired_app, admin)
        client = wired_app.client()
        pair = {"email": admin.email, "password": PASSWORD, "code": next_code(secret)}
        assert client.post("/api/login", json=pair).json["redirect"] == "/admin_dashboard.html"
        assert client.get("/admin", headers=HTML).status_code == 200
        assert client.head("/live/stream").status_code == 204
        assert client.get("/api/current_user").json["role"] == "admin"

    def test_when_it_is_taken_away_they_are_customers_again(self, wired_app):
        admin = add_people(wired_app.database, 1, prefix="lost-factor", role=Role.ADMIN)[0]
        secret, _ = enable_second_factor(wired_app, admin)
        client = wired_app.client()
        client.post("/api/login", json={"email": admin.email, "password": PASSWORD, "code": next_code(secret)})
        assert client.head("/live/stream").status_code == 204
        wired_app.services.second_factor.reset(admin.user_id)
        assert client.head("/live/stream").status_code == 403
