"""What a database holds, to be put back: a shop that many tests begin with is traded into being only once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table, insert, select

from app.stores.sql.engine.database import Database
from app.stores.sql.tables import metadata


@dataclass(frozen=True)
class Snapshot:
    """The rows of every table that has any, parents before children."""

    rows: tuple[tuple[Table, list[dict[str, Any]]], ...]

    @classmethod
    def of(cls, database: Database) -> Snapshot:
        def held(connection: Connection) -> list[tuple[Table, list[dict[str, Any]]]]:
            return [
                (table, [dict(row) for row in connection.execute(select(*_written(table))).mappings()])
                for table in metadata.sorted_tables
            ]

        return cls(tuple((table, rows) for table, rows in database.read(held) if rows))

    def restore(self, database: Database) -> None:
        """Into empty tables."""

        def put(connection: Connection) -> None:
            for table, rows in self.rows:
                connection.execute(insert(table), rows)

        database.write(put)


def _written(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if column.computed is None]
