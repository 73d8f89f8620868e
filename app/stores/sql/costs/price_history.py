"""The `PriceHistory` port on SQLite and MySQL, and out of it the calendar's `PriceLog`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.services.calendar.ports import PriceChange
from app.services.costs.ports import Pricing
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new
from app.stores.sql.tables import price_history

_h = price_history.c
_ALL = select(_h.product_id, _h.version, _h.at, _h.price, _h.cost, _h.actor)


class SqlPriceHistory:
    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, found: Sequence[Pricing]) -> int:
        if not found:
            return 0
        rows = [one._asdict() for one in found]
        return self._database.write(lambda c: sum(insert_new(c, price_history, row) for row in rows))

    def latest(self, product_ids: Collection[str] | None = None) -> dict[str, Pricing]:
        if product_ids is None:
            return self._latest()
        return {
            pid: one for ids in chunks(sorted(product_ids)) for pid, one in self._latest(_h.product_id.in_(ids)).items()
        }

    def _latest(self, *which: ColumnElement[bool]) -> dict[str, Pricing]:
        newest = select(_h.product_id, func.max(_h.version).label("version")).where(*which)
        last = newest.group_by(_h.product_id).subquery()
        query = _ALL.join(last, (last.c.product_id == _h.product_id) & (last.c.version == _h.version))
        return {one.product_id: one for one in self._read(query)}

    def of(self, product_id: str) -> list[Pricing]:
        return self._read(_ALL.where(_h.product_id == product_id).order_by(_h.version))

    def all(self) -> list[Pricing]:
        return self._read(_ALL.order_by(_h.product_id, _h.version))

    def changes(self, start: datetime, end: datetime, limit: int) -> list[PriceChange]:
        before, earlier = price_history.alias("before"), price_history.alias("earlier")
        last = select(func.max(earlier.c.version)).where(
            earlier.c.product_id == _h.product_id, earlier.c.version < _h.version
        )
        is_before = (before.c.product_id == _h.product_id) & (
            before.c.version == last.correlate(price_history).scalar_subquery()
        )
        latest = (
            select(_h.at, _h.product_id, before.c.price.label("before"), _h.price)
            .join_from(price_history, before, is_before)
            .where(_h.at >= start, _h.at < end, _h.price != before.c.price)
            .order_by(_h.at.desc(), _h.product_id.desc(), _h.version.desc())
            .limit(limit)
        )
        rows = self._database.read(lambda connection: list(connection.execute(latest)))
        return [PriceChange(*row) for row in reversed(rows)]

    def _read(self, query: Select[Any]) -> list[Pricing]:
        return [Pricing(*row) for row in self._database.read(lambda connection: list(connection.execute(query)))]
