"""Bring a database to this version's schema, or say why it cannot be."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app.errors import StartupError
from app.stores.sql.engine import Database

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(database: Database) -> str:
    """Run what is missing and return the revision reached. Safe to run twice.

    Raises StartupError for a database that a newer version wrote, or that cannot be written.
    """
    _refuse_newer(database)
    try:
        with database.engine.connect().execution_options(retail_write=True) as connection:
            command.upgrade(_config(connection), "head")
            connection.commit()
    except OperationalError as error:
        raise StartupError(f"The database {_shown(database)} cannot be migrated: {error.orig}.") from error
    return str(_script().get_current_head())


def require_current(database: Database) -> None:
    """Raises StartupError unless the schema is this version's."""
    _refuse_newer(database)
    if _revision(database) != _script().get_current_head():
        raise StartupError(f"The database {_shown(database)} is not up to date. Run: python -m app migrate")


def _refuse_newer(database: Database) -> None:
    revision = _revision(database)
    known = {script.revision for script in _script().walk_revisions()}
    if revision is not None and revision not in known:
        raise StartupError(
            f"The database {_shown(database)} was written by a newer version of Retail Sync (schema {revision}). "
            "Update this program, or point DATA_DIR or DATABASE_URL at another database."
        )


def _revision(database: Database) -> str | None:
    try:
        with database.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise StartupError(f"The database {_shown(database)} cannot be opened: {error.orig}.") from error


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(None))


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config


def _shown(database: Database) -> str:
    return database.url.render_as_string(hide_password=True)
