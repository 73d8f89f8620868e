"""Migrations on MySQL that can be started again wherever they were interrupted.

MySQL commits every change of a schema by itself: a migration killed in the middle leaves a part behind, at the
revision before. Here each step first looks whether it was done. A table that is there in another shape than its
step would give it was made by somebody else: that is said and not touched.
"""

from __future__ import annotations

from typing import Any

from alembic.ddl.mysql import MySQLImpl
from sqlalchemy import Column, Constraint, Index, Table, UniqueConstraint, inspect
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.schema import ForeignKeyConstraint, PrimaryKeyConstraint

from app.errors import StartupError


class ResumingMySQL(MySQLImpl):
    """Alembic finds it by its dialect; made for `app.stores.sql.migrations`."""

    __dialect__ = "mysql"
    _seen: Inspector | None = None

    def create_table(self, table: Table, **kw: Any) -> None:
        if not self._look().has_table(table.name):
            super().create_table(table, **kw)
            return
        missing = sorted({column.name for column in table.columns} - self._columns(table.name))
        if missing:
            raise StartupError(
                f"The database has a table {table.name!r} that this program did not make: it lacks "
                f"{', '.join(missing)}. Nothing of it was changed. Rename that table, or point DATABASE_URL at a "
                "database of the shop's own."
            )
        for index in table.indexes:
            self.create_index(index)

    def drop_table(self, table: Table, **kw: Any) -> None:
        if self._look().has_table(table.name):
            super().drop_table(table, **kw)

    def add_column(self, table_name: str, column: Column[Any], **kw: Any) -> None:
        if column.name not in self._columns(table_name):
            super().add_column(table_name, column, **kw)

    def drop_column(self, table_name: str, column: Column[Any], **kw: Any) -> None:
        if column.name in self._columns(table_name):
            super().drop_column(table_name, column, **kw)

    def create_index(self, index: Index, **kw: Any) -> None:
        assert index.table is not None
        if index.name not in self._indexes(index.table.name):
            super().create_index(index, **kw)

    def drop_index(self, index: Index, **kw: Any) -> None:
        assert index.table is not None
        if index.name in self._indexes(index.table.name):
            super().drop_index(index, **kw)

    def add_constraint(self, const: Any, **kw: Any) -> None:
        if not self._has(const):
            super().add_constraint(const, **kw)

    def drop_constraint(self, const: Constraint, **kw: Any) -> None:
        if self._has(const):
            super().drop_constraint(const, **kw)

    def _exec(self, *args: Any, **kw: Any) -> Any:
        self._seen = None
        return super()._exec(*args, **kw)

    def _look(self) -> Inspector:
        """What is there now. An inspector remembers what it saw, so it lasts until the next change only."""
        assert self.connection is not None
        if self._seen is None:
            self._seen = inspect(self.connection)
        return self._seen

    def _columns(self, table: str) -> set[str]:
        return {column["name"] for column in self._look().get_columns(table)}

    def _indexes(self, table: str) -> set[str | None]:
        return {index["name"] for index in self._look().get_indexes(table)}

    def _has(self, const: Constraint) -> bool:
        table, look = const.table.name, self._look()
        if isinstance(const, PrimaryKeyConstraint):
            return bool(look.get_pk_constraint(table)["constrained_columns"])
        if isinstance(const, UniqueConstraint):
            return const.name in self._indexes(table)
        if isinstance(const, ForeignKeyConstraint):
            return const.name in {key["name"] for key in look.get_foreign_keys(table)}
        return const.name in {check["name"] for check in look.get_check_constraints(table)}
