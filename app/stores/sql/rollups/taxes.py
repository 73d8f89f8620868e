"""The taxes of orders and returns as rollups sum them: kept by rows, or said by the order's one rate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from app.stores.sql.engine.chunks import chunks
from app.stores.sql.tables import order_taxes, orders, return_taxes, returns

NO_RATE = "0"  # of a return that names no order


class Tax(NamedTuple):
    name: str
    rate: str
    base: int
    tax: int


def taxes_of_orders(connection: Connection, rows: Sequence[Any]) -> Mapping[int, Sequence[Tax]]:
    """By order; `rows` of `orders`."""
    t = order_taxes.c
    found: defaultdict[int, list[Tax]] = defaultdict(list)
    for ids in chunks([row.order_id for row in rows if row.tax_rows]):
        query = select(t.order_id, t.name, t.rate, t.base, t.tax).where(t.order_id.in_(ids))
        for order_id, *tax in connection.execute(query):
            found[order_id].append(Tax(*tax))
    for row in rows:
        if not row.tax_rows:
            found[row.order_id].append(Tax("", row.tax_rate, row.subtotal, row.tax))
    return found


def taxes_of_returns(connection: Connection, rows: Sequence[Any]) -> Mapping[int, Sequence[Tax]]:
    """By return; `rows` of `returns`."""
    t, back = order_taxes.c, return_taxes.c
    found: defaultdict[int, list[Tax]] = defaultdict(list)
    for ids in chunks([row.return_id for row in rows if row.tax_rows]):
        taxed = return_taxes.join(returns, returns.c.return_id == back.return_id).join(
            order_taxes, (t.order_id == returns.c.order_id) & (t.row_no == back.row_no)
        )
        query = select(back.return_id, t.name, t.rate, back.base, back.tax).select_from(taxed)
        for return_id, *tax in connection.execute(query.where(back.return_id.in_(ids))):
            found[return_id].append(Tax(*tax))
    rates = _rates(connection, {row.order_id for row in rows if row.order_id is not None and not row.tax_rows})
    for row in rows:
        if not row.tax_rows:
            found[row.return_id].append(Tax("", rates.get(row.order_id, NO_RATE), row.amount, row.refund - row.amount))
    return found


def _rates(connection: Connection, order_ids: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for ids in chunks(sorted(order_ids)):
        query = select(orders.c.order_id, orders.c.tax_rate).where(orders.c.order_id.in_(ids))
        found |= {row.order_id: row.tax_rate for row in connection.execute(query)}
    return found
