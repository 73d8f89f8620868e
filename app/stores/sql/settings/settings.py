"""What admins set, in the relational store: a row per setting, and one that says which revision it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from app.domain import AuditEntry
from app.errors import Conflict, StaleEdit
from app.services.settings.ports import MOST_COUNTED, Stored
from app.stores.sql.audit.log import append
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import replace_row, upsert
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.tables import orders, shop_settings

REVISION = "revision"  # the name of the row; no setting is called so

_s = shop_settings.c


class SqlSettings:
    """The `SettingsStore` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def revision(self) -> str:
        query = select(_s.value).where(_s.name == REVISION)
        return self._database.read(lambda connection: connection.execute(query).scalar()) or ""

    def read(self) -> Stored:
        query = select(_s.name, _s.value)
        values = {str(name): str(value) for name, value in self._database.read(lambda c: c.execute(query).all())}
        return Stored(values.pop(REVISION, ""), values)

    def write(
        self, changes: Mapping[str, str], seen: str, revision: str, audited: AuditEntry, *, without_orders: bool
    ) -> None:
        def work(connection: Connection) -> None:
            by = {"actor": audited.actor.name[:120], "changed_at": database_now(connection)}
            take_turn(connection, seen, revision, by)
            # Locked, so that one which is being written is waited for.
            any_order = select(orders.c.order_id).limit(1).with_for_update(read=True)
            if without_orders and connection.execute(any_order).first() is not None:
                raise Conflict("There are orders by now, so this cannot be changed any more.")
            rows = [{"name": name, "value": value, **by} for name, value in sorted(changes.items())]
            upsert(connection, shop_settings, rows, ["name"])
            append(connection, audited)
            if "timezone" in changes:
                SqlRollups(self._database, ZoneInfo(changes["timezone"]), "settings").rebuild_within(connection)

        self._database.write(work)

    def orders(self) -> int:
        some = select(orders.c.order_id).limit(MOST_COUNTED).subquery()
        query = select(func.count()).select_from(some)
        return self._database.read(lambda connection: connection.execute(query).scalar_one())


def take_turn(connection: Connection, seen: str, revision: str, by: Mapping[str, Any]) -> None:
    """Make `revision` the one of the settings in place of `seen`: whoever else wants to waits until this is written.

    Raises StaleEdit when it is another one.
    """
    row = {"name": REVISION, "value": revision, **by}
    here = (_s.name == REVISION) & (_s.value == seen)
    if not replace_row(connection, shop_settings, row, here, is_new=not seen):
        raise StaleEdit()
