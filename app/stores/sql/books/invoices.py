"""Invoices beside the orders and refunds that they are of, for whoever compares them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from app.domain import order_number
from app.domain.invoices import InvoiceKind
from app.services.books.ports import BookedInvoice, InvoiceSeries
from app.stores.sql.engine.clock import database_now
from app.stores.sql.invoices.invoices import invoice_of, numbered_since, orders_due
from app.stores.sql.tables import invoice_files, invoice_series, invoices, orders, returns


def series(connection: Connection) -> tuple[InvoiceSeries, ...]:
    last = {row.kind: row.last for row in connection.execute(select(invoice_series))}
    counts = select(
        invoices.c.kind,
        func.count().label("documents"),
        func.min(invoices.c.serial).label("lowest"),
        func.max(invoices.c.serial).label("highest"),
    ).group_by(invoices.c.kind)
    found = {row.kind: row for row in connection.execute(counts)}
    return tuple(
        InvoiceSeries(kind, row.documents, row.lowest, row.highest, last.get(kind, 0))
        if (row := found.get(kind))
        else InvoiceSeries(kind, 0, 0, 0, last[kind])
        for kind in sorted({*last, *found})
    )


def booked_invoices(
    connection: Connection, after: int, limit: int, since: datetime | None
) -> tuple[BookedInvoice, ...]:
    query = select(
        invoices,
        orders.c.total.label("ordered"),
        (orders.c.tax + orders.c.tax_included).label("ordered_tax"),
        returns.c.refund,
        invoice_files.c.sha256,
        invoice_files.c.data,
    ).select_from(
        invoices.outerjoin(orders, orders.c.order_id == invoices.c.order_id)
        .outerjoin(returns, returns.c.return_id == invoices.c.return_id)
        .outerjoin(invoice_files, invoice_files.c.invoice_id == invoices.c.invoice_id)
    )
    query = query.where(invoices.c.invoice_id > after)
    if since is not None:
        query = query.where(invoices.c.issued_at >= since)
    found = []
    for row in connection.execute(query.order_by(invoices.c.invoice_id).limit(limit)):
        document = invoice_of(row)
        is_invoice = document.kind is InvoiceKind.INVOICE
        found.append(
            BookedInvoice(
                invoice_id=document.invoice_id,
                number=document.number,
                net=document.net,
                tax=document.tax,
                total=document.total,
                tax_of_rates=sum(part.tax for part in document.taxes),
                owed=row.ordered if is_invoice else row.refund,
                owed_tax=row.ordered_tax if is_invoice else None,
                is_changed=row.sha256 is not None and hashlib.sha256(row.data).hexdigest() != row.sha256,
            )
        )
    return tuple(found)


def without(connection: Connection, overdue: timedelta, most: int) -> tuple[str, ...]:
    since = numbered_since(connection)
    if since is None:
        return ()
    late = orders_due(since).add_columns(orders.c.external_id)
    late = late.where(orders.c.paid_at <= database_now(connection) - overdue).limit(most)
    return tuple(order_number(row.order_id, row.external_id) for row in connection.execute(late))
