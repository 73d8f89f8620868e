"""Rollups against their recomputation, compared by the database itself: only what differs leaves it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    Table,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from app.domain import OutboxState
from app.domain.effects import EffectKind
from app.services.books.ports import RollupRow
from app.stores.sql.books.snapshot import rows_in
from app.stores.sql.rollups.rebuild import ROLLUPS, recomputed
from app.stores.sql.tables import (
    outbox,
    rollup_stock,
    rollup_stock_hours,
    rollup_stock_outs,
    stock_movements,
)

_STORED, _RECOMPUTED = 0, 1


_OF_MOVEMENTS = (rollup_stock_hours, rollup_stock, rollup_stock_outs)


def differing_rows(connection: Connection, zone: tzinfo, most: int) -> Iterator[RollupRow]:
    """Up to `most` rows of each rollup. Each statement sees one instant: rows, events and rollup of the same."""
    moving = _moving_products(connection)
    for table, rows in recomputed(connection, zone):
        found: Iterator[Row[Any]] = iter(connection.execute(_differing(table, rows)))
        if table in _OF_MOVEMENTS:
            found = (row for row in found if row.product_id not in moving)
        for row in islice(found, most):
            yield _shown(table, row)


@lru_cache(maxsize=4 * len(ROLLUPS))
def _differing(table: Table, rows: Select[Any]) -> Select[Any]:
    """One row per key of either side; the measures of a row that one side does not have count as nothing.

    What is kept in a rollup without being recomputed from rows, such as segments, is not compared.
    """
    keys = [column.name for column in table.primary_key.columns]
    expected = rows.subquery()
    measures = [column for column in table.columns if column.name in expected.c and column.name not in keys]
    names = [*keys, *(column.name for column in measures)]
    both = union_all(
        select(*(expected.c[name] for name in names), literal(_RECOMPUTED, literal_execute=True).label("side")),
        select(*(table.c[name] for name in names), literal(_STORED, literal_execute=True).label("side")),
    ).subquery()

    def of(side: int, measure: Any) -> ColumnElement[Any]:
        value = func.max(case((both.c.side == side, both.c[measure.name])))
        return func.coalesce(value, 0) if isinstance(measure.type, Integer | BigInteger) else value

    sides = [(column.name, of(_STORED, column), of(_RECOMPUTED, column)) for column in measures]
    return (
        select(
            *(both.c[key] for key in keys),
            *(stored.label(f"stored_{name}") for name, stored, _ in sides),
            *(expected.label(f"expected_{name}") for name, _, expected in sides),
        )
        .group_by(*(both.c[key] for key in keys))
        .having(or_(*(stored.is_distinct_from(expected) for _, stored, expected in sides)))
        .order_by(*(both.c[key] for key in keys))
    )


def _moving_products(connection: Connection) -> set[str]:
    """The products of movements whose event waits: their cells are counted when it is folded."""
    payloads = select(outbox.c.payload).where(
        outbox.c.kind == EffectKind.ROLLUP.value, outbox.c.state == OutboxState.PENDING.value
    )
    ids = {i for payload in connection.execute(payloads).scalars() for i in payload.get("movement_ids") or ()}
    query = select(stock_movements.c.product_id)
    return {row.product_id for row in rows_in(connection, query, stock_movements.c.movement_id, ids)}


def _shown(table: Table, row: Row[Any]) -> RollupRow:
    values = row._mapping
    keys = [column.name for column in table.primary_key.columns]
    measures = [column.name for column in table.columns if f"stored_{column.name}" in values]
    differing = [name for name in measures if values[f"stored_{name}"] != values[f"expected_{name}"]]
    return RollupRow(
        rollup=table.name,
        key=", ".join(f"{key} {_text(values[key])}" for key in keys),
        stored=", ".join(f"{name} {_text(values[f'stored_{name}'])}" for name in differing),
        recomputed=", ".join(f"{name} {_text(values[f'expected_{name}'])}" for name in differing),
    )


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "nothing" if value is None else str(value)
