"""Sessions, the cookies that carry them, known devices, and the second factor at sign-in."""

from __future__ import annotations

import time
from datetime import timedelta

import flask
import itsdangerous
import pytest
from sqlalchemy import event

from app.domain import ApiToken, Role, Scope, User
from app.errors import StoreUnavailable
from app.services.accounts.sign_in import Device
from app.web.identity import devices, principal, sessions
from app.web.identity.sign_in import renew_session
from app.web.identity.sign_in import sign_in as start_session
from app.web.streams import wall_routes
from tests.support.browsers import (
    DEVICE,
    HOUR,
    HTML,
    SESSION,
    after,
    age_sessions,
    is_signed_in,
    new_person,
    set_cookies,
    sign_in,
)
from tests.support.dash_calls import navigate
from tests.support.shop import PASSWORD, add_people, add_product, refused, settings_for


def kept(wired_app, response) -> dict[str, object]:
    """What is in the session cookie that an answer sets."""
    serializer = wired_app.server.session_interface.get_signing_serializer(wired_app.server)
    return serializer.loads(set_cookies(response)[SESSION].value)


def fails(error: Exception):
    def fail(*_: object) -> None:
        raise error

    return fail


NOBODY = ["", "1", ":", "1:", ":1", "²:1", "x:1", "-1:1", f"{'9' * 40}:1", 7, None, ["1:1"]]


@pytest.fixture
def person(wired_app) -> User:
    return new_person(wired_app)


