"""What the audit log hears of signing in: of whom, by pages and API alike, and how much strangers can make it hear."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.domain import Actor, AuditEntry, AuditKind, Role, Scope, User
from app.errors import StoreUnavailable
from app.services.accounts.ports import Browser
from app.services.limits.throttle import LOG_ACCOUNT, LOG_ALL, LOG_NETWORK
from app.stores.sql.tables import audit_log
from tests.conftest import WiredApp
from tests.support.account_calls import NEW_PASSWORD, arrive, press, words
from tests.support.browsers import enable_second_factor, next_code
from tests.support.dash_calls import call, callback_map, function_of, navigate, payload
from tests.support.shop import PASSWORD, add_people, forget_attempts

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
WRONG = "not the password"


@pytest.fixture
def app(wired_app: WiredApp) -> WiredApp:
    forget_attempts(wired_app.database)
    return wired_app


def person(app: WiredApp, role: Role = Role.ANALYST) -> User:
    return add_people(app.database, 1, prefix=f"log-{secrets.token_hex(5)}-", role=role)[0]


def browser(app: WiredApp, address: str = "198.51.100.23") -> FlaskClient:
    client = app.server.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    return client


def by_api(client: FlaskClient, email: Any, password: str, code: str | None = None) -> int:
    given = {"email": email, "password": password} | ({"code": code} if code else {})
    return client.post("/api/login", json=given).status_code


def by_page(client: FlaskClient, email: Any, password: str) -> int:
    return press(client, "account.login.enter", email, password, False, "/").status_code


def heard(app: WiredApp, **filters: Any) -> list[AuditEntry]:
    """Oldest first."""
    return list(reversed(app.services.audit.search(kind=AuditKind.SIGN_INS, **filters).entries))


def about(app: WiredApp, user: User) -> list[AuditEntry]:
    return heard(app, target=("sign_in", str(user.user_id)))


def everything(app: WiredApp, since: int) -> str:
    rows = app.database.read(lambda c: c.execute(select(audit_log).where(audit_log.c.audit_id > since)).all())
    return "\n".join(str(row) for row in rows)


def latest_id(app: WiredApp) -> int:
    return app.database.read(lambda c: c.execute(select(func.max(audit_log.c.audit_id))).scalar()) or 0


@pytest.mark.parametrize("sign_in", [by_api, by_page])
class TestStaff:
    def test_coming_and_going_is_written_with_address_and_browser(self, app, sign_in):
        staff, client = person(app), browser(app)
        assert sign_in(client, staff.email, PASSWORD) == 200
        client.post("/api/logout")
        came, went = about(app, staff)
        assert [came.action, went.action] == ["sign_in.done", "sign_in.ended"]
        for entry in (came, went):
            assert (entry.actor.name, entry.actor.user_id) == (staff.email, staff.user_id)
            assert entry.actor.address == "198.51.100.23"
            assert entry.after == {"agent": FIREFOX}
        assert came.actor.via == ("api" if sign_in is by_api else "page")

    def test_a_wrong_password_is_written_as_somebody_s(self, app, sign_in):
        staff = person(app)
        sign_in(browser(app), staff.email, WRONG)
        (failed,) = about(app, staff)
        assert (failed.action, failed.actor.name, failed.actor.user_id) == ("sign_in.failed", "guest", None)
        assert failed.actor.address == "198.51.100.23"
        assert failed.target_name == f"{staff.full_name} <{staff.email}>"


class TestSecondFactor:
    def test_a_wrong_code_and_which_code_was_right(self, app):
        staff = person(app)
        secret, codes = enable_second_factor(app, staff)
        assert by_api(browser(app), staff.email, PASSWORD, "000000" if next_code(secret) != "000000" else "1") == 401
        assert by_api(browser(app), staff.email, PASSWORD, codes[0]) == 200
        assert by_api(browser(app), staff.email, PASSWORD, next_code(secret)) == 200
        failed, by_recovery, by_code = about(app, staff)
        assert failed.action == "sign_in.code_failed"
        assert by_recovery.after == {"agent": FIREFOX, "second_factor": "recovery code"}
        assert by_code.after == {"agent": FIREFOX, "second_factor": "code of the app"}

    def test_on_the_page_too(self, app):
        staff, client = person(app), browser(app)
        _, codes = enable_second_factor(app, staff)
        by_page(client, staff.email, PASSWORD)
        press(client, "account.login_code.finish", "no code", "/")
        press(client, "account.login_code.finish", codes[0], "/")
        assert [entry.action for entry in about(app, staff)] == ["sign_in.code_failed", "sign_in.done"]


class TestEverybodyElse:
    def test_customers_who_sign_in_are_not_watched(self, app):
        customer, client = person(app, Role.CUSTOMER), browser(app)
        by_api(client, customer.email, PASSWORD)
        client.post("/api/logout")
        assert about(app, customer) == []

    def test_of_a_failure_there_is_no_name_no_address_that_was_typed_and_no_more_than_the_network(self, app):
        customer, since = person(app, Role.CUSTOMER), latest_id(app)
        by_api(browser(app), customer.email, WRONG)
        by_page(browser(app, "2001:db8:aaaa:bbbb:cccc::7"), "nobody-here@shop.example", WRONG)
        (of_customer,) = about(app, customer)
        assert of_customer.target_name == f"customer {customer.user_id}"
        assert (of_customer.actor.address, of_customer.after) == ("198.51.100.0/24", {"browser": "Firefox on Windows"})
        (of_nobody,) = heard(app, target=("sign_in", ""))[-1:]
        assert (of_nobody.target_name, of_nobody.actor.address) == (
            "an address without an account",
            "2001:db8:aaaa::/48",
        )
        written = everything(app, since)
        for personal in (str(customer.email), customer.full_name, "nobody-here", "198.51.100.23", "cccc", WRONG):
            assert personal not in written

    def test_closing_an_account_leaves_nothing_of_the_person_in_the_log(self, app):
        visitor, since = arrive(app), latest_id(app)
        by_api(browser(app), visitor.user.email, WRONG)
        app.services.accounts.close(visitor.user.user_id, PASSWORD)
        assert "sign_in.failed" in everything(app, since)
        for personal in (str(visitor.user.email), visitor.user.full_name, "198.51.100.23"):
            assert personal not in everything(app, since)


class TestFloods:
    def written(self, app: WiredApp, act: Any) -> int:
        before = latest_id(app)
        act()
        return everything(app, before).count("sign_in.")

    def guess(self, app: WiredApp, user: User | None, times: int, network: str = "203.0.{}.9") -> None:
        log = app.services.sign_in_log
        for number in range(times):
            log.wrong_password(user, Browser(network.format(number % 250), FIREFOX))

    def test_one_network_cannot_fill_the_log(self, app):
        times = LOG_NETWORK.burst + 30
        assert self.written(app, lambda: self.guess(app, None, times, "203.0.113.9")) == LOG_NETWORK.burst

    def test_nor_can_many(self, app):
        assert self.written(app, lambda: self.guess(app, None, LOG_ALL.burst + 30)) <= LOG_ALL.burst + 1

    def test_nor_guesses_at_one_account_and_those_at_others_do_not_hide_them(self, app):
        self.guess(app, None, LOG_ALL.burst + 5)
        staff = person(app)
        assert self.written(app, lambda: self.guess(app, staff, LOG_ACCOUNT.burst + 5)) == LOG_ACCOUNT.burst

    def test_what_a_browser_says_of_itself_is_cut(self, app):
        staff, client = person(app), browser(app)
        client.environ_base["HTTP_USER_AGENT"] = "x" * 5_000
        by_api(client, staff.email, PASSWORD)
        assert len(about(app, staff)[0].after["agent"]) == 200

    def test_a_log_that_cannot_be_written_keeps_nobody_out(self, app, monkeypatch):
        def refuse(*_: object, **__: object) -> None:
            raise StoreUnavailable("away")

        monkeypatch.setattr(app.services.audit, "record", refuse)
        staff = person(app)
        assert by_api(browser(app), staff.email, WRONG) == 401
        assert by_api(browser(app), staff.email, PASSWORD) == 200


class TestTokens:
    def use(self, app: WiredApp, secret: str, address: str) -> None:
        answer = browser(app, address).get("/api/current_user", headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == 200

    def test_a_network_that_is_new_to_a_token_is_written_once(self, app):
        staff = person(app, Role.ADMIN)
        token, secret = app.services.tokens.create(staff, "till", {Scope.CATALOG}, 30)
        for address in ("198.51.100.1", "198.51.100.1", "203.0.113.5", "198.51.100.1", "2001:db8::1", "2001:db8::2"):
            self.use(app, secret, address)
        entries = [
            entry for entry in heard(app, target=("token", str(token.token_id))) if entry.action == "token.elsewhere"
        ]
        assert [entry.actor.address for entry in entries] == ["198.51.100.1", "203.0.113.5", "2001:db8::1"]
        assert {(entry.actor.name, entry.actor.via) for entry in entries} == {(staff.email, "token till")}

    def test_a_customer_s_is_not_watched(self, app):
        customer = person(app, Role.CUSTOMER)
        token, secret = app.services.tokens.create(customer, "till", {Scope.SHOP}, 30)
        self.use(app, secret, "198.51.100.1")
        assert heard(app, target=("token", str(token.token_id))) == []


class TestThePage:
    def test_it_shows_changes_and_sign_ins_apart(self, app):
        admin, staff = arrive(app, Role.ADMIN), person(app)
        by_api(browser(app), staff.email, WRONG)
        editor = Actor(str(admin.user.email), admin.user.user_id)
        app.services.audit.record(
            editor,
            "product.edit",
            "product",
            "mug",
            "Marked mug",
            {},
            {"price": 1},
        )
        changes = navigate(admin.client, "/admin/audit").text
        assert "Marked mug" in changes
        assert "entered a wrong password" not in changes
        sign_ins = navigate(admin.client, "/admin/audit", "?show=sign_ins").text
        assert "Marked mug" not in sign_ins
        assert "entered a wrong password" in sign_ins
        assert "Firefox on Windows" in sign_ins
        both = words(show(admin.client, "any"))
        assert "Marked mug" in both
        assert "entered a wrong password" in both

    def test_ways_in_that_changed_are_among_the_sign_ins(self, app):
        staff = arrive(app, Role.ANALYST)
        staff.press("account.security.change_password", PASSWORD, NEW_PASSWORD)
        staff.press("account.security.sign_out_others")
        actions = [entry.action for entry in heard(app, actor=str(staff.user.email))]
        assert actions == ["sign_in.done", "account.password", "account.sessions"]

    @pytest.mark.parametrize("kind", [None, 7, [], {"a": 1}, "x" * 5_000, "nothing"])
    def test_rubbish_narrows_nothing(self, app, kind):
        assert show(arrive(app, Role.ADMIN).client, kind).status_code == 200


def show(client: FlaskClient, kind: Any) -> Any:
    output, entry = next(
        (output, entry)
        for output, entry in callback_map(client).items()
        if function_of(entry).__module__ == "pages.admin.audit"
    )
    return call(client, payload(output, entry, ["", kind, "any", "any", "", "", 0, 0, [], None, ""], changed=1))
