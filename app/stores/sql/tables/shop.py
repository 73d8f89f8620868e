"""What admins set of the shop itself."""

from __future__ import annotations

from sqlalchemy import Column, String, Text
from sqlalchemy.dialects import mysql

from app.stores.sql.tables.base import UtcDateTime, table

# A row per setting that was ever set, and one named "revision", whose value is another one after every change.
shop_settings = table(
    "shop_settings",
    Column("name", String(40), primary_key=True),
    Column("value", Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb"), nullable=False),
    Column("actor", String(120), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)
