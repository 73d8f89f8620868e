"""Folds what happened into the rollups: exact, each event once, one writer at a time.

Events are outbox rows of kind "rollup", written with what they tell of: `{"order_id"}`,
`{"return_id"}` or `{"movement_ids"}`; or, when a guest signs in, `{"adopted_order_id"}` and
`{"adopted_return_id"}`. One transaction reads pending rows, adds what they mean to
every rollup and marks them done, so that a crash between the two is impossible.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta, tzinfo
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, case, select, update

from app.domain import OrderStatus, OutboxState
from app.domain.effects import EffectKind
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new, upsert
from app.stores.sql.orders.returns import is_complete_return
from app.stores.sql.rollups.customers import bought_before, fold_people
from app.stores.sql.rollups.cut import cut_days_anew
from app.stores.sql.rollups.deltas import Cube, Deltas
from app.stores.sql.rollups.rebuild import rebuild
from app.stores.sql.rollups.stock import fold_stock
from app.stores.sql.rollups.taxes import taxes_of_orders, taxes_of_returns
from app.stores.sql.tables import (
    leases,
    order_lines,
    orders,
    outbox,
    return_lines,
    returns,
    stock_movements,
)
from app.stores.sql.webhooks.telling import note_folded

log = logging.getLogger(__name__)

LEASE = "rollups"
_LEASE_FOR = timedelta(seconds=30)


class SqlRollups:
    """The one applier of rollups; any number of processes may call it, one at a time folds.

    `zone` cuts the days of stock movements; orders and returns carry theirs.
    """

    def __init__(self, database: Database, zone: tzinfo, holder: str = "applier") -> None:
        self._database = database
        self._zone = zone
        self._holder = holder

    def fold(self, limit: int = 500) -> int:
        """Apply up to `limit` pending events, oldest first; the number applied.

        0 also when another process is folding right now. An event that names nothing that exists
        is marked failed with the reason and does not hold up the others.
        """
        # Looking first costs no write lock in the many rounds in which nothing happened.
        if not self._database.read(_any_pending):
            return 0
        return self._database.write(lambda connection: self._fold(connection, limit))

    def rebuild(
        self,
        beside: Callable[[Connection], object] = lambda connection: None,
        first: Callable[[Connection], bool] = lambda connection: True,
    ) -> None:
        """Recompute every rollup from orders, returns and movements; pending events are part of it.

        Days that were cut by other clocks than the store's now are cut anew. `beside` is done in the same transaction,
        and so is what comes `first`, which says whether there is anything to recompute.
        """

        def work(connection: Connection) -> None:
            self._take_lease(connection, wait=True)
            if first(connection):
                self._rebuild(connection)
                beside(connection)

        self._database.write(work)

    def rebuild_within(self, connection: Connection) -> None:
        """The same as a part of what else `connection` writes."""
        self._take_lease(connection, wait=True)
        self._rebuild(connection)

    def _rebuild(self, connection: Connection) -> None:
        cut_days_anew(connection, self._zone)
        rebuild(connection, self._zone)

    def _fold(self, connection: Connection, limit: int) -> int:
        if not self._take_lease(connection, wait=False):
            return 0
        pending = select(outbox.c.entry_id, outbox.c.payload).where(*_pending()).order_by(outbox.c.entry_id)
        # Locked before their orders are read: a guest's orders get their buyer before this, or an event after it.
        entries = connection.execute(pending.limit(limit).with_for_update(skip_locked=True)).all()
        unknown = _apply(connection, entries, self._zone)
        known = [e for e in entries if e.entry_id not in unknown]
        _mark(connection, [e.entry_id for e in known], OutboxState.DONE)
        note_folded(connection, [e.payload for e in known], database_now(connection))
        if unknown:
            log.error("rollup events that name nothing paid or booked: outbox entries %s", sorted(unknown))
            _mark(connection, sorted(unknown), OutboxState.FAILED)
        return len(entries) - len(unknown)

    def _take_lease(self, connection: Connection, wait: bool) -> bool:
        """Lock the lease row until the transaction ends; False when another process has it.

        The lock is the lease: it cannot outlive its holder, nor be lost while the holder is slow.
        `holder` and `until` only say who folded last, and when.
        """
        row = select(leases.c.name).where(leases.c.name == LEASE)
        now = database_now(connection)
        stamp = {"holder": self._holder, "until": now + _LEASE_FOR}
        if connection.execute(row.with_for_update(skip_locked=not wait)).first() is None:
            if connection.execute(row).first() is not None:
                return False
            return insert_new(connection, leases, {"name": LEASE, **stamp})
        connection.execute(update(leases).where(leases.c.name == LEASE).values(stamp))
        return True


def _pending() -> tuple[Any, ...]:
    return outbox.c.kind == EffectKind.ROLLUP.value, outbox.c.state == OutboxState.PENDING.value


def _any_pending(connection: Connection) -> bool:
    return connection.execute(select(outbox.c.entry_id).where(*_pending()).limit(1)).first() is not None


def _mark(connection: Connection, entry_ids: Sequence[int], state: OutboxState) -> None:
    values: dict[str, Any] = {"state": state.value, "done_at": database_now(connection)}
    if state is OutboxState.FAILED:
        values["last_error"] = "The order, return or movement of this event does not exist or is not complete."
    for ids in chunks(entry_ids):
        marked = connection.execute(update(outbox).where(outbox.c.entry_id.in_(ids), *_pending()).values(values))
        if marked.rowcount != len(ids):
            # Rolls everything back: better late than counted twice.
            raise RuntimeError("rollup events were marked by someone else while they were being folded")


def _apply(connection: Connection, entries: Sequence[Any], zone: tzinfo) -> set[int]:
    """Add the entries to the rollups; the ids of entries that name nothing."""
    order_entries = _entries_by(entries, "order_id")
    return_entries = _entries_by(entries, "return_id")
    movement_entries = _entries_by(entries, "movement_ids")

    deltas = Deltas()
    sales = _rows(connection, order_entries, orders.c.order_id, _is_paid())
    given_back = _rows(connection, return_entries, returns.c.return_id, is_complete_return())
    moved = _rows(connection, movement_entries, stock_movements.c.movement_id)

    lines = _lines(connection, order_lines.c.order_id, [o.order_id for o in sales])
    taxes = taxes_of_orders(connection, sales)
    for order in sales:
        deltas.sale(order, lines[order.order_id], taxes[order.order_id])
    lines = _lines(connection, return_lines.c.return_id, [r.return_id for r in given_back])
    taxes = taxes_of_returns(connection, given_back)
    for returned in given_back:
        deltas.add_return(returned, lines[returned.return_id], taxes[returned.return_id])
    adopted = _adopt(connection, entries, deltas)

    before = bought_before(connection, deltas.customers)
    for cube in deltas.cubes:
        _add_up(connection, cube)
    fold_people(connection, deltas.customers, before)
    fold_stock(connection, moved, zone)

    found = {o.order_id for o in sales}, {r.return_id for r in given_back}, {m.movement_id for m in moved}
    named = order_entries, return_entries, movement_entries
    known = {e for ids, by_id in zip(found, named, strict=True) for i in ids for e in by_id[i]}
    return {entry.entry_id for entry in entries} - known - adopted


def _adopt(connection: Connection, entries: Sequence[Any], deltas: Deltas) -> set[int]:
    """Add what was folded as a guest's to the user who it turned out to be; the ids of such entries."""
    order_entries = _entries_by(entries, "adopted_order_id")
    return_entries = _entries_by(entries, "adopted_return_id")
    for order in _rows(connection, order_entries, orders.c.order_id, _is_paid()):
        deltas.adopt_sale(order)
    for returned in _rows(connection, return_entries, returns.c.return_id, is_complete_return()):
        deltas.adopt_return(returned)
    return {e for ids in (*order_entries.values(), *return_entries.values()) for e in ids}


