"""Invoices in SQL: numbers without gaps, given under the lock of their series, and documents that never change."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, insert, select, update

from app import numbers
from app.domain import Address, Order, OrderStatus
from app.domain.invoices import (
    Invoice,
    InvoiceFile,
    InvoiceKind,
    OrderInvoices,
    SellerData,
    TaxPart,
    credited,
    invoiced,
    stored,
    tax_parts_of,
)
from app.domain.refunds import TaxBack
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new, upsert
from app.stores.sql.orders.reads import read_orders
from app.stores.sql.orders.returns import read_returns
from app.stores.sql.tables import invoice_files, invoice_series, invoices, orders, return_taxes, returns, shop_facts

SINCE = "invoices.since"  # what was paid before has no number

INVOICE, CREDIT_NOTE = InvoiceKind.INVOICE.value, InvoiceKind.CREDIT_NOTE.value
_OF_ORDER = invoices.alias("of_order")
_NOTE = invoices.alias("note")


class SqlInvoices:
    """Implements `app.services.invoices.ports.Invoices`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def number_orders(self, seller: SellerData, limit: int, back: timedelta) -> int:
        def due(connection: Connection) -> Select[Any] | None:
            latest = select(orders.c.paid_at).join(invoices, invoices.c.order_id == orders.c.order_id)
            since = _since(connection, latest, INVOICE, back)
            return None if since is None else orders_due(since)

        def rows(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
            found = read_orders(connection, ids)
            return [_invoice_row(found[order_id], seller) for order_id in ids]

        return self._number(INVOICE, due, rows, limit)

    def number_refunds(self, seller: SellerData, limit: int, back: timedelta) -> int:
        def due(connection: Connection) -> Select[Any] | None:
            latest = select(returns.c.refunded_at).join(invoices, invoices.c.return_id == returns.c.return_id)
            since = _since(connection, latest, CREDIT_NOTE, back)
            return None if since is None else _refunds_due(since)

        def rows(connection: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
            return _credit_rows(connection, ids, seller)

        return self._number(CREDIT_NOTE, due, rows, limit)

    def _number(self, kind: str, due: Any, rows: Any, limit: int) -> int:
        """`due` selects ids in the order of their numbers, `rows` makes the documents of some."""

        def some(connection: Connection) -> list[int]:
            query = due(connection)
            return [] if query is None else list(connection.execute(query.limit(limit)).scalars())

        def work(connection: Connection) -> int:
            last = _locked(connection, kind)
            ids = some(connection)  # as they are now that nobody else gives numbers
            if not ids:
                return 0
            now = database_now(connection)
            made = [
                {**row, "kind": kind, "serial": last + at, "issued_at": now}
                for at, row in enumerate(rows(connection, ids), start=1)
            ]
            connection.execute(insert(invoices), made)
            series = update(invoice_series).where(invoice_series.c.kind == kind)
            connection.execute(series.values(last=last + len(made)))
            return len(made)

        # Looking first takes no lock in the many rounds in which nothing is due.
        return self._database.write(work) if self._database.read(some) else 0

    def of_order(self, order_id: int) -> OrderInvoices:
        def work(connection: Connection) -> OrderInvoices:
            found = _read(connection, invoices.c.order_id == order_id)
            found = tuple(sorted(found, key=lambda one: (one.kind is not InvoiceKind.INVOICE, one.serial)))
            if found:
                return OrderInvoices(found)
            since = numbered_since(connection)
            own = select(orders.c.order_id).where(orders.c.order_id == order_id, *_is_due(since)) if since else None
            return OrderInvoices((), own is not None and connection.execute(own).first() is not None)

        return self._database.read(work)

    def get(self, invoice_id: int) -> Invoice | None:
        found = self._database.read(lambda c: _read(c, invoices.c.invoice_id == invoice_id))
        return found[0] if found else None

    def file(self, invoice_id: int) -> InvoiceFile | None:
        return self._database.read(lambda c: _file(c, invoice_id))

    def keep(self, invoice_id: int, data: bytes) -> InvoiceFile:
        row = {"invoice_id": invoice_id, "sha256": hashlib.sha256(data).hexdigest(), "data": data}
        self._database.write(lambda c: insert_new(c, invoice_files, row))
        kept = self.file(invoice_id)
        assert kept is not None
        return kept

    def latest(self) -> int:
        query = select(func.coalesce(func.max(invoices.c.invoice_id), 0))
        return int(self._database.read(lambda c: c.execute(query).scalar_one()))

    def undrawn(self, after: int, until: int) -> Sequence[int]:
        has_none = ~exists().where(invoice_files.c.invoice_id == invoices.c.invoice_id)
        between = invoices.c.invoice_id.between(after + 1, until)
        query = select(invoices.c.invoice_id).where(between, has_none).order_by(invoices.c.invoice_id)
        return self._database.read(lambda c: c.execute(query).scalars().all())


def _locked(connection: Connection, kind: str) -> int:
    """The last number of the series, whose row nobody else gets until this transaction ends."""
    upsert(connection, invoice_series, [{"kind": kind, "last": 0}], ["kind"], {"last": invoice_series.c.last})
    row = select(invoice_series.c.last).where(invoice_series.c.kind == kind).with_for_update()
    return int(connection.execute(row).scalar_one())


def numbered_since(connection: Connection) -> datetime | None:
    """From when on orders get numbers."""
    value = connection.execute(select(shop_facts.c.value).where(shop_facts.c.name == SINCE)).scalar()
    return None if value is None else numbers.moment(value)


def _since(connection: Connection, latest: Select[Any], kind: str, back: timedelta) -> datetime | None:
    """From when on to look: somewhat before the latest that has a number, and never before numbers were given."""
    first = numbered_since(connection)
    last = latest.where(invoices.c.kind == kind).order_by(invoices.c.serial.desc()).limit(1)
    at = connection.execute(last).scalar()
    return first if first is None or at is None else max(first, at - back)


def _is_due(since: datetime) -> list[ColumnElement[bool]]:
    return [orders.c.paid_at >= since, orders.c.status == OrderStatus.PAID.value, orders.c.source == "shop"]


def orders_due(since: datetime) -> Select[Any]:
    """Ids of orders paid since then that have no invoice, in the order of payment."""
    is_of_it = (_OF_ORDER.c.order_id == orders.c.order_id) & (_OF_ORDER.c.kind == INVOICE)
    query = select(orders.c.order_id).outerjoin(_OF_ORDER, is_of_it)
    query = query.where(*_is_due(since), _OF_ORDER.c.invoice_id.is_(None))
    return query.order_by(orders.c.paid_at, orders.c.order_id)


def _refunds_due(since: datetime) -> Select[Any]:
    is_of_order = (_OF_ORDER.c.order_id == returns.c.order_id) & (_OF_ORDER.c.kind == INVOICE)
    is_of_it = (_NOTE.c.order_id == returns.c.order_id) & (_NOTE.c.return_id == returns.c.return_id)
    query = select(returns.c.return_id).join(_OF_ORDER, is_of_order).outerjoin(_NOTE, is_of_it)
    query = query.where(returns.c.refunded_at >= since, returns.c.refund > 0, _NOTE.c.invoice_id.is_(None))
    return query.order_by(returns.c.refunded_at, returns.c.return_id)


def _invoice_row(order: Order, seller: SellerData) -> dict[str, Any]:
    buyer = {"email": order.email, "address": asdict(order.address)}
    return _row(order, f"order:{order.order_id}", None, order.total, invoiced(order), asdict(seller), buyer)


def _credit_rows(connection: Connection, ids: Sequence[int], seller: SellerData) -> list[dict[str, Any]]:
    found = {one.return_id: one for one in read_returns(connection, returns.c.return_id.in_(ids))}
    of_orders = read_orders(connection, {one.order_id for one in found.values() if one.order_id is not None})
    theirs = invoices.c.order_id.in_(of_orders) & (invoices.c.kind == INVOICE)
    of_order = {one.order_id: one for one in _read(connection, theirs)}
    taxes: dict[int, list[TaxBack]] = defaultdict(list)
    for row in connection.execute(select(return_taxes).where(return_taxes.c.return_id.in_(ids))):
        taxes[row.return_id].append(TaxBack(row.row_no, row.base, row.tax))
    rows = []
    for return_id in ids:
        refund = found[return_id]
        assert refund.order_id is not None
        order, invoice = of_orders[refund.order_id], of_order[refund.order_id]
        parts = credited(order, refund, taxes[return_id])
        buyer = {"email": invoice.email, "address": asdict(invoice.address)}
        rows.append(_row(order, f"return:{return_id}", return_id, refund.refund, parts, asdict(seller), buyer))
    return rows


def _row(
    order: Order,
    about: str,
    return_id: int | None,
    total: int,
    parts: Sequence[TaxPart],
    seller: dict[str, Any],
    buyer: dict[str, Any],
) -> dict[str, Any]:
    tax = sum(part.tax for part in parts)
    return {
        "about": about,
        "order_id": order.order_id,
        "return_id": return_id,
        "currency": order.currency,
        "net": total - tax,
        "tax": tax,
        "total": total,
        "taxes": stored(parts),
        "seller": seller,
        "buyer": buyer,
    }


def _read(connection: Connection, which: ColumnElement[bool]) -> tuple[Invoice, ...]:
    return tuple(invoice_of(row) for row in connection.execute(select(invoices).where(which)))


def invoice_of(row: Any) -> Invoice:
    """`row` of `invoices`."""
    return Invoice(
        invoice_id=row.invoice_id,
        kind=InvoiceKind(row.kind),
        serial=row.serial,
        order_id=row.order_id,
        return_id=row.return_id,
        issued_at=row.issued_at,
        currency=row.currency,
        net=row.net,
        tax=row.tax,
        total=row.total,
        taxes=tax_parts_of(row.taxes),
        seller=SellerData(**row.seller),
        email=row.buyer["email"],
        address=Address(**row.buyer["address"]),
    )


def _file(connection: Connection, invoice_id: int) -> InvoiceFile | None:
    query = select(invoice_files.c.data, invoice_files.c.sha256).where(invoice_files.c.invoice_id == invoice_id)
    row = connection.execute(query).first()
    return None if row is None else InvoiceFile(bytes(row.data), row.sha256)
