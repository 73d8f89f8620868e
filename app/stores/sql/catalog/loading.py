"""Many products at once, as part of a transaction that fills an empty shop."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from app.domain import Product
from app.stores.sql.engine.bulk import insert_rows
from app.stores.sql.tables import products

_COLUMNS = (
    "product_id", "name", "category", "description", "price", "cost", "stock", "threshold", "threshold_manual",
    "image", "status", "created_at", "changed_at", "version",
)  # fmt: skip


def insert_products(connection: Connection, loaded: Iterable[Product], now: datetime) -> None:
    rows = (
        (
            p.product_id,
            p.name,
            p.category,
            p.description,
            p.price,
            p.cost,
            p.stock,
            p.threshold,
            p.threshold_manual,
            p.image,
            p.status.value,
            p.created_at or now,
            now,
            p.version,
        )
        for p in loaded
    )
    insert_rows(connection, products, _COLUMNS, rows)
