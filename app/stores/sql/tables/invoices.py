"""Invoices and credit notes. Triggers refuse to change or delete one: a mistake is set right by another document."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.dialects import mysql

from app.stores.sql.tables.base import BigId, Money, UtcDateTime, table

# The last number of each kind. Whoever gives numbers locks its row.
invoice_series = table(
    "invoice_series",
    Column("kind", String(16), primary_key=True),
    Column("last", BigInteger, nullable=False),
)

invoices = table(
    "invoices",
    Column("invoice_id", BigId, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("serial", BigInteger, nullable=False),
    Column("about", String(40), nullable=False, unique=True),  # order:7 or return:3: each has one document
    Column("order_id", BigInteger, nullable=False),
    Column("return_id", BigInteger),  # whose refund a credit note is of
    Column("issued_at", UtcDateTime, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("net", Money, nullable=False),
    Column("tax", Money, nullable=False),
    Column("total", Money, nullable=False),
    Column("taxes", JSON, nullable=False),  # name, rate, base and tax of each rate
    Column("seller", JSON, nullable=False),  # as it was then
    Column("buyer", JSON, nullable=False),
    UniqueConstraint("kind", "serial"),
    Index(None, "order_id"),
)

# The documents as they were drawn. A table of its own, so that no list of invoices reads past them.
invoice_files = table(
    "invoice_files",
    Column("invoice_id", BigId, primary_key=True, autoincrement=False),
    Column("sha256", String(64), nullable=False),
    Column("data", LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb"), nullable=False),
)
