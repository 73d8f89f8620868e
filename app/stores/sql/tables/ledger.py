"""The stock ledger: why stock is what it is, and what a unit cost when."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String

from app.stores.sql.tables.base import BigId, Money, UtcDateTime, table

stock_movements = table(
    "stock_movements",
    Column("movement_id", BigId, primary_key=True, autoincrement=True),
    Column("uid", String(160), nullable=False, unique=True),  # "<cause>:<line>": booked once
    Column("product_id", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("on_hand", BigInteger, nullable=False),
    Column("cause", String(120), nullable=False),
    Column("actor", String(120), nullable=False),
    Column("note", String(200), nullable=False, server_default=""),
    Index(None, "product_id", "at", "movement_id"),
    Index(None, "at"),
)

stock_levels = table(
    "stock_levels",
    Column("product_id", String(64), primary_key=True),
    Column("on_hand", BigInteger, nullable=False),
    Column("first_stocked_at", UtcDateTime),
    Column("last_sold_at", UtcDateTime),
)

# The intent of an admin's stock edit; finished by the sweeper if its process dies.
stock_edits = table(
    "stock_edits",
    Column("edit_id", String(64), primary_key=True),
    Column("product_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("delta", BigInteger),  # one of delta and set_to
    Column("set_to", BigInteger),
    Column("actor", String(120), nullable=False),
    Column("note", String(200), nullable=False),
    Column("state", String(16), nullable=False),  # pending, done, refused
    Column("at", UtcDateTime, nullable=False),
    Column("leased_until", UtcDateTime),
    Index(None, "state", "at"),
    Index(None, "kind", "state", "product_id", "at"),
)

low_stock_episodes = table(
    "low_stock_episodes",
    Column("episode_id", BigId, primary_key=True, autoincrement=True),
    Column("product_id", String(64), nullable=False),
    Column("open_key", String(64), unique=True),  # the product id while open, else NULL: one open episode
    Column("on_hand", BigInteger, nullable=False),
    Column("threshold", Integer, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Index(None, "product_id"),
)

# Price and cost from each version of a product on that changed one of them, wherever the catalogue itself is.
price_history = table(
    "price_history",
    Column("product_id", String(64), primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("price", Money, nullable=False),
    Column("cost", Money),
    Column("actor", String(120), nullable=False),  # "": found so later
    Index(None, "at"),
)

# One change of many products: proposed, begun, done.
bulk_edits = table(
    "bulk_edits",
    Column("edit_id", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("wanted", JSON, nullable=False),  # by field
    Column("seen", JSON, nullable=False),  # by product id and field
    Column("left_as_is", JSON),  # product ids; of one that is done
    Column("actor", JSON),  # who began it
    Index(None, "state", "at"),
)
