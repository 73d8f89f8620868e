"""Forecasts and reorder plans in the relational store."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, false, select

from app.domain import AuditEntry, Forecast
from app.errors import StaleEdit
from app.services.forecasts.ports import ReorderSettings
from app.stores.sql.audit.log import append
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import replace_row, upsert
from app.stores.sql.tables import forecasts, reorder_plans

_f, _p = forecasts.c, reorder_plans.c


class SqlForecasts:
    """The `ForecastStore` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, made: Mapping[str, Forecast]) -> None:
        def work(connection: Connection) -> None:
            now = database_now(connection)
            rows = [
                {
                    "product_id": product_id,
                    "made_at": now,
                    "first_day": one.first_day,
                    "model": one.model,
                    "errors": {name: round(error, 6) for name, error in one.errors.items()},
                    "tested_days": one.tested_days,
                    "days": [[round(number, 4) for number in day] for day in one.days],
                }
                for product_id, one in sorted(made.items())
            ]
            upsert(connection, forecasts, rows, ["product_id"])

        self._database.write(work)

    def made_for(self) -> dict[str, date]:
        rows = self._database.read(lambda c: list(c.execute(select(_f.product_id, _f.first_day))))
        return {row.product_id: row.first_day for row in rows}

    def get(self, product_ids: Collection[str] | None = None) -> dict[str, Forecast]:
        def work(connection: Connection) -> list[Any]:
            if product_ids is None:
                return list(connection.execute(select(forecasts)))
            return [
                row
                for ids in chunks(sorted(product_ids))
                for row in connection.execute(select(forecasts).where(_f.product_id.in_(ids)))
            ]

        return {row.product_id: _forecast(row) for row in self._database.read(work)}

    def plans(self) -> dict[str, ReorderSettings]:
        rows = self._database.read(lambda c: list(c.execute(select(reorder_plans))))
        return {row.product_id: ReorderSettings(row.lead_days, row.safety_stock) for row in rows}

    def set_plan(
        self,
        product_id: str,
        plan: ReorderSettings | None,
        audited: AuditEntry,
        present: ReorderSettings | None,
    ) -> None:
        here = (_p.product_id == product_id) & (
            false() if present is None else _holds(present.lead_days, present.safety_stock)
        )

        def work(connection: Connection) -> None:
            row = None
            if plan is not None:
                values = {"lead_days": plan.lead_days, "safety_stock": plan.safety_stock}
                row = {"product_id": product_id, **values, "changed_at": database_now(connection)}
            if not replace_row(connection, reorder_plans, row, here, is_new=present is None):
                raise StaleEdit()
            append(connection, audited)

        self._database.write(work)


def _holds(lead_days: int, safety_stock: int | None) -> ColumnElement[bool]:
    return (_p.lead_days == lead_days) & _p.safety_stock.is_not_distinct_from(safety_stock)


def _forecast(row: Any) -> Forecast:
    days = tuple((float(low), float(middle), float(high)) for low, middle, high in row.days)
    return Forecast(row.first_day, row.model, days, dict(row.errors), row.tested_days)
