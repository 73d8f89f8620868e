"""Who gets the weekly report, and which of them are queued for a week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select

from app.domain import MAY, Access, AuditEntry, effects
from app.services.messages.ports import Reader
from app.stores.sql.audit.log import append
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new
from app.stores.sql.jobs.outbox import enqueue
from app.stores.sql.tables import outbox, report_readers, users


class SqlReportReaders:
    """The `ReaderStore` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reads(self, user_id: int) -> bool:
        query = select(report_readers.c.user_id).where(report_readers.c.user_id == user_id)
        return self._database.read(lambda c: c.execute(query).first() is not None)

    def set_reading(self, user_id: int, reads: bool, audited: AuditEntry) -> None:
        def work(connection: Connection) -> None:
            if reads:
                row = {"user_id": user_id, "since": database_now(connection)}
                changed = insert_new(connection, report_readers, row)
            else:
                gone = delete(report_readers).where(report_readers.c.user_id == user_id)
                changed = connection.execute(gone).rowcount == 1
            if changed:
                append(connection, audited)

        self._database.write(work)

    def readers(self) -> Sequence[Reader]:
        u = users.c
        query = (
            select(u.user_id, u.full_name, u.email)
            .join(report_readers, report_readers.c.user_id == u.user_id)
            .where(
                u.role.in_([role.value for role in MAY[Access.WATCH] if role]),
                u.deactivated_at.is_(None),
                u.email.is_not(None),
            )
            .order_by(u.user_id)
        )
        return [Reader(*row) for row in self._database.read(lambda c: list(c.execute(query)))]

    def queue(self, week: str, user_ids: Sequence[int], at: datetime) -> int:
        wanted = {effect.key: effect for effect in (effects.report(week, user_id) for user_id in user_ids)}

        def work(connection: Connection) -> int:
            known = set(connection.execute(select(outbox.c.key).where(outbox.c.key.in_(list(wanted)))).scalars())
            for key, effect in wanted.items():
                if key not in known:
                    enqueue(connection, effect, database_now(connection))
            return len(wanted) - len(known)

        return self._database.write(work) if wanted else 0
