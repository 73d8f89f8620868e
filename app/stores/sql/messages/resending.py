"""Resending by hand what was delivered before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from app.domain import AuditEntry, OutboxEntry, OutboxState, effects
from app.errors import Conflict
from app.stores.sql.audit.log import append
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.jobs.outbox import enqueue, entry_of, make_due
from app.stores.sql.tables import outbox


class SqlDeliveries:
    """The `Deliveries` port: the outbox rows people may send again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, entry_id: int, kinds: tuple[str, ...]) -> OutboxEntry | None:
        query = select(outbox).where(outbox.c.entry_id == entry_id, outbox.c.kind.in_(kinds))
        row = self._database.read(lambda connection: connection.execute(query).first())
        return None if row is None else entry_of(row)

    def by_key(self, key: str, kinds: tuple[str, ...]) -> OutboxEntry | None:
        query = select(outbox).where(outbox.c.key == key, outbox.c.kind.in_(kinds))
        row = self._database.read(lambda connection: connection.execute(query).first())
        return None if row is None else entry_of(row)

    def again(self, entry_id: int, kinds: tuple[str, ...], audited: AuditEntry) -> bool:
        return self._database.write(lambda connection: _again(connection, entry_id, kinds, audited))


def _again(connection: Connection, entry_id: int, kinds: tuple[str, ...], audited: AuditEntry) -> bool:
    query = select(outbox).where(outbox.c.entry_id == entry_id, outbox.c.kind.in_(kinds)).with_for_update()
    row = connection.execute(query).first()
    if row is None:
        return False
    now = database_now(connection)
    if row.state == OutboxState.DONE.value:
        changed = _copy(connection, row, now)
    else:
        # A second click finds it due already.
        changed = row.state == OutboxState.FAILED.value or row.attempts > 0 or row.next_try_at > now
        if not make_due(connection, entry_id, {**row.payload, effects.ANYWAY: True}):
            raise Conflict("This message is being sent right now. Look again in a minute.")
    if changed:
        append(connection, audited)
    return True


def _copy(connection: Connection, row: Row[Any], now: datetime) -> bool:
    """A delivered row stays as it is; a copy with a key of its own is queued, one at a time: False while one waits."""
    root = row.key.partition(":again:")[0]
    # Locked, so that two people who send the same message again agree on its copies.
    connection.execute(select(outbox.c.entry_id).where(outbox.c.key == root).with_for_update()).scalar()
    copies = select(outbox.c.state).where(outbox.c.key.startswith(f"{root}:again:", autoescape=True))
    states = connection.execute(copies).scalars().all()
    if OutboxState.PENDING.value in states:
        return False  # a second click before the first copy has left
    copy = len(states) + 1
    payload = {**row.payload, effects.COPY: copy, effects.ANYWAY: True}
    enqueue(connection, effects.Effect(row.kind, effects.copy_key(root, copy), payload), now)
    return True