class TestHowLongASessionLasts:
    def test_unless_asked_otherwise_it_ends_with_the_browser(self, wired_app, person):
        client = sign_in(wired_app, person)
        assert "Expires" not in str(client.get("/", headers=HTML).headers["Set-Cookie"])
        assert client.get_cookie(SESSION).expires is None
        assert is_signed_in(client)

    @pytest.mark.parametrize(("hours", "lasts"), [(11, True), (13, False)])
    def test_and_twelve_hours_after_the_last_page(self, wired_app, person, hours, lasts):
        client = sign_in(wired_app, person)
        with client.session_transaction() as session:
            session["seen"] -= hours * HOUR
        assert is_signed_in(client) is lasts
        assert client.get("/api/orders").status_code == (200 if lasts else 401)

    def test_a_page_makes_it_last_longer_a_call_does_not(self, wired_app, person):
        client = sign_in(wired_app, person)
        with client.session_transaction() as session:
            session["seen"] -= 11 * HOUR
        assert "Set-Cookie" not in client.get("/api/current_user").headers
        with client.session_transaction() as session:
            assert time.time() - session["seen"] > 10 * HOUR
        client.get("/", headers=HTML)
        with client.session_transaction() as session:
            assert time.time() - session["seen"] < HOUR

    def test_one_that_lapsed_does_not_come_back_with_a_guest_s_cart(self, wired_app, person):
        client = sign_in(wired_app, person)
        with client.session_transaction() as session:
            session["seen"] -= 13 * HOUR
        client.get("/", headers=HTML)
        navigate(client, "/cart")
        with client.session_transaction() as session:
            assert "guest" in session
        client.get("/", headers=HTML)
        assert not is_signed_in(client)

    def test_stay_signed_in_lasts_thirty_days_from_the_last_page(self, wired_app, person):
        client, response = after(wired_app, lambda: start_session(person, remember=True))
        assert set_cookies(response)[SESSION]["expires"]
        assert is_signed_in(client)
        assert "Expires" in client.get("/", headers=HTML).headers["Set-Cookie"]

    @pytest.mark.parametrize(("days", "lasts"), [(29, True), (31, False)])
    def test_and_not_longer(self, wired_app, person, monkeypatch, days, lasts):
        made = int(time.time()) - days * 24 * HOUR
        with monkeypatch.context() as patch:
            patch.setattr(itsdangerous.TimestampSigner, "get_timestamp", lambda _: made)
            client, _ = after(wired_app, lambda: start_session(person, remember=True))
        assert is_signed_in(client) is lasts

    @pytest.mark.parametrize(("days", "lasts"), [(29, True), (30, False)])
    def test_however_often_a_page_renews_its_cookie_it_ends_thirty_days_after_the_sign_in(
        self, wired_app, person, days, lasts
    ):
        client, _ = after(wired_app, lambda: start_session(person, remember=True))
        age_sessions(wired_app.database, person, signed_in=timedelta(days=days))
        client.get("/", headers=HTML)
        assert is_signed_in(client) is lasts

    @pytest.mark.parametrize(("hours", "lasts"), [(11, True), (12, False)])
    @pytest.mark.parametrize("role", [Role.OPS, Role.ANALYST, Role.ADMIN])
    def test_of_staff_twelve_hours_after_it_also_when_they_stay_signed_in(self, wired_app, role, hours, lasts):
        (member,) = add_people(wired_app.database, 1, prefix=f"{role.value}-{hours}-hours", role=role)
        client, _ = after(wired_app, lambda: start_session(member, remember=True))
        age_sessions(wired_app.database, member, signed_in=timedelta(hours=hours))
        client.get("/", headers=HTML)
        assert is_signed_in(client) is lasts
        assert client.get("/wall/peak").status_code == (200 if lasts else 401)

    def test_signing_out_everywhere_else_does_not_make_it_longer(self, wired_app, person):
        client, _ = after(wired_app, lambda: start_session(person, remember=True))
        age_sessions(wired_app.database, person, signed_in=timedelta(days=29))
        changed = wired_app.services.accounts.sign_out_everywhere(person.user_id)
        cookie = client.get_cookie(SESSION).value
        client, _ = after(wired_app, lambda: renew_session(changed), **{SESSION: cookie})
        assert is_signed_in(client)
        age_sessions(wired_app.database, person, signed_in=timedelta(days=1))
        assert not is_signed_in(client)

    def test_whose_ended_signs_in_and_goes_on_where_they_were_with_their_cart(self, wired_app, person):
        product = add_product(wired_app.services, "Lasting mug", 1_000, 5)
        client = sign_in(wired_app, person)
        client.post("/api/cart", json={"id": product.product_id})
        age_sessions(wired_app.database, person, signed_in=timedelta(days=30))
        assert client.get("/account/security", headers=HTML).headers["Location"] == "/login?next=%2Faccount%2Fsecurity"
        client.post("/api/login", json={"email": person.email, "password": PASSWORD})
        assert [line["id"] for line in client.get("/api/cart").json] == [product.product_id]

    def test_what_a_browser_says_of_itself_is_cut_and_holds_nothing_that_cannot_be_shown(self, wired_app, person):
        for said, kept in (("x" * 5_000, "x" * 200), ("odd\x85\x9f", ""), ("", "")):
            client = wired_app.client()
            pair = {"email": person.email, "password": PASSWORD}
            assert client.post("/api/login", json=pair, headers={"User-Agent": said}).status_code == 200
            assert wired_app.services.sessions.of(person)[0].agent == kept

    def test_a_guest_s_cart_is_kept(self, app_client):
        client = app_client()
        navigate(client, "/cart")
        assert client.get_cookie(SESSION).expires is not None

    def test_a_new_session_version_ends_the_others(self, wired_app, person):
        here, there = sign_in(wired_app, person), sign_in(wired_app, person)
        changed = wired_app.services.accounts.sign_out_everywhere(person.user_id)
        cookie = here.get_cookie(SESSION).value
        with wired_app.server.test_request_context("/", headers={"Cookie": f"{SESSION}={cookie}"}):
            assert sessions.signed_in_user() is None
        here, _ = after(wired_app, lambda: renew_session(changed), **{SESSION: cookie})
        assert is_signed_in(here)
        assert not is_signed_in(there)

    @pytest.mark.parametrize("remember", [True, False])
    def test_renewing_keeps_how_long_it_lasts(self, wired_app, person, remember):
        client, _ = after(wired_app, lambda: start_session(person, remember=remember))
        changed = wired_app.services.accounts.sign_out_everywhere(person.user_id)
        cookie = client.get_cookie(SESSION).value
        client, response = after(wired_app, lambda: renew_session(changed), **{SESSION: cookie})
        assert bool(set_cookies(response)[SESSION]["expires"]) is remember
        assert is_signed_in(client)

    def test_signing_out_leaves_nothing_of_the_session(self, wired_app, person):
        client = sign_in(wired_app, person)
        client.post("/api/logout")
        assert client.get_cookie(SESSION) is None
        assert client.get_cookie(DEVICE) is not None

    @pytest.mark.parametrize("remember", [False, True])
    def test_a_copy_of_its_cookie_opens_nothing_after_signing_out(self, wired_app, person, remember):
        client, _ = after(wired_app, lambda: start_session(person, remember))
        thief = wired_app.client()
        thief.set_cookie(SESSION, client.get_cookie(SESSION).value)
        other = sign_in(wired_app, person)
        assert is_signed_in(thief)
        client.post("/api/logout")
        assert not is_signed_in(thief)
        assert is_signed_in(other), "signing out here signs nobody out elsewhere"
        assert thief.get("/api/orders").status_code == 401

    def test_who_is_signed_in_is_found_by_one_statement(self, wired_app, person):
        client = sign_in(wired_app, person)
        statements: list[str] = []

        def note(_connection, _cursor, statement, *_):
            statements.append(statement)

        event.listen(wired_app.database.engine, "before_cursor_execute", note)
        try:
            assert is_signed_in(client)
        finally:
            event.remove(wired_app.database.engine, "before_cursor_execute", note)
        assert len([one for one in statements if one != "BEGIN"]) == 1, statements

    def test_an_ended_one_is_never_signed_anew(self, wired_app, person):
        client, _ = after(wired_app, lambda: start_session(person, remember=True))
        cookie = client.get_cookie(SESSION).value
        client.post("/api/logout")
        for path in ("/no/such/page", "/login"):
            thief = wired_app.client()
            thief.set_cookie(SESSION, cookie)
            answer = thief.get(path, headers=HTML)
            assert SESSION not in set_cookies(answer) or "_user_id" not in kept(wired_app, answer), path

    def test_signing_in_as_somebody_else_ends_the_one_before(self, wired_app, person):
        client = sign_in(wired_app, person)
        cookie = client.get_cookie(SESSION).value
        client.post("/api/login", json={"email": new_person(wired_app).email, "password": PASSWORD})
        assert is_signed_in(client)
        thief = wired_app.client()
        thief.set_cookie(SESSION, cookie)
        assert not is_signed_in(thief)

    def test_signing_out_forgets_it_here_even_while_nothing_can_be_written(self, wired_app, person, monkeypatch):
        client = sign_in(wired_app, person)
        monkeypatch.setattr(wired_app.services.sessions, "end", fails(StoreUnavailable("Nothing can be written.")))
        assert client.post("/api/logout").status_code == 503
        assert client.get_cookie(SESSION) is None


