"""What admins set, on every store that keeps it: revisions, the audit entry beside, and the lock that orders are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.domain import Actor
from app.errors import Conflict, StaleEdit
from app.services.audit.log import entry_of
from app.stores.sql.engine.database import Database
from app.stores.sql.settings.settings import SqlSettings
from app.stores.sql.tables import audit_log
from tests.support.trade import Trade

ENTRY = entry_of(Actor("asha@shop.example", 3), "settings.change", "settings", "Shop", "Shop", {"name": ""}, {})


@pytest.fixture
def store(database: Database) -> SqlSettings:
    return SqlSettings(database)


def entries(database: Database) -> int:
    return database.read(lambda c: c.execute(select(func.count()).select_from(audit_log)).scalar_one())


def test_what_is_written_is_read_under_its_revision_with_one_audit_entry(store: SqlSettings, database: Database):
    assert (store.revision(), store.read().values) == ("", {})
    store.write({"name": "कपास", "page_about": "\u0915" * 15_000}, "", "one", ENTRY, without_orders=False)
    store.write({"name": "Cotton"}, "one", "two", ENTRY, without_orders=False)
    found = store.read()
    assert (store.revision(), found.revision) == ("two", "two")
    assert found.values == {"name": "Cotton", "page_about": "\u0915" * 15_000}
    assert entries(database) == 2


def test_of_many_who_write_over_one_revision_one_does_and_the_others_write_nothing(
    store: SqlSettings, database: Database
):
    def write(number: int) -> bool:
        try:
            store.write({"name": f"Shop {number}"}, "", f"r{number}", ENTRY, without_orders=False)
        except StaleEdit:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(write, range(6)))
    assert done.count(True) == 1
    assert store.read().values == {"name": f"Shop {done.index(True)}"}
    assert entries(database) == 1


def test_what_orders_fix_is_refused_once_there_is_one(store: SqlSettings, database: Database):
    store.write({"currency": "GBP"}, "", "one", ENTRY, without_orders=True)
    assert store.orders() == 0
    database.write(Trade(database, 1).order)
    assert store.orders() == 1
    with pytest.raises(Conflict):
        store.write({"currency": "EUR"}, "one", "two", ENTRY, without_orders=True)
    assert store.read().values == {"currency": "GBP"}
    assert (store.revision(), entries(database)) == ("one", 1)
