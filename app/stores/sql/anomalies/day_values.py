"""Orders of each day by their rounded value, out of the rollup that medians come from."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.services.anomalies.ports import DayValue
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import rollup_order_values

_v = rollup_order_values.c


class SqlDayValues:
    """The `ValueReader` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def values_by_day(self, start: date, end: date) -> list[DayValue]:
        query = (
            select(_v.first_day, _v.value, _v.orders)
            .where(_v.grain == "day", _v.first_day >= start, _v.first_day < end)
            .order_by(_v.first_day, _v.value)
        )
        return self._database.read(lambda c: [DayValue(*row) for row in c.execute(query)])
