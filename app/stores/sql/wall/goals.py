"""Goals of the day in the relational store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, select

from app.domain import WEEKDAYS, AuditEntry, Goals
from app.errors import StaleEdit
from app.stores.sql.audit.log import append
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import replace_row
from app.stores.sql.tables import day_goals


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

    def set(
        self,
        amounts: Mapping[str, int | None],
        by: str,
        audited: AuditEntry,
        present: Mapping[str, int | None],
    ) -> None:
        def work(connection: Connection) -> None:
            now = database_now(connection)
            for day, amount in sorted(amounts.items()):
                row = None if amount is None else {"day": day, "amount": amount, "actor": by, "changed_at": now}
                here = (day_goals.c.day == day) & (day_goals.c.amount == present[day])
                if not replace_row(connection, day_goals, row, here, is_new=present[day] is None):
                    raise StaleEdit()
            append(connection, audited)

        self._database.write(work)
