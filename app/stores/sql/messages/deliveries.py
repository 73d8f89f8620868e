"""Sending again by hand what was delivered before."""

from __future__ import annotations

from sqlalchemy import select

from app.domain import AuditEntry, OutboxEntry
from app.stores.sql.engine.database import Database
from app.stores.sql.jobs.outbox import entry_of
from app.stores.sql.stock.low_stock_episodes import _again
from app.stores.sql.tables import outbox


class SqlDeliveries:
    """The `Deliveries` port: the outbox rows people may send again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, entry_id: int, kinds: tuple[str, ...]) -> OutboxEntry | None:
        query = select(outbox).where(outbox.c.entry_id == entry_id, outbox.c.kind.in_(kinds))
        row = self._database.read(lambda connection: connection.execute(query).first())
        return None if row is None else entry_of(row)

    def again(self, entry_id: int, kinds: tuple[str, ...], audited: AuditEntry) -> bool:
        return self._database.write(lambda connection: _again(connection, entry_id, kinds, audited))
