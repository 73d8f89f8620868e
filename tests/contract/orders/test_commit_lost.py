"""A commit whose answer never comes: whether it was kept is unknown, and the same click again is safe either way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pymysql
import pytest

from app.errors import PaymentUnclear, StoreUnavailable
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import payments
from tests.support.checkout_shop import Shop, assert_books_are_right, count
from tests.support.migrated import empty

COMMITS = 12  # of a checkout; more than it has


class Losing:
    """Cuts the connection at the nth commit, after it was kept or before it was sent."""

    def __init__(self, number: int, kept: bool) -> None:
        self.left, self.kept, self.real = number, kept, pymysql.connections.Connection.commit
        self.happened = False

    def __call__(self, connection: pymysql.connections.Connection) -> None:
        self.left -= 1
        if self.left:
            self.real(connection)
            return
        self.happened = True
        if self.kept:
            self.real(connection)
        connection._force_close()
        raise pymysql.err.OperationalError(2013, "Lost connection to MySQL server during query")


@pytest.fixture
def database(mariadb: Database) -> Iterator[Database]:
    yield mariadb
    empty(mariadb)


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "not kept"])
def test_a_checkout_that_loses_any_commit_pays_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, kept: bool, record_property: pytest.RecordProperty
) -> None:
    lost = 0
    for number in range(1, COMMITS + 1):
        shop = Shop(database)
        shop.stock_up()
        losing = Losing(number, kept)
        monkeypatch.setattr(pymysql.connections.Connection, "commit", lambda c, losing=losing: losing(c))
        with suppress(StoreUnavailable, PaymentUnclear):
            shop.place(key="k")
        monkeypatch.undo()
        lost += losing.happened
        shop.later()
        assert_books_are_right(shop)
        assert shop.place(key="k").number == shop.place(key="k").number
        shop.later()
        assert_books_are_right(shop)
        assert count(shop, payments) == 1
        empty(database)
        if not losing.happened:
            break  # it has no more
    assert lost >= 6, "a checkout has as many commits"
    record_property("proved", f"{lost} commits of a checkout lost, {'kept' if kept else 'not kept'}: paid once each")
