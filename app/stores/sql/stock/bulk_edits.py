"""Changes of many products, in the relational store."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from app.domain import AuditEntry
from app.services.stock.ports import BulkEdit
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

    def get(self, edit_id: str) -> BulkEdit | None:
        row = self._database.read(lambda c: c.execute(select(bulk_edits).where(_b.edit_id == edit_id)).first())
        return None if row is None else _edit(row)

    def begin(self, edit_id: str, audited: AuditEntry) -> None:
        def work(connection: Connection) -> None:
            if _moved(connection, (_b.edit_id == edit_id) & (_b.state == PROPOSED), state=BEGUN):
                append(connection, audited)

        self._database.write(work)

    def begun(self, older_than: timedelta) -> list[BulkEdit]:
        def work(connection: Connection) -> list[Any]:
            old = _b.at <= database_now(connection) - older_than
            return list(connection.execute(select(bulk_edits).where(_b.state == BEGUN, old)))

        return [_edit(row) for row in self._database.read(work)]

    def end(self, edit: BulkEdit) -> None:
        here = (_b.edit_id == edit.edit_id) & (_b.state == BEGUN)
        self._database.write(lambda c: _moved(c, here, state=DONE, left_as_is=list(edit.left or ())))

    def forget(self, older_than: timedelta) -> int:
        def work(connection: Connection) -> int:
            old = _b.at <= database_now(connection) - older_than
            return connection.execute(delete(bulk_edits).where(_b.state.in_((PROPOSED, DONE)), old)).rowcount

        return self._database.write(work)


def _moved(connection: Connection, here: ColumnElement[bool], **values: Any) -> bool:
    changed = update(bulk_edits).where(here).values(**values, at=database_now(connection))
    return connection.execute(changed).rowcount == 1


def _edit(row: Any) -> BulkEdit:
    return BulkEdit(row.edit_id, row.wanted, row.seen, row.left_as_is if row.state == DONE else None)
