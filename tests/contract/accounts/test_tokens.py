"""API tokens on both databases: what is kept, what ends them, and who may act through them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.domain import Actor, AuditAction, Message, Role, Scope
from app.errors import NotFound, NotSignedIn, StoreUnavailable
from app.services.accounts.api_tokens import USE_NOTED_EVERY, TokenService
from app.services.audit.log import AuditService
from app.stores.sql.accounts.api_tokens import SqlApiTokens
from app.stores.sql.accounts.users import SqlUsers
from app.stores.sql.audit.log import SqlAuditLog
from app.stores.sql.tables import api_tokens, users
from tests.support.account_shop import AccountShop
from tests.support.shop import add_people


@pytest.fixture
def tokens(database):
    return TokenService(SqlApiTokens(database), SqlUsers(database))


@pytest.fixture
def admin(database):
    return add_people(database, 1, "admin", Role.ADMIN)[0]


def rows(database):
    return database.read(lambda c: c.execute(select(api_tokens)).all())


def change(database, table, **values):
    database.write(lambda c: c.execute(update(table).values(**values)))


def test_a_token_acts_for_its_owner_within_its_scopes(tokens, admin):
    made, text = tokens.create(admin, "  Stock   robot ", [Scope.CATALOG, Scope.METRICS], 90)
    owner, token = tokens.resolve(text)
    assert owner == admin
    assert (token.name, token.scopes) == ("Stock robot", {Scope.CATALOG, Scope.METRICS})
    assert token == made
    assert text.startswith(f"rs_{made.token_id}_")
    assert text.endswith(made.hint)
    assert timedelta(days=89) < made.expires_at - datetime.now(UTC) <= timedelta(days=90)


def test_nothing_at_rest_is_the_secret(database, tokens, admin):
    _, text = tokens.create(admin, "Robot", [Scope.SHOP], None)
    secret = text.split("_", 2)[2]
    assert all(secret not in str(value) for row in rows(database) for value in row)


@pytest.mark.parametrize("damage", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: t + "A", lambda t: ""])
def test_a_damaged_token_is_none(tokens, admin, damage):
    _, text = tokens.create(admin, "Robot", [Scope.SHOP], None)
    with pytest.raises(NotSignedIn):
        tokens.resolve(damage(text))


def test_a_secret_counts_with_its_own_id_only(tokens, admin):
    first, _ = tokens.create(admin, "One", [Scope.SHOP], None)
    _, text = tokens.create(admin, "Two", [Scope.SHOP], None)
    with pytest.raises(NotSignedIn):
        tokens.resolve(f"rs_{first.token_id}_{text.split('_', 2)[2]}")


def test_revoking_ends_it_at_once_and_may_be_repeated(tokens, admin):
    token, text = tokens.create(admin, "Robot", [Scope.SHOP], None)
    tokens.revoke(admin.user_id, token.token_id)
    tokens.revoke(admin.user_id, token.token_id)
    with pytest.raises(NotSignedIn):
        tokens.resolve(text)
    assert tokens.of(admin.user_id) == ()


def test_nobody_revokes_another_s_token(database, tokens, admin):
    token, text = tokens.create(admin, "Robot", [Scope.SHOP], None)
    stranger = add_people(database, 1, "stranger")[0]
    with pytest.raises(NotFound):
        tokens.revoke(stranger.user_id, token.token_id)
    assert tokens.resolve(text)[1].token_id == token.token_id


def test_it_ends_with_its_day(database, tokens, admin):
    _, text = tokens.create(admin, "Robot", [Scope.SHOP], 30)
    later = TokenService(
        SqlApiTokens(database), SqlUsers(database), now=lambda: datetime.now(UTC) + timedelta(days=30, seconds=1)
    )
    with pytest.raises(NotSignedIn):
        later.resolve(text)


def test_it_ends_with_its_owner(database, tokens, admin):
    _, text = tokens.create(admin, "Robot", [Scope.SHOP], None)
    change(database, users, deactivated_at=datetime.now(UTC))
    with pytest.raises(NotSignedIn):
        tokens.resolve(text)


def test_its_owner_comes_with_the_role_of_now(database, tokens, admin):
    _, text = tokens.create(admin, "Robot", [Scope.CATALOG], None)
    change(database, users, role=Role.CUSTOMER.value)
    assert tokens.resolve(text)[0].role is Role.CUSTOMER


def test_staff_who_owe_a_second_factor_do_nothing_by_token_either(database, admin):
    strict = TokenService(SqlApiTokens(database), SqlUsers(database), asks_staff_for_second_factor=True)
    _, text = strict.create(admin, "Robot", [Scope.SHOP], None)
    with pytest.raises(NotSignedIn):
        strict.resolve(text)
    change(database, users, totp_enabled_at=datetime.now(UTC))
    assert strict.resolve(text)[0].user_id == admin.user_id


def test_its_use_is_written_at_most_once_a_minute(database, tokens, admin):
    token, text = tokens.create(admin, "Robot", [Scope.SHOP], None)
    tokens.resolve(text)
    first = rows(database)[0].last_used_at
    tokens.resolve(text)
    assert first is not None
    assert rows(database)[0].last_used_at == first
    assert SqlApiTokens(database).used(token.token_id, USE_NOTED_EVERY) is False
    change(database, api_tokens, last_used_at=first - USE_NOTED_EVERY)
    tokens.resolve(text)
    assert rows(database)[0].last_used_at > first - USE_NOTED_EVERY


def test_of_lists_the_newest_first(tokens, admin):
    for name in ("One", "Two"):
        tokens.create(admin, name, [Scope.SHOP], None)
    assert [token.name for token in tokens.of(admin.user_id)] == ["Two", "One"]


def entries(database):
    return AuditService(SqlAuditLog(database)).search(action="", q="Robot").entries


def test_the_tokens_of_staff_are_in_the_audit_log_without_their_secret(database, tokens, admin):
    actor = Actor("ada@shop.example", admin.user_id, "10.0.0.1")
    token, text = tokens.create(admin, "Robot", [Scope.SHOP, Scope.METRICS], 90, actor)
    for _ in range(2):  # the second one ends nothing any more
        tokens.revoke(admin.user_id, token.token_id, actor)
    revoked, created = entries(database)
    assert (created.action, revoked.action) == (AuditAction.MACHINE_CREATE, AuditAction.MACHINE_REVOKE)
    assert {entry.target_id for entry in (created, revoked)} == {str(token.token_id)}
    assert created.after == {"scopes": ["metrics", "shop"], "owner": admin.email, "days": 90}
    assert created.actor == actor
    assert text.split("_", 2)[2] not in str((created, revoked))


def test_a_customer_s_tokens_are_their_own_business(database, tokens):
    customer = add_people(database, 1, "shopper")[0]
    token, _ = tokens.create(customer, "Robot", [Scope.SHOP], None)
    tokens.revoke(customer.user_id, token.token_id)
    assert entries(database) == ()


def test_without_its_entry_no_token_is_made(database, tokens, admin, monkeypatch):
    def fails(*_):
        raise StoreUnavailable("The audit log cannot be written.")

    monkeypatch.setattr("app.stores.sql.accounts.api_tokens.append", fails)
    with pytest.raises(StoreUnavailable):
        tokens.create(admin, "Robot", [Scope.SHOP], None)
    assert tokens.of(admin.user_id) == ()


class TestTheNotice:
    def made_by(self, shop: AccountShop, verified: bool) -> tuple[str, Message]:
        _, secret = shop.machines.create(shop.ada(verified=verified), "Till & <b>co</b>", [Scope.SHOP], None)
        return secret, next(mail for mail in shop.mails() if "An API token was created" in mail.text)

    def test_tells_the_owner_which_was_made_and_not_its_secret(self, database):
        shop = AccountShop(database)
        secret, mail = self.made_by(shop, verified=True)
        assert mail.to == "ada@shop.example"
        assert "an API token “Till & <b>co</b>” was created" in mail.text
        assert "<b>co" not in mail.html
        sent = mail.subject + mail.text + mail.html
        assert secret not in sent
        assert secret.split("_", 2)[2] not in sent
        assert "Till" not in str(shop.payloads()), "the name stays with the token only"

    def test_mails_no_stranger_the_words_of_who_gave_their_address(self, database):
        _, mail = self.made_by(AccountShop(database), verified=False)
        assert "Till" not in mail.text + mail.html
