"""What it costs to follow the catalogue, and that an older version beside this one misses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import Product, Quantity
from app.stores.dynamo.catalog import DynamoCatalog
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.expressions import named, update_request
from app.stores.dynamo.items import Item, decode_item, time_text
from app.stores.dynamo.loading import DynamoLoader
from app.stores.dynamo.products import product_of
from app.stores.dynamo.tables import BY_CHANGE, PRODUCTS, SHARDS, TABLES, migrate, require_tables
from tests.support.consumed import Consumed, consumed

WORDS = "x" * 5_000  # of a description: such an item is 6 KB
PRODUCTS_SOLD, SALES = 8, 40
MOST_BYTES = 400  # of an entry, as JSON


@pytest.fixture
def catalog(dynamo_tables: Dynamo) -> DynamoCatalog:
    return DynamoCatalog(dynamo_tables)


@pytest.fixture
def counted(dynamo_tables: Dynamo) -> Iterator[Consumed]:
    with consumed(dynamo_tables) as found:
        yield found


def product(product_id: str, stock: int = 100) -> Product:
    return Product(product_id, f"The {product_id}", 19_900, stock, 50, description=WORDS)


class TestCosts:
    def test_a_sale_is_read_without_the_product(self, catalog: DynamoCatalog, counted: Consumed):
        for number in range(PRODUCTS_SOLD):
            catalog.add(product(f"p{number}"))
        cursor = catalog.changes_since(None).cursor
        for sale in range(SALES):
            catalog.reserve(sale + 1, [Quantity(f"p{sale % PRODUCTS_SOLD}", 1)])
        counted.clear()
        found = catalog.changes_since(cursor).products
        assert {p.stock for p in found} == {100 - SALES // PRODUCTS_SOLD}
        assert {p.description for p in found} == {WORDS}
        assert counted.asked == {"Query": SHARDS}
        empty = 100  # bytes of an answer without items
        assert counted.bytes["Query"] < PRODUCTS_SOLD * MOST_BYTES + SHARDS * empty
        assert counted.units[f"{PRODUCTS}/recent_changes"] <= SHARDS * 0.5

    def test_a_sale_writes_two_units_into_the_index_whatever_the_product_holds(
        self, catalog: DynamoCatalog, counted: Consumed
    ):
        catalog.add(product("mug"))
        counted.clear()
        catalog.reserve(1, [Quantity("mug", 1)])
        indexes = {name: units for name, units in counted.units.items() if name.startswith(f"{PRODUCTS}/")}
        assert indexes == {f"{PRODUCTS}/recent_changes": 2}

    def test_an_edited_product_is_read_once(self, catalog: DynamoCatalog, counted: Consumed):
        catalog.add(product("mug"))
        read = catalog.changes_since(None)
        catalog.update(replace(read.products[0], name="Cup"))
        counted.clear()
        for _ in range(3):
            read = catalog.changes_since(read.cursor)
            assert [p.name for p in read.products] == ["Cup"]
        assert counted.asked["BatchGetItem"] == 1


class TestEditions:
    def test_a_process_that_knows_nothing_yet_reads_what_it_is_told_of(
        self, catalog: DynamoCatalog, dynamo_tables: Dynamo
    ):
        catalog.add(product("mug"))
        started = DynamoCatalog(dynamo_tables)
        cursor = dynamo_tables.now() - timedelta(seconds=30)
        assert [p.name for p in started.changes_since(cursor).products] == ["The mug"]

    def test_other_products_under_the_ids_of_a_load_that_never_ended_are_read_anew(
        self, catalog: DynamoCatalog, dynamo_tables: Dynamo
    ):
        DynamoLoader(dynamo_tables).load([product("mug")])
        read = catalog.changes_since(None)
        again = DynamoLoader(dynamo_tables)
        again.load([replace(product("mug"), name="Another mug")])
        again.finish()
        assert [p.name for p in catalog.changes_since(read.cursor).products] == ["Another mug"]

    def test_a_count_with_an_earlier_stamp_than_the_one_before_counts(
        self, catalog: DynamoCatalog, dynamo_tables: Dynamo
    ):
        """Hosts know the service's time to some milliseconds, so the later of two sales may have the earlier stamp."""
        catalog.add(product("mug"))
        read = catalog.changes_since(None)
        sell(dynamo_tables, "mug", time_text(dynamo_tables.now() - timedelta(seconds=2)))
        assert [p.stock for p in catalog.changes_since(read.cursor).products] == [99]


