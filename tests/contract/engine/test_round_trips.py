"""What a server is asked beside the statements themselves: a read nothing, a write its BEGIN and COMMIT."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from app.stores.sql.books.snapshot import at_one_instant
from app.stores.sql.engine.database import Database
from tests.support.mariadb import MariaDb, mariadb_or_skip

COUNTED = ("Com_begin", "Com_commit", "Com_rollback", "Com_select", "Com_update")


@pytest.fixture(scope="module")
def server() -> Iterator[MariaDb]:
    with mariadb_or_skip() as server:
        server.run("CREATE TABLE shop_test.kept (one INTEGER PRIMARY KEY, two INTEGER)")
        server.run("INSERT INTO shop_test.kept VALUES (1, 0)")
        yield server


@pytest.fixture
def database(server: MariaDb) -> Iterator[Database]:
    database = Database(server.url)
    two(database)  # the dialect has looked at the server
    yield database
    database.dispose()


def two(database: Database) -> int:
    return int(database.read(lambda c: c.execute(text("SELECT two FROM kept")).scalar_one()))


def add(database: Database, *, fails: bool = False) -> None:
    def work(connection) -> None:
        connection.execute(text("UPDATE kept SET two = two + 1"))
        if fails:
            raise ZeroDivisionError

    database.write(work)


class Asked:
    """How often the server was asked for each kind of statement since this was made."""

    def __init__(self, server: MariaDb) -> None:
        self._server, self._before = server, self._counts(server)

    def now(self) -> dict[str, int]:
        after = self._counts(self._server)
        found = {name: after[name] - self._before[name] for name in COUNTED}
        return {name: count for name, count in found.items() if count}

    @staticmethod
    def _counts(server: MariaDb) -> dict[str, int]:
        return {name: int(count) for name, count in server.run("SHOW GLOBAL STATUS LIKE 'Com_%'") if name in COUNTED}


def open_transactions(server: MariaDb) -> int:
    return int(server.run("SELECT COUNT(*) FROM information_schema.innodb_trx")[0][0])


def test_a_read_is_its_statement_alone(server: MariaDb, database: Database):
    asked = Asked(server)
    two(database)
    two(database)
    assert asked.now() == {"Com_select": 2}
    assert open_transactions(server) == 0


def test_a_write_has_its_begin_and_commit_and_no_rollback(server: MariaDb, database: Database):
    asked = Asked(server)
    add(database)
    assert asked.now() == {"Com_begin": 1, "Com_update": 1, "Com_commit": 1}
    assert open_transactions(server) == 0


def test_a_write_that_raises_leaves_nothing_and_holds_nothing(server: MariaDb, database: Database):
    before, asked = two(database), Asked(server)
    with pytest.raises(ZeroDivisionError):
        add(database, fails=True)
    assert asked.now() == {"Com_begin": 1, "Com_update": 1, "Com_rollback": 1}
    assert open_transactions(server) == 0
    assert two(database) == before


def test_a_transaction_of_the_engine_itself_is_one(server: MariaDb, database: Database):
    before = two(database)
    with database.engine.connect() as connection:
        connection.execute(text("UPDATE kept SET two = two + 1"))
    assert two(database) == before
    assert open_transactions(server) == 0


def test_a_look_at_one_instant_sees_one_and_its_connection_goes_back_to_what_it_was(server: MariaDb):
    database = Database(server.url)
    other = Database(server.url)

    def look(connection) -> tuple[int, int]:
        first = connection.execute(text("SELECT two FROM kept")).scalar_one()
        add(other)
        return first, connection.execute(text("SELECT two FROM kept")).scalar_one()

    first, second = at_one_instant(database, look)
    assert first == second
    assert open_transactions(server) == 0
    for _ in range(2):  # by the same connection
        assert database.read(lambda c: c.get_isolation_level()) == "READ COMMITTED"
        first, second = database.read(look)
        assert second == first + 1
        assert open_transactions(server) == 0
    database.dispose()
    other.dispose()
