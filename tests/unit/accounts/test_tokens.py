"""What can be wrong with making or presenting an API token, without a database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain import ApiToken, Role, Scope, User
from app.errors import Busy, Conflict, Forbidden, InvalidInput, NotSignedIn
from app.services.accounts.api_tokens import MOST_TOKENS, TokenService

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Tokens:
    """In memory; `fails` makes noting a use fail as a full disk would."""

    def __init__(self, fails=False):
        self.rows = {}
        self.fails = fails

    def add(self, user_id, name, scopes, secret_hash, hint, expires_at, session_version, entry):
        token = ApiToken(len(self.rows) + 1, user_id, name, scopes, hint, NOW, expires_at)
        self.rows[token.token_id] = (token, secret_hash)
        return token

    def find(self, token_id):
        return self.rows.get(token_id)

    def of(self, user_id):
        return tuple(token for token, _ in self.rows.values() if token.user_id == user_id)

    def revoke(self, user_id, token_id, entry):
        raise AssertionError("no test here comes this way")

    def used(self, token_id, pause):
        if self.fails:
            raise Busy
        return True


class People:
    def __init__(self, *users):
        self.users = {user.user_id: user for user in users}

    def get(self, user_id):
        return self.users.get(user_id)


def person(role=Role.ADMIN, password_hash="argon"):
    return User(7, "Ada", "ada@shop.example", role, password_hash, 1, NOW)


def service(user=None, **kept):
    return TokenService(Tokens(**kept), People(user or person()), now=lambda: NOW)


@pytest.mark.parametrize(
    ("name", "scopes", "days", "field"),
    [
        ("", [Scope.SHOP], None, "name"),
        ("x" * 61, [Scope.SHOP], None, "name"),
        ("\x00", [Scope.SHOP], None, "name"),
        (None, [Scope.SHOP], None, "name"),
        ("Robot", [], None, "scopes"),
        ("Robot", ["everything"], None, "scopes"),
        ("Robot", [Scope.SHOP], 31, "days"),
        ("Robot", [Scope.SHOP], True, "days"),
        ("Robot", [Scope.SHOP], "30", "days"),
    ],
)
def test_wrong_wishes_name_their_field(name, scopes, days, field):
    with pytest.raises(InvalidInput) as caught:
        service().create(person(), name, scopes, days)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("role", "scopes"),
    [(Role.CUSTOMER, (Scope.SHOP,)), (Role.OPS, (Scope.SHOP,)), (Role.ANALYST, (Scope.SHOP, Scope.ANALYTICS))],
)
def test_no_scope_goes_beyond_the_role(role, scopes):
    tokens = service()
    assert tokens.scopes_for(role) == scopes
    for scope in set(Scope) - set(scopes):
        with pytest.raises(Forbidden):
            tokens.create(person(role), "Robot", [Scope.SHOP, scope], None)


def test_there_is_an_end_to_how_many_one_account_has():
    tokens = service()
    for _ in range(MOST_TOKENS):
        tokens.create(person(), "Robot", [Scope.SHOP], 30)
    with pytest.raises(Conflict):
        tokens.create(person(), "Robot", [Scope.SHOP], 30)


@pytest.mark.parametrize(
    "text", ["", "rs_1_", "rs__x", "rs_0_" + "x" * 43, "rs_1_" + "é" * 43, f"rs_{10**30}_" + "x" * 43, "Basic abc"]
)
def test_what_has_not_the_shape_of_a_token_is_none(text):
    with pytest.raises(NotSignedIn):
        service().resolve(text)


def test_an_invited_person_who_has_not_joined_yet_does_nothing():
    invited = person(password_hash=None)
    tokens = service(invited)
    _, text = tokens.create(invited, "Robot", [Scope.SHOP], None)
    with pytest.raises(NotSignedIn):
        tokens.resolve(text)


def test_a_shop_that_cannot_write_still_knows_its_tokens():
    tokens = service(fails=True)
    _, text = tokens.create(person(), "Robot", [Scope.SHOP], None)
    assert tokens.resolve(text)[0].user_id == 7
