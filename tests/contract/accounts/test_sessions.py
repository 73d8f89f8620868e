"""Where people are signed in, on both databases: beginning, finding and ending sessions, and how long they last."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, select

from app.domain import Role, User
from app.errors import NotFound, StoreUnavailable
from app.services.accounts.ports import Browser
from app.services.accounts.sessions import MOST_SESSIONS, SessionService
from app.stores.sql.accounts.sessions import SqlSessions
from app.stores.sql.accounts.users import SqlUsers
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import sessions
from app.stores.sql.tables import users as people
from tests.support.browsers import age_sessions

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
HERE = Browser("203.0.113.7", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def users(database: Database) -> SqlUsers:
    return SqlUsers(database)


@pytest.fixture
def service(database: Database) -> SessionService:
    return SessionService(SqlSessions(database))


@pytest.fixture
def ada(users: SqlUsers) -> User:
    return users.add(User(0, "Ada", "ada@shop.example", Role.CUSTOMER, "hash", 1, NOW))


@pytest.fixture
def asha(users: SqlUsers) -> User:
    return users.add(User(0, "Asha", "asha@shop.example", Role.ADMIN, "hash", 1, NOW))


def rows(database: Database) -> int:
    return database.read(lambda c: c.execute(select(func.count()).select_from(sessions)).scalar_one())


def test_one_that_began_is_found_by_its_own_key_and_user_only(service: SessionService, ada: User, asha: User):
    service.begin(ada, "hers", HERE, is_remembered=True)
    user, session = service.find(ada.user_id, "hers", HERE)
    assert user == ada
    assert session is not None
    assert (session.address, session.agent, session.is_remembered) == (HERE.address, HERE.agent, True)
    assert session.created_at == session.seen_at
    assert service.find(ada.user_id, "another", HERE) == (ada, None)
    assert service.find(ada.user_id, None, HERE) == (ada, None)
    assert service.find(asha.user_id, "hers", HERE) == (asha, None)
    assert service.find(99_999, "hers", HERE) == (None, None)


def test_what_ended_is_not_found_again(service: SessionService, ada: User):
    service.begin(ada, "hers", HERE, is_remembered=True)
    service.end("hers")
    service.end("hers")
    assert service.find(ada.user_id, "hers", HERE) == (ada, None)


@pytest.mark.parametrize(
    ("role", "age", "lasts"),
    [
        (Role.CUSTOMER, 30 * DAY - HOUR, True),
        (Role.CUSTOMER, 30 * DAY, False),
        *((role, 12 * HOUR - timedelta(minutes=1), True) for role in (Role.OPS, Role.ANALYST, Role.ADMIN)),
        *((role, 12 * HOUR, False) for role in (Role.OPS, Role.ANALYST, Role.ADMIN)),
    ],
)
def test_it_ends_so_long_after_the_sign_in_however_lately_it_was_used(
    database: Database, users: SqlUsers, service: SessionService, role, age, lasts
):
    user = users.add(User(0, "Ada", "ada@shop.example", role, "hash", 1, NOW))
    service.begin(user, "theirs", HERE, is_remembered=True)
    age_sessions(database, user, signed_in=age)
    assert (service.find(user.user_id, "theirs", HERE)[1] is not None) is lasts
    assert bool(service.of(user)) is lasts


@pytest.mark.parametrize(("role", "age"), [(Role.CUSTOMER, 30 * DAY), (Role.ADMIN, 12 * HOUR)])
def test_one_that_goes_on_in_a_new_one_lasts_no_longer(
    database: Database, users: SqlUsers, service: SessionService, role, age
):
    user = users.add(User(0, "Ada", "ada@shop.example", role, "hash", 1, NOW))
    service.begin(user, "first", HERE, is_remembered=True)
    age_sessions(database, user, signed_in=age - timedelta(minutes=1))
    users.end_sessions(user.user_id)
    service.begin(replace(user, session_version=2), "second", HERE, is_remembered=True, instead_of="first")
    assert service.find(user.user_id, "first", HERE)[1] is None
    assert service.find(user.user_id, "second", HERE)[1] is not None
    age_sessions(database, user, signed_in=timedelta(minutes=1))
    assert service.find(user.user_id, "second", HERE)[1] is None


def test_who_joins_the_staff_meanwhile_has_the_shorter_time(database: Database, users: SqlUsers, service, ada: User):
    service.begin(ada, "hers", HERE, is_remembered=True)
    age_sessions(database, ada, signed_in=13 * HOUR)
    database.write(lambda c: c.execute(people.update().values(role="admin")))
    assert service.find(ada.user_id, "hers", HERE)[1] is None


def test_its_use_is_noted_once_in_ten_minutes_with_where_from(database: Database, service: SessionService, ada: User):
    service.begin(ada, "hers", HERE, is_remembered=True)
    elsewhere = Browser("198.51.100.9", "curl/8.0")
    written: list[str] = []

    def note(_connection, _cursor, statement, *_):
        if statement.startswith("UPDATE"):
            written.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        service.find(ada.user_id, "hers", elsewhere)
        assert written == []
        age_sessions(database, ada, seen=timedelta(minutes=11))
        written.clear()
        for _ in range(5):
            service.find(ada.user_id, "hers", elsewhere)
        assert len(written) == 1
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    (session,) = service.of(ada)
    assert (session.address, session.agent) == ("198.51.100.9", "curl/8.0")


def test_a_shop_that_cannot_write_still_knows_who_is_signed_in(database: Database, service, ada: User, monkeypatch):
    service.begin(ada, "hers", HERE, is_remembered=True)
    age_sessions(database, ada, seen=HOUR)

    def refuse(*_):
        raise StoreUnavailable("away")

    monkeypatch.setattr(database, "write", refuse)
    assert service.find(ada.user_id, "hers", HERE)[1] is not None


def test_the_list_holds_what_is_open_latest_seen_first(database: Database, service: SessionService, ada: User, asha):
    service.begin(asha, "another's", HERE, is_remembered=True)
    service.begin(ada, "left alone", HERE, is_remembered=False)
    age_sessions(database, ada, seen=13 * HOUR)
    service.begin(ada, "kept", Browser("198.51.100.1", "b"), is_remembered=True)
    age_sessions(database, ada, seen=13 * HOUR)
    service.begin(ada, "new", Browser("198.51.100.2", "c"), is_remembered=False)
    assert [one.address for one in service.of(ada)] == ["198.51.100.2", "198.51.100.1"]


def test_ending_one_leaves_the_others_and_nobody_ends_another_s(service: SessionService, ada: User, asha: User):
    service.begin(ada, "phone", HERE, is_remembered=True)
    service.begin(ada, "desk", HERE, is_remembered=True)
    phone = service.find(ada.user_id, "phone", HERE)[1]
    with pytest.raises(NotFound):
        service.end_one(asha.user_id, phone.session_id)
    assert service.end_one(ada.user_id, phone.session_id) == phone
    assert service.find(ada.user_id, "phone", HERE)[1] is None
    assert service.find(ada.user_id, "desk", HERE)[1] is not None
    with pytest.raises(NotFound):
        service.end_one(ada.user_id, phone.session_id)


def test_a_program_that_signs_in_over_and_over_ends_its_own_oldest(database: Database, service, ada: User, asha: User):
    service.begin(asha, "another's", HERE, is_remembered=True)
    for number in range(MOST_SESSIONS + 3):
        service.begin(ada, f"key {number}", HERE, is_remembered=True)
    assert len(service.of(ada)) == MOST_SESSIONS
    assert service.find(ada.user_id, "key 2", HERE)[1] is None
    assert service.find(ada.user_id, "key 3", HERE)[1] is not None
    assert rows(database) == MOST_SESSIONS + 1


def test_old_ones_are_forgotten(database: Database, service: SessionService, ada: User):
    service.begin(ada, "old", HERE, is_remembered=True)
    age_sessions(database, ada, signed_in=31 * DAY)
    service.begin(ada, "new", HERE, is_remembered=True)
    assert service.purge() == 1
    assert service.purge() == 0
    assert rows(database) == 1
