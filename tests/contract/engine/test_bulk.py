"""The bulk paths write the same on every database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from app.domain import Product
from app.errors import Conflict
from app.settings.environment import Settings
from app.stores.dynamo.catalog import DynamoCatalog
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.loading import DynamoLoader
from app.stores.sql import tables as t
from app.stores.sql.engine.bulk import CHUNK, insert_rows
from app.stores.sql.engine.database import Database
from app.tools.demo import fill_demo, is_empty
from app.tools.importer import import_file

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
FIXTURE = Path(__file__).parents[2] / "data" / "transactions.csv"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path, store_timezone="Europe/London", currency="GBP")


def test_rows_come_back_as_they_were_written(database: Database) -> None:
    at = datetime(2026, 3, 1, 9, 5, 7, 123456, tzinfo=UTC)
    row = (1, None, "IN", "s", "r", 500, 525, 1, at, date(2026, 3, 1), None)
    columns = (
        "return_id", "order_id", "country", "actor", "reason", "amount", "refund", "units", "at", "day", "refunded_at",
    )  # fmt: skip
    assert database.write(lambda c: insert_rows(c, t.returns, columns, [row])) == 1
    line = (1, 1, "p", "Vase & <b>", 2, 500, True)
    names = ("return_id", "item_no", "product_id", "name", "quantity", "amount", "restock")
    database.write(lambda c: insert_rows(c, t.return_lines, names, [line]))
    found = database.read(lambda c: c.execute(select(*(t.returns.c[name] for name in columns))).one())
    assert tuple(found) == row
    assert tuple(database.read(lambda c: c.execute(select(*(t.return_lines.c[n] for n in names))).one())) == line


def test_a_stream_longer_than_a_chunk_arrives_whole(database: Database) -> None:
    rows = ((f"fact {number}", "100 %") for number in range(CHUNK + 7))
    assert database.write(lambda c: insert_rows(c, t.shop_facts, ("name", "value"), rows)) == CHUNK + 7
    count = database.read(lambda c: c.execute(text("SELECT COUNT(*) FROM shop_facts WHERE value = '100 %'")).scalar())
    assert count == CHUNK + 7


def test_the_demo_fills_in(database: Database, settings: Settings) -> None:
    report = fill_demo(database, settings, orders=300, products=40, seed=7, now=NOW)
    totals = database.read(lambda c: c.execute(text("SELECT SUM(orders), SUM(units) FROM rollup_days")).one())
    assert tuple(map(int, totals)) == (300, report.units)


class TestProductsElsewhere:
    """Demo and import where DynamoDB has the products: all of it is there in the end, or nothing that counts."""

    @pytest.fixture
    def shop(self, empty_database: Database) -> Database:
        return empty_database

    @pytest.fixture
    def loader(self, dynamo_tables: Dynamo) -> DynamoLoader:
        return DynamoLoader(dynamo_tables)

    @pytest.fixture
    def catalog(self, dynamo_tables: Dynamo) -> DynamoCatalog:
        return DynamoCatalog(dynamo_tables)

    def test_the_demo_stocks_them_as_the_ledger_says(self, shop, loader, catalog, settings):
        fill_demo(shop, settings, orders=300, products=40, seed=7, loader=loader, now=NOW)
        levels = self.on_hand(shop)
        assert {p.product_id: p.stock for p in catalog.changes_since(None).products} == levels
        assert len(levels) == 40
        assert not is_empty(shop, loader)
        with pytest.raises(Conflict):
            fill_demo(shop, settings, orders=300, products=40, seed=7, loader=loader, now=NOW)

    def test_an_import_stocks_them_as_the_ledger_says(self, shop, loader, catalog, settings):
        import_file(shop, settings, FIXTURE, loader=loader)
        assert {p.product_id: p.stock for p in catalog.changes_since(None).products} == self.on_hand(shop)
        assert import_file(shop, settings, FIXTURE, loader=loader).already_imported

    def test_products_of_somebody_are_never_replaced(self, shop, loader, catalog, settings):
        catalog.add(Product("mug", "Mug", 500, 3, 1))
        assert not is_empty(shop, loader)
        for fill in (fill_demo, import_file):
            with pytest.raises(Conflict):
                self.filled(fill, shop, settings, loader)
        assert [p.product_id for p in catalog.changes_since(None).products] == ["mug"]

    def test_what_a_killed_fill_left_counts_as_nothing_and_goes(self, shop, loader, catalog, settings, dynamo_tables):
        class Killed(DynamoLoader):
            def load(self, products: Iterable[Product]) -> None:
                super().load([*products, Product("left", "Left over", 1, 1, 1)])
                raise KeyboardInterrupt

        for fill in (fill_demo, import_file):
            with pytest.raises(KeyboardInterrupt):
                self.filled(fill, shop, settings, Killed(dynamo_tables))
            assert is_empty(shop, loader)
        fill_demo(shop, settings, orders=300, products=40, seed=7, loader=loader, now=NOW)
        found = {p.product_id for p in catalog.changes_since(None).products}
        assert len(found) == 40
        assert "left" not in found

    def test_killed_after_the_transaction_it_is_there_to_stay(self, shop, loader, catalog, settings, dynamo_tables):
        class Killed(DynamoLoader):
            def finish(self) -> None:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            self.filled(fill_demo, shop, settings, Killed(dynamo_tables))
        assert not is_empty(shop, loader)
        assert not loader.is_empty()
        assert len(catalog.changes_since(None).products) == 40

    @staticmethod
    def on_hand(database: Database) -> dict[str, int]:
        levels = select(t.stock_levels.c.product_id, t.stock_levels.c.on_hand)
        return {row.product_id: row.on_hand for row in database.read(lambda c: c.execute(levels).all())}

    @staticmethod
    def filled(fill: Any, database: Database, settings: Settings, loader: DynamoLoader) -> None:
        if fill is import_file:
            import_file(database, settings, FIXTURE, loader=loader)
        else:
            fill_demo(database, settings, orders=300, products=40, seed=7, loader=loader, now=NOW)


def test_an_import_comes_in(database: Database, settings: Settings) -> None:
    report = import_file(database, settings, FIXTURE)
    totals = database.read(lambda c: c.execute(text("SELECT SUM(gross), SUM(returns) FROM rollup_days")).one())
    assert tuple(map(int, totals)) == (report.gross, report.returned) == (14732, 2075)
    assert import_file(database, settings, FIXTURE).already_imported
