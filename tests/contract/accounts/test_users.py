"""What the `Users` port promises, on every store that keeps it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import select, update

from app.domain import Role, Scope, User
from app.errors import EmailTaken, NotSignedIn
from app.services.accounts.ports import Users
from app.stores.sql.accounts.users import SqlUsers
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import account_links
from app.stores.sql.tables import users as users_table
from tests.support.account_shop import PASSWORD, AccountShop

NOW = datetime(2026, 3, 1, 12, 30, 0, 123456, tzinfo=UTC)


@pytest.fixture
def users(database: Database) -> Users:
    return SqlUsers(database)


def person(email: str | None, name: str = "Zoë ‹b› 🦆") -> User:
    return User(0, name, email, Role.CUSTOMER, "hash", 1, NOW, country="IN")


def test_what_was_stored_comes_back(users: Users):
    stored = users.add(person("zoe@shop.example"))
    assert stored.user_id > 0
    assert users.get(stored.user_id) == users.by_email("zoe@shop.example") == stored
    assert (stored.full_name, stored.role, stored.created_at) == ("Zoë ‹b› 🦆", Role.CUSTOMER, NOW)


def test_a_role_of_a_later_release_is_no_error_and_gives_no_rights(users: Users, database: Database):
    known = users.add(person("zoe@shop.example"))
    stored = update(users_table).where(users_table.c.user_id == known.user_id)
    database.write(lambda c: c.execute(stored.values(role="auditor")))
    found = users.get(known.user_id)
    assert found is not None
    assert (found.role, found.is_staff) == (Role.CUSTOMER, False)


def test_nobody(users: Users):
    assert users.get(0) is None
    assert users.by_email("") is None


def test_people_without_an_address_do_not_collide(users: Users):
    assert users.add(person(None)).user_id != users.add(person(None)).user_id


def test_an_address_is_given_once(users: Users):
    users.add(person("zoe@shop.example"))
    with pytest.raises(EmailTaken):
        users.add(person("zoe@shop.example"))


def test_a_new_password_ends_the_sessions(users: Users):
    stored = users.add(person("zoe@shop.example"))
    users.set_password(stored.user_id, "other")
    changed = users.get(stored.user_id)
    assert changed is not None
    assert (changed.password_hash, changed.session_version) == ("other", 2)


def test_only_a_password_set_for_somebody_ends_the_api_tokens(database: Database):
    shop = AccountShop(database)
    user = shop.accounts.register("Zoe", "zoe@shop.example", PASSWORD)
    _, secret = shop.machines.create(user, "The till", [Scope.SHOP], None)
    shop.accounts.change_password(user.user_id, PASSWORD, "nine quiet otters")
    assert shop.machines.resolve(secret)[0].user_id == user.user_id
    shop.accounts.set_password(user.user_id, "eleven quiet otters")
    with pytest.raises(NotSignedIn):
        shop.machines.resolve(secret)


def test_a_password_that_is_not_the_expected_one_any_more_stays(users: Users):
    stored = users.add(person("zoe@shop.example"))
    assert not users.set_password(stored.user_id, "mine", instead_of="another hash")
    assert users.get(stored.user_id) == stored
    assert users.set_password(stored.user_id, "mine", instead_of="hash")
    assert not users.set_password(99_999, "mine")


def test_a_name_and_ended_sessions(users: Users):
    stored = users.add(person("zoe@shop.example"))
    users.set_name(stored.user_id, "Zoë K.")
    users.end_sessions(stored.user_id)
    changed = users.get(stored.user_id)
    assert changed == replace(stored, full_name="Zoë K.", session_version=2)


def test_of_two_sign_ups_at_once_one_wins(database: Database):
    accounts = AccountShop(database).accounts
    at_once = 8
    barrier = Barrier(at_once)

    def sign_up(number: int) -> bool:
        barrier.wait(10)
        try:
            accounts.register(f"Person {number}", "Same@shop.example", "seven wild geese")
        except EmailTaken:
            return False
        return True

    with ThreadPoolExecutor(at_once) as pool:
        assert sum(pool.map(sign_up, range(at_once))) == 1
    assert len(database.read(lambda c: c.execute(select(account_links)).all())) == 1, "the losers mail nothing"
