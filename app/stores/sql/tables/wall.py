"""The wall: paired screens, codes that wait to be entered, goals, and how many visitors there were lately."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, LargeBinary, String

from app.stores.sql.tables.base import BigId, Money, UtcDateTime, table

screens = table(
    "screens",
    Column("screen_id", BigId, primary_key=True, autoincrement=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("name", String(60), nullable=False),
    Column("settings", JSON, nullable=False),
    Column("paired_by", String(120), nullable=False),
    Column("paired_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
    # The audit log names screens by their id.
    sqlite_autoincrement=True,
)

# The code is on a screen for five minutes; entering it takes the row away, so that it is good for one screen.
pairings = table(
    "pairings",
    Column("code_hash", String(64), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Index(None, "expires_at"),
)

# Gross sales to reach: `day` is "monday" to "sunday", or one day as an ISO date.
day_goals = table(
    "day_goals",
    Column("day", String(10), primary_key=True),
    Column("amount", Money, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

# One row per minute and web process: bits that visitors set. Nobody can be read out of them.
visitor_sketches = table(
    "visitor_sketches",
    Column("minute", BigInteger, primary_key=True, autoincrement=False),
    Column("process", String(16), primary_key=True),
    Column("bits", LargeBinary(512), nullable=False),
)
