"""Inserts that know about rows which are already there, in the words of SQLite and of MySQL."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Insert, Table, delete, insert, update
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.exc import IntegrityError

_ROWS_PER_STATEMENT = 200
_MYSQL_DUPLICATE, _MYSQL_MISSING = 1062, 1048

Incoming = Any  # the row that could not be inserted, by column name: incoming.units
NewValue = ColumnElement[Any] | Callable[[Incoming], Any] | int | str | None


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    key_columns: Sequence[str],
    set_: Mapping[str, NewValue] | None = None,
) -> None:
    """Insert `rows`, or change the row that has the same `key_columns` already.

    `set_` says what a present row becomes, per column: a value, an expression over `table.c`, or a
    function of the incoming row, e.g. `{"units": lambda new: table.c.units + new.units}`. Without it
    every column that is not a key takes the incoming value. MySQL assigns from left to right and
    later assignments there see the earlier ones: an expression must not read a column set before it.

    All rows name the same columns, with plain values. On MySQL any unique key counts, not only `key_columns`.
    """
    if not rows:
        return
    is_sqlite = connection.dialect.name == "sqlite"
    keys = tuple(key_columns)
    if set_ is None:
        statement = _taking_incoming(table, is_sqlite, keys, tuple(rows[0]))
    else:
        statement = _upserting(table, is_sqlite, keys, set_)
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        connection.execute(statement, [dict(row) for row in rows[start : start + _ROWS_PER_STATEMENT]])


@functools.cache  # there are as many as the program has such writes; each costs more to make than to run
def _taking_incoming(table: Table, is_sqlite: bool, keys: tuple[str, ...], columns: tuple[str, ...]) -> Insert:
    names = [name for name in columns if name not in keys] or [keys[0]]
    return _upserting(table, is_sqlite, keys, {name: operator.itemgetter(name) for name in names})


def _upserting(table: Table, is_sqlite: bool, keys: tuple[str, ...], changes: Mapping[str, NewValue]) -> Insert:
    # The rows are no part of the statement, so that SQLAlchemy remembers how it is written, however many they are.
    # Both drivers send them together.
    if is_sqlite:
        one = sqlite.insert(table)
        return one.on_conflict_do_update(index_elements=list(keys), set_=_resolved(changes, one.excluded))
    into = mysql.insert(table)
    # A list of pairs keeps the order in which MySQL assigns.
    return into.on_duplicate_key_update(list(_resolved(changes, into.inserted).items()))


def insert_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert one row; False, and nothing changed, when a row with one of its unique keys exists.

    When another transaction is inserting the same key, this waits for how that ends. Every other
    broken constraint still raises.
    """
    try:
        connection.execute(insert(table).values(dict(row)))
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        return False
    return True


def replace_row(
    connection: Connection, table: Table, row: Mapping[str, Any] | None, here: ColumnElement[bool], *, is_new: bool
) -> bool:
    """Put `row` (None: nothing) in place of the one that `here` names, as it was read; False, and nothing changed,
    when it is not so any more. `is_new`: there was none."""
    if is_new:
        return row is None or insert_new(connection, table, row)
    change = delete(table) if row is None else update(table).values(dict(row))
    return connection.execute(change.where(here)).rowcount == 1


def is_duplicate(error: IntegrityError) -> bool:
    """True when a unique or primary key was violated, rather than another constraint."""
    args: tuple[Any, ...] = getattr(error.orig, "args", None) or ("",)
    return args[0] == _MYSQL_DUPLICATE or str(args[0]).startswith("UNIQUE constraint failed")


def is_missing(error: IntegrityError, column: Column[Any]) -> bool:
    """True when this column was to be null and may not be."""
    args: tuple[Any, ...] = getattr(error.orig, "args", None) or ("",)
    if args[0] == _MYSQL_MISSING:
        return f"'{column.name}'" in str(args[-1])
    return str(args[0]) == f"NOT NULL constraint failed: {column.table.name}.{column.name}"


def _resolved(changes: Mapping[str, NewValue], incoming: Incoming) -> dict[str, Any]:
    return {name: value(incoming) if callable(value) else value for name, value in changes.items()}
