"""Catalogue, stock and carts: the SQL backend of ports that DynamoDB serves elsewhere."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Computed, ForeignKey, Index, Integer, String, Text

from app.stores.sql.tables.base import BigId, Money, UtcDateTime, table

products = table(
    "products",
    Column("product_id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("category", String(64), nullable=False),
    Column("description", Text, nullable=False),
    Column("price", Money, nullable=False),
    Column("cost", Money),
    Column("stock", BigInteger, nullable=False),  # available
    Column("threshold", Integer, nullable=False),
    Column("threshold_manual", Boolean, nullable=False),
    Column("image", String(120)),
    Column("status", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("version", BigInteger, nullable=False, server_default="0"),  # how often people edited it
    Column("sku", String(64), nullable=False, server_default=""),  # "": the id
    Column("brand", String(80), nullable=False, server_default=""),
    Column("barcode", String(14), nullable=False, server_default=""),
    Column("tags", Text),  # JSON, as the next two: a list of texts
    Column("pictures", Text),  # [file name, alternative text], ...
    Column("options", Text),  # [name, value], ...
    Column("weight", Integer),  # grams
    Column("family_id", String(64), nullable=False, server_default=""),
    Column("supplier", String(80), nullable=False, server_default=""),
    Column("ships_alone", Boolean, nullable=False, server_default="0"),
    Column("tax_class", String(16), nullable=False, server_default="standard"),
    Index(None, "changed_at"),
)

# One row per stock edit that was applied: makes an edit safe to run twice.
stock_marks = table(
    "stock_marks",
    Column("edit_id", String(64), primary_key=True),
    Column("product_id", String(64), nullable=False),
    Column("delta", BigInteger, nullable=False),
    Column("available", BigInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

reservations = table(
    "reservations",
    Column("order_id", BigId, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Index(None, "state"),
)

reservation_lines = table(
    "reservation_lines",
    Column("order_id", BigId, primary_key=True, autoincrement=False),
    Column("product_id", String(64), primary_key=True),
    Column("units", Integer, nullable=False),
    Index(None, "product_id"),
)

carts = table(
    "carts",
    Column("owner", String(80), primary_key=True),
    Column("revision", String(32), nullable=False),
    Column("emptied_by", BigInteger),
    Column("code", String(40), nullable=False, server_default=""),  # a discount code, "" for none
    Column("changed_at", UtcDateTime, nullable=False),
    # Of guests' carts alone, which are forgotten: those that people keep are not gone through.
    Column(
        "guest_changed_at", UtcDateTime, Computed("CASE WHEN owner LIKE 'guest#%' THEN changed_at END", persisted=False)
    ),
    Index(None, "changed_at"),
    Index(None, "guest_changed_at"),
)

cart_lines = table(
    "cart_lines",
    Column("owner", String(80), ForeignKey("carts.owner", ondelete="CASCADE"), primary_key=True),
    Column("product_id", String(64), primary_key=True),
    Column("quantity", Integer, nullable=False),
    Column("unit_price", Money, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)

# One row per order whose lines were taken out of a cart: makes that effect safe to run twice.
cart_takes = table(
    "cart_takes",
    Column("order_id", BigId, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
)
