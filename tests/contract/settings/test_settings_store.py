"""What admins set, on every store that keeps it: revisions, the audit entry beside, and the lock that orders are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from app.domain import Actor, Address, Order, OrderLine
from app.errors import Busy, Conflict, StaleEdit
from app.services.audit.log import entry_of
from app.services.orders.ports import NewOrder, Under
from app.stores.sql.engine.database import Database
from app.stores.sql.orders import orders as placing
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.rollups.cut import cut_of
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.settings.settings import SqlSettings
from app.stores.sql.tables import audit_log
from tests.support.order_money import flat_money
from tests.support.trade import Trade

ENTRY = entry_of(Actor("asha@shop.example", 3), "settings.change", "settings", "Shop", "Shop", {"name": ""}, {})
NEW = NewOrder(
    owner="guest#a", user_id=None, email=None, address=Address("Asha", "1 Lake Road", "Pune", "411001", "IN"),
    lines=(OrderLine(1, "mug", "Mug", 500, 1),), currency="INR", money=flat_money(500, rate="0"),
    cart_revision="r1", idempotency_key=None, fingerprint=None,
)  # fmt: skip


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


def test_another_time_zone_is_written_with_days_that_it_cuts_or_not_at_all(
    store: SqlSettings, database: Database, monkeypatch: pytest.MonkeyPatch
):
    store.write({"timezone": "Europe/London"}, "", "one", ENTRY, without_orders=True)
    cut = database.read(cut_of)
    assert (store.revision(), cut and cut.zone) == ("one", "Europe/London")

    def died(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(SqlRollups, "rebuild_within", died)
    with pytest.raises(KeyboardInterrupt):
        store.write({"timezone": "UTC"}, "one", "two", ENTRY, without_orders=True)
    assert (store.revision(), store.read().values) == ("one", {"timezone": "Europe/London"})


def test_an_order_priced_under_what_holds_no_more_does_not_begin(store: SqlSettings, database: Database):
    orders = SqlOrders(database, ZoneInfo("Asia/Kolkata"))
    new = replace(NEW, currency="GBP", under=Under("GBP", ""))
    store.write({"currency": "GBP"}, "", "one", ENTRY, without_orders=True)
    store.write({"phone": "1"}, "one", "two", ENTRY, without_orders=False)
    store.write({"timezone": "UTC"}, "two", "three", ENTRY, without_orders=True)
    for under in (Under("", "UTC"), Under("EUR", "UTC"), Under("GBP", "")):
        with pytest.raises(Busy):
            orders.begin(replace(new, under=under))
    assert store.orders() == 0
    attempt, is_ours = orders.begin(replace(new, under=Under("GBP", "UTC")))
    assert (attempt, is_ours) == (orders.attempt(attempt.order.order_id), True)
    assert attempt.order.currency == "GBP"


def test_of_a_first_order_and_another_currency_at_once_one_waits_for_the_other(
    store: SqlSettings, database: Database, monkeypatch: pytest.MonkeyPatch
):
    """The order is written and not committed yet when the currency is to change."""
    written, begun_order = Event(), placing._begun

    def slow(*known: Any) -> Order:
        written.set()
        Event().wait(0.2)  # the other one comes to its lock
        return begun_order(*known)

    monkeypatch.setattr(placing, "_begun", slow)
    with ThreadPoolExecutor(1) as pool:
        begun = pool.submit(SqlOrders(database, ZoneInfo("UTC")).begin, replace(NEW, under=Under("", "")))
        assert written.wait(5)
        with pytest.raises(Conflict):
            store.write({"currency": "GBP"}, "", "one", ENTRY, without_orders=True)
        assert begun.result()[1]
    assert store.read().values == {}


def test_what_orders_fix_is_refused_once_there_is_one(store: SqlSettings, database: Database):
    store.write({"currency": "GBP"}, "", "one", ENTRY, without_orders=True)
    assert store.orders() == 0
    database.write(Trade(database, 1).order)
    assert store.orders() == 1
    with pytest.raises(Conflict):
        store.write({"currency": "EUR"}, "one", "two", ENTRY, without_orders=True)
    assert store.read().values == {"currency": "GBP"}
    assert (store.revision(), entries(database)) == ("one", 1)
