"""Zones and methods on every store that keeps them: what is written is read again, and of two at once one is first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from app.domain import Actor, Address, AuditEntry, Delivery, Order, OrderLine
from app.domain.order_money import MoneyLine, Shipping, TaxMode, order_money
from app.domain.shipping import Method, Place, PriceBy, Step, Zone
from app.errors import StaleEdit, TermsChanged
from app.services.audit.log import entry_of
from app.services.orders.ports import NewOrder, Under
from app.services.shipping.ports import REVISION, Turn
from app.stores.sql.engine.database import Database
from app.stores.sql.orders import orders as placing
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.settings.settings import SqlSettings
from app.stores.sql.shipping.shipping import SqlShipping
from app.stores.sql.tables import audit_log

INDIA = Zone(0, "भारत", (Place("IN"), Place("US", "CA")))
GOODS = [MoneyLine(500)]
SHIPPED = order_money(GOODS, shipping=Shipping(4_900), mode=TaxMode.ADDED)
NEW = NewOrder(
    owner="guest#a", user_id=None, email=None, address=Address("Asha", "1 Lake Road", "Pune", "411001", "IN"),
    lines=(OrderLine(1, "mug", "Mug", 500, 1),), currency="INR", money=order_money(GOODS, mode=TaxMode.ADDED),
    cart_revision="r1", idempotency_key=None, fingerprint=None,
)  # fmt: skip
POST = Method(0, "Post", PriceBy.WEIGHT, (Step(500, 4_900), Step(None, 9_900)), 99_900, pick_up="1 Lake Road\nPune")


def audited(target_id: int) -> AuditEntry:
    return entry_of(Actor("asha@shop.example", 3), "zone.add", "zone", target_id, "India")


def turn(seen: str, revision: str) -> Turn:
    return Turn(seen, revision, "asha@shop.example")


@pytest.fixture
def store(database: Database) -> SqlShipping:
    return SqlShipping(database)


def test_what_is_written_is_read_again_and_known_by_the_shops_settings(store: SqlShipping, database: Database):
    zone_id = store.write_zone(INDIA, turn("", "one"), audited)
    method_id = store.write_method(zone_id, POST, turn("one", "two"), audited)
    found = store.read()
    kept = replace(INDIA, zone_id=zone_id, methods=(replace(POST, method_id=method_id),))
    assert (found.plan.zones, found.plan.revision, found.seen) == ((kept,), "two", "two")
    assert SqlSettings(database).read().values[REVISION] == "two"
    store.write_zone(replace(kept, name="India", places=INDIA.places[:1]), turn("two", "three"), audited)
    store.write_method(zone_id, replace(kept.methods[0], name="By post"), turn("three", "four"), audited)
    (zone,) = store.read().plan.zones
    assert (zone.name, zone.places, zone.methods[0].name) == ("India", (Place("IN"),), "By post")
    store.remove_zone(zone_id, turn("four", "five"), audited)
    assert store.read().plan.zones == ()
    again = store.write_zone(INDIA, turn("five", "six"), audited)
    assert again > zone_id, "an order may name the old one"
    assert store.write_method(again, POST, turn("six", "seven"), audited) > method_id
    count = select(func.count()).select_from(audit_log)
    assert database.read(lambda c: c.execute(count).scalar_one()) == 7


def test_of_many_who_write_over_one_revision_one_does_and_the_others_write_nothing(store: SqlShipping):
    def write(number: int) -> bool:
        try:
            store.write_zone(replace(INDIA, name=f"Zone {number}"), turn("", f"r{number}"), audited)
        except StaleEdit:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(write, range(4))) == [False, False, False, True]
    assert len(store.read().plan.zones) == 1


def test_a_removed_method_leaves_the_others(store: SqlShipping):
    zone_id = store.write_zone(INDIA, turn("", "one"), audited)
    first = store.write_method(zone_id, POST, turn("one", "two"), audited)
    store.write_method(zone_id, replace(POST, name="Other"), turn("two", "three"), audited)
    store.remove_method(first, turn("three", "four"), audited)
    assert [one.name for one in store.read().plan.zones[0].methods] == ["Other"]


def test_an_order_priced_by_other_zones_does_not_begin(store: SqlShipping, database: Database):
    orders = SqlOrders(database, ZoneInfo("Asia/Kolkata"))
    store.write_zone(INDIA, turn("", "one"), audited)
    for under in (Under("", "", ""), Under("", "", "another")):
        with pytest.raises(TermsChanged):
            orders.begin(replace(NEW, under=under))
    promised = Delivery(7, "डाक", date(2026, 12, 1), date(2026, 12, 3), date(2026, 12, 5), "1 Lake Road\nPune")
    new = replace(NEW, under=Under("", "", "one"), delivery=promised, money=SHIPPED)
    order = orders.begin(new)[0].order
    assert (order.delivery, order.shipping, order.total) == (promised, 4_900, 5_400)
    kept = orders.get(order.order_id)
    assert kept is not None
    assert (kept.delivery, kept.shipping) == (promised, 4_900)
    plain = orders.begin(replace(NEW, cart_revision="r2", under=Under("", "", "one")))[0].order
    assert orders.get(plain.order_id).delivery is None


def test_a_change_of_zones_waits_for_an_order_that_is_being_written(
    store: SqlShipping, database: Database, monkeypatch: pytest.MonkeyPatch
):
    store.write_zone(INDIA, turn("", "one"), audited)
    written, changed, begun_order = Event(), Event(), placing._begun
    done: list[str] = []

    def slow(*known: Any) -> Order:
        written.set()
        changed.wait(0.6)  # in vain: the other one waits at its lock
        done.append("order")
        return begun_order(*known)

    def begin() -> None:
        SqlOrders(database, ZoneInfo("UTC")).begin(replace(NEW, under=Under("", "", "one")))

    monkeypatch.setattr(placing, "_begun", slow)
    with ThreadPoolExecutor(1) as pool:
        begun = pool.submit(begin)
        assert written.wait(5)
        store.write_zone(INDIA, turn("one", "two"), audited)
        done.append("zones")
        changed.set()
        begun.result()
    assert done == ["order", "zones"]
    assert store.read().plan.revision == "two"
