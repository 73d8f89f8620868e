"""Forecasts, and what is on order, in the relational store."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update

from app import numbers
from app.domain import AuditEntry, Forecast, LeftOut, MovementKind, OnOrder
from app.errors import StaleEdit
from app.stores.sql.audit.log import append
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.leases import claim, give_back
from app.stores.sql.engine.upsert import replace_row, upsert
from app.stores.sql.tables import forecasts, stock_movements, units_on_order

LEASE = "forecasts"
_f, _o = forecasts.c, units_on_order.c
_OF_ALL = [column for column in _f if column.name not in ("middle", "left_out")]


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
                    "middle": [list(day) for day in one.middle],
                    "spans": {str(span): list(numbers) for span, numbers in one.spans.items()},
                    "left_out": [_left_row(line) for line in one.left_out] or None,
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
                return list(connection.execute(select(*_OF_ALL)))
            return [
                row
                for ids in chunks(sorted(product_ids))
                for row in connection.execute(select(forecasts).where(_f.product_id.in_(ids)))
            ]

        return {row.product_id: _forecast(row) for row in self._database.read(work)}

    def left_out(self) -> dict[str, tuple[LeftOut, ...]]:
        query = select(_f.product_id, _f.left_out).where(_f.left_out.is_not(None))
        rows = self._database.read(lambda c: list(c.execute(query)))
        return {row.product_id: _left_out(row.left_out) for row in rows}

    def claim_run(self, holder: str, lease: timedelta) -> bool:
        return self._database.write(lambda connection: claim(connection, LEASE, holder, lease))

    def end_run(self, holder: str) -> None:
        self._database.write(lambda connection: give_back(connection, LEASE, holder))

    def on_order(self) -> dict[str, OnOrder]:
        return self._database.read(_still_to_come)

    def set_on_order(
        self, product_id: str, ordered: OnOrder | None, audited: AuditEntry, present: OnOrder | None
    ) -> None:
        def work(connection: Connection) -> None:
            now = database_now(connection)
            here = _o.product_id == product_id
            # Whoever writes first makes the other one wait here, and then see what became of it.
            is_there = connection.execute(update(units_on_order).where(here).values(due=_o.due)).rowcount == 1
            if _still_to_come(connection, product_id).get(product_id) != present:
                raise StaleEdit()
            row: dict[str, Any] | None = None
            if ordered is not None:
                row = {"product_id": product_id, "units": ordered.units, "due": ordered.due, "noted_at": now}
            if not replace_row(connection, units_on_order, row, here, is_new=not is_there):
                raise StaleEdit()
            append(connection, audited)

        self._database.write(work)


def _still_to_come(connection: Connection, product_id: str | None = None) -> dict[str, OnOrder]:
    m = stock_movements.c
    received = func.coalesce(func.sum(m.quantity), 0)
    came = (m.product_id == _o.product_id) & (m.at >= _o.noted_at) & (m.kind == MovementKind.RECEIPT.value)
    query = (
        select(_o.product_id, _o.units, _o.due, received.label("received"))
        .select_from(units_on_order.outerjoin(stock_movements, came))
        .group_by(_o.product_id, _o.units, _o.due)
    )
    if product_id is not None:
        query = query.where(_o.product_id == product_id)
    rows = connection.execute(query)
    return {row.product_id: OnOrder(left, row.due) for row in rows if (left := int(row.units - row.received)) > 0}


def _left_row(line: LeftOut) -> list[Any]:
    return [line.order_id, line.day.isoformat(), line.units, line.counted, line.in_level]


def _left_out(rows: list[Any] | None) -> tuple[LeftOut, ...]:
    return tuple(LeftOut(order_id, numbers.day(day), *units) for order_id, day, *units in rows or ())


def _forecast(row: Any) -> Forecast:
    days = tuple((float(low), float(middle), float(high)) for low, middle, high in row.days)
    middle = tuple((float(half), float(most)) for half, most in getattr(row, "middle", None) or ())
    spans = {int(span): tuple(numbers) for span, numbers in (row.spans or {}).items()}
    left_out = _left_out(getattr(row, "left_out", None))
    return Forecast(row.first_day, row.model, days, dict(row.errors), row.tested_days, middle, spans, left_out)
