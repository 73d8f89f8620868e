"""What the last looks at the books found."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, Index, Integer, String

from app.stores.sql.tables.base import BigId, UtcDateTime, table

reconciliations = table(
    "reconciliations",
    Column("reconciliation_id", BigId, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("seconds", Float, nullable=False),
    Column("started_by", String(64), nullable=False),
    Column("differences", Integer, nullable=False),
    Column("details", JSON, nullable=False),
    Index(None, "at"),
)
