"""Databases with the shop's tables: SQLite files are migrated once per run, then copied; or one is used again."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

from sqlalchemy import Connection, exists, literal, make_url, select, text, union_all

from app.stores.sql.engine.database import Database
from app.stores.sql.engine.migrate import migrate
from app.stores.sql.tables import audit_log, invoice_files, invoices, metadata
from tests.support.templates import template

# The names of the tables that have rows.
_WRITTEN = union_all(
    *(
        select(literal(table.name)).where(exists(select(literal(1)).select_from(table)))
        for table in metadata.sorted_tables
    )
)


def migrated(url: str) -> Database:
    """What is there already, or a server, is brought up to date."""
    path = make_url(url).database
    if url.startswith("sqlite:///") and path and not Path(path).exists():
        shutil.copyfile(_template(), path)
        return Database(url)
    database = Database(url)
    migrate(database)
    return database


@functools.cache
def _template() -> Path:
    return template("sqlite", _make) / "empty.db"


def _make(folder: Path) -> None:
    database = Database(f"sqlite:///{folder / 'empty.db'}")
    migrate(database)
    database.dispose()  # the last connection moves the log into the file


def empty(database: Database) -> None:
    """Delete what a test wrote, where it wrote: far cheaper than making the tables again."""
    with database.engine.begin() as connection:
        written = set(connection.execute(_WRITTEN).scalars())
        for table in reversed(metadata.sorted_tables):
            if table.name not in written:
                continue
            if table in (audit_log, invoices, invoice_files):
                _forget_all(connection, table.name)
            else:
                connection.execute(table.delete())


def _forget_all(connection: Connection, table: str) -> None:
    """Of a table whose triggers refuse to delete rows."""
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"TRUNCATE TABLE {table}"))
        return
    of_table = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name")
    triggers = connection.execute(of_table, {"name": table}).all()
    for name, _ in triggers:
        connection.execute(text(f"DROP TRIGGER {name}"))
    connection.execute(text(f"DELETE FROM {table}"))
    for _, statement in triggers:
        connection.exec_driver_sql(statement)
