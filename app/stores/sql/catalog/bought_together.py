"""Products that are bought together, in the relational store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, delete, insert, select

from app import numbers
from app.domain import OrderStatus
from app.services.catalog.ports import Basket, Companions
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import upsert
from app.stores.sql.tables import bought_together, order_lines, orders, shop_facts

FACT = "bought_together"
_b, _o, _l = bought_together.c, orders.c, order_lines.c


class SqlBoughtTogether:
    """The `BoughtTogetherStore` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def baskets(self, since: datetime, before: int | None, limit: int) -> Sequence[Basket]:
        query = select(_o.order_id).where(_o.status == OrderStatus.PAID.value, _o.paid_at >= since)
        if before is not None:
            query = query.where(_o.order_id < before)
        latest = query.order_by(_o.order_id.desc()).limit(limit)

        def work(connection: Connection) -> Sequence[Basket]:
            ids = connection.execute(latest).scalars().all()
            kept: dict[int, set[str]] = defaultdict(set)
            for some in chunks(ids):
                lines = select(_l.order_id, _l.product_id).where(_l.order_id.in_(some), _l.quantity > _l.returned)
                for order_id, product_id in connection.execute(lines):
                    kept[order_id].add(product_id)
            return [Basket(order_id, tuple(sorted(kept[order_id]))) for order_id in ids]

        return self._database.read(work)

    def keep(self, companions: Companions, at: datetime) -> int:
        present = self.all()
        changed = sorted({*present, *companions})
        changed = [key for key in changed if present.get(key) != companions.get(key)]
        for some in chunks(changed):
            self._database.write(partial(_write, product_ids=some, companions=companions))
        fact = {"name": FACT, "value": at.isoformat()}
        self._database.write(lambda connection: upsert(connection, shop_facts, [fact], ["name"]))
        return len(changed)

    def as_of(self) -> datetime | None:
        query = select(shop_facts.c.value).where(shop_facts.c.name == FACT)
        value = self._database.read(lambda connection: connection.execute(query).scalar())
        return None if value is None else numbers.moment(value)

    def all(self) -> Companions:
        query = select(_b.product_id, _b.other_id, _b.orders).order_by(_b.product_id, _b.orders.desc(), _b.other_id)
        found: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for product_id, other_id, count in self._database.read(lambda connection: connection.execute(query).all()):
            found[product_id].append((other_id, count))
        return {key: tuple(others) for key, others in found.items()}


def _write(connection: Connection, product_ids: Sequence[str], companions: Companions) -> None:
    connection.execute(delete(bought_together).where(_b.product_id.in_(product_ids)))
    rows = [
        {"product_id": key, "other_id": other, "orders": count}
        for key in product_ids
        for other, count in companions.get(key, ())
    ]
    if rows:
        connection.execute(insert(bought_together), rows)
