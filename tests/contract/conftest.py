"""`database`: an empty schema on SQLite and on a real MariaDB, so that every contract test runs on both.

`backend`: a catalogue and carts on each of these and on DynamoDB, beside such a database.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from app.services.cart.ports import Carts
from app.services.catalog.ports import Catalog
from app.services.checkout.ports import Settlement
from app.stores.dynamo import cart_shape
from app.stores.dynamo.carts import DynamoCarts
from app.stores.dynamo.catalog import DynamoCatalog
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.items import encode_item
from app.stores.dynamo.settlement import DynamoSettlement
from app.stores.dynamo.tables import TABLES
from app.stores.dynamo.tables import migrate as migrate_tables
from app.stores.sql.cart.carts import SqlCarts
from app.stores.sql.cart.settlement import SqlSettlement
from app.stores.sql.catalog.catalog import SqlCatalog
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.migrate import migrate
from tests.support.dynoxide import CannotStart as CannotStartDynoxide
from tests.support.dynoxide import aws_environment, running_dynoxide
from tests.support.mariadb import CannotStart, running_mariadb
from tests.support.migrated import empty, migrated
from tests.support.missing_part import missing_part


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
    settlement: Settlement

    @property
    def elsewhere(self) -> tuple[Catalog, Carts, Settlement] | None:
        """Where they are not in the database."""
        return (self.catalog, self.carts, self.settlement) if self.name == "dynamodb" else None


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
        cart_shape.note(client)
    return client


@pytest.fixture
def dynamo_tables(dynamo: Dynamo) -> Iterator[Dynamo]:
    yield dynamo
    empty_tables(dynamo)


@pytest.fixture(params=["sqlite", "mariadb", "dynamodb"])
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    """Each of the three ways to keep a catalogue; beside DynamoDB, orders are on SQLite."""
    database: Database = request.getfixturevalue("mariadb" if request.param == "mariadb" else "sqlite")
    if request.param == "dynamodb":
        dynamo = request.getfixturevalue("dynamo_tables")
        yield Backend(request.param, database, DynamoCatalog(dynamo), DynamoCarts(dynamo), DynamoSettlement(dynamo))
    else:
        yield Backend(request.param, database, SqlCatalog(database), SqlCarts(database), SqlSettlement(database))
    empty(database)


def empty_tables(dynamo: Dynamo) -> None:
    for table in TABLES:
        key = table.key[0][0]
        found = dynamo.pages("scan", table.name, ConsistentRead=True)
        keys = [{key: item[key]} for item in found if item[key] != cart_shape.NOTE]
        dynamo.write_many(table.name, [{"DeleteRequest": {"Key": encode_item(one)}} for one in keys])


@pytest.fixture(params=["sqlite", "mariadb"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    database = request.getfixturevalue(request.param)
    yield database
    empty(database)


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def module_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """As `database`, for a module whose tests all read the same; none of them may ask for `database` too."""
    if request.param == "sqlite":
        database = migrated(f"sqlite:///{tmp_path_factory.mktemp('module') / 'shop.db'}")
        yield database
        database.dispose()
        return
    database = request.getfixturevalue("mariadb")
    yield database
    empty(database)
