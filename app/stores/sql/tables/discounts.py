"""Discount codes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, String

from app.stores.sql.tables.base import BigId, Money, UtcDateTime, table

# Codes stay for good: orders name them. Each use is a column of its order, see `orders.code_use`.
discount_codes = table(
    "discount_codes",
    Column("code_id", BigId, primary_key=True, autoincrement=True),
    Column("code", String(40), nullable=False, unique=True),  # in capitals, without blanks
    Column("kind", String(16), nullable=False),
    Column("value", Money, nullable=False),  # hundredths of a per cent, or minor units
    Column("minimum", Money, nullable=False),
    Column("category", String(64), nullable=False),  # "": all
    Column("once", Boolean, nullable=False),
    Column("first", Boolean, nullable=False),
    Column("use_limit", BigInteger),
    Column("starts", UtcDateTime),
    Column("ends", UtcDateTime),
    Column("used", BigInteger, nullable=False),  # orders with a `code_use`
    Column("version", BigInteger, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Index(None, "ends"),
    sqlite_autoincrement=True,
)
