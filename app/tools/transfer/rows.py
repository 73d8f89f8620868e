"""Rows of any table, in chunks along the primary key, and what they are compared by."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Connection, MetaData, Select, Table, Text, and_, or_, select

from app.stores.sql.tables import shop_facts
from app.stores.sql.transfer.moving import FACTS

CHUNK = 1_000
_MODULUS = 2**64

Row = dict[str, Any]
Key = tuple[Any, ...]
Change = Callable[[Row], Row]


@functools.cache
def plain(table: Table) -> Table:
    """The table as it is written: without computed columns, and JSON as the text that it is."""
    columns = [
        Column(c.name, Text() if isinstance(c.type, JSON) else c.type, primary_key=c.primary_key)
        for c in table.columns
        if c.computed is None
    ]
    return Table(table.name, MetaData(), *columns)


def as_it_is(row: Row) -> Row:
    return row


def key_of(table: Table, row: Mapping[str, Any]) -> Key:
    return tuple(row[column.name] for column in table.primary_key.columns)


def chunks(connection: Connection, table: Table, size: int = CHUNK) -> Iterator[list[Row]]:
    """All rows in the order of their keys; memory holds one chunk."""
    after: Key | None = None
    while True:
        rows = read(connection, table, after, None, size)
        if rows:
            yield rows
        if len(rows) < size:
            return
        after = key_of(table, rows[-1])


def read(
    connection: Connection, table: Table, after: Key | None, until: Key | None, limit: int | None = None
) -> list[Row]:
    """Rows beyond `after` up to and with `until`, in the order of their keys."""
    written = plain(table)
    query: Select[Any] = select(written)
    if table is shop_facts:
        query = query.where(written.c.name.not_in(FACTS))
    if after is not None:
        query = query.where(_beyond(written, after))
    if until is not None:
        query = query.where(_up_to(written, until))
    query = query.order_by(*written.primary_key.columns)
    result = connection.execute(query if limit is None else query.limit(limit))
    names = tuple(result.keys())
    return [dict(zip(names, row, strict=True)) for row in result]


def _beyond(table: Table, key: Key) -> ColumnElement[bool]:
    """(a, b) > (x, y), written out: MariaDB uses no index for a comparison of rows."""
    columns = list(table.primary_key.columns)
    return or_(
        *(
            and_(*(columns[i] == key[i] for i in range(position)), columns[position] > key[position])
            for position in range(len(columns))
        )
    )


def _up_to(table: Table, key: Key) -> ColumnElement[bool]:
    columns = list(table.primary_key.columns)
    last = len(columns) - 1
    return or_(
        *(
            and_(
                *(columns[i] == key[i] for i in range(position)),
                columns[position] <= key[position] if position == last else columns[position] < key[position],
            )
            for position in range(len(columns))
        )
    )


def canonical(table: Table, row: Mapping[str, Any]) -> str:
    """The same text for the same content, whichever database it was read from."""
    is_json = _json_columns(table)
    values = [
        json.loads(value) if name in is_json and isinstance(value, str) else _plain(value)
        for name, value in sorted(row.items())
    ]
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


@functools.cache
def _json_columns(table: Table) -> frozenset[str]:
    return frozenset(c.name for c in table.columns if isinstance(c.type, JSON))


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # or a time of one
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


@dataclass
class Checksum:
    """Rows and the sum of their hashes: the same in any order."""

    rows: int = 0
    total: int = 0

    def add(self, text: str) -> None:
        self.rows += 1
        self.total = (self.total + int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])) % _MODULUS

    def __str__(self) -> str:
        return f"{self.total:016x}"


def checksum(connection: Connection, table: Table, change: Change = as_it_is) -> Checksum:
    found = Checksum()
    for rows in chunks(connection, table):
        for row in rows:
            found.add(canonical(table, change(row)))
    return found


def by_key(table: Table, rows: Sequence[Row]) -> dict[Key, Row]:
    return {key_of(table, row): row for row in rows}
