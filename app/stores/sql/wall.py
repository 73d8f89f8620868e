"""Goals of the day and sketches of visitors in the relational store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, delete, select

from app.domain import WEEKDAYS, AuditEntry, Goals
from app.stores.sql.audit import append
from app.stores.sql.clock import database_now
from app.stores.sql.engine import Database
from app.stores.sql.tables import day_goals, visitor_sketches
from app.stores.sql.upsert import upsert


class SqlGoals:
    """The `GoalStore` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def goals(self, since: date) -> Goals:
        # The names of weekdays sort after every date.
        query = select(day_goals.c.day, day_goals.c.amount).where(day_goals.c.day >= since.isoformat())
        rows = {str(day): int(amount) for day, amount in self._database.read(lambda c: c.execute(query).all())}
        weekdays = tuple(rows.pop(name, None) for name in WEEKDAYS)
        return Goals(weekdays, rows)

    def set(self, amounts: Mapping[str, int | None], by: str, audited: AuditEntry) -> None:
        def work(connection: Connection) -> None:
            gone = [day for day, amount in amounts.items() if amount is None]
            connection.execute(delete(day_goals).where(day_goals.c.day.in_(gone)))
            now = database_now(connection)
            rows = [
                {"day": day, "amount": amount, "actor": by, "changed_at": now}
                for day, amount in amounts.items()
                if amount is not None
            ]
            upsert(connection, day_goals, rows, ["day"])
            append(connection, audited)

        self._database.write(work)


class SqlVisitorSketches:
    """The `VisitorSketches` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, minute: int, process: str, bits: bytes) -> None:
        row = {"minute": minute, "process": process, "bits": bits}
        self._database.write(lambda connection: upsert(connection, visitor_sketches, [row], ["minute", "process"]))

    def since(self, minute: int) -> list[bytes]:
        query = select(visitor_sketches.c.bits).where(visitor_sketches.c.minute >= minute)
        return [bytes(row[0]) for row in self._database.read(lambda connection: connection.execute(query).all())]

    def forget(self, before: int) -> int:
        old = delete(visitor_sketches).where(visitor_sketches.c.minute < before)
        return self._database.write(lambda connection: connection.execute(old).rowcount)
