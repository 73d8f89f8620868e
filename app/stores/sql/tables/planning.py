"""What people note and plan: events, reordering, forecasts."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Date, Index, Integer, String

from app.stores.sql.tables.base import BigId, UtcDateTime, table

# What happened on a day that its numbers do not tell: shown on every chart over time.
events = table(
    "events",
    Column("event_id", BigId, primary_key=True, autoincrement=True),
    Column("day", Date, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("words", String(120), nullable=False),
    Column("actor", String(120), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "day"),
    # The audit log names events by their id: no later one may get that of a removed one.
    sqlite_autoincrement=True,
)

reorder_plans = table(
    "reorder_plans",
    Column("product_id", String(64), primary_key=True),
    Column("lead_days", Integer, nullable=False),
    Column("safety_stock", BigInteger),  # units; NULL: worked out from the forecast's uncertainty
    Column("changed_at", UtcDateTime, nullable=False),
)

# One per product, and one for all sales under the empty id. `days` is a list of [low, expected, high] per day.
forecasts = table(
    "forecasts",
    Column("product_id", String(64), primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("model", String(32), nullable=False),  # what the days were made with
    Column("errors", JSON, nullable=False),  # back-test: the error of each model by its name
    Column("tested_days", Integer, nullable=False),
    Column("days", JSON, nullable=False),
    Index(None, "first_day", "product_id"),
)
