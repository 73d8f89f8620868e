"""Sales by the hour, out of the rollup of quarters of an hour."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select

from app.services.analytics.ports import MinuteSales
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import rollup_quarters

_q = rollup_quarters.c
_SECONDS, _AN_HOUR = 900, 4


class SqlHours:
    """The `HourReader` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hours(self, start: datetime, end: datetime) -> list[MinuteSales]:
        first = _q.quarter - _q.quarter % _AN_HOUR
        sums = (func.sum(column) for column in (_q.orders, _q.units, _q.gross))
        query = (
            select(first, *sums)
            .where(_q.quarter >= int(start.timestamp()) // _SECONDS, _q.quarter < int(end.timestamp()) // _SECONDS)
            .group_by(first)
            .order_by(first)
        )
        rows = self._database.read(lambda c: list(c.execute(query)))
        return [
            MinuteSales(datetime.fromtimestamp(int(at) * _SECONDS, UTC), int(orders), int(units), int(gross), 0, 0)
            for at, orders, units, gross in rows
        ]
