"""The parts of an order's money as they are kept, on SQLite and on MariaDB."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from app.domain import Address, OrderLine
from app.domain.order_money import TaxMode
from app.domain.orders import with_money
from app.services.orders.ports import NewOrder
from app.stores.sql.engine.database import Database
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.tables import order_taxes, orders
from tests.support.order_money import flat_money, rich_money

LINES = (OrderLine(1, "mug", "Mug", 3_330, 3), OrderLine(2, "pot", "Pot", 1_000, 1))
NEW = NewOrder(
    owner="guest#a", user_id=None, email="asha@shop.example", address=Address("Asha", "1 Road", "Pune", "411001", "IN"),
    lines=LINES, currency="INR", money=flat_money(9_990, 1_000), cart_revision="r1", idempotency_key=None,
    fingerprint=None,
)  # fmt: skip


@pytest.mark.parametrize("mode", TaxMode)
def test_an_order_reads_with_every_part_as_it_was_placed(database: Database, mode: TaxMode):
    store, money = SqlOrders(database, ZoneInfo("Asia/Kolkata")), rich_money(mode)
    attempt, _ = store.begin(replace(NEW, money=money, lines=with_money(LINES, money)))
    order = attempt.order
    for read in (store.get(order.order_id), store.get_many([order.order_id])[order.order_id]):
        assert read == order
    assert order.taxes == money.taxes
    assert len(order.taxes) == 2
    assert (order.discount, order.shipping, order.tax, order.tax_included) == (
        490, 500, money.tax, money.tax_included,
    )  # fmt: skip
    assert order.total == money.total == 10_990 - 490 + 500 + money.tax
    assert [(line.discount, line.taxes) for line in order.lines] == [(one.discount, one.taxes) for one in money.lines]


def test_what_one_rate_says_of_an_order_is_kept_once(database: Database):
    store = SqlOrders(database, ZoneInfo("Asia/Kolkata"))
    order = store.begin(NEW)[0].order
    assert database.read(lambda c: c.execute(select(order_taxes)).all()) == []
    (row,) = order.tax_rows
    assert (str(row.rate), row.base, row.tax) == ("0.05", 10_990, 550)


def test_no_order_is_written_whose_total_is_not_that_of_its_parts(database: Database):
    order_id = SqlOrders(database, ZoneInfo("Asia/Kolkata")).begin(NEW)[0].order.order_id
    kept = database.read(lambda c: c.execute(select(orders)).one())._asdict()
    kept = {name: value for name, value in kept.items() if name not in ("order_id", "search_name", "live_cart")}
    for part in ("subtotal", "discount", "shipping", "tax", "total"):
        with pytest.raises(DBAPIError, match="ck_orders_total"):
            database.write(lambda c, p=part: c.execute(insert(orders).values(**kept | {p: kept[p] + 1})))
    with pytest.raises(DBAPIError, match="ck_orders_total"):
        database.write(lambda c: c.execute(update(orders).where(orders.c.order_id == order_id).values(total=1)))