def _entries_by(entries: Sequence[Any], name: str) -> dict[int, list[int]]:
    """Entry ids by the id that their payload gives under `name` (one id or a list of them)."""
    found: dict[int, list[int]] = defaultdict(list)
    for entry in entries:
        value = entry.payload.get(name)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, int):
                found[item].append(entry.entry_id)
    return found


def _is_paid() -> ColumnElement[bool]:
    return (orders.c.status == OrderStatus.PAID.value) & orders.c.paid_at.is_not(None)


def _rows(
    connection: Connection, wanted: Mapping[int, Any], key: Column[int], also: ColumnElement[bool] | None = None
) -> list[Row[Any]]:
    """The rows of `key`'s table whose key is in `wanted`, in key order."""
    found: list[Row[Any]] = []
    for chunk in chunks(sorted(wanted)):
        query = select(key.table).where(key.in_(chunk)).order_by(key)
        found += connection.execute(query if also is None else query.where(also))
    return found


def _lines(connection: Connection, key: Column[int], ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for chunk in chunks(ids):
        for line in connection.execute(select(key.table).where(key.in_(chunk))):
            found[line._mapping[key]].append(line)
    return found


def _add_up(connection: Connection, cube: Cube) -> None:
    table = cube.table

    def plus(name: str) -> Callable[[Any], Any]:
        return lambda new: table.c[name] + new[name]

    def later(name: str) -> Callable[[Any], Any]:
        column = table.c[name]
        return lambda new: case((column.is_(None) | (new[name] > column), new[name]), else_=column)

    changes = {name: plus(name) for name in cube.measures} | {name: later(name) for name in cube.latest}
    upsert(connection, table, cube.rows(), cube.keys, changes)
