"""Changes of many products, in the relational store."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from app.domain import Actor, AuditEntry
from app.services.stock.ports import NOBODY, BulkEdit
from app.stores.sql.audit.log import append
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import bulk_edits

PROPOSED, BEGUN, DONE = "proposed", "begun", "done"
_b = bulk_edits.c


class SqlBulkEdits:
    """The `BulkEditStore` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def propose(self, edit: BulkEdit) -> None:
        def work(connection: Connection) -> None:
            row = {"edit_id": edit.edit_id, "state": PROPOSED, "wanted": edit.wanted, "seen": edit.seen}
            connection.execute(insert(bulk_edits).values(**row, at=database_now(connection)))

        self._database.write(work)

    def begin(self, edit_id: str, actor: Actor) -> BulkEdit | None:
        here = _b.edit_id == edit_id

        def work(connection: Connection) -> Any:
            _moved(connection, here & (_b.state == PROPOSED), state=BEGUN, actor=asdict(actor))
            return connection.execute(select(bulk_edits).where(here)).first()

        row = self._database.write(work)
        return None if row is None else _edit(row)

    def begun(self, older_than: timedelta) -> list[BulkEdit]:
        def work(connection: Connection) -> list[Any]:
            old = _b.at <= database_now(connection) - older_than
            return list(connection.execute(select(bulk_edits).where(_b.state == BEGUN, old)))

        return [_edit(row) for row in self._database.read(work)]

    def end(self, edit: BulkEdit, audited: AuditEntry) -> None:
        here = (_b.edit_id == edit.edit_id) & (_b.state == BEGUN)

        def work(connection: Connection) -> None:
            if _moved(connection, here, state=DONE, left_as_is=list(edit.left or ())):
                append(connection, audited)

        self._database.write(work)

    def forget(self, older_than: timedelta) -> int:
        def work(connection: Connection) -> int:
            old = _b.at <= database_now(connection) - older_than
            # Each by itself: of both at once MariaDB would rather read the whole table.
            states = (PROPOSED, DONE)
            return sum(connection.execute(delete(bulk_edits).where(_b.state == one, old)).rowcount for one in states)

        return self._database.write(work)


def _moved(connection: Connection, here: ColumnElement[bool], **values: Any) -> bool:
    changed = update(bulk_edits).where(here).values(**values, at=database_now(connection))
    return connection.execute(changed).rowcount == 1


def _edit(row: Any) -> BulkEdit:
    actor = Actor(**row.actor) if row.actor else NOBODY
    return BulkEdit(row.edit_id, row.wanted, row.seen, row.left_as_is if row.state == DONE else None, actor)
