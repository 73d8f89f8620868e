"""`database`: an empty schema on SQLite and on a real MariaDB, so that every contract test runs on both.

`backend`: a catalogue and carts on each of these and on DynamoDB, beside such a database.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, exists, literal, select, text, union_all

from app.services.cart.ports import Carts
from app.services.catalog.ports import Catalog
from app.stores.dynamo.carts import DynamoCarts
from app.stores.dynamo.catalog import DynamoCatalog
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.items import encode_item
from app.stores.dynamo.tables import TABLES
from app.stores.dynamo.tables import migrate as migrate_tables
from app.stores.sql.cart.carts import SqlCarts
from app.stores.sql.catalog.catalog import SqlCatalog
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.migrate import migrate
from app.stores.sql.tables import audit_log, metadata
from tests.support.dynoxide import CannotStart as CannotStartDynoxide
from tests.support.dynoxide import aws_environment, running_dynoxide
from tests.support.mariadb import CannotStart, running_mariadb
from tests.support.missing_part import missing_part

# The names of the tables that have rows.
_WRITTEN = union_all(
    *(
        select(literal(table.name)).where(exists(select(literal(1)).select_from(table)))
        for table in metadata.sorted_tables
    )
)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.dispose()
    return path


@pytest.fixture(scope="session")
def sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One for all tests, as with MariaDB: a new engine would compile each statement anew."""
    database = Database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path_factory.mktemp('shared') / 'shop.db')}")
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Database]:
    try:
        with running_mariadb() as url:
            database = Database(url)
            migrate(database)
            yield database
            database.dispose()
    except CannotStart as error:
        missing_part("MariaDB", error)


@pytest.fixture(scope="session")
def dynoxide() -> Iterator[str]:
    """The endpoint of a DynamoDB in memory, one for all tests of a process."""
    try:
        with running_dynoxide() as url:
            yield url
    except CannotStartDynoxide as error:
        missing_part("DynamoDB", error)


@dataclass(frozen=True)
class Backend:
    """Where a shop keeps its catalogue and carts, and the database that everything else is in."""

    name: str
    database: Database
    catalog: Catalog
    carts: Carts

    @property
    def elsewhere(self) -> tuple[Catalog, Carts] | None:
        """Both, where they are not in the database."""
        return (self.catalog, self.carts) if self.name == "dynamodb" else None


@pytest.fixture
def dynamo_environment(dynoxide: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3's variables point at that DynamoDB."""
    for name, value in aws_environment(dynoxide).items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def dynamo(dynoxide: str) -> Dynamo:
    """A client of that DynamoDB with the shop's tables, empty. `dynamo_tables` empties them after a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in aws_environment(dynoxide).items():
            patch.setenv(name, value)
        client = Dynamo("contract-", retry_seconds=30)  # a busy machine is not what these tests are about
        migrate_tables(client)
    return client


@pytest.fixture
def dynamo_tables(dynamo: Dynamo) -> Iterator[Dynamo]:
    yield dynamo
    empty_tables(dynamo)


@pytest.fixture(params=["sqlite", "mariadb", "dynamodb"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    """Each of the three ways to keep a catalogue; beside DynamoDB, orders are on SQLite."""
    if request.param == "mariadb":
        database = request.getfixturevalue("mariadb")
    else:
        database = Database(
            f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), tmp_path / 'shop.db')}"
        )
    if request.param == "dynamodb":
        dynamo = request.getfixturevalue("dynamo_tables")
        yield Backend(request.param, database, DynamoCatalog(dynamo), DynamoCarts(dynamo))
    else:
        yield Backend(request.param, database, SqlCatalog(database), SqlCarts(database))
    if request.param == "mariadb":
        _empty(database)
    else:
        database.dispose()


def empty_tables(dynamo: Dynamo) -> None:
    for table in TABLES:
        key = table.key[0][0]
        found = dynamo.pages("scan", table.name, ConsistentRead=True)
        dynamo.write_many(table.name, [{"DeleteRequest": {"Key": encode_item({key: item[key]})}} for item in found])


@pytest.fixture(params=["sqlite", "mariadb"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    database = request.getfixturevalue(request.param)
    yield database
    _empty(database)


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def module_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """As `database`, for a module whose tests all read the same; none of them may ask for `database` too."""
    if request.param == "sqlite":
        database = empty_sqlite(request, tmp_path_factory.mktemp("module"))
        yield database
        database.dispose()
        return
    database = request.getfixturevalue("mariadb")
    yield database
    _empty(database)


def empty_sqlite(request: pytest.FixtureRequest, folder: Path) -> Database:
    path = shutil.copy(request.getfixturevalue("sqlite_template"), folder / "shop.db")
    return Database(f"sqlite:///{path}")


def _empty(database: Database) -> None:
    """Delete what a test wrote, where it wrote: far cheaper than making the tables again."""
    with database.engine.begin() as connection:
        written = set(connection.execute(_WRITTEN).scalars())
        for table in reversed(metadata.sorted_tables):
            if table.name not in written:
                continue
            if table is audit_log:
                _forget_audit(connection)
            else:
                connection.execute(table.delete())


def _forget_audit(connection: Connection) -> None:
    """The log's triggers refuse to delete rows."""
    if connection.dialect.name != "sqlite":
        connection.execute(text(f"TRUNCATE TABLE {audit_log.name}"))
        return
    of_log = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :log")
    triggers = connection.execute(of_log, {"log": audit_log.name}).all()
    for name, _ in triggers:
        connection.execute(text(f"DROP TRIGGER {name}"))
    connection.execute(audit_log.delete())
    for _, statement in triggers:
        connection.exec_driver_sql(statement)
