"""Reads of checkouts that were rejected because stock was short."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select

from app.domain import OrderStatus
from app.services.analytics.short_line_ports import ShortLines
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import orders


class SqlShortLines:
    """`ShortLineReader` on SQLite and MySQL: an index range of rejected orders, the latest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def short_lines(self, start: datetime, end: datetime, most: int) -> list[ShortLines]:
        o = orders.c
        query = (
            select(o.owner, o.shortages)
            .where(o.status == OrderStatus.REJECTED.value, o.changed_at >= start, o.changed_at < end)
            .order_by(o.changed_at.desc())
            .limit(most)
        )
        rows = self._database.read(lambda connection: connection.execute(query).all())
        names: dict[str, str] = {}
        missing: dict[str, dict[str, int]] = defaultdict(dict)
        for owner, shortages in rows:
            for line in shortages or ():
                product_id, units = line["product_id"], line["wanted"] - line["available"]
                names.setdefault(product_id, line["name"])
                missing[product_id][owner] = max(units, missing[product_id].get(owner, 0))
        found = [ShortLines(pid, names[pid], len(by), sum(by.values())) for pid, by in missing.items()]
        return sorted(found, key=lambda one: (-one.units, one.product_id))
