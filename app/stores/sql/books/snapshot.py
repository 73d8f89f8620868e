"""Several statements that see one instant."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select

from app.stores.sql.engine.database import Database

T = TypeVar("T")

IDS_PER_QUERY = 500


def at_one_instant(database: Database, work: Callable[[Connection], T]) -> T:
    """`work` in a transaction that sees the database as it was at its first statement, on MySQL too."""

    def isolated(connection: Connection) -> T:
        if connection.dialect.name != "sqlite":  # where a reading transaction is one in any case
            connection.execution_options(isolation_level="REPEATABLE READ")
        return work(connection)

    return database.read(isolated)


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), IDS_PER_QUERY):
        yield items[start : start + IDS_PER_QUERY]


def rows_in(connection: Connection, query: Select[Any], column: Any, values: Collection[Any]) -> Iterator[Row[Any]]:
    """The rows of `query` whose `column` is one of `values`, which may be many."""
    for chunk in chunks(sorted(values)):
        yield from connection.execute(query.where(column.in_(chunk)))