class TestBadCookies:
    def spoiled(self, value: str) -> list[str]:
        head, _, tail = value.partition(".")
        return [
            value[:-1],
            value[: len(value) // 2],
            value + "x",
            ("A" if value[0] != "A" else "B") + value[1:],
            f"{head}.{tail[::-1]}",
            f".{value}",
            "",
            ".",
            "..",
            "a.b.c",
            "e30.aaaaaa.bbbbbb",
            "x" * 4_000,
            "%ff%00",
            "ÿþ",
        ]

    @pytest.mark.parametrize("name", [SESSION, DEVICE])
    def test_tampered_or_cut_off_ones_are_none(self, wired_app, person, name):
        value = sign_in(wired_app, person).get_cookie(name).value
        for spoiled in self.spoiled(value):
            client = wired_app.client()
            client.set_cookie(name, spoiled)
            assert not is_signed_in(client), spoiled
            assert client.get("/", headers=HTML).status_code == 200, spoiled
            refused(client.post("/api/record_payment"), 401, "not_signed_in")
            pair = {"email": person.email, "password": PASSWORD}
            assert client.post("/api/login", json=pair).status_code == 200, spoiled

    def test_ones_of_another_key_are_none(self, wired_app, person, tmp_path):
        other = flask.Flask("other")
        sessions.init_auth(other, settings_for(tmp_path, secret_key="another key, which is as long as the first one"))
        session = other.session_interface.get_signing_serializer(other).dumps(
            {"_user_id": f"{person.user_id}:1", "_fresh": True, "_permanent": True}
        )
        client = wired_app.client()
        client.set_cookie(SESSION, session)
        assert not is_signed_in(client)

    def test_a_device_s_cookie_is_no_session_and_the_other_way_round(self, wired_app, person):
        client = sign_in(wired_app, person)
        swapped = wired_app.client()
        swapped.set_cookie(SESSION, client.get_cookie(DEVICE).value)
        swapped.set_cookie(DEVICE, client.get_cookie(SESSION).value)
        assert not is_signed_in(swapped)
        pair = {"email": person.email, "password": PASSWORD}
        assert swapped.post("/api/login", json=pair).status_code == 200

    @pytest.mark.parametrize("user_id", NOBODY)
    def test_a_session_of_nobody_is_nobody_s(self, wired_app, user_id):
        client = wired_app.client()
        with client.session_transaction() as session:
            session["_user_id"] = user_id
        assert not is_signed_in(client)
        assert client.get("/", headers=HTML).status_code == 200

    @pytest.mark.parametrize("version", ["0", "2", "01", "x", ""])
    def test_another_version_is_none(self, wired_app, person, version):
        client = sign_in(wired_app, person)
        with client.session_transaction() as session:
            session["_user_id"] = f"{person.user_id}:{version}"
        assert not is_signed_in(client)

    def test_signing_in_takes_over_nothing_that_was_planted(self, wired_app, person):
        """A session fixed beforehand, by somebody who keeps a copy of its cookie."""
        planter = wired_app.client()
        with planter.session_transaction() as session:
            session.update(
                {"guest": "planted", "pending": {"user": "1:1", "remember": True, "at": 0}, "key": "planted", "x": 1}
            )
        victim = wired_app.client()
        victim.set_cookie(SESSION, planter.get_cookie(SESSION).value)
        victim.post("/api/login", json={"email": person.email, "password": PASSWORD})
        with victim.session_transaction() as session:
            assert session["key"] != "planted"
            assert set(session) == {"_user_id", "_fresh", "seen", "key", "_permanent"}
        assert not is_signed_in(planter)


class TestCookieFlags:
    @pytest.mark.parametrize(("url", "is_secure"), [("http://shop.example", False), ("https://shop.example", True)])
    def test_every_cookie_is_for_this_site_and_no_script(self, wired_app, person, tmp_path, url, is_secure):
        server = flask.Flask("x")
        sessions.init_auth(server, settings_for(tmp_path, public_url=url))
        with server.test_request_context("/", environ_base={"REMOTE_ADDR": "198.51.100.77"}):
            start_session(person)
            cookies = set_cookies(server.process_response(flask.Response()))
            cookies |= set_cookies(wall_routes.begin())
        prefix = "__Host-" if is_secure else ""
        assert set(cookies) == {f"{prefix}{name}" for name in (SESSION, DEVICE, wall_routes.SCREEN_COOKIE)}
        for cookie in cookies.values():
            assert cookie["httponly"] is True
            assert cookie["samesite"] == "Lax"
            assert cookie["path"] == "/"
            assert cookie["domain"] == ""
            assert bool(cookie["secure"]) is is_secure
        assert cookies[f"{prefix}{DEVICE}"]["max-age"] == str(365 * 24 * HOUR)

    def test_over_tls_the_plain_names_are_nobody_s(self, wired_app, person, tmp_path):
        """What another host of the same site, or somebody on the way of a plain request, could have planted."""
        plain, secure = flask.Flask("plain"), flask.Flask("secure")
        sessions.init_auth(plain, settings_for(tmp_path, public_url="http://shop.example"))
        sessions.init_auth(secure, settings_for(tmp_path, public_url="https://shop.example"))
        with plain.test_request_context("/"):
            start_session(person)
            made = {name: one.value for name, one in set_cookies(plain.process_response(flask.Response())).items()}
        for prefix, is_known in (("", False), ("__Host-", True)):
            sent = "; ".join(f"{prefix}{name}={value}" for name, value in made.items())
            with secure.test_request_context("/", headers={"Cookie": sent}):
                assert (sessions.signed_in_user() is not None) is is_known
                assert bool(devices.current_device().accounts) is is_known


class TestDevices:
    def device_of(self, wired_app, value: str):
        with wired_app.server.test_request_context("/", headers={"Cookie": f"{DEVICE}={value}"}):
            return devices.current_device()

    def test_a_browser_knows_its_last_ten_accounts(self, wired_app):
        people = add_people(wired_app.database, 12, prefix="family")
        value, keys = "", set()
        for one in [*people, people[3]]:
            client, _ = after(wired_app, lambda one=one: start_session(one), **{DEVICE: value})
            value = client.get_cookie(DEVICE).value
            keys.add(self.device_of(wired_app, value).key)
        assert len(keys) == 1
        assert self.device_of(wired_app, value).accounts == {one.user_id for one in people[2:]}

    def test_without_a_cookie_it_is_new(self, wired_app):
        assert self.device_of(wired_app, "") == Device()

    def test_every_browser_has_its_own_key(self, wired_app, person):
        keys = {self.device_of(wired_app, sign_in(wired_app, person).get_cookie(DEVICE).value).key for _ in range(3)}
        assert len(keys) == 3

    def test_after_a_year_it_is_forgotten(self, wired_app, person, monkeypatch):
        made = int(time.time()) - 366 * 24 * HOUR
        with monkeypatch.context() as patch:
            patch.setattr(itsdangerous.TimestampSigner, "get_timestamp", lambda _: made)
            client, _ = after(wired_app, lambda: start_session(person))
        assert self.device_of(wired_app, client.get_cookie(DEVICE).value) == Device()


class TestWhoActs:
    def actor(self, wired_app, path: str, user: User | None, token: ApiToken | None = None):
        with wired_app.server.test_request_context(path, environ_base={"REMOTE_ADDR": "198.51.100.7"}):
            flask.g.token_user, flask.g.api_token = user, token
            return principal.current_actor()

    def test_name_address_and_way(self, wired_app):
        admin = wired_app.people[Role.ADMIN]
        token = ApiToken(1, admin.user_id, "till", frozenset({Scope.CATALOG}), "abcd", admin.created_at)
        for path, given, via in [
            ("/_dash-update-component", None, "page"),
            ("/api/products", None, "api"),
            ("/api/products", token, "token till"),
        ]:
            actor = self.actor(wired_app, path, admin, given)
            assert (actor.name, actor.user_id, actor.address, actor.via) == (
                admin.email,
                admin.user_id,
                "198.51.100.7",
                via,
            )

    def test_somebody_without_an_account(self, wired_app):
        actor = self.actor(wired_app, "/", None)
        assert (actor.name, actor.user_id) == ("guest", None)
