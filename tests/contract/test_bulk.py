"""The bulk paths write the same on every database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.config import Settings
from app.demo import fill_demo
from app.importer import import_file
from app.stores.sql import tables as t
from app.stores.sql.bulk import CHUNK, insert_rows
from app.stores.sql.engine import Database

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
FIXTURE = Path(__file__).parents[1] / "data" / "transactions.csv"


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


def test_an_import_comes_in(database: Database, settings: Settings) -> None:
    report = import_file(database, settings, FIXTURE)
    totals = database.read(lambda c: c.execute(text("SELECT SUM(gross), SUM(returns) FROM rollup_days")).one())
    assert tuple(map(int, totals)) == (report.gross, report.returned) == (14732, 2075)
    assert import_file(database, settings, FIXTURE).already_imported
