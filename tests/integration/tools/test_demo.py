"""The demo's year, filled into a fresh shop: consistent with itself, and the same every time."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from app.domain.amounts import tax_on
from app.errors import Conflict
from app.settings.environment import Settings
from app.stores.sql import tables as t
from app.stores.sql.engine.database import Database
from app.tools.demo import DemoReport, fill_demo, is_empty
from tests.support.migrated import migrated

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Database, DemoReport]:
    return fill(tmp_path_factory.mktemp("demo"))


def fill(folder: Path, seed: int = 7, now: datetime = NOW, orders: int = 1_500) -> tuple[Database, DemoReport]:
    database = migrated(f"sqlite:///{folder / 'shop.db'}")
    report = fill_demo(database, Settings(_env_file=None), orders=orders, products=120, seed=seed, now=now)
    return database, report


def rows(database: Database, query: Any) -> list[tuple[Any, ...]]:
    statement = text(query) if isinstance(query, str) else query
    return database.read(lambda connection: [tuple(row) for row in connection.execute(statement)])


def digest(database: Database) -> str:
    found = hashlib.sha256()
    for table in t.metadata.sorted_tables:
        for row in rows(database, select(table).order_by(*table.primary_key)):
            found.update(repr(row).encode())
    return found.hexdigest()


Filled = tuple[Database, DemoReport]


class TestDemo:
    def test_the_same_seed_and_moment_give_the_same_rows(self, filled: Filled, tmp_path: Path) -> None:
        again, _ = fill(tmp_path)
        assert digest(again) == digest(filled[0])

    def test_the_audit_log_tells_what_its_staff_did(self, filled: Filled) -> None:
        database, report = filled
        by_hand = rows(database, "SELECT count(*) FROM stock_movements WHERE kind NOT IN ('sale', 'return')")[0][0]
        assert rows(database, "SELECT count(*) FROM audit_log") == [(by_hand + report.returns,)]
        entries = rows(database, select(t.audit_log.c.at, t.audit_log.c.action).order_by(t.audit_log.c.audit_id))
        assert [at for at, _ in entries] == sorted(at for at, _ in entries)
        assert {action for _, action in entries} == {
            "stock.receive",
            "stock.write_off",
            "stock.correct",
            "order.return",
        }

    def test_another_seed_gives_another_year(self, filled: Filled, tmp_path: Path) -> None:
        other, _ = fill(tmp_path, seed=8)
        assert digest(other) != digest(filled[0])

    def test_the_counts_are_those_asked_for(self, filled: Filled) -> None:
        database, report = filled
        assert rows(database, "SELECT COUNT(*) FROM orders WHERE status = 'paid'") == [(1_500,)]
        assert rows(database, "SELECT COUNT(*) FROM products") == [(120,)]
        assert (report.orders, report.products) == (1_500, 120)

    def test_stock_is_the_sum_of_its_movements_and_never_was_below_zero(self, filled: Filled) -> None:
        database, _ = filled
        m = t.stock_movements.c
        sums = dict(rows(database, select(m.product_id, func.sum(m.quantity)).group_by(m.product_id)))
        assert sums == dict(rows(database, "SELECT product_id, stock FROM products"))
        assert sums == dict(rows(database, "SELECT product_id, on_hand FROM stock_levels"))
        assert rows(database, select(func.min(m.on_hand)))[0][0] >= 0

    def test_the_ledger_runs_in_time_order_with_the_right_count_after_each_entry(self, filled: Filled) -> None:
        database, _ = filled
        on_hand: dict[str, int] = {}
        before = datetime.min
        query = "SELECT product_id, quantity, on_hand, at FROM stock_movements ORDER BY movement_id"
        for product_id, quantity, counted, at in rows(database, query):
            on_hand[product_id] = on_hand.get(product_id, 0) + quantity
            moment = datetime.fromisoformat(at)
            assert on_hand[product_id] == counted
            assert moment >= before
            before = moment

    def test_every_sold_and_restocked_unit_is_in_the_ledger(self, filled: Filled) -> None:
        database, _ = filled
        sold = "SELECT SUM(quantity) FROM order_lines JOIN orders USING (order_id) WHERE status = 'paid'"
        assert rows(database, sold) == rows(database, "SELECT -SUM(quantity) FROM stock_movements WHERE kind = 'sale'")
        back = "SELECT SUM(quantity) FROM return_lines WHERE restock"
        assert rows(database, back) == rows(database, "SELECT SUM(quantity) FROM stock_movements WHERE kind = 'return'")

    def test_order_totals_are_their_lines_and_the_tax_on_them(self, filled: Filled) -> None:
        database, _ = filled
        query = (
            "SELECT o.subtotal, o.tax, o.total, o.units, SUM(l.unit_price * l.quantity), SUM(l.quantity)"
            " FROM orders o JOIN order_lines l USING (order_id) GROUP BY o.order_id"
        )
        for subtotal, tax, total, units, lines, line_units in rows(database, query):
            assert (subtotal, units) == (lines, line_units)
            assert tax == tax_on(subtotal, Decimal("0.05"))
            assert total == subtotal + tax

    def test_each_paid_order_has_its_payment_and_its_charge(self, filled: Filled) -> None:
        database, report = filled
        query = (
            "SELECT COUNT(*) FROM orders JOIN payments USING (order_id) JOIN demo_charges USING (order_id)"
            " WHERE orders.status = 'paid' AND payments.amount = orders.total AND demo_charges.state = 'approved'"
        )
        assert rows(database, query) == [(1_500,)]
        declined = "SELECT COUNT(*) FROM orders JOIN demo_charges USING (order_id) WHERE status = 'payment_failed'"
        assert rows(database, declined) == [(report.declined,)]

    def test_refunds_agree_with_orders_and_the_providers_book(self, filled: Filled) -> None:
        database, report = filled
        assert report.returns > 10
        refunds = rows(database, "SELECT SUM(refund) FROM returns")
        assert refunds == rows(database, "SELECT SUM(refunded) FROM orders")
        assert refunds == rows(database, "SELECT SUM(amount) FROM demo_refunds")
        assert rows(database, "SELECT COUNT(*) FROM orders WHERE refunded > total") == [(0,)]
        assert rows(database, "SELECT COUNT(*) FROM order_lines WHERE returned > quantity") == [(0,)]

    def test_nothing_happens_after_now_and_today_is_alive(self, filled: Filled) -> None:
        database, _ = filled
        latest = rows(database, "SELECT MAX(at) FROM stock_movements UNION ALL SELECT MAX(paid_at) FROM orders")
        assert all(datetime.fromisoformat(at).replace(tzinfo=UTC) <= NOW for (at,) in latest)
        assert rows(database, "SELECT COUNT(*) FROM orders WHERE paid_day = '2026-11-22'")[0][0] > 0

    def test_rollups_hold_the_same_year(self, filled: Filled) -> None:
        database, _ = filled
        orders = "SELECT COUNT(*), SUM(subtotal), SUM(tax) FROM orders WHERE status = 'paid'"
        assert rows(database, "SELECT SUM(orders), SUM(gross), SUM(tax) FROM rollup_days") == rows(database, orders)

    def test_open_episodes_are_the_products_that_are_low(self, filled: Filled) -> None:
        database, report = filled
        low = rows(database, "SELECT product_id FROM products WHERE stock < threshold ORDER BY 1")
        query = "SELECT open_key FROM low_stock_episodes WHERE closed_at IS NULL ORDER BY 1"
        assert rows(database, query) == low
        assert len(low) == report.low_now
        alerts = rows(database, "SELECT COUNT(*) FROM outbox WHERE kind = 'alert'")
        assert alerts == [(len(low),)]

    def test_where_mail_leaves_the_house_no_mail_of_it_waits_to_leave(self, tmp_path: Path) -> None:
        database = migrated(f"sqlite:///{tmp_path / 'shop.db'}")
        topic = "arn:aws:sns:eu-west-1:123456789012:low-stock"
        settings = Settings(_env_file=None, notifier="aws", ses_sender="shop@shop.com", sns_topic_arn=topic)
        fill_demo(database, settings, orders=60, products=20, seed=7, now=NOW)
        assert (
            rows(database, "SELECT kind, count(*) FROM outbox WHERE kind IN ('receipt', 'alert') GROUP BY kind") == []
        )

    def test_the_latest_orders_get_a_receipt(self, filled: Filled) -> None:
        database, _ = filled
        latest = "SELECT 'receipt:' || order_id FROM orders WHERE status = 'paid' ORDER BY order_id DESC LIMIT 12"
        receipts = {row[0] for row in rows(database, "SELECT \"key\" FROM outbox WHERE kind = 'receipt'")}
        assert receipts == {row[0] for row in rows(database, latest)}

    def test_customers_cannot_sign_in_and_own_their_orders(self, filled: Filled) -> None:
        database, _ = filled
        assert rows(database, "SELECT DISTINCT role, password_hash FROM users") == [("customer", None)]
        strangers = (
            "SELECT COUNT(*) FROM orders o LEFT JOIN users u USING (user_id) WHERE o.user_id > 0 AND u.role IS NULL"
        )
        assert rows(database, strangers) == [(0,)]
        early = "SELECT COUNT(*) FROM orders o JOIN users u USING (user_id) WHERE o.created_at < u.created_at"
        assert rows(database, early) == [(0,)]

    def test_a_shop_that_has_trade_is_not_filled_again(self, filled: Filled) -> None:
        database, _ = filled
        assert not is_empty(database)
        with pytest.raises(Conflict, match="only an empty one"):
            fill_demo(database, Settings(_env_file=None), orders=10, products=10, seed=1, now=NOW)

    def test_a_fill_that_dies_leaves_an_empty_shop(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def die(*_: object) -> None:
            raise RuntimeError("killed")

        monkeypatch.setattr("app.tools.demo.fill.rebuild", die)
        with pytest.raises(RuntimeError):
            fill(tmp_path, orders=50)
        assert is_empty(Database(f"sqlite:///{tmp_path / 'shop.db'}"))

    @pytest.mark.parametrize(("orders", "products"), [(1, 1), (3_000, 1), (40, 700)])
    def test_odd_sizes_work(self, tmp_path: Path, orders: int, products: int) -> None:
        database = migrated(f"sqlite:///{tmp_path / 'shop.db'}")
        fill_demo(database, Settings(_env_file=None), orders=orders, products=products, seed=1, now=NOW)
        assert rows(database, "SELECT COUNT(*) FROM orders WHERE status = 'paid'") == [(orders,)]
        assert rows(database, "SELECT MIN(on_hand) >= 0 FROM stock_movements") == [(1,)]

    def test_a_zone_with_summer_time_and_a_currency_without_decimals(self, tmp_path: Path) -> None:
        database = migrated(f"sqlite:///{tmp_path / 'shop.db'}")
        zoned = Settings(_env_file=None, store_timezone="America/New_York", currency="JPY")
        moment = datetime(2026, 3, 8, 7, 10, tzinfo=UTC)  # ten minutes after the clock jumped from two to three
        fill_demo(database, zoned, orders=2_000, products=120, seed=1, now=moment)
        latest = rows(database, "SELECT MAX(paid_at) FROM orders")[0][0]
        assert datetime.fromisoformat(latest).replace(tzinfo=UTC) <= moment
