"""The ledger against itself, and what is on its way between it and the catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from app import numbers
from app.domain import AuditAction, MovementKind, OrderStatus, OutboxState
from app.domain.effects import EffectKind
from app.services.books.ports import LedgerSum, LowStock, StockFlight
from app.stores.sql.books.snapshot import rows_in
from app.stores.sql.stock.ledger import PENDING
from app.stores.sql.tables import (
    audit_log,
    low_stock_episodes,
    order_lines,
    orders,
    outbox,
    return_lines,
    stock_edits,
    stock_levels,
    stock_movements,
)

# From the entry of an edit, which is written first, until the catalogue has it.
EDIT_TAKES = timedelta(minutes=1)
_RULE_CHANGES = (AuditAction.PRODUCT_EDIT, AuditAction.PRODUCT_REMOVE, AuditAction.PRODUCT_RESTORE)


def wrong_sums(connection: Connection) -> Iterator[LedgerSum]:
    m, level = stock_movements.c, stock_levels.c
    sums = select(m.product_id, func.sum(m.quantity).label("total")).group_by(m.product_id).subquery()
    total = func.coalesce(sums.c.total, 0)
    levelled = (
        select(level.product_id, level.on_hand, total.label("total"))
        .select_from(stock_levels.outerjoin(sums, sums.c.product_id == level.product_id))
        .where(level.on_hand != total)
    )
    unlevelled = select(sums.c.product_id, sums.c.total).where(
        sums.c.product_id.not_in(select(level.product_id)), sums.c.total != 0
    )
    for row in connection.execute(levelled.order_by(level.product_id)):
        yield LedgerSum(row.product_id, row.on_hand, int(row.total))
    for product_id, moved in connection.execute(unlevelled):
        yield LedgerSum(product_id, 0, int(moved))


def statuses(connection: Connection, order_ids: Collection[int]) -> dict[int, OrderStatus]:
    query = select(orders.c.order_id, orders.c.status)
    return {row.order_id: OrderStatus(row.status) for row in rows_in(connection, query, orders.c.order_id, order_ids)}


def flights(connection: Connection, product_ids: Sequence[str] | None) -> dict[str, StockFlight]:
    if product_ids is None:
        levels = connection.execute(select(stock_levels.c.product_id, stock_levels.c.on_hand))
        return {row.product_id: StockFlight(row.on_hand) for row in levels}
    query = select(stock_levels.c.product_id, stock_levels.c.on_hand)
    on_hand = {
        row.product_id: row.on_hand for row in rows_in(connection, query, stock_levels.c.product_id, product_ids)
    }
    edits, restocks = _pending_edits(connection), _pending_restocks(connection)
    return {
        product_id: StockFlight(on_hand.get(product_id, 0), tuple(edits[product_id]), tuple(restocks[product_id]))
        for product_id in product_ids
    }


def _pending_edits(connection: Connection) -> dict[str, list[int | None]]:
    found: dict[str, list[int | None]] = defaultdict(list)
    query = select(stock_edits.c.product_id, stock_edits.c.delta).where(stock_edits.c.state == PENDING)
    for row in connection.execute(query):
        found[row.product_id].append(row.delta)
    return found


def _pending_restocks(connection: Connection) -> dict[str, list[int]]:
    """Those that failed too: each is named on its own, and its units need no second alarm."""
    not_done = select(outbox.c.payload).where(
        outbox.c.kind == EffectKind.RESTOCK.value, outbox.c.state != OutboxState.DONE.value
    )
    ids = {int(payload["return_id"]) for payload in connection.execute(not_done).scalars()}
    query = select(return_lines.c.product_id, return_lines.c.quantity).where(return_lines.c.restock.is_(True))
    found: dict[str, list[int]] = defaultdict(list)
    for row in rows_in(connection, query, return_lines.c.return_id, ids):
        found[row.product_id].append(row.quantity)
    return found


def strange_sales(
    connection: Connection, after: int, limit: int, since: datetime | None
) -> tuple[int, tuple[str, ...]]:
    m = stock_movements.c
    query = select(m.movement_id, m.uid, m.product_id, m.quantity).where(
        m.movement_id > after, m.kind == MovementKind.SALE.value
    )
    if since is not None:
        query = query.where(m.at >= since)
    rows = connection.execute(query.order_by(m.movement_id).limit(limit)).all()
    named = {row.uid: _line_of(row.uid) for row in rows}
    ids = {line[0] for line in named.values() if line is not None}
    paid = {order_id for order_id, status in statuses(connection, ids).items() if status is OrderStatus.PAID}
    lines = select(order_lines.c.order_id, order_lines.c.line_no)
    known = {(row.order_id, row.line_no) for row in rows_in(connection, lines, order_lines.c.order_id, paid)}
    strange = tuple(
        f"{-row.quantity} of {row.product_id} were booked as sold ({row.uid}), but no paid order has that line"
        for row in rows
        if named[row.uid] not in known
    )
    return (rows[-1].movement_id if rows else 0), strange


def _line_of(uid: str) -> tuple[int, int] | None:
    """Order and line of "order:12:1"; None for a movement that names none."""
    parts = uid.split(":")
    if len(parts) != 3 or parts[0] != "order":
        return None
    order_id, line_no = numbers.natural(parts[1]), numbers.natural(parts[2])
    return None if order_id is None or line_no is None else (order_id, line_no)


def low_stock(
    connection: Connection, thresholds: Mapping[str, int | None], product_ids: Collection[str] | None
) -> tuple[LowStock, ...]:
    level = stock_levels.c.product_id
    query = select(level, stock_levels.c.on_hand)
    rows = connection.execute(query) if product_ids is None else rows_in(connection, query, level, product_ids)
    levels = {row.product_id: row.on_hand for row in rows}
    opened = select(low_stock_episodes.c.product_id).where(low_stock_episodes.c.open_key.is_not(None))
    is_open = set(connection.execute(opened).scalars())
    found = []
    waiting: set[str] | None = None
    for product_id, on_hand in sorted(levels.items()):
        threshold = thresholds.get(product_id)
        if (threshold is not None and on_hand < threshold) == (product_id in is_open):
            continue
        waiting = _waiting_checks(connection) if waiting is None else waiting
        expected = product_id in waiting or _is_rule_newer(connection, product_id, product_id in is_open)
        found.append(LowStock(product_id, on_hand, product_id in is_open, expected))
    return tuple(found)


def _waiting_checks(connection: Connection) -> set[str]:
    not_done = select(outbox.c.payload).where(
        outbox.c.kind == EffectKind.LOW_STOCK.value, outbox.c.state != OutboxState.DONE.value
    )
    return {str(p) for payload in connection.execute(not_done).scalars() for p in payload["product_ids"]}


def _is_rule_newer(connection: Connection, product_id: str, is_open: bool) -> bool:
    """Episodes follow movements: an edited threshold, or a product that never fell, waits for the next one."""
    last = _last_movement(connection, product_id)
    if last is None or (not is_open and last.quantity > 0):
        return True
    edited = select(audit_log.c.audit_id).where(
        audit_log.c.target_kind == "product",
        audit_log.c.target_id == product_id,
        audit_log.c.action.in_(_RULE_CHANGES),
        audit_log.c.at >= last.at - EDIT_TAKES,
    )
    return connection.execute(edited.limit(1)).first() is not None


def _last_movement(connection: Connection, product_id: str) -> Row[Any, Any] | None:
    m = stock_movements.c
    latest = select(m.at, m.quantity).where(m.product_id == product_id)
    return connection.execute(latest.order_by(m.at.desc(), m.movement_id.desc()).limit(1)).first()
