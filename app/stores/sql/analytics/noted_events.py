"""Noted events in the relational store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from app.domain import AuditEntry, EventKind, ShopEvent
from app.stores.sql.audit.log import append
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import events

_e = events.c


class SqlEvents:
    """The `EventStore` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, event: ShopEvent, audited: Callable[[int], AuditEntry]) -> int:
        def work(connection: Connection) -> int:
            row = {
                "day": event.day,
                "kind": event.kind.value,
                "words": event.words,
                "actor": event.actor,
                "at": database_now(connection),
            }
            key = connection.execute(insert(events).values(row)).inserted_primary_key
            assert key is not None
            append(connection, audited(int(key[0])))
            return int(key[0])

        return self._database.write(work)

    def remove(self, event_id: int, audited: AuditEntry) -> bool:
        def work(connection: Connection) -> bool:
            if connection.execute(delete(events).where(_e.event_id == event_id)).rowcount != 1:
                return False
            append(connection, audited)
            return True

        return self._database.write(work)

    def get(self, event_id: int) -> ShopEvent | None:
        found = self._database.read(lambda c: c.execute(select(events).where(_e.event_id == event_id)).first())
        return None if found is None else _event(found)

    def between(self, start: date, end: date, limit: int) -> list[ShopEvent]:
        query = select(events).where(_e.day >= start, _e.day < end).order_by(_e.day.desc(), _e.event_id.desc())
        rows = self._database.read(lambda c: list(c.execute(query.limit(limit))))
        return [_event(row) for row in reversed(rows)]


def _event(row: Any) -> ShopEvent:
    return ShopEvent(row.event_id, row.day, EventKind(row.kind), row.words, row.actor)
