"""Zones and methods of shipping in the relational store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, insert, select, update

from app.domain.shipping import Method, Place, ShippingPlan, Zone, method_of, terms_of
from app.services.shipping.ports import REVISION, Audited, StoredPlan, Turn
from app.stores.sql.audit.log import append
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import upsert
from app.stores.sql.settings.settings import REVISION as SETTINGS_REVISION
from app.stores.sql.settings.settings import take_turn
from app.stores.sql.tables import shipping_methods, shipping_zones, shop_settings

_s, _z, _m = shop_settings.c, shipping_zones.c, shipping_methods.c


_Change = Callable[[Connection, dict[str, Any]], int]  # by whom and when; the id


class SqlShipping:
    """The `ShippingStore` port. Every change of it is one of the shop's settings too, by which processes know of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self) -> StoredPlan:
        return self._database.read(_read)

    def write_zone(self, zone: Zone, turn: Turn, audited: Audited) -> int:
        row = {"name": zone.name, "places": [list(place) for place in zone.places]}

        def work(connection: Connection, by: dict[str, Any]) -> int:
            return _put(connection, shipping_zones, _z.zone_id, zone.zone_id, row | by)

        return self._changed(turn, audited, work)

    def remove_zone(self, zone_id: int, turn: Turn, audited: Audited) -> None:
        def work(connection: Connection, _: dict[str, Any]) -> int:
            connection.execute(delete(shipping_methods).where(_m.zone_id == zone_id))
            connection.execute(delete(shipping_zones).where(_z.zone_id == zone_id))
            return zone_id

        self._changed(turn, audited, work)

    def write_method(self, zone_id: int, method: Method, turn: Turn, audited: Audited) -> int:
        row = {"zone_id": zone_id, "name": method.name, "terms": terms_of(method)}

        def work(connection: Connection, by: dict[str, Any]) -> int:
            return _put(connection, shipping_methods, _m.method_id, method.method_id, row | by)

        return self._changed(turn, audited, work)

    def remove_method(self, method_id: int, turn: Turn, audited: Audited) -> None:
        def work(connection: Connection, _: dict[str, Any]) -> int:
            connection.execute(delete(shipping_methods).where(_m.method_id == method_id))
            return method_id

        self._changed(turn, audited, work)

    def _changed(self, turn: Turn, audited: Audited, change: _Change) -> int:
        def work(connection: Connection) -> int:
            by = {"actor": turn.actor[:120], "changed_at": database_now(connection)}
            take_turn(connection, turn.seen, turn.revision, by)
            upsert(connection, shop_settings, [{"name": REVISION, "value": turn.revision, **by}], ["name"])
            changed_id = change(connection, by)
            append(connection, audited(changed_id))
            return changed_id

        return self._database.write(work)


def _read(connection: Connection) -> StoredPlan:
    known = select(_s.name, _s.value).where(_s.name.in_([SETTINGS_REVISION, REVISION]))
    revisions = {str(name): str(value) for name, value in connection.execute(known)}
    methods: defaultdict[int, list[Method]] = defaultdict(list)
    for row in connection.execute(select(shipping_methods).order_by(_m.method_id)):
        methods[row.zone_id].append(method_of(row.method_id, row.name, row.terms))
    zones = tuple(
        Zone(row.zone_id, row.name, tuple(Place(*place) for place in row.places), tuple(methods[row.zone_id]))
        for row in connection.execute(select(shipping_zones).order_by(_z.zone_id))
    )
    return StoredPlan(ShippingPlan(revisions.get(REVISION, ""), zones), revisions.get(SETTINGS_REVISION, ""))


def _put(connection: Connection, table: Table, key: Column[Any], row_id: int, row: dict[str, Any]) -> int:
    if row_id:
        connection.execute(update(table).where(key == row_id).values(row))
        return row_id
    made = connection.execute(insert(table).values(row)).inserted_primary_key
    assert made is not None
    return int(made[0])
