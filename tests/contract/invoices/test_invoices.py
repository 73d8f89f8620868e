"""What is promised of invoices and credit notes, on SQLite and on MariaDB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, event, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from app.domain import Order
from app.domain.invoices import InvoiceKind, SellerData
from app.services.books.invoices import invoice_differences
from app.services.orders.ports import ReturnItem
from app.stores.sql.books.books import SqlBooks
from app.stores.sql.engine.database import Database
from app.stores.sql.invoices.invoices import SINCE, SqlInvoices
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.orders.returns import SqlReturns
from app.stores.sql.tables import invoice_files, invoice_series, invoices, shop_facts
from app.stores.sql.tables import orders as orders_table
from tests.contract.orders.test_orders import NEW, paid
from tests.support.concurrency import at_once

ZONE = ZoneInfo("Asia/Kolkata")
SELLER = SellerData("Shop", "Shop GmbH", "1 Road", "DE123")
BACK = timedelta(minutes=1)
MUGS, POT = 1, 2


@pytest.fixture
def store(database: Database) -> SqlInvoices:
    database.write(lambda c: c.execute(delete(shop_facts).where(shop_facts.c.name == SINCE)))
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds")
    database.write(lambda c: c.execute(insert(shop_facts).values(name=SINCE, value=since)))
    return SqlInvoices(database)


@pytest.fixture
def orders(database: Database) -> SqlOrders:
    return SqlOrders(database, ZONE)


def buy(orders: SqlOrders, count: int) -> list[Order]:
    return [paid(orders, replace(NEW, owner=f"guest#{at}", cart_revision=f"r{at}")) for at in range(count)]


def give_back(database: Database, order: Order, key: str, **units: int) -> int:
    returns = SqlReturns(database, ZONE)
    items = [ReturnItem({"mugs": MUGS, "pot": POT}[name], count, True) for name, count in units.items()]
    begun = returns.begin(order.order_id, items, "broken", "Ravi", key)
    returns.complete(begun.return_id)
    return begun.return_id


def serials(database: Database, kind: InvoiceKind = InvoiceKind.INVOICE) -> list[tuple[int, int]]:
    """Number and order of each document."""
    query = select(invoices.c.serial, invoices.c.order_id).where(invoices.c.kind == kind.value)
    return [tuple(row) for row in database.read(lambda c: c.execute(query.order_by(invoices.c.serial)).all())]


class Killed(Exception):
    pass


class TestNumbers:
    def test_without_gaps_in_the_order_of_payment(self, store: SqlInvoices, orders: SqlOrders, database: Database):
        first, second, third = buy(orders, 3)
        later = {"paid_at": datetime.now(UTC) + timedelta(seconds=5)}
        database.write(
            lambda c: c.execute(update(orders_table).where(orders_table.c.order_id == first.order_id).values(**later))
        )
        assert store.of_order(first.order_id).is_awaited
        assert store.number_orders(SELLER, 2, BACK) == 2
        assert store.number_orders(SELLER, 2, BACK) == 1
        assert store.number_orders(SELLER, 2, BACK) == 0
        ids = [second.order_id, third.order_id, first.order_id]
        assert serials(database) == list(enumerate(ids, start=1))
        assert store.of_order(first.order_id).is_awaited is False

    def test_of_many_who_give_them_at_once_each_is_given_once(
        self, store: SqlInvoices, orders: SqlOrders, database: Database
    ):
        ids = {order.order_id for order in buy(orders, 12)}
        given = at_once(6, lambda _: [store.number_orders(SELLER, 3, BACK) for _ in range(3)])
        while store.number_orders(SELLER, 3, BACK):
            pass
        assert sum(map(sum, given)) <= 12
        found = serials(database)
        assert [serial for serial, _ in found] == list(range(1, 13))
        assert {order_id for _, order_id in found} == ids

    @pytest.mark.parametrize("step", ["invoices", "invoice_series"])
    def test_who_dies_half_way_uses_no_number(
        self, store: SqlInvoices, orders: SqlOrders, database: Database, step: str
    ):
        buy(orders, 2)
        with dying_after(database, step), pytest.raises(Killed):
            store.number_orders(SELLER, 10, BACK)
        assert serials(database) == []
        assert store.number_orders(SELLER, 10, BACK) == 2
        assert [serial for serial, _ in serials(database)] == [1, 2]

    def test_what_was_paid_before_there_were_numbers_has_none(
        self, store: SqlInvoices, orders: SqlOrders, database: Database
    ):
        (order,) = buy(orders, 1)
        ago = {"paid_at": datetime.now(UTC) - timedelta(days=1)}
        database.write(lambda c: c.execute(update(orders_table).values(**ago)))
        assert store.number_orders(SELLER, 10, timedelta(days=9)) == 0
        assert not store.of_order(order.order_id).is_awaited

    def test_one_seen_late_is_found_when_looking_back_further(
        self, store: SqlInvoices, orders: SqlOrders, database: Database
    ):
        late, _ = buy(orders, 2)
        ago = {"paid_at": datetime.now(UTC) - timedelta(minutes=30), "status": "charging"}
        this = update(orders_table).where(orders_table.c.order_id == late.order_id)
        database.write(lambda c: c.execute(this.values(**ago)))
        assert store.number_orders(SELLER, 10, BACK) == 1
        database.write(lambda c: c.execute(this.values(status="paid")))
        assert store.number_orders(SELLER, 10, BACK) == 0
        assert store.number_orders(SELLER, 10, timedelta(days=2)) == 1

    def test_the_next_one_is_never_a_number_that_was_given(
        self, store: SqlInvoices, orders: SqlOrders, database: Database
    ):
        buy(orders, 1)
        store.number_orders(SELLER, 10, BACK)
        last = select(invoice_series.c.last).where(invoice_series.c.kind == "invoice")
        assert database.read(lambda c: c.execute(last).scalar()) == 1


class TestContents:
    def test_seller_buyer_and_amounts_are_those_of_then(
        self, store: SqlInvoices, orders: SqlOrders, database: Database
    ):
        (order,) = buy(orders, 1)
        store.number_orders(SELLER, 10, BACK)
        database.write(
            lambda c: c.execute(update(orders_table).values(ship_name="Somebody", email="else@shop.example"))
        )
        invoice = store.of_order(order.order_id).invoice
        assert invoice is not None
        assert (invoice.number, invoice.seller, invoice.email) == ("INV-000001", SELLER, order.email)
        assert (invoice.address, invoice.total, invoice.net + invoice.tax) == (order.address, order.total, order.total)
        assert sum(part.tax for part in invoice.taxes) == order.tax

    def test_refunds_get_credit_notes_of_their_own_series_which_come_to_the_invoice(
        self, store: SqlInvoices, orders: SqlOrders, database: Database
    ):
        (order,) = buy(orders, 1)
        give_back(database, order, "a", mugs=1)
        assert store.number_refunds(SELLER, 10, BACK) == 0  # its invoice comes first
        store.number_orders(SELLER, 10, BACK)
        assert store.number_refunds(SELLER, 10, BACK) == 1
        give_back(database, order, "b", mugs=2)
        give_back(database, order, "c", pot=1)
        assert store.number_refunds(SELLER, 10, BACK) == 2
        assert store.number_refunds(SELLER, 10, BACK) == 0
        documents = store.of_order(order.order_id)
        notes = documents.credit_notes
        assert [note.number for note in notes] == ["CN-000001", "CN-000002", "CN-000003"]
        assert documents.invoice is not None
        for name in ("net", "tax", "total"):
            assert sum(getattr(note, name) for note in notes) == getattr(documents.invoice, name)


class TestReconciling:
    def test_gaps_amounts_and_documents_that_differ_are_named(
        self, store: SqlInvoices, orders: SqlOrders, database: Database
    ):
        sound, broken = buy(orders, 2)
        store.number_orders(SELLER, 1, BACK)
        store.keep(1, b"%PDF")
        assert said(database) == []
        other = {"kind": "invoice", "serial": 3, "about": "x", "order_id": broken.order_id, "currency": "INR"}
        other |= {
            "issued_at": datetime.now(UTC),
            "net": 1,
            "tax": 2,
            "total": 4,
            "taxes": [],
            "buyer": {},
            "seller": {},
        }
        other |= {"seller": {"name": "Shop"}, "buyer": buyer_of(database, sound)}
        database.write(lambda c: c.execute(insert(invoices).values(**other)))
        ids = select(invoices.c.invoice_id).where(invoices.c.serial == 3)
        file = {"invoice_id": database.read(lambda c: c.execute(ids).scalar()), "sha256": "x", "data": b"%PDF"}
        database.write(lambda c: c.execute(insert(invoice_files).values(**file)))
        words = said(database)
        for part in (
            "invoice: 1 numbers were given, but there are 2 documents, from 1 to 3",
            "INV-000003: 1 and tax of 2 are not its total of 4",
            "INV-000003: its rates come to 0, but its tax is 2",
            f"INV-000003: its total is 4, but {broken.total} was ordered or refunded",
            f"INV-000003: its tax is 2, but that of its order {broken.tax}",
            "INV-000003: its document is not the one that was kept",
        ):
            assert part in words, words

    def test_an_order_that_waits_for_its_invoice_since_long_ago(
        self, store: SqlInvoices, orders: SqlOrders, database: Database
    ):
        (order,) = buy(orders, 1)
        ago = {"paid_at": datetime.now(UTC) - timedelta(minutes=59)}
        database.write(lambda c: c.execute(update(orders_table).values(**ago)))
        assert said(database) == []
        assert SqlBooks(database, ZONE).without_invoice(timedelta(minutes=50), 5) == (order.number,)


def said(database: Database) -> list[str]:
    found = invoice_differences(SqlBooks(database, ZONE), str, None, lambda: None, {})
    return [f"{one.subject}: {one.words}" for one in found]


def buyer_of(database: Database, order: Order) -> Any:
    query = select(invoices.c.buyer).where(invoices.c.order_id == order.order_id)
    return database.read(lambda c: c.execute(query).scalar())


class TestNothingChanges:
    def test_neither_row_nor_document(self, store: SqlInvoices, orders: SqlOrders, database: Database):
        (order,) = buy(orders, 1)
        store.number_orders(SELLER, 10, BACK)
        invoice = store.of_order(order.order_id).invoice
        assert invoice is not None
        kept = store.keep(invoice.invoice_id, b"%PDF one")
        assert store.keep(invoice.invoice_id, b"%PDF other") == kept
        for change in (
            update(invoices).values(total=1),
            delete(invoices),
            update(invoice_files).values(data=b"x"),
            delete(invoice_files),
            text("REPLACE INTO invoice_files (invoice_id, sha256, data) VALUES (1, 'x', 'y')")
            if database.is_sqlite
            else delete(invoice_files),
        ):
            with pytest.raises(DatabaseError):
                database.write(lambda c, change=change: c.execute(change))
        assert store.of_order(order.order_id).invoice == invoice
        assert store.file(invoice.invoice_id) == kept

    def test_a_large_document_fits(self, store: SqlInvoices, orders: SqlOrders):
        buy(orders, 1)
        store.number_orders(SELLER, 10, BACK)
        (waiting,) = store.undrawn(0, store.latest())
        data = bytes(range(256)) * 4_000
        assert store.keep(waiting, data).data == data
        assert not store.undrawn(0, store.latest())


@contextmanager
def dying_after(database: Database, table: str) -> Iterator[None]:
    """The process ends as soon as it wrote to the table."""

    def die(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        words = statement.lower().split()
        if words[:3] == ["insert", "into", table] or words[:2] == ["update", table]:
            raise Killed

    event.listen(database.engine, "after_cursor_execute", die)
    try:
        yield
    finally:
        event.remove(database.engine, "after_cursor_execute", die)
