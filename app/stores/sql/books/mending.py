"""What `--repair` changes in the relational store; each looks again under its locks, and says whether it did."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from app.domain import AuditEntry, MovementKind, OrderStatus, OutboxState, effects
from app.domain.effects import Effect
from app.domain.payments import Done
from app.stores.sql.audit.log import append
from app.stores.sql.costs.sums import add_up_orders, add_up_returns, cost_as_sold
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new
from app.stores.sql.jobs import outbox
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.stock import ledger
from app.stores.sql.tables import (
    order_lines,
    orders,
    payments,
    return_lines,
    returns,
    stock_levels,
    stock_movements,
)
from app.stores.sql.tables import outbox as outbox_rows


class SqlBookMender:
    """The `BookMender` port."""

    def __init__(self, database: Database, zone: tzinfo) -> None:
        self._database = database
        self._rollups = SqlRollups(database, zone, "reconcile")

    def rebuild_rollups(self, audited: AuditEntry) -> bool:
        self._rollups.rebuild(lambda connection: append(connection, audited))
        return True

    def count_level(self, product_id: str, audited: AuditEntry) -> bool:
        return self._write(audited, lambda connection: _count_level(connection, product_id))

    def book_sale(self, order_id: int, audited: AuditEntry) -> bool:
        return self._write(audited, lambda connection: _book_missing(connection, _sales(connection, order_id)))

    def book_return(self, return_id: int, audited: AuditEntry) -> bool:
        return self._write(audited, lambda connection: _book_missing(connection, _restocked(connection, return_id)))

    def add_up_costs(self, order_id: int, audited: AuditEntry) -> bool:
        return self._write(audited, lambda connection: add_up_orders(connection, [order_id]) > 0)

    def cost_return(self, return_id: int, audited: AuditEntry) -> bool:
        return self._write(audited, lambda connection: _cost_return(connection, return_id))

    def write_payment(self, order_id: int, provider: str, taken: Done, audited: AuditEntry) -> bool:
        def work(connection: Connection) -> bool:
            order = connection.execute(select(orders).where(orders.c.order_id == order_id).with_for_update()).first()
            if order is None or order.status != OrderStatus.PAID.value or order.total != taken.amount:
                return False
            row = {
                "order_id": order_id,
                "provider": provider,
                "reference": taken.reference,
                "method": taken.method,
                "amount": taken.amount,
                "at": order.paid_at,
            }
            return insert_new(connection, payments, row)

        return self._write(audited, work)

    def queue(self, effect: Effect, audited: AuditEntry) -> bool:
        return self._write(audited, lambda connection: _queue(connection, effect))

    def correct_ledger(self, key: str, product_id: str, delta: int, actor: str, audited: AuditEntry) -> bool:
        movement = ledger.NewMovement(
            key, product_id, MovementKind.CORRECTION, delta, key, actor, "The ledger follows the catalogue"
        )
        return self._write(audited, lambda c: bool(ledger.book(c, [movement], database_now(c))))

    def _write(self, audited: AuditEntry, work: Callable[[Connection], bool]) -> bool:
        def both(connection: Connection) -> bool:
            changed = work(connection)
            if changed:
                append(connection, audited)
            return changed

        return self._database.write(both)


def _cost_return(connection: Connection, return_id: int) -> bool:
    lines = cost_as_sold(connection, [return_id])
    return lines + add_up_returns(connection, [return_id]) > 0


def _count_level(connection: Connection, product_id: str) -> bool:
    """A level is the running total of its movements, so their sum is what it should be."""
    level = stock_levels.c.product_id == product_id
    insert_new(connection, stock_levels, {"product_id": product_id, "on_hand": 0})
    known = connection.execute(select(stock_levels.c.on_hand).where(level).with_for_update()).scalar_one()
    total = _sum(connection, product_id)
    if known == total:
        return False
    connection.execute(update(stock_levels).where(level).values(on_hand=total))
    return True


def _sum(connection: Connection, product_id: str, until: datetime | None = None) -> int:
    m = stock_movements.c
    query = select(func.coalesce(func.sum(m.quantity), 0)).where(m.product_id == product_id)
    return int(connection.execute(query if until is None else query.where(m.at <= until)).scalar_one())


def _sales(connection: Connection, order_id: int) -> list[tuple[ledger.NewMovement, datetime]]:
    order = connection.execute(select(orders).where(orders.c.order_id == order_id).with_for_update()).first()
    if order is None or order.status != OrderStatus.PAID.value:
        return []
    cause = f"order:{order_id}"
    # As when the order was paid: a guest's owner key must not stand in the ledger.
    actor = f"user#{order.user_id}" if order.user_id is not None else "guest"
    lines = connection.execute(select(order_lines).where(order_lines.c.order_id == order_id))
    return [
        (_sale(line, cause, actor), order.paid_at)
        for line in lines
        if order.source != "import" or _is_shelved(connection, line.product_id)
    ]


def _is_shelved(connection: Connection, product_id: str) -> bool:
    query = select(stock_levels.c.product_id).where(stock_levels.c.product_id == product_id)
    return connection.execute(query).first() is not None


def _sale(line: Row[Any], cause: str, actor: str) -> ledger.NewMovement:
    return ledger.NewMovement(
        f"{cause}:{line.line_no}", line.product_id, MovementKind.SALE, -line.quantity, cause, actor
    )


def _restocked(connection: Connection, return_id: int) -> list[tuple[ledger.NewMovement, datetime]]:
    row = connection.execute(select(returns).where(returns.c.return_id == return_id).with_for_update()).first()
    if row is None or row.refunded_at is None:
        return []
    cause = f"return:{return_id}"
    restocked = (return_lines.c.return_id == return_id) & return_lines.c.restock.is_(True)
    return [
        (
            ledger.NewMovement(
                f"{cause}:{line.line_no if line.line_no is not None else line.item_no}",
                line.product_id, MovementKind.RETURN, line.quantity, cause, row.actor, row.reason,
            ),
            row.at,
        )
        for line in connection.execute(select(return_lines).where(restocked))
    ]  # fmt: skip


def _book_missing(connection: Connection, wanted: Sequence[tuple[ledger.NewMovement, datetime]]) -> bool:
    """Put lost movements back in their place in time.

    A level that still counts them stays: it is the sum again. One that does not is made so, unless it differed before.
    """
    booked: list[int] = []
    for movement, at in sorted(wanted, key=lambda pair: pair[0].product_id):
        level = stock_levels.c.product_id == movement.product_id
        insert_new(connection, stock_levels, {"product_id": movement.product_id, "on_hand": 0})
        known = connection.execute(select(stock_levels.c.on_hand).where(level).with_for_update()).scalar_one()
        was_sum = known == _sum(connection, movement.product_id)
        row = {
            "uid": movement.uid,
            "product_id": movement.product_id,
            "at": at,
            "kind": movement.kind.value,
            "quantity": movement.quantity,
            "on_hand": _sum(connection, movement.product_id, at) + movement.quantity,
            "cause": movement.cause,
            "actor": movement.actor,
            "note": movement.note,
        }
        if not insert_new(connection, stock_movements, row):
            continue
        booked.append(
            connection.execute(
                select(stock_movements.c.movement_id).where(stock_movements.c.uid == movement.uid)
            ).scalar_one()
        )
        if was_sum:
            connection.execute(update(stock_levels).where(level).values(on_hand=known + movement.quantity))
    if not booked:
        return False
    now = database_now(connection)
    key = f"{wanted[0][0].cause}:{booked[0]}"
    products = sorted({movement.product_id for movement, _ in wanted})
    outbox.enqueue(connection, effects.rollup_of_movements(key, booked), now)
    outbox.enqueue(connection, effects.low_stock(key, products), now)
    return True


def _queue(connection: Connection, effect: Effect) -> bool:
    row = connection.execute(select(outbox_rows).where(outbox_rows.c.key == effect.key).with_for_update()).first()
    now = database_now(connection)
    if row is None:
        outbox.enqueue(connection, effect, now)
        return True
    if row.state == OutboxState.PENDING.value:
        return False
    if row.state == OutboxState.FAILED.value:
        return outbox.make_due(connection, row.entry_id)
    # Marked done though it was not: the same effect under a key of its own, one at a time.
    again = f"{effect.key}:mended"
    present = connection.execute(select(outbox_rows).where(outbox_rows.c.key == again)).first()
    if present is not None and present.state == OutboxState.PENDING.value:
        return False
    if present is not None:
        again = f"{again}:{hashlib.sha256(str(now).encode()).hexdigest()[:8]}"
    outbox.enqueue(connection, replace(effect, key=again), now)
    return True
