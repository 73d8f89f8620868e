"""What helps to find things: products that are bought together, and what was searched for."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, LargeBinary, String

from app.stores.sql.tables.base import table

# The few products in the most orders beside each one; made anew once a day from the latest orders.
bought_together = table(
    "bought_together",
    Column("product_id", String(64), primary_key=True),
    Column("other_id", String(64), primary_key=True),
    Column("orders", Integer, nullable=False),
)

# Bits that visits set, as in `visitor_sketches`: nobody can be read out of them.
search_days = table(
    "search_days",
    Column("day", Date, primary_key=True),
    Column("words", String(60), primary_key=True),
    Column("visits", Integer, nullable=False),  # how many bits are set
    Column("asked", LargeBinary, nullable=False),
    Column("unfound", LargeBinary, nullable=False),  # of those that found nothing
    Index(None, "day", "visits"),
)
