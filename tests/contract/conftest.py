"""`database`: an empty schema on SQLite and on a real MariaDB, so that every contract test runs on both."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.stores.sql.engine import Database
from app.stores.sql.migrate import migrate
from app.stores.sql.tables import audit_log, metadata
from tests.contract.mariadb import mariadb_or_skip


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.dispose()
    return path


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Database]:
    with mariadb_or_skip() as server:
        database = Database(server.url)
        migrate(database)
        yield database
        database.dispose()


@pytest.fixture(params=["sqlite", "mariadb"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "shop.db")
        database = Database(f"sqlite:///{path}")
        yield database
        database.dispose()
        return
    database = request.getfixturevalue("mariadb")
    yield database
    _empty(database)


def _empty(database: Database) -> None:
    """Delete what a test wrote; far cheaper than making the tables again."""
    with database.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            if table is not audit_log:
                connection.execute(table.delete())
            elif connection.execute(table.select().limit(1)).first() is not None:
                connection.execute(text(f"TRUNCATE TABLE {table.name}"))  # its triggers refuse to delete rows
