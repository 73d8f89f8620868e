"""Bring a database to this version's schema, or say why it cannot be."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import DBAPIError

from app.errors import StartupError
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.failures import at_start, is_away
from app.stores.sql.engine.revisions import OLDEST_FACT, SCRIPTS, revisions
from app.stores.sql.engine.upsert import upsert
from app.stores.sql.tables import metadata, shop_facts

LOCK_SECONDS = 60  # for a migration that another process is running

# The oldest schema whose versions of the program run on this one too: while a release is rolled out, and when it is
# rolled back, processes of the version before serve on the new schema. A migration that only adds what may be empty
# leaves it; one that takes away or changes the meaning of what they use raises it to its own revision, and belongs into
# the release after the one that stopped using it (expand, migrate, contract).
OLDEST_THAT_RUNS = "0010"


def migrate(database: Database) -> str:
    """Run what is missing and return the revision reached.

    Safe to run twice, at the same time as another, and again after it was interrupted. Changes nothing in a database
    of a newer version on which this one runs too. Raises StartupError for any other one that a newer version wrote,
    that cannot be written, or whose tables are not the shop's.
    """
    try:
        with database.engine.connect().execution_options(retail_write=True) as connection, _alone(database, connection):
            is_newer = _refuse_newer(database, connection)
            connection.rollback()
            if not is_newer:
                command.upgrade(_config(connection), "head")
                upsert(connection, shop_facts, [{"name": OLDEST_FACT, "value": OLDEST_THAT_RUNS}], ["name"])
                connection.commit()
            _refuse_other_shape(database, connection)
    except DBAPIError as error:
        if is_away(error):
            raise at_start(error, database.url) from error
        raise StartupError(f"The database {_shown(database)} cannot be migrated: {error.orig}.") from error
    return str(revisions()[0])


def require_current(database: Database) -> None:
    """Raises StartupError unless the database can be reached and this version runs on its schema."""
    try:
        with database.engine.connect() as connection:
            is_newer = _refuse_newer(database, connection)
            if not is_newer and _revision_of(connection) != revisions()[0]:
                raise StartupError(f"The database {_shown(database)} is not up to date. Run: python -m app migrate")
            _refuse_other_shape(database, connection)
    except DBAPIError as error:
        raise at_start(error, database.url) from error


@contextmanager
def _alone(database: Database, connection: Connection) -> Iterator[None]:
    """On a server: one migration at a time. The lock is the connection's, so it ends with a process that is killed."""
    if database.is_sqlite:  # its first statement takes the file's write lock
        yield
        return
    name = hashlib.blake2b(f"migrate {database.url.database}".encode(), digest_size=16).hexdigest()
    got = connection.execute(text("SELECT GET_LOCK(:name, :seconds)"), {"name": name, "seconds": LOCK_SECONDS}).scalar()
    connection.rollback()
    if got != 1:
        raise StartupError(
            f"Another process has been migrating {_shown(database)} for more than {LOCK_SECONDS} seconds. "
            "Wait until it is done, then run this again."
        )
    try:
        yield
    finally:
        if not connection.invalidated:
            connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": name})
            connection.rollback()


def _refuse_newer(database: Database, connection: Connection) -> bool:
    """Whether a newer version wrote the schema, on which this one runs all the same."""
    revision = _revision_of(connection)
    if revision is None or revision in revisions()[1]:
        return False
    oldest = connection.execute(select(shop_facts.c.value).where(shop_facts.c.name == OLDEST_FACT)).scalar()
    if oldest is None or oldest > str(revisions()[0]):
        raise StartupError(
            f"The database {_shown(database)} was written by a newer version of Retail Sync (schema {revision}). "
            "Update this program, or point DATA_DIR or DATABASE_URL at another database."
        )
    return True


def _revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_other_shape(database: Database, connection: Connection) -> None:
    """Somebody changed a table by hand, or restored a part of a backup: said, and not put right by guessing."""
    wrong = differences(connection)
    if wrong:
        raise StartupError(
            f"The database {_shown(database)} says that it is up to date, but its tables are not as they should be: "
            f"{'; '.join(wrong)}. Nothing was changed. Restore them from a backup, or point DATABASE_URL at another "
            "database."
        )


def differences(connection: Connection) -> list[str]:
    """Tables and columns that the code uses and the database lacks."""
    look = inspect(connection)
    known = look.get_multi_columns()
    columns = {name: {column["name"] for column in found} for (_, name), found in known.items()}
    wrong = []
    for table in metadata.sorted_tables:
        if table.name not in columns:
            wrong.append(f"there is no table {table.name}")
            continue
        missing = sorted({column.name for column in table.columns} - columns[table.name])
        wrong += [f"{table.name} has no column {name}" for name in missing]
    return wrong


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


def _shown(database: Database) -> str:
    return database.url.render_as_string(hide_password=True)
