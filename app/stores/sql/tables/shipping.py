"""Where the shop ships to, and how."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, String

from app.stores.sql.tables.base import BigId, UtcDateTime, table

# Ids are never used again: orders name methods that may be gone.
shipping_zones = table(
    "shipping_zones",
    Column("zone_id", BigId, primary_key=True, autoincrement=True),
    Column("name", String(60), nullable=False),
    Column("places", JSON, nullable=False),  # [country, region], ...
    Column("actor", String(120), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

shipping_methods = table(
    "shipping_methods",
    Column("method_id", BigId, primary_key=True, autoincrement=True),
    Column("zone_id", BigInteger, nullable=False),
    Column("name", String(60), nullable=False),
    Column("terms", JSON, nullable=False),  # what it costs, how long it takes, where it is picked up
    Column("actor", String(120), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Index(None, "zone_id"),
    sqlite_autoincrement=True,
)
