"""Reads of the rollup of taxes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from app.services.analytics.tax_ports import TaxSums
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import rollup_taxes


class SqlTaxes:
    """`TaxReader` on SQLite and MySQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def taxes(self, start: date, end: date) -> list[TaxSums]:
        t = rollup_taxes.c
        keys = (t.country, t.name, t.rate)
        sums = (func.sum(column) for column in (t.base, t.tax, t.returned_base, t.returned_tax))
        query = select(*keys, *sums).where(t.day >= start, t.day < end).group_by(*keys)
        rows = self._database.read(lambda c: c.execute(query).all())
        return [TaxSums(*row[:3], *(int(value) for value in row[3:])) for row in rows]
