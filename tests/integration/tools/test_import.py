"""A small file with every kind of dirt, imported into a fresh shop; and the whole real one when it is at hand."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text

from app.domain import MovementKind
from app.errors import Conflict, InvalidInput
from app.settings.environment import Settings
from app.stores.sql import tables as t
from app.stores.sql.engine.database import Database
from app.tools.importer import import_file
from app.tools.importer.rules import LeftOut

FIXTURE = Path(__file__).parents[2] / "data" / "transactions.csv"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None, store_timezone="Europe/London", currency="GBP", store_locale="en_GB", data_dir=tmp_path
    )


@pytest.fixture
def database(empty_database: Database) -> Database:
    return empty_database


def rows(database: Database, query: Any) -> list[tuple[Any, ...]]:
    return database.read(lambda connection: [tuple(row) for row in connection.execute(query)])


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table.name: rows(database, select(table).order_by(*table.primary_key)) for table in t.metadata.sorted_tables
    }


class TestImport:
    def test_every_row_is_accounted_for(self, database: Database, settings: Settings) -> None:
        report = import_file(database, settings, FIXTURE)
        assert report.rows == 23
        assert (report.sale_lines, report.return_lines) == (12, 3)
        assert report.left_out == {
            LeftOut.UNREADABLE: 3,
            LeftOut.ADJUSTMENT: 2,
            LeftOut.QUANTITY: 1,
            LeftOut.PRICE: 2,
        }
        assert "2  adjustment invoice" in str(report)

    def test_invoices_become_paid_orders_without_tax(self, database: Database, settings: Settings) -> None:
        import_file(database, settings, FIXTURE)
        o = t.orders.c
        found = rows(
            database,
            select(o.external_id, o.owner, o.subtotal, o.tax, o.total, o.tax_rate, o.ship_country).order_by(o.order_id),
        )
        assert found == [
            ("700001", "import#501", 6220, 0, 6220, "0", "United Kingdom"),
            ("700002", "import#guest:700002", 1040, 0, 1040, "0", "France"),
            ("700004", "import#502", 380, 0, 380, "0", "Norway"),
            ("700009", "import#503", 2, 0, 2, "0", "Germany"),
            ("700010", "import#501", 970, 0, 970, "0", "EIRE"),
            ("700013", "import#guest:700013", 6120, 0, 6120, "0", "United Kingdom"),
        ]
        assert rows(database, select(func.sum(t.payments.c.amount))) == [(14732,)]

    def test_lines_keep_the_order_of_the_file_even_when_an_invoice_is_torn_apart(
        self, database: Database, settings: Settings
    ) -> None:
        import_file(database, settings, FIXTURE)
        line = t.order_lines.c
        found = rows(
            database,
            select(line.line_no, line.product_id, line.quantity)
            .join(t.orders, t.orders.c.order_id == line.order_id)
            .where(t.orders.c.external_id == "700002")
            .order_by(line.line_no),
        )
        assert found == [(1, "20", 3), (2, "30", 1), (3, "20", 2)]

    def test_products_have_name_price_and_category_but_postage_is_none(
        self, database: Database, settings: Settings
    ) -> None:
        import_file(database, settings, FIXTURE)
        p = t.products.c
        assert rows(database, select(p.product_id, p.name, p.price, p.category, p.stock).order_by(p.product_id)) == [
            ("10A", "ENAMEL TEAPOT", 475, "Tea & Coffee", 0),
            ("20", "PAPER LANTERN, STAR", 95, "Lighting", 1),
            ("30", "GLASS JAR", 1, "Kitchen", 0),
            ("50", "WOODEN BIRD", 375, "Garden", 2),
        ]

    def test_the_ledger_opens_with_the_smallest_stock_and_adds_up(self, database: Database, settings: Settings) -> None:
        import_file(database, settings, FIXTURE)
        m = t.stock_movements.c
        receipts = rows(
            database,
            select(m.product_id, m.quantity, m.at).where(m.kind == MovementKind.RECEIPT.value).order_by(m.product_id),
        )
        before = datetime(2024, 3, 1, 8, 25, tzinfo=UTC)
        assert receipts == [("10A", 10, before), ("20", 17, before), ("30", 3, before)]
        sums = rows(database, select(m.product_id, func.sum(m.quantity)).group_by(m.product_id))
        assert sorted(sums) == rows(database, select(t.products.c.product_id, t.products.c.stock).order_by(text("1")))
        assert sorted(sums) == rows(
            database, select(t.stock_levels.c.product_id, t.stock_levels.c.on_hand).order_by(text("1"))
        )
        assert rows(database, select(func.min(m.on_hand))) == [(0,)]

    def test_cancellations_are_returns_of_no_order_that_raise_stock(
        self, database: Database, settings: Settings
    ) -> None:
        import_file(database, settings, FIXTURE)
        r = t.returns.c
        found = rows(database, select(r.external_id, r.order_id, r.amount, r.refund, r.country).order_by(r.return_id))
        assert found == [("C700003", None, 1325, 1325, "United Kingdom"), ("C700011", None, 750, 750, "Spain")]
        m = t.stock_movements.c
        back = rows(database, select(m.product_id, m.quantity).where(m.kind == "return").order_by(m.movement_id))
        assert back == [("20", 5), ("50", 2)]

    def test_customers_have_no_address_to_write_to_and_the_country_of_their_latest_sale(
        self, database: Database, settings: Settings
    ) -> None:
        import_file(database, settings, FIXTURE)
        u = t.users.c
        assert rows(database, select(u.external_id, u.full_name, u.email, u.country).order_by(u.external_id)) == [
            ("501", "Customer 501", None, "EIRE"),
            ("502", "Customer 502", None, "Norway"),
            ("503", "Customer 503", None, "Germany"),
            ("504", "Customer 504", None, "Spain"),
        ]

    def test_rollups_agree_and_nothing_is_sent(self, database: Database, settings: Settings) -> None:
        import_file(database, settings, FIXTURE)
        d = t.rollup_days.c
        assert rows(database, select(func.sum(d.orders), func.sum(d.gross), func.sum(d.returns))) == [(6, 14732, 2075)]
        assert rows(database, select(func.count()).select_from(t.outbox)) == [(0,)]

    def test_the_same_file_again_changes_nothing(self, database: Database, settings: Settings, tmp_path: Path) -> None:
        import_file(database, settings, FIXTURE)
        before = contents(database)
        packed = tmp_path / "again.csv.gz"
        packed.write_bytes(gzip.compress(FIXTURE.read_bytes()))
        for path in (FIXTURE, packed):
            report = import_file(database, settings, path)
            assert report.already_imported
            assert "nothing was changed" in str(report)
        assert contents(database) == before

    def test_another_file_is_refused(self, database: Database, settings: Settings, tmp_path: Path) -> None:
        import_file(database, settings, FIXTURE)
        before = contents(database)
        other = tmp_path / "other.csv"
        other.write_text(FIXTURE.read_text() + "800000,20,X,1,2024-05-01 10:00:00,1,501,France\n")
        with pytest.raises(Conflict, match=r"history of transactions\.csv already"):
            import_file(database, settings, other)
        assert contents(database) == before

    def test_a_shop_with_products_of_its_own_is_refused(self, database: Database, settings: Settings) -> None:
        now = datetime.now(UTC)
        database.write(
            lambda c: c.execute(
                insert(t.products).values(
                    product_id="p", name="P", category="Other", description="", price=1, stock=0, threshold=0,
                    threshold_manual=False, status="active", created_at=now, changed_at=now,
                )
            )
        )  # fmt: skip
        with pytest.raises(Conflict, match="empty shop"):
            import_file(database, settings, FIXTURE)

    @pytest.mark.parametrize(
        "content",
        ["", "a,b\n1,2\n", "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"],
    )
    def test_a_file_that_cannot_be_imported_writes_nothing(
        self, database: Database, settings: Settings, tmp_path: Path, content: str
    ) -> None:
        path = tmp_path / "bad.csv"
        path.write_text(content)
        with pytest.raises(InvalidInput):
            import_file(database, settings, path)
        assert not any(contents(database).values())

    def test_a_crash_half_way_leaves_nothing(
        self, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise RuntimeError("the power is gone")

        monkeypatch.setattr("app.tools.importer.run.rebuild", fail)
        with pytest.raises(RuntimeError):
            import_file(database, settings, FIXTURE)
        assert not any(contents(database).values())
