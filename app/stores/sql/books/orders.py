"""Orders with all that the relational store holds of each: lines, payment, movements, returns, effects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, String, cast, func, literal, select

from app.domain import OrderStatus, OutboxState, effects, order_number
from app.domain.orders import LineCosts, costs_of_return, costs_of_sale
from app.services.books.ports import BookedLine, BookedOrder, BookedReturn, StrangeCost
from app.stores.sql.books.snapshot import rows_in
from app.stores.sql.engine.clock import database_now
from app.stores.sql.orders.reads import line_of
from app.stores.sql.orders.returns import is_complete_return, return_line_of
from app.stores.sql.tables import (
    order_lines,
    order_taxes,
    orders,
    outbox,
    payments,
    return_lines,
    returns,
    stock_levels,
    stock_movements,
)

# Beyond its lease the sweeper has a moment to come by; and no order is charged for an hour while its checkout lasts.
_SWEEP = timedelta(minutes=2)
_LONGEST = timedelta(hours=1)
_UNFINISHED = (OrderStatus.PENDING.value, OrderStatus.CHARGING.value)

# Found by the index of uids, as many at once as a chunk has lines.
_UID = literal("order:") + cast(order_lines.c.order_id, String(20)) + ":" + cast(order_lines.c.line_no, String(20))
_LINES = select(order_lines, stock_movements.c.quantity.label("moved")).select_from(
    order_lines.outerjoin(stock_movements, stock_movements.c.uid == _UID)
)

_COMPLETE = (returns.c.refunded_at.is_not(None), returns.c.order_id.is_not(None), returns.c.units > 0)


def booked_orders(connection: Connection, after: int, limit: int, since: datetime | None) -> tuple[BookedOrder, ...]:
    query = select(orders).where(orders.c.order_id > after)
    if since is not None:
        query = query.where(orders.c.created_at >= since)
    rows = connection.execute(query.order_by(orders.c.order_id).limit(limit)).all()
    if not rows:
        return ()
    # A range and not a list: without a date the ids have no gaps to speak of.
    span = rows[0].order_id, rows[-1].order_id
    lines = _by_order(connection, _LINES.where(order_lines.c.order_id.between(*span)))
    paid = {row.order_id: row for row in connection.execute(select(payments).where(_within(payments, span)))}
    refunds, given_back = _given_back(connection, span)
    sums = _tax_sums(connection, span)
    own = [r.order_id for r in rows if r.source == "shop" and r.status == OrderStatus.PAID.value]
    effects = _effects(connection, own)
    imported = [r.order_id for r in rows if r.source == "import"]
    shelved = _shelved(connection, {line.product_id for i in imported for line in lines[i]})
    now = database_now(connection)
    found = []
    for row in rows:
        booked = [
            BookedLine(
                line.line_no, line.product_id, line.quantity, line.returned,
                given_back[row.order_id, line.line_no], line.moved,
                moves=row.source != "import" or line.product_id in shelved,
            )
            for line in lines[row.order_id]
        ]  # fmt: skip
        payment = paid.get(row.order_id)
        found.append(
            BookedOrder(
                order_id=row.order_id,
                number=order_number(row.order_id, row.external_id),
                status=OrderStatus(row.status),
                source=row.source,
                is_stuck=_is_stuck(row, now),
                has_email=row.email is not None,
                subtotal=row.subtotal,
                total=row.total,
                sum_of_lines=sum(line.unit_price * line.quantity for line in lines[row.order_id]),
                costs=LineCosts(row.cost, row.costed),
                costs_of_lines=costs_of_sale(map(line_of, lines[row.order_id])),
                refunded=row.refunded,
                given_back=refunds[row.order_id],
                lines=tuple(booked),
                provider=payment.provider if payment else None,
                paid=payment.amount if payment else None,
                effects=effects[row.order_id],
                tax=row.tax + row.tax_included,
                tax_of_rows=sums[row.order_id] if row.tax_rows else None,
                list_tax=row.list_tax,
                list_tax_of_lines=sum(line.list_tax for line in lines[row.order_id]),
            )
        )
    return tuple(found)


def _tax_sums(connection: Connection, span: tuple[int, int]) -> dict[int, int]:
    """By order, of those whose rows are as many as it says; others are wrong whatever they come to."""
    t = order_taxes.c
    query = (
        select(t.order_id, func.sum(t.tax).label("tax"), func.count().label("rows"), orders.c.tax_rows)
        .select_from(order_taxes.join(orders, orders.c.order_id == t.order_id))
        .where(t.order_id.between(*span))
        .group_by(t.order_id, orders.c.tax_rows)
    )
    found: dict[int, int] = defaultdict(lambda: -1)
    return found | {row.order_id: int(row.tax) for row in connection.execute(query) if row.rows == row.tax_rows}


def booked_returns(connection: Connection, after: int, limit: int, since: datetime | None) -> tuple[BookedReturn, ...]:
    query = (
        select(returns, orders.c.external_id.label("order_external_id"), payments.c.provider)
        .select_from(
            returns.outerjoin(orders, orders.c.order_id == returns.c.order_id).outerjoin(
                payments, payments.c.order_id == returns.c.order_id
            )
        )
        .where(returns.c.return_id > after, is_complete_return(), returns.c.units > 0)
    )
    if since is not None:
        query = query.where(returns.c.at >= since)
    rows = connection.execute(query.order_by(returns.c.return_id).limit(limit)).all()
    ids = [row.return_id for row in rows]
    lines: dict[int, list[Row[Any]]] = defaultdict(list)
    for line in rows_in(connection, select(return_lines), return_lines.c.return_id, ids):
        lines[line.return_id].append(line)
    moved = _moved(connection, [_return_uid(line) for own in lines.values() for line in own if line.restock])
    states = _states(connection, [effects.restock(return_id).key for return_id in ids])
    sold = _unit_costs(connection, [row.order_id for row in rows if row.order_id is not None])
    shelved = _shelved(connection, {line.product_id for r in rows if r.order_id is None for line in lines[r.return_id]})
    found = []
    for row in rows:
        moves = [line for line in lines[row.return_id] if row.order_id is not None or line.product_id in shelved]
        found.append(_booked_return(row, lines[row.return_id], moves, moved, states, sold))
    return tuple(found)


def _booked_return(
    row: Row[Any],
    every: Sequence[Row[Any]],
    moves: Sequence[Row[Any]],
    moved: Mapping[str, int],
    states: Mapping[str, OutboxState],
    sold: Mapping[tuple[int, int], int | None],
) -> BookedReturn:
    lines = [line for line in moves if line.restock]
    is_own = row.external_id is None and not (row.request_key or "").startswith("demo:")
    return BookedReturn(
        return_id=row.return_id,
        order_number="" if row.order_id is None else order_number(row.order_id, row.order_external_id),
        refund=row.refund,
        provider=row.provider,
        missing=tuple(line.item_no for line in lines if _return_uid(line) not in moved),
        wrong=tuple(
            f"line {line.line_no}: {line.quantity} came back, {moved[_return_uid(line)]} were booked"
            for line in lines
            if moved.get(_return_uid(line), line.quantity) != line.quantity
        ),
        restock=states.get(effects.restock(row.return_id).key),
        needs_restock=is_own and bool(lines),
        strange_costs=tuple(
            StrangeCost(line.line_no, sold[key], line.unit_cost)
            for line in every
            if (key := (row.order_id, line.line_no)) in sold and line.unit_cost != sold[key]
        ),
        costs=LineCosts(row.cost, row.costed),
        costs_of_lines=costs_of_return(map(return_line_of, every)),
    )


def _unit_costs(connection: Connection, order_ids: Collection[int]) -> dict[tuple[int, int], int | None]:
    """By order and line."""
    query = select(order_lines.c.order_id, order_lines.c.line_no, order_lines.c.unit_cost)
    rows = rows_in(connection, query, order_lines.c.order_id, set(order_ids))
    return {(row.order_id, row.line_no): row.unit_cost for row in rows}


def _return_uid(line: Row[Any]) -> str:
    return f"return:{line.return_id}:{line.line_no if line.line_no is not None else line.item_no}"


def _is_stuck(row: Row[Any], now: datetime) -> bool:
    if row.status not in _UNFINISHED:
        return False
    if (row.leased_until or row.created_at) < now - _SWEEP:
        return True
    # What waits for its shopper's money may do so for days.
    return bool(row.payment_due is None and row.created_at < now - _LONGEST)


def _within(table: Any, span: tuple[int, int]) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = table.c.order_id.between(*span)
    return condition


def _by_order(connection: Connection, query: Any) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.order_id].append(row)
    return found


def _given_back(connection: Connection, span: tuple[int, int]) -> tuple[dict[int, int], dict[tuple[int, int], int]]:
    """Refunds per order, and units per line, of completed returns."""
    refunds: dict[int, int] = defaultdict(int)
    query = select(returns.c.order_id, func.sum(returns.c.refund).label("refund"))
    for row in connection.execute(query.where(_within(returns, span), *_COMPLETE).group_by(returns.c.order_id)):
        refunds[row.order_id] = int(row.refund)
    units: dict[tuple[int, int], int] = defaultdict(int)
    lines = (
        select(returns.c.order_id, return_lines.c.line_no, func.sum(return_lines.c.quantity).label("units"))
        .select_from(returns.join(return_lines, return_lines.c.return_id == returns.c.return_id))
        .where(_within(returns, span), *_COMPLETE)
        .group_by(returns.c.order_id, return_lines.c.line_no)
    )
    for order_id, line_no, count in connection.execute(lines):
        units[order_id, line_no] = int(count)
    return refunds, units


def _moved(connection: Connection, uids: Collection[str]) -> dict[str, int]:
    query = select(stock_movements.c.uid, stock_movements.c.quantity)
    return {row.uid: row.quantity for row in rows_in(connection, query, stock_movements.c.uid, uids)}


def _effects(connection: Connection, order_ids: Sequence[int]) -> dict[int, dict[str, OutboxState]]:
    found: dict[int, dict[str, OutboxState]] = defaultdict(dict)
    wanted = {e.key: (e.kind, i) for i in order_ids for e in (effects.settle(i), effects.receipt(i))}
    for key, state in _states(connection, wanted).items():
        kind, order_id = wanted[key]
        found[order_id][kind] = state
    return found


def _states(connection: Connection, keys: Collection[str]) -> dict[str, OutboxState]:
    query = select(outbox.c.key, outbox.c.state)
    return {row.key: OutboxState(row.state) for row in rows_in(connection, query, outbox.c.key, keys)}


def _shelved(connection: Connection, product_ids: Collection[str]) -> set[str]:
    query = select(stock_levels.c.product_id)
    return {row.product_id for row in rows_in(connection, query, stock_levels.c.product_id, product_ids)}
