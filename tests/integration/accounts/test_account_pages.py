"""The account pages' callbacks as a browser calls them: with what people type, with mistakes, and with rubbish."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import pytest

from app.domain import Actor, Role
from app.services.limits.throttle import NEW_PASSWORD as NEW_PASSWORD_RULE
from tests.conftest import WiredApp
from tests.support.account_calls import NEW_PASSWORD, RUBBISH, Visitor, mailed_token, press, sign_in, update, words
from tests.support.account_calls import arrive as newcomer
from tests.support.dash_calls import navigate
from tests.support.shop import PASSWORD, forget_attempts


@pytest.fixture
def arrive(wired_app: WiredApp) -> Callable[..., Visitor]:
    """A new account with `PASSWORD`, signed in: `arrive()`, `arrive(Role.ADMIN)`."""
    return lambda role=Role.CUSTOMER: newcomer(wired_app, role)


class TestSigningIn:
    def test_leads_to_what_was_asked_for(self, arrive):
        visitor = arrive()
        client = visitor.app.server.test_client()
        answer = press(client, "account.login.enter", visitor.user.email, PASSWORD, False, "/orders")
        assert update(answer, "redirect-full", "href") == "/orders"

    def test_never_leads_to_another_site(self, arrive):
        visitor = arrive()
        for after in ("//evil.example", "https://evil.example", "/\\evil.example", "/login", "/login/code", 7, None):
            client = visitor.app.server.test_client()
            answer = press(client, "account.login.enter", visitor.user.email, PASSWORD, False, after)
            assert update(answer, "redirect-full", "href") == "/", after

    def test_stay_signed_in_keeps_the_cookie_beyond_the_browser(self, arrive):
        visitor = arrive()
        for stay, lasting in ((True, True), (False, False), ("yes", False), (1, False)):
            client = visitor.app.server.test_client()
            press(client, "account.login.enter", visitor.user.email, PASSWORD, stay, "/")
            cookie = client.get_cookie("retail_session")
            assert (cookie.expires is not None) is lasting, stay

    def test_says_the_same_for_a_wrong_password_and_an_unknown_address(self, arrive):
        visitor = arrive()
        client = visitor.app.server.test_client()
        wrong = press(client, "account.login.enter", visitor.user.email, "not it at all", False, "/")
        unknown = press(client, "account.login.enter", "nobody@shop.example", "not it at all", False, "/")
        assert update(wrong, "login-problem") == update(unknown, "login-problem") is not None
        assert "wrong" in words(wrong)

    def test_too_many_attempts_are_told_how_long_to_wait(self, arrive):
        visitor = arrive()
        client = visitor.app.server.test_client()
        for _ in range(6):
            answer = press(client, "account.login.enter", visitor.user.email, "not it at all", False, "/")
        assert re.search(r"Try again in \d+ seconds", words(answer))
        assert "notice-warn" in words(answer)
        assert '"href": "/forgot"' in words(answer), "the owner need not wait"

    @pytest.mark.parametrize("value", RUBBISH)
    def test_rubbish_is_no_way_in(self, wired_app, value):
        client = wired_app.server.test_client()
        answer = press(client, "account.login.enter", value, value, value, value)
        assert answer.status_code == 200
        assert not client.get("/api/current_user").json["is_logged_in"]


class TestRegistering:
    def test_makes_an_account_signs_in_and_mails_a_link(self, wired_app):
        client, address = wired_app.server.test_client(), f"new-{secrets.token_hex(4)}@shop.example"
        answer = press(client, "account.register.create", "Meera Iyer", address, NEW_PASSWORD, "/orders")
        assert update(answer, "redirect-full", "href") == "/orders"
        assert client.get("/api/current_user").json["name"] == "Meera Iyer"
        assert wired_app.services.accounts.by_email(address).email_verified_at is None
        assert mailed_token(wired_app, address, "/confirm")

    @pytest.mark.parametrize(
        ("name", "email", "password", "field"),
        [
            ("", "a@shop.example", NEW_PASSWORD, "register-name-error"),
            ("Ada", "no address", NEW_PASSWORD, "register-email-error"),
            ("Ada", "ada-weak@shop.example", "short", "register-password-error"),
            ("Ada", "ada-weak@shop.example", "password1234", "register-password-error"),
            ("Ada", "x" * 300, NEW_PASSWORD, "register-email-error"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(self, wired_app, name, email, password, field):
        client = wired_app.server.test_client()
        answer = press(client, "account.register.create", name, email, password, "/")
        assert update(answer, field)
        assert not client.get("/api/current_user").json["is_logged_in"]

    @pytest.mark.parametrize("value", RUBBISH)
    def test_rubbish_makes_no_account(self, wired_app, value):
        client = wired_app.server.test_client()
        assert press(client, "account.register.create", value, value, value, value).status_code == 200
        assert not client.get("/api/current_user").json["is_logged_in"]

    def test_no_address_is_taken_from_the_url(self, app_client):
        assert "somebody@shop.example" not in navigate(app_client(), "/register", "?email=somebody@shop.example").text


class TestAForgottenPassword:
    def ask(self, app, address):
        return press(app.server.test_client(), "account.forgot.ask", address)

    def test_the_answer_does_not_tell_whether_there_is_an_account(self, arrive, wired_app):
        known, unknown = self.ask(wired_app, arrive().user.email), self.ask(wired_app, "nobody-here@shop.example")
        assert known.json == unknown.json
        assert "Check your inbox" in words(known)

    @pytest.mark.parametrize("value", RUBBISH)
    def test_what_is_no_address_is_refused(self, wired_app, value):
        answer = self.ask(wired_app, value)
        assert answer.status_code == 200
        assert "Check your inbox" not in words(answer)

    def test_the_link_sets_a_password_once_and_ends_every_session(self, arrive, wired_app):
        visitor, stranger = arrive(), wired_app.server.test_client()
        self.ask(wired_app, visitor.user.email)
        token = mailed_token(wired_app, visitor.user.email, "/reset")
        assert visitor.user.email in words(press(stranger, "account.reset.look", pressed=f"#{token}"))
        weak = press(stranger, "account.reset.set_password", f"#{token}", "short")
        assert update(weak, "reset-password-error")
        answer = press(stranger, "account.reset.set_password", f"#{token}", NEW_PASSWORD)
        assert update(answer, "reset-used", "data") == {"href": "/login?done=reset"}
        assert not visitor.is_signed_in()
        assert update(sign_in(stranger, visitor.user, NEW_PASSWORD), "redirect-full", "href") == "/"
        again = press(wired_app.server.test_client(), "account.reset.set_password", f"#{token}", "yet another heron")
        assert "no longer works" in words(again)

    def test_a_link_lets_nobody_have_passwords_judged_without_end(self, arrive, wired_app):
        visitor = arrive()
        wired_app.services.accounts.request_reset(visitor.user.email)
        token = mailed_token(wired_app, visitor.user.email, "/reset")
        stranger = wired_app.server.test_client()
        for _ in range(NEW_PASSWORD_RULE.burst + 5):
            last = press(stranger, "account.reset.set_password", f"#{token}", "short")
        assert "Too many attempts" in words(last)
        assert "Too many attempts" in words(press(stranger, "account.reset.set_password", f"#{token}", NEW_PASSWORD))
        forget_attempts(wired_app.database)
        assert update(press(stranger, "account.reset.set_password", f"#{token}", NEW_PASSWORD), "reset-used", "data")

    def test_looking_at_a_link_uses_nothing(self, arrive, wired_app):
        visitor = arrive()
        self.ask(wired_app, visitor.user.email)
        token = mailed_token(wired_app, visitor.user.email, "/reset")
        for _ in range(3):
            assert "no longer works" not in words(
                press(wired_app.server.test_client(), "account.reset.look", pressed=token)
            )
        assert visitor.is_signed_in()

    @pytest.mark.parametrize("function", ["account.reset.look", "account.confirm.look", "account.invite.look"])
    @pytest.mark.parametrize("token", ["", "#", "#nonsense", "#" + "x" * 600, 7, ["x"], {"a": 1}])
    def test_what_is_no_link_says_what_to_do(self, wired_app, function, token):
        answer = press(wired_app.server.test_client(), function, pressed=token)
        assert "no longer works" in words(answer)


class TestConfirming:
    def test_happens_at_the_click_and_not_at_the_look(self, wired_app):
        client, address = wired_app.server.test_client(), f"new-{secrets.token_hex(4)}@shop.example"
        user = wired_app.services.accounts.register("Meera", address, NEW_PASSWORD)
        token = mailed_token(wired_app, address, "/confirm")
        assert "Confirm this address" in words(press(client, "account.confirm.look", pressed=token))
        assert wired_app.services.accounts.get(user.user_id).email_verified_at is None
        assert "is confirmed" in words(press(client, "account.confirm.confirm", token))
        assert wired_app.services.accounts.get(user.user_id).email_verified_at is not None
        assert "no longer works" in words(press(client, "account.confirm.confirm", token))

    def test_a_link_for_a_password_confirms_nothing(self, wired_app):
        address = f"new-{secrets.token_hex(4)}@shop.example"
        user = wired_app.services.accounts.register("Meera", address, NEW_PASSWORD)
        press(wired_app.server.test_client(), "account.forgot.ask", address)
        token = mailed_token(wired_app, address, "/reset")
        answer = press(wired_app.server.test_client(), "account.confirm.confirm", token)
        assert "no longer works" in words(answer)
        assert wired_app.services.accounts.get(user.user_id).email_verified_at is None

    def test_whoever_is_confirmed_already_is_told_so(self, wired_app):
        address = f"new-{secrets.token_hex(4)}@shop.example"
        user = wired_app.services.accounts.register("Meera", address, NEW_PASSWORD)
        client = wired_app.server.test_client()
        token = mailed_token(wired_app, address, "/confirm")
        sign_in(client, user, NEW_PASSWORD)
        press(client, "account.confirm.confirm", token)
        assert "Nothing is missing" in words(press(client, "account.confirm.look", pressed=token))

    @pytest.mark.parametrize("value", RUBBISH)
    def test_rubbish_confirms_nothing(self, wired_app, value):
        assert "no longer works" in words(press(wired_app.server.test_client(), "account.confirm.confirm", value))


class TestTheProfile:
    def test_a_name_is_saved_and_a_wrong_one_is_refused_beside_its_field(self, arrive):
        visitor = arrive()
        assert "saved" in words(visitor.press("account.profile.save_name", "  Ada   King "))
        assert visitor.now().full_name == "Ada King"
        assert update(visitor.press("account.profile.save_name", " "), "account-name-error")
        assert visitor.now().full_name == "Ada King"

    @pytest.mark.parametrize("value", RUBBISH)
    @pytest.mark.parametrize("function", ["account.profile.save_name", "account.profile.close"])
    def test_rubbish_changes_nothing(self, arrive, function, value):
        visitor = arrive()
        assert visitor.press(function, value).status_code == 200
        assert visitor.now() == visitor.user

    def test_a_new_address_counts_once_its_link_was_followed(self, arrive):
        visitor, new = arrive(), f"new-{secrets.token_hex(4)}@shop.example"
        wrong = visitor.press("account.profile.change_email", new, "not my password")
        assert update(wrong, "account-email-password-error") == "The password is wrong."
        assert new in words(visitor.press("account.profile.change_email", new, PASSWORD))
        assert visitor.now().email == visitor.user.email
        token = mailed_token(visitor.app, new, "/confirm")
        assert "is confirmed" in words(visitor.press("account.confirm.confirm", token))
        assert visitor.now().email == new
        assert visitor.is_signed_in()

    def test_another_accounts_address_is_refused(self, arrive):
        visitor, other = arrive(), arrive()
        answer = visitor.press("account.profile.change_email", other.user.email, PASSWORD)
        assert "another account" in update(answer, "account-new-email-error")

    @pytest.mark.parametrize("value", RUBBISH)
    def test_rubbish_is_no_new_address(self, arrive, value):
        visitor = arrive()
        assert visitor.press("account.profile.change_email", value, PASSWORD).status_code == 200
        assert visitor.now() == visitor.user

    def test_a_new_link_is_sent_a_few_times_and_then_waits(self, wired_app):
        address = f"new-{secrets.token_hex(4)}@shop.example"
        user = wired_app.services.accounts.register("Meera", address, NEW_PASSWORD)
        client = wired_app.server.test_client()
        sign_in(client, user, NEW_PASSWORD)
        answers = [words(press(client, "account.profile.resend")) for _ in range(4)]
        assert "on its way" in answers[0]
        assert "Several e-mails went to this address a moment ago" in answers[-1]

    def test_guessing_the_password_of_an_open_session_is_slow(self, arrive):
        visitor = arrive()
        for _ in range(6):
            answer = visitor.press("account.profile.close", "a guess of it")
        assert "Too many attempts" in words(answer)
        assert "Too many attempts" in words(visitor.press("account.profile.close", PASSWORD))
        assert visitor.now().deactivated_at is None

    def test_closing_signs_out_and_leaves_no_name(self, arrive):
        visitor = arrive()
        assert update(visitor.press("account.profile.close", "wrong"), "account-close-password-error")
        answer = visitor.press("account.profile.close", PASSWORD)
        assert update(answer, "redirect-full", "href") == "/login?done=closed"
        assert not visitor.is_signed_in()
        assert visitor.now().email is None

    def test_staff_are_closed_by_an_admin(self, arrive):
        visitor = arrive(Role.OPS)
        assert "Staff accounts are closed by an admin" in navigate(visitor.client, "/account").text
        assert visitor.press("account.profile.close", PASSWORD).status_code == 200
        assert visitor.is_signed_in()

    def test_the_data_come_as_a_file_that_nobody_keeps(self, arrive):
        visitor = arrive()
        answer = visitor.client.get("/api/account/data")
        assert answer.json["profile"]["email"] == visitor.user.email
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Cache-Control"] == "no-store"
        for secret in (visitor.user.password_hash, "totp_secret", "secret_hash"):
            assert secret not in answer.text


class TestInvitations:
    def test_an_invitation_is_taken_once(self, arrive):
        admin = arrive(Role.ADMIN)
        address = f"new-{secrets.token_hex(4)}@shop.example"
        admin.app.services.staff.invite("Ravi", address, Role.OPS, Actor("test"))
        token = mailed_token(admin.app, address, "/invite")
        assert "You are signed in as" in words(admin.press("account.invite.look", pressed=token))
        client = admin.app.server.test_client()
        looked = words(press(client, "account.invite.look", pressed=token))
        assert address in looked
        assert "You are signed in as" not in looked
        assert update(press(client, "account.invite.join", token, "Ravi Rao", "short"), "invite-password-error")
        assert update(press(client, "account.invite.join", token, " ", NEW_PASSWORD), "invite-name-error")
        answer = press(client, "account.invite.join", token, "Ravi Rao", NEW_PASSWORD)
        assert update(answer, "invite-used", "data") == {"href": "/wall"}
        assert client.get("/api/current_user").json == {"is_logged_in": True, "name": "Ravi Rao", "role": "ops"}
        again = press(admin.app.server.test_client(), "account.invite.join", token, "Eve", NEW_PASSWORD)
        assert "no longer works" in words(again)

    @pytest.mark.parametrize("value", RUBBISH)
    def test_rubbish_joins_nobody(self, wired_app, value):
        client = wired_app.server.test_client()
        assert press(client, "account.invite.join", value, value, value).status_code == 200
        assert not client.get("/api/current_user").json["is_logged_in"]
