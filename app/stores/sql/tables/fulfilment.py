"""What was sent of orders, and what staff did about them."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Text

from app.stores.sql.tables.base import BigId, UtcDateTime, table

shipments = table(
    "shipments",
    Column("shipment_id", BigId, primary_key=True, autoincrement=True),
    Column("order_id", BigId, ForeignKey("orders.order_id"), nullable=False),
    Column("request_key", String(128), nullable=False, unique=True),
    Column("carrier", String(40), nullable=False),
    Column("tracking", String(60), nullable=False),
    Column("units", Integer, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("shipped_at", UtcDateTime, nullable=False),
    Column("delivered_at", UtcDateTime),
    Index(None, "order_id"),
    # Mails and the audit log name shipments by their id.
    sqlite_autoincrement=True,
)

shipment_lines = table(
    "shipment_lines",
    Column("shipment_id", BigId, ForeignKey("shipments.shipment_id"), primary_key=True, autoincrement=False),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    Column("quantity", Integer, nullable=False),
)

# What staff did about an order: notes, holds, the addresses that it had before.
order_steps = table(
    "order_steps",
    Column("step_id", BigId, primary_key=True, autoincrement=True),
    Column("order_id", BigId, ForeignKey("orders.order_id"), nullable=False),
    Column("request_key", String(128), unique=True),
    Column("kind", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("words", Text, nullable=False),
    Column("before", JSON(none_as_null=True)),
    Index(None, "order_id", "step_id"),
)

order_tags = table(
    "order_tags",
    Column("order_id", BigId, ForeignKey("orders.order_id"), primary_key=True, autoincrement=False),
    Column("tag", String(30), primary_key=True),
    Index(None, "tag", "order_id"),
    sqlite_with_rowid=False,
)
