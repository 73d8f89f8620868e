"""Writing many rows: in chunks, so that memory stays bounded however long the stream is."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Boolean, Connection, Date, Table

from app.stores.sql.tables import UtcDateTime

CHUNK = 5_000

Row = Sequence[Any]


class BulkWriter:
    """Buffers rows of several tables and writes them a chunk at a time, in the order the tables were given.

    That order must put parents before children: a flush writes every table's buffer, so that no line
    reaches the database before its order.
    """

    def __init__(self, connection: Connection, tables: Sequence[tuple[Table, Sequence[str]]]) -> None:
        self._connection = connection
        self._buffers: dict[str, list[Row]] = {table.name: [] for table, _ in tables}
        self._inserts = {table.name: _Insert(connection, table, columns) for table, columns in tables}

    def add(self, table: Table, row: Row) -> None:
        """Queue one row: its values in the order of the table's columns given at construction."""
        buffer = self._buffers[table.name]
        buffer.append(row)
        if len(buffer) >= CHUNK:
            self.flush()

    def flush(self) -> None:
        for name, buffer in self._buffers.items():
            if buffer:
                self._inserts[name](self._connection, buffer)
                buffer.clear()


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Insert a stream of rows and return how many there were."""
    writer = BulkWriter(connection, [(table, columns)])
    count = 0
    for row in rows:
        writer.add(table, row)
        count += 1
    writer.flush()
    return count


class _Insert:
    """One table's INSERT for the driver. SQLAlchemy's own typed path costs several times as much per row."""

    def __init__(self, connection: Connection, table: Table, columns: Sequence[str]) -> None:
        is_sqlite = connection.dialect.name == "sqlite"
        quote = connection.dialect.identifier_preparer.quote
        names = ", ".join(quote(table.c[name].name) for name in columns)
        marks = ", ".join(["?" if is_sqlite else "%s"] * len(columns))
        self._sql = f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})"  # nosec B608
        self._convert = [_converter(table, name, is_sqlite) for name in columns]

    def __call__(self, connection: Connection, rows: Sequence[Row]) -> None:
        columns = zip(*rows, strict=True)
        converted = [
            values if convert is None else map(convert, values)
            for values, convert in zip(columns, self._convert, strict=True)
        ]
        connection.exec_driver_sql(self._sql, list(zip(*converted, strict=True)))


def _converter(table: Table, name: str, is_sqlite: bool) -> Callable[[Any], Any] | None:
    """What the tables' types do to a value on its way to the driver; None when nothing."""
    kind = table.c[name].type
    if isinstance(kind, UtcDateTime):
        return _sqlite_time if is_sqlite else _plain_time
    if isinstance(kind, Date):
        return _sqlite_date if is_sqlite else None
    if isinstance(kind, Boolean):
        return int
    return None


def _plain_time(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC).replace(tzinfo=None)


# The lines of an order share their time, so most of these are asked for again at once.
@functools.lru_cache(maxsize=1024)
def _sqlite_time(value: datetime | None) -> str | None:
    """The text form that SQLAlchemy's SQLite dialect stores and sorts by."""
    plain = _plain_time(value)
    return None if plain is None else plain.isoformat(sep=" ", timespec="microseconds")


@functools.lru_cache(maxsize=1024)
def _sqlite_date(value: date | None) -> str | None:
    return None if value is None else value.isoformat()
