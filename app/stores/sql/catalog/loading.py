"""Many products at once, as part of a transaction that fills an empty shop."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from app.domain import Product
from app.stores.shared.product_fields import written_fields
from app.stores.sql.engine.bulk import insert_rows
from app.stores.sql.tables import products

_OWN = ("product_id", "stock", "created_at", "changed_at", "version")
_WRITTEN = tuple(written_fields(Product("", "", 0, 0, 0)))


def insert_products(connection: Connection, loaded: Iterable[Product], now: datetime) -> None:
    rows = ((p.product_id, p.stock, p.created_at or now, now, p.version, *written_fields(p).values()) for p in loaded)
    insert_rows(connection, products, (*_OWN, *_WRITTEN), rows)
