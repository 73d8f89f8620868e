"""Endpoints of other programs, the events that they hear of, and each delivery of one to the other."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.dialects import mysql

from app.stores.sql.tables.base import BigId, UtcDateTime, table

webhook_endpoints = table(
    "webhook_endpoints",
    Column("endpoint_id", BigId, primary_key=True, autoincrement=True),
    Column("name", String(80), nullable=False),
    Column("address", String(500), nullable=False),
    Column("format", String(16), nullable=False),
    Column("events", JSON, nullable=False),  # a list of their types
    Column("is_on", Boolean, nullable=False),
    Column("secret", String(300), nullable=False),  # sealed with a key of SECRET_KEY
    Column("old_secret", String(300), nullable=False),
    Column("old_until", UtcDateTime),
    Column("failures", Integer, nullable=False),
    Column("paused_until", UtcDateTime),
    Column("failing_since", UtcDateTime),
    Column("last_ok_at", UtcDateTime),
    Column("last_answer", String(200), nullable=False),
    # One worker at a time delivers to an endpoint; the count of turns is the token of its lease.
    Column("turns", BigInteger, nullable=False),
    Column("leased_until", UtcDateTime),
    Column("changed_at", UtcDateTime, nullable=False),
    # The audit log names endpoints by their id.
    sqlite_autoincrement=True,
)

webhook_events = table(
    "webhook_events",
    Column("event_id", String(40), primary_key=True),
    Column("type", String(32), nullable=False),
    Column("payload", Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb"), nullable=False),
    Column("text", String(500), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "at"),
)

webhook_deliveries = table(
    "webhook_deliveries",
    Column("delivery_id", BigId, primary_key=True, autoincrement=True),
    Column("endpoint_id", BigInteger, nullable=False),
    Column("event_id", String(40), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("next_try_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("tries", JSON, nullable=False),  # the latest ones
    UniqueConstraint("event_id", "endpoint_id"),
    Index("ix_webhook_deliveries_due", "endpoint_id", "state", "next_try_at"),
    Index("ix_webhook_deliveries_of", "endpoint_id", "delivery_id"),
    Index("ix_webhook_deliveries_in", "state", "delivery_id"),
    sqlite_autoincrement=True,
)

# Which edit of each product was told last; kept only while an endpoint wants to hear of them.
webhook_products = table(
    "webhook_products",
    Column("product_id", String(64), primary_key=True),
    Column("version", BigInteger, nullable=False),
)
