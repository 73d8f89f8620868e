"""The demo provider's book, read as reconciling reads a provider's own list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from app.domain.payments import Done
from app.stores.local.demo_payments import ChargeState, DemoPayments, taken
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import demo_charges, demo_refunds

_IDS_PER_QUERY = 500
_APPROVED = select(demo_charges).where(demo_charges.c.state == ChargeState.APPROVED.value)


class DemoBook:
    """The `ProviderBook` port."""

    name = DemoPayments.name

    def __init__(self, database: Database) -> None:
        self._database = database

    def taken(self, order_ids: Sequence[int]) -> Mapping[int, Done]:
        return {row.order_id: taken(row._asdict()) for row in self._of(_APPROVED, demo_charges.c.order_id, order_ids)}

    def refunds(self, keys: Sequence[str]) -> Mapping[str, int]:
        rows = self._of(select(demo_refunds), demo_refunds.c.refund_key, keys)
        return {row.refund_key: row.amount for row in rows}

    def taken_after(self, order_id: int, limit: int) -> Mapping[int, Done]:
        query = _APPROVED.where(demo_charges.c.order_id > order_id).order_by(demo_charges.c.order_id).limit(limit)
        return self._database.read(lambda c: {row.order_id: taken(row._asdict()) for row in c.execute(query)})

    def refund_keys(self, after: str, limit: int) -> tuple[str, ...]:
        key = demo_refunds.c.refund_key
        query = select(key).where(key > after).order_by(key).limit(limit)
        return self._database.read(lambda c: tuple(c.execute(query).scalars()))

    def _of(self, query: Select[Any], column: Any, values: Sequence[Any]) -> list[Row[Any]]:
        def work(connection: Connection) -> Iterator[Row[Any]]:
            for start in range(0, len(values), _IDS_PER_QUERY):
                yield from connection.execute(query.where(column.in_(values[start : start + _IDS_PER_QUERY])))

        return self._database.read(lambda connection: list(work(connection)))
