"""Sign-in and security as a browser calls it: password, second factor, other sessions, API tokens."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.domain import PASSWORD_LONGEST, Role, User
from app.services import install
from app.services.accounts.second_factor import STEP_SECONDS
from app.services.limits.throttle import CODE_ACCOUNT, NEW_TOKEN
from app.services.limits.throttle import NEW_PASSWORD as NEW_PASSWORD_RULE
from app.stores.sql.tables import audit_log
from tests.conftest import WiredApp
from tests.support.account_calls import NEW_PASSWORD, RUBBISH, Visitor, mailed_token, press, sign_in, update, words
from tests.support.account_calls import arrive as newcomer
from tests.support.dash_calls import call, callback_map, function_of, navigate, payload
from tests.support.shop import PASSWORD


@pytest.fixture
def arrive(wired_app: WiredApp) -> Callable[..., Visitor]:
    """A new account with `PASSWORD`, signed in: `arrive()`, `arrive(Role.ADMIN)`."""
    return lambda role=Role.CUSTOMER: newcomer(wired_app, role)


def refusal_of(password: object) -> str:
    typed = isinstance(password, str) and password != ""
    if isinstance(password, str) and len(password) > PASSWORD_LONGEST:
        return f"A password may have at most {PASSWORD_LONGEST} characters."
    return "The password is wrong." if typed else "Type your current password."


class TestSecurity:
    def test_a_new_password_ends_the_other_sessions_and_not_this_one(self, arrive):
        visitor = arrive()
        other = visitor.app.server.test_client()
        sign_in(other, visitor.user)
        answer = visitor.press("account.security.change_password", PASSWORD, NEW_PASSWORD)
        assert "changed" in words(answer)
        assert update(answer, "account-security-current", "value") == ""
        assert visitor.is_signed_in()
        assert not other.get("/api/current_user").json["is_logged_in"]
        assert update(sign_in(other, visitor.user, NEW_PASSWORD), "redirect-full", "href") == "/"

    @pytest.mark.parametrize(
        ("current", "new", "field"),
        [("wrong", NEW_PASSWORD, "current"), (PASSWORD, "short", "new"), (PASSWORD, "x" * 300, "new")],
    )
    def test_what_is_wrong_stands_beside_its_field(self, arrive, current, new, field):
        visitor = arrive()
        answer = visitor.press("account.security.change_password", current, new)
        assert update(answer, f"account-security-{field}-error")
        assert visitor.now() == visitor.user

    def test_nobody_has_passwords_judged_without_end(self, arrive):
        visitor = arrive()
        for _ in range(NEW_PASSWORD_RULE.burst + 5):  # a slow machine gains one
            last = visitor.press("account.security.change_password", PASSWORD, "short")
        assert "Too many attempts" in words(last)
        assert visitor.now() == visitor.user

    @pytest.mark.parametrize("value", RUBBISH)
    def test_rubbish_is_no_password(self, arrive, value):
        visitor = arrive()
        assert visitor.press("account.security.change_password", PASSWORD, value).status_code == 200
        assert visitor.press("account.security.change_password", value, NEW_PASSWORD).status_code == 200
        assert visitor.now() == visitor.user

    def test_signing_out_everywhere_else_keeps_this_session_as_lasting_as_it_was(self, arrive):
        visitor = arrive()
        lasting = visitor.app.server.test_client()
        press(lasting, "account.login.enter", visitor.user.email, PASSWORD, True, "/")
        assert "everywhere else" in words(press(lasting, "account.security.sign_out_others"))
        assert lasting.get("/api/current_user").json["is_logged_in"]
        assert lasting.get_cookie("retail_session").expires is not None
        assert not visitor.is_signed_in()


class TestWhereOneIsSignedIn:
    FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"

    def sign_in_elsewhere(self, visitor: Visitor) -> FlaskClient:
        other = visitor.app.server.test_client()
        pair = {"email": visitor.user.email, "password": PASSWORD}
        seen = {"REMOTE_ADDR": "198.51.100.42"}
        answer = other.post("/api/login", json=pair, headers={"User-Agent": self.FIREFOX}, environ_overrides=seen)
        assert answer.status_code == 200
        return other

    def press_end(self, visitor: Visitor, session_id: Any) -> TestResponse:
        return press_of(visitor.client, "end_session", "account-security-end-session", session_id)

    def test_each_is_shown_with_browser_and_address_and_this_one_is_marked(self, arrive):
        visitor = arrive()
        self.sign_in_elsewhere(visitor)
        shown = navigate(visitor.client, "/account/security").text
        assert "Firefox on Windows" in shown
        assert "From 198.51.100.42" in shown
        assert shown.count("This device") == 1
        assert len(visitor.app.services.sessions.of(visitor.user)) == 2

    def test_one_is_ended_and_this_one_stays(self, arrive):
        visitor = arrive()
        other = self.sign_in_elsewhere(visitor)
        (theirs,) = [one for one in visitor.app.services.sessions.of(visitor.user) if one.address == "198.51.100.42"]
        answer = self.press_end(visitor, theirs.session_id)
        assert "That session is signed out." in words(answer)
        assert "198.51.100.42" not in words(answer)
        assert visitor.is_signed_in()
        assert not other.get("/api/current_user").json["is_logged_in"]
        assert "has ended already" in words(self.press_end(visitor, theirs.session_id))

    def test_nobody_ends_another_s(self, arrive):
        visitor, other = arrive(), arrive()
        (theirs,) = other.app.services.sessions.of(other.user)
        assert "has ended already" in words(self.press_end(visitor, theirs.session_id))
        assert other.is_signed_in()

    @pytest.mark.parametrize("value", [*RUBBISH, -1, 0, 2**70])
    def test_rubbish_ends_none(self, arrive, value):
        visitor = arrive()
        assert self.press_end(visitor, value).status_code in (200, 204, 400)
        assert visitor.is_signed_in()


class TestTheSecondFactor:
    def set_up(self, visitor: Visitor, password: str = PASSWORD) -> tuple[pyotp.TOTP, list[str]]:
        shown = words(visitor.press("account._second_factor.begin", password))
        assert "data:image/svg" in shown
        totp = pyotp.TOTP(re.search(r"otpauth:[^\"]*secret=(\w+)", shown)[1])
        wrong = visitor.press("account._second_factor.enable", "000000" if totp.now() != "000000" else "111111")
        assert update(wrong, "account-security-code-error")
        self.used = totp.now()
        answer = visitor.press("account._second_factor.enable", self.used)
        codes = re.findall(r"(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}", words(answer))
        assert len(codes) == 10
        return totp, codes

    def step(self, visitor: Visitor, code: Any) -> tuple[FlaskClient, TestResponse]:
        client = visitor.app.server.test_client()
        first = press(client, "account.login.enter", visitor.user.email, PASSWORD, True, "/orders")
        assert update(first, "redirect-full", "href") == "/login/code?next=%2Forders"
        assert not client.get("/api/current_user").json["is_logged_in"]
        return client, press(client, "account.login_code.finish", code, "/orders")

    def test_whoever_guessed_too_often_is_told_that_recovery_codes_wait_too(self, arrive):
        visitor = arrive()
        _, codes = self.set_up(visitor)
        client, _ = self.step(visitor, "000000")
        for _ in range(CODE_ACCOUNT.burst):
            press(client, "account.login_code.finish", "000000", "/orders")
        answer = press(client, "account.login_code.finish", codes[0], "/orders")
        assert re.search(r"Try again in .*\. Recovery codes wait as well\.", words(answer))
        assert update(answer, "redirect-full", "href") is None

    def test_is_asked_for_at_the_next_sign_in(self, arrive):
        visitor = arrive()
        totp, _ = self.set_up(visitor)
        assert visitor.is_signed_in()
        client, again = self.step(visitor, self.used)
        assert update(again, "login-code-code-error"), "the code that turned it on is used up"
        answer = press(client, "account.login_code.finish", totp.at(int(time.time()) + STEP_SECONDS), "/orders")
        assert update(answer, "redirect-full", "href") == "/orders"
        assert client.get("/api/current_user").json["is_logged_in"]
        assert client.get_cookie("retail_session").expires is not None  # as chosen with the password

    def test_a_recovery_code_signs_in_once_and_the_last_ones_are_counted(self, arrive):
        visitor = arrive()
        _, codes = self.set_up(visitor)
        client, answer = self.step(visitor, codes[0].lower())
        assert update(answer, "redirect-full", "href") == "/orders"
        _, again = self.step(visitor, codes[0])
        assert update(again, "login-code-code-error")
        for code in codes[1:6]:
            self.step(visitor, code)
        client, few = self.step(visitor, codes[6])
        assert "Only 3 of your recovery codes are left" in words(few)
        assert client.get("/api/current_user").json["is_logged_in"]

    @pytest.mark.parametrize("value", RUBBISH)
    def test_rubbish_is_no_code(self, arrive, value):
        visitor = arrive()
        self.set_up(visitor)
        client, answer = self.step(visitor, value)
        assert answer.status_code == 200
        assert not client.get("/api/current_user").json["is_logged_in"]

    def test_a_code_without_a_password_before_it_leads_to_sign_in(self, wired_app):
        answer = press(wired_app.server.test_client(), "account.login_code.finish", "123456", "/orders")
        assert update(answer, "redirect-full", "href") == "/login?next=%2Forders"

    def test_new_codes_and_turning_it_off_ask_for_the_password(self, arrive):
        visitor = arrive()
        _, codes = self.set_up(visitor)
        wrong = visitor.press("account._second_factor.new_codes", "wrong")
        assert update(wrong, "account-security-new-codes-password-error")
        fresh = words(visitor.press("account._second_factor.new_codes", PASSWORD))
        assert "recovery codes" in fresh
        assert codes[0] not in fresh
        wrong = visitor.press("account._second_factor.turn_off", "wrong")
        assert update(wrong, "account-security-turn-off-password-error")
        assert visitor.now().has_second_factor
        assert "is off" in words(visitor.press("account._second_factor.turn_off", PASSWORD))
        assert not visitor.now().has_second_factor
        assert visitor.is_signed_in()

    @pytest.mark.parametrize("password", ["wrong wrong wrong", *RUBBISH])
    def test_whoever_finds_a_browser_signed_in_cannot_lock_its_owner_out(self, arrive, password):
        visitor = arrive()
        answer = visitor.press("account._second_factor.begin", password)
        assert update(answer, "account-security-begin-password-error") == refusal_of(password)
        assert "otpauth" not in words(answer)
        visitor.press("account._second_factor.enable", "123456")
        assert not visitor.now().has_second_factor

    def test_guessing_the_password_there_is_slow(self, arrive):
        visitor = arrive()
        for _ in range(8):
            last = visitor.press("account._second_factor.begin", "wrong wrong wrong")
        assert "Too many attempts" in words(last)
        assert "otpauth" not in words(visitor.press("account._second_factor.begin", PASSWORD))

    def test_begun_twice_shows_the_same_and_left_half_way_stays_off(self, arrive):
        visitor = arrive()
        first, second = (visitor.press("account._second_factor.begin", PASSWORD) for _ in range(2))
        assert first.json == second.json
        assert "Set up" in words(visitor.press("account._second_factor.leave_setup"))
        assert not visitor.now().has_second_factor

    def test_turning_off_what_is_off_leaves_a_set_up_alone(self, arrive):
        visitor = arrive(Role.OPS)
        begun = visitor.press("account._second_factor.begin", PASSWORD)
        assert "Set up" in words(visitor.press("account._second_factor.turn_off", PASSWORD))
        assert visitor.press("account._second_factor.begin", PASSWORD).json == begun.json
        assert entries_about(visitor.app, visitor.user) == []

    def test_the_page_shows_neither_secret_nor_codes_again(self, arrive):
        visitor = arrive()
        totp, codes = self.set_up(visitor)
        shown = navigate(visitor.client, "/account/security").text
        assert "10 recovery codes left" in shown
        assert totp.secret not in shown
        assert codes[0] not in shown


class TestTokens:
    def test_the_secret_is_shown_once_and_opens_the_api_until_revoked(self, arrive):
        visitor = arrive()
        made = words(visitor.press("account._api_tokens.make", "Stock sync", ["shop"], "30", PASSWORD))
        secret = re.search(r"rs_\d+_[\w-]{43}", made)[0]
        assert secret not in navigate(visitor.client, "/account/security").text
        machine, header = visitor.app.server.test_client(), {"Authorization": f"Bearer {secret}"}
        assert machine.get("/api/orders", headers=header).status_code == 200
        assert machine.get("/api/account/data", headers=header).status_code == 403
        token = visitor.app.services.tokens.of(visitor.user.user_id)[0]
        other = arrive()
        revoke(other.client, token.token_id)
        assert machine.get("/api/orders", headers=header).status_code == 200, "it is not the other's to revoke"
        assert "is revoked" in words(revoke(visitor.client, token.token_id))
        assert machine.get("/api/orders", headers=header).status_code == 401

    def test_after_each_one_its_form_is_another_that_is_empty_and_folded(self, arrive):
        visitor = arrive()
        forms = []
        for name in ("Stock sync", "Till"):
            answer = visitor.press("account._api_tokens.make", name, ["shop"], "30", PASSWORD)
            forms.append(update(answer, "account-security-new-token")["props"])
            assert PASSWORD not in words(answer)
        assert forms[0]["id"] != forms[1]["id"], "else the browser leaves it open"
        assert "open" not in forms[0]
        assert name not in json.dumps(forms)

    def test_so_many_are_told_by_mail_and_not_without_end(self, arrive):
        visitor = arrive()
        for _ in range(NEW_TOKEN.burst):
            visitor.app.services.throttle.take(NEW_TOKEN, str(visitor.user.user_id))
        answer = visitor.press("account._api_tokens.make", "Till", ["shop"], "30", PASSWORD)
        assert "Too many attempts" in words(answer)
        assert visitor.app.services.tokens.of(visitor.user.user_id) == ()

    @pytest.mark.parametrize(
        ("name", "scopes", "days", "field"),
        [
            ("", ["shop"], "30", "account-security-token-name-error"),
            ("x", [], "30", "account-security-token-scopes-error"),
            ("x", None, "30", "account-security-token-scopes-error"),
            ("x", ["everything"], "30", "account-security-token-scopes-error"),
            ("x", ["shop", ["shop"]], "30", "account-security-token-scopes-error"),
            ("x", ["catalogue"], "30", "account-security-token-problem"),
            ("x", ["shop"], "31", "account-security-token-problem"),
            ("x", ["shop"], "forever", "account-security-token-problem"),
            ("x", ["shop"], 1e9, "account-security-token-problem"),
            (7, ["shop"], "30", "account-security-token-name-error"),
        ],
    )
    def test_what_is_wrong_makes_no_token(self, arrive, name, scopes, days, field):
        visitor = arrive()
        answer = visitor.press("account._api_tokens.make", name, scopes, days, PASSWORD)
        assert update(answer, field), answer.json
        assert visitor.app.services.tokens.of(visitor.user.user_id) == ()

    @pytest.mark.parametrize("password", ["wrong wrong wrong", *RUBBISH])
    def test_whoever_finds_a_browser_signed_in_makes_no_key_that_outlasts_it(self, arrive, password):
        visitor = arrive()
        answer = visitor.press("account._api_tokens.make", "Stock sync", ["shop"], "365", password)
        assert update(answer, "account-security-token-password-error") == refusal_of(password)
        assert visitor.app.services.tokens.of(visitor.user.user_id) == ()

    def test_a_role_offers_the_scopes_it_has(self, arrive):
        shown = {role: navigate(arrive(role).client, "/account/security").text for role in (Role.CUSTOMER, Role.ADMIN)}
        assert "read the customer list" in shown[Role.ADMIN]
        assert "read the customer list" not in shown[Role.CUSTOMER]


class TestStaffWhoMustHaveASecondFactor:
    @pytest.fixture
    def waiting(self, arrive, wired_app):
        """An admin of a shop that asks its staff for a second factor, who has none yet."""
        built = wired_app.services
        install(replace(built, settings=built.settings.model_copy(update={"staff_second_factor": True})))
        yield arrive(Role.ADMIN)
        install(built)

    def test_begin_where_they_set_it_up_and_are_told_why(self, waiting):
        client = waiting.app.server.test_client()
        assert update(sign_in(client, waiting.user), "redirect-full", "href") == "/account/security"
        shown = navigate(client, "/account/security").text
        assert "Set up the second factor first" in shown
        assert shown.index("A code from an app") < shown.index("Change password")  # what to do stands first

    def test_may_make_no_token_for_what_they_may_not_do_yet(self, waiting):
        assert "read the customer list" not in navigate(waiting.client, "/account/security").text
        answer = waiting.press("account._api_tokens.make", "x", ["customers"], "30", PASSWORD)
        assert update(answer, "account-security-token-problem")
        assert waiting.app.services.tokens.of(waiting.user.user_id) == ()

    def test_are_led_to_their_work_once_it_is_set_up(self, waiting):
        TestTheSecondFactor().set_up(waiting)
        answer = waiting.press("account._second_factor.go_on")
        assert "Go to the staff pages" in words(answer)
        assert waiting.client.get("/api/current_user").json["role"] == "admin"


def revoke(client: FlaskClient, token_id: Any) -> TestResponse:
    return press_of(client, "revoke", "account-security-revoke", token_id)


def press_of(client: FlaskClient, function: str, kind: str, key: Any) -> TestResponse:
    """Press the button of one thing among several."""
    output, entry = next(
        (output, entry) for output, entry in callback_map(client).items() if function_of(entry).__name__ == function
    )
    body = payload(output, entry, [1], changed=0)
    button = {"type": kind, "key": key}
    body["inputs"][0][0]["id"] = button
    body["changedPropIds"] = [json.dumps(button, sort_keys=True, separators=(",", ":")) + ".n_clicks"]
    return call(client, body)


class TestStaff:
    def test_changing_their_own_way_in_is_written_down_and_a_customers_is_not(self, arrive):
        staff, customer = arrive(Role.ANALYST), arrive()
        for visitor in (staff, customer):
            visitor.press("account.security.change_password", PASSWORD, NEW_PASSWORD)
            new = f"new-{secrets.token_hex(4)}@shop.example"
            visitor.press("account.profile.change_email", new, NEW_PASSWORD)
            visitor.press("account.confirm.confirm", mailed_token(visitor.app, new, "/confirm"))
            TestTheSecondFactor().set_up(visitor, NEW_PASSWORD)
        expected = ["account.password", "account.email", "account.second_factor"]
        assert entries_about(staff.app, staff.user) == expected
        assert entries_about(customer.app, customer.user) == []


def entries_about(app: WiredApp, user: User) -> list[str]:
    query = select(audit_log.c.action).where(
        audit_log.c.target_kind == "user", audit_log.c.target_id == str(user.user_id)
    )
    return list(app.database.read(lambda connection: connection.execute(query).scalars().all()))
