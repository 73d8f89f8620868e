"""A database server that is stopped, killed, hung or restarted, and connections that end in the middle of the work."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pymysql
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from app.errors import Busy, StartupError, StoreUnavailable
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.migrate import migrate, require_current
from tests.support.mariadb import PASSWORD, SCHEMA, USER, MariaDb, free_port, mariadb_or_skip


@pytest.fixture(scope="module")
def server() -> Iterator[MariaDb]:
    with mariadb_or_skip(free_port()) as running:
        database = Database(running.network_url, patient=True)
        migrate(database)
        database.dispose()
        yield running


@pytest.fixture
def database(server: MariaDb) -> Iterator[Database]:
    database = Database(server.network_url)
    yield database
    database.dispose()


def one(connection: Connection) -> int:
    return int(connection.execute(text("SELECT 1")).scalar_one())


def facts(database: Database) -> dict[str, str]:
    rows = database.read(lambda c: c.execute(text("SELECT name, value FROM shop_facts")).all())
    return {row.name: row.value for row in rows}


def put(connection: Connection, name: str) -> None:
    connection.execute(text("INSERT INTO shop_facts VALUES (:name, '1')"), {"name": name})


class TestRestart:
    def test_pooled_connections_survive_it(self, server, database):
        threads = [
            threading.Thread(target=lambda: database.read(lambda c: c.execute(text("SELECT SLEEP(0.1)"))))
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        server.stop()
        server.start()
        assert [database.read(one) for _ in range(8)] == [1] * 8

    @pytest.mark.parametrize("end", ["stop", "kill"])
    def test_while_it_is_away_everybody_is_told_at_once_and_after_it_nobody(self, server, database, end):
        assert database.read(one) == 1
        getattr(server, end)()
        try:
            for _ in range(3):
                began = time.monotonic()
                with pytest.raises(StoreUnavailable, match="cannot be reached right now"):
                    database.read(one)
                assert time.monotonic() - began < 1
            assert database.is_away
        finally:
            server.start()
        deadline = time.monotonic() + 3
        while database.is_away and time.monotonic() < deadline:
            try:
                database.read(one)
            except StoreUnavailable:
                time.sleep(0.05)
        assert database.read(one) == 1

    def test_a_server_that_hangs_holds_up_nobody_for_long(self, server, database):
        assert database.read(one) == 1
        server.freeze()
        try:
            began = time.monotonic()
            with pytest.raises(StoreUnavailable):
                database.read(one)
            assert time.monotonic() - began < 12
            began = time.monotonic()
            with pytest.raises(StoreUnavailable):
                database.read(one)
            assert time.monotonic() - began < 0.2  # a breaker knows
        finally:
            server.thaw()
        time.sleep(1.1)
        assert database.read(one) == 1


class TestConnectionLost:
    def test_in_the_middle_of_a_transaction_it_is_run_again_on_another(self, server, database):
        runs = []

        def work(connection):
            runs.append(1)
            put(connection, "lost-once")
            if len(runs) == 1:
                end_it(server, connection)
            put(connection, "lost-once-too")

        database.write(work)
        assert len(runs) == 2
        assert {"lost-once", "lost-once-too"} <= facts(database).keys()

    def test_again_and_again_it_is_given_up(self, server, database):
        def work(connection):
            end_it(server, connection)
            one(connection)

        with pytest.raises(StoreUnavailable):
            database.write(work)

    @pytest.mark.parametrize("kept", [True, False])
    def test_with_the_commit_on_its_way_it_is_unknown_and_not_run_again(self, server, database, monkeypatch, kept):
        runs = []
        real = pymysql.connections.Connection.commit

        def lose(connection):
            if kept:
                real(connection)
            connection._force_close()
            raise pymysql.err.OperationalError(2013, "Lost connection to MySQL server during query")

        def work(connection):
            runs.append(1)
            put(connection, f"commit-{kept}")
            monkeypatch.setattr(pymysql.connections.Connection, "commit", lose)

        with pytest.raises(StoreUnavailable, match="Look whether it was made"):
            database.write(work)
        monkeypatch.undo()
        time.sleep(1.1)
        assert len(runs) == 1
        assert (f"commit-{kept}" in facts(database)) is kept


def end_it(server: MariaDb, connection: Connection) -> None:
    server.run(f"KILL {connection.connection.thread_id()}")


class TestLocks:
    def test_a_lock_that_never_ends_is_busy_within_a_bound(self, server, database):
        database.write(lambda c: put(c, "locked"))
        with database.engine.connect() as holder:
            holder.execute(text("SELECT * FROM shop_facts WHERE name = 'locked' FOR UPDATE"))
            began = time.monotonic()
            with pytest.raises(Busy):
                database.write(lambda c: c.execute(text("UPDATE shop_facts SET value = '2' WHERE name = 'locked'")))
            assert time.monotonic() - began < 15

    def test_deadlocks_are_run_again_until_both_are_through(self, server, database):
        for name in ("left", "right"):
            database.write(lambda c, name=name: put(c, name))
        runs, together = [], threading.Barrier(2)

        def move(first, second):
            def work(connection):
                runs.append(1)
                for name in (first, second):
                    connection.execute(text("UPDATE shop_facts SET value = value + 1 WHERE name = :n"), {"n": name})
                    if len(runs) <= 2 and name == first:
                        together.wait(10)

            database.write(work)

        threads = [threading.Thread(target=move, args=names) for names in (("left", "right"), ("right", "left"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(runs) == 3
        assert (facts(database)["left"], facts(database)["right"]) == ("3", "3")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (1040, Busy),
        (1203, Busy),
        (1290, StoreUnavailable),
        (1836, StoreUnavailable),
        (1927, StoreUnavailable),
        (2006, StoreUnavailable),
        (2055, StoreUnavailable),
        (1053, StoreUnavailable),
    ],
)
def test_numbers_of_the_server_become_words(database, code, error):
    def work(_connection):
        raise OperationalError("UPDATE", {}, pymysql.err.OperationalError(code, "as the server says it"))

    with pytest.raises(error) as caught:
        database.write(work)
    assert "as the server says it" not in caught.value.message


def test_all_connections_in_use_is_busy_not_an_error(database):
    taken = [database.engine.connect() for _ in range(20)]
    try:
        with pytest.raises(Busy):
            database.read(one)
    finally:
        for connection in taken:
            connection.close()
    assert database.read(one) == 1


class TestStart:
    """What whoever starts the shop is told: which setting, what was tried; never the password."""

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"password": "wrong-Secret"}, "does not let the user 'shop' in. Check user and password"),
            ({"username": "nobody"}, "does not let the user 'nobody' in"),
            ({"port": 1}, "no database server answers at 127.0.0.1:1"),
            ({"host": "db.invalid"}, "no database server answers at db.invalid"),
            ({"database": "elsewhere"}, "'elsewhere'"),
        ],
    )
    @pytest.mark.parametrize("command", [migrate, require_current])
    def test_what_cannot_be_used_is_named(self, server, change, words, command):
        url = Database(server.network_url).url.set(**change)
        with pytest.raises(StartupError) as caught:
            command(Database(url.render_as_string(hide_password=False)))
        said = str(caught.value)
        assert said.startswith("DATABASE_URL: ")
        assert words in said
        assert "mysql+pymysql://" in said
        assert PASSWORD not in said
        assert "wrong-Secret" not in said

    def test_a_database_that_does_not_exist_is_said_with_how_to_make_it(self, server):
        url = Database(server.url).url.set(database="not_there").render_as_string(hide_password=False)
        with pytest.raises(StartupError, match="CREATE DATABASE not_there CHARACTER SET utf8mb4"):
            migrate(Database(url))

    def test_the_user_of_the_shop_needs_no_rights_but_on_its_database(self, server, database):
        require_current(database)
        assert database.url.username == USER
        assert database.url.database == SCHEMA
