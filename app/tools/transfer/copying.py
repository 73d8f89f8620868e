"""One table from one database into another: the missing is added, the different replaced, the rest removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, and_, delete, insert, or_, select

from app.errors import StartupError
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import audit_log, invoice_files, invoices
from app.tools.transfer.rows import CHUNK, Change, Key, Row, as_it_is, by_key, canonical, key_of, plain, read

OTHER_SHOP = (
    "The target holds data that is not this shop's ({0}). Nothing was overwritten. "
    "Name an empty database (and empty DynamoDB tables) in the target's settings."
)
_KEYS_PER_DELETE = 100
_ONLY_GROW = (audit_log, invoices, invoice_files)  # triggers refuse to change or delete their rows


@dataclass
class Copied:
    """What one pass did to a table of the target."""

    read: int = 0
    added: int = 0
    replaced: int = 0
    removed: int = 0

    @property
    def is_changed(self) -> bool:
        return bool(self.added or self.replaced or self.removed)


def copy_table(source: Connection, target: Database, table: Table, change: Change = as_it_is) -> Copied:
    """Safe to run twice, and to kill anywhere: the next run goes on from what is there.

    First everything that does not belong there is deleted, then everything that is missing is added: so no row
    meets another one's unique value. Each chunk is a transaction of its own.
    """
    done = Copied()
    was_empty = not _has_rows(target, table)
    if not was_empty:
        for rows, lower, upper in _spans(source, table, change):
            _remove_strangers(target, table, rows, lower, upper, done)
    for rows, lower, upper in _spans(source, table, change):
        known = set() if was_empty else _keys(target, table, lower, upper)
        _add_missing(target, table, rows, known, done)
        done.read += len(rows)
    return done


def _spans(source: Connection, table: Table, change: Change) -> Iterator[tuple[list[Row], Key | None, Key | None]]:
    """Chunks of the source with the span of keys that each stands for; together they cover all keys there can be."""
    lower: Key | None = None
    while True:
        rows = read(source, table, lower, None, CHUNK)
        is_last = len(rows) < CHUNK
        upper = None if is_last else key_of(table, rows[-1])
        yield [change(row) for row in rows], lower, upper
        if is_last:
            return
        lower = upper


def _has_rows(target: Database, table: Table) -> bool:
    return target.read(lambda c: c.execute(select(plain(table)).limit(1)).first()) is not None


def _remove_strangers(
    target: Database, table: Table, rows: Sequence[Row], lower: Key | None, upper: Key | None, done: Copied
) -> None:
    wanted = by_key(table, rows)
    known = by_key(table, target.read(lambda c: read(c, table, lower, upper)))
    extra = [key for key in known if key not in wanted]
    differing = [
        key for key, row in known.items() if key in wanted and canonical(table, row) != canonical(table, wanted[key])
    ]
    if not extra and not differing:
        return
    if table in _ONLY_GROW:  # what differs was written by somebody else
        raise StartupError(OTHER_SHOP.format(table.name))
    _write(target, lambda connection: _delete(connection, table, [*extra, *differing]))
    done.removed += len(extra)
    done.replaced += len(differing)


def _keys(target: Database, table: Table, lower: Key | None, upper: Key | None) -> set[Key]:
    return target.read(lambda c: {key_of(table, row) for row in read(c, table, lower, upper)})


def _add_missing(target: Database, table: Table, rows: Sequence[Row], known: set[Key], done: Copied) -> None:
    missing = [row for row in rows if key_of(table, row) not in known]
    if missing:
        _write(target, lambda connection: connection.execute(insert(plain(table)), missing))
        done.added += len(missing)


def _delete(connection: Connection, table: Table, keys: Sequence[Key]) -> None:
    columns = list(plain(table).primary_key.columns)
    for start in range(0, len(keys), _KEYS_PER_DELETE):
        chunk = keys[start : start + _KEYS_PER_DELETE]
        any_of = or_(*(and_(*(c == v for c, v in zip(columns, key, strict=True))) for key in chunk))
        connection.execute(delete(plain(table)).where(any_of))


def _write(target: Database, work: Callable[[Connection], object]) -> None:
    """Parents and children may be in different passes; in the end all of them are there, as in the source."""

    def unchecked(connection: Connection) -> None:
        connection.exec_driver_sql("SET foreign_key_checks = 0")
        try:
            work(connection)
        finally:
            connection.exec_driver_sql("SET foreign_key_checks = 1")  # the connection goes back to its pool

    target.write(unchecked)