class TestRollingDeployment:
    """The version before reads every attribute from `by_change`, and writes stamp and count as this one does."""

    @pytest.fixture
    def older(self, dynamo_environment: None) -> Iterator[Dynamo]:
        """Tables as that version made them."""
        dynamo = Dynamo("before-")
        migrate(dynamo)
        names = [dynamo.table(table.name) for table in TABLES]
        dynamo.client.delete_table(TableName=dynamo.table(PRODUCTS))
        dynamo.client.create_table(
            TableName=dynamo.table(PRODUCTS),
            KeySchema=[{"AttributeName": "product_id", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": "product_id", "AttributeType": "S"},
                {"AttributeName": "shard", "AttributeType": "N"},
                {"AttributeName": "changed_at", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
            GlobalSecondaryIndexes=[
                {
                    "IndexName": BY_CHANGE,
                    "KeySchema": [
                        {"AttributeName": "shard", "KeyType": "HASH"},
                        {"AttributeName": "changed_at", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
        yield dynamo
        for name in names:
            dynamo.client.delete_table(TableName=name)

    def test_both_see_each_others_writes(self, older: Dynamo):
        catalog = DynamoCatalog(older)
        catalog.add(product("mug"))
        catalog.add(product("bowl"))
        assert any("Made the index recent_changes" in line for line in migrate(older))
        require_tables(older)
        read = catalog.changes_since(None)
        sell(older, "mug", time_text(older.now()))  # by the version before
        assert {p.product_id: p.stock for p in catalog.changes_since(read.cursor).products} == {"mug": 99, "bowl": 100}
        catalog.reserve(1, [Quantity("bowl", 3)])
        catalog.update(replace(catalog.get("bowl"), name="Cup"))
        seen = {p.product_id: (p.stock, p.name, p.description) for p in map(product_of, of_before(older))}
        assert seen == {"mug": (99, "The mug", WORDS), "bowl": (97, "Cup", WORDS)}

    def test_what_was_there_before_the_index_is_in_it(self, older: Dynamo):
        catalog = DynamoCatalog(older)
        catalog.add(product("mug"))
        migrate(older)
        assert [p.product_id for p in catalog.changes_since(older.now() - timedelta(minutes=1)).products] == ["mug"]

    def test_the_old_index_may_go_once_the_new_one_is_there(self, older: Dynamo):
        migrate(older)
        gone = [{"Delete": {"IndexName": BY_CHANGE}}]
        older.client.update_table(TableName=older.table(PRODUCTS), GlobalSecondaryIndexUpdates=gone)
        require_tables(older)
        assert not any("Made" in line for line in migrate(older))


def sell(dynamo: Dynamo, product_id: str, stamp: str) -> None:
    request = update_request(
        dynamo.table(PRODUCTS), {"product_id": product_id}, "SET #stock = #stock - :one, #changed_at = :stamp",
        "#stock >= :one", {"one": 1, "stamp": stamp},
    )  # fmt: skip
    dynamo.call("update_item", **request)


def of_before(dynamo: Dynamo) -> Iterator[Item]:
    """All that the version before finds in its index."""
    for shard in range(SHARDS):
        wanted = named({"KeyConditionExpression": "#shard = :shard"}, {"shard": shard})
        answer = dynamo.call("query", TableName=dynamo.table(PRODUCTS), IndexName=BY_CHANGE, **wanted)
        yield from map(decode_item, answer["Items"])
