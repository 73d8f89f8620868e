"""The stock ledger: every movement of on-hand stock, booked once, with its cause and its actor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from app.domain import MovementKind, StockMovement
from app.stores.sql import outbox
from app.stores.sql.engine import Database
from app.stores.sql.tables import stock_levels, stock_movements
from app.stores.sql.upsert import insert_new


@dataclass(frozen=True)
class NewMovement:
    """A movement to book; `uid` ("<cause>:<line>") is what makes booking it twice harmless."""

    uid: str
    product_id: str
    kind: MovementKind
    quantity: int  # signed: a sale is negative
    cause: str
    actor: str
    note: str = ""


@dataclass
class _Level:
    on_hand: int
    first_stocked_at: datetime | None
    last_sold_at: datetime | None

    def move(self, movement: NewMovement, at: datetime) -> None:
        self.on_hand += movement.quantity
        if movement.quantity > 0 and self.first_stocked_at is None:
            self.first_stocked_at = at
        if movement.kind is MovementKind.SALE:
            self.last_sold_at = max(at, self.last_sold_at or at)


def book(connection: Connection, movements: Sequence[NewMovement], at: datetime) -> tuple[int, ...]:
    """Write movements, the levels they lead to and the effects they cause, in the caller's transaction.

    Uids that are booked already are left out: safe to run twice. Returns the ids of those booked now,
    by product id and then in the given order. Products are locked in one order, whoever books them.
    """
    if not movements:
        return ()
    # The levels are locked before the uids are read, so that of two who book the same, one sees the other.
    levels = _locked_levels(connection, {m.product_id for m in movements})
    known = _booked(connection, [m.uid for m in movements])
    unbooked = {m.uid: m for m in movements if m.uid not in known}
    fresh = sorted(unbooked.values(), key=lambda m: m.product_id)
    ids = tuple(_insert(connection, m, levels[m.product_id], at) for m in fresh)
    changed = sorted({m.product_id for m in fresh})
    for product_id in changed:
        level = levels[product_id]
        connection.execute(
            update(stock_levels)
            .where(stock_levels.c.product_id == product_id)
            .values(
                on_hand=level.on_hand,
                first_stocked_at=level.first_stocked_at,
                last_sold_at=level.last_sold_at,
            )
        )
    if ids:
        # One cause may be booked in parts; the first id tells the parts' effects apart.
        cause = f"{fresh[0].cause}:{ids[0]}"
        outbox.enqueue(connection, "rollup", f"rollup:moved:{cause}", {"movement_ids": list(ids)}, at)
        outbox.enqueue(connection, "low_stock", f"low_stock:{cause}", {"product_ids": changed}, at)
    return ids


def _locked_levels(connection: Connection, product_ids: set[str]) -> dict[str, _Level]:
    levels = {}
    for product_id in sorted(product_ids):
        row = connection.execute(_lock_of(product_id)).first()
        if row is None:
            insert_new(connection, stock_levels, {"product_id": product_id, "on_hand": 0})
            row = connection.execute(_lock_of(product_id)).one()
        levels[product_id] = _Level(row.on_hand, row.first_stocked_at, row.last_sold_at)
    return levels


def _lock_of(product_id: str) -> Select[Any]:
    return select(stock_levels).where(stock_levels.c.product_id == product_id).with_for_update()


def _booked(connection: Connection, uids: Sequence[str]) -> set[str]:
    found = select(stock_movements.c.uid).where(stock_movements.c.uid.in_(uids))
    return set(connection.execute(found).scalars())


def _insert(connection: Connection, movement: NewMovement, level: _Level, at: datetime) -> int:
    level.move(movement, at)
    result = connection.execute(
        insert(stock_movements).values(
            uid=movement.uid,
            product_id=movement.product_id,
            at=at,
            kind=movement.kind.value,
            quantity=movement.quantity,
            on_hand=level.on_hand,
            cause=movement.cause,
            actor=movement.actor,
            note=movement.note,
        )
    )
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def movements_of(database: Database, product_id: str, limit: int) -> tuple[StockMovement, ...]:
    """The product's latest movements, newest first."""
    m = stock_movements
    query = select(m).where(m.c.product_id == product_id).order_by(m.c.at.desc(), m.c.movement_id.desc()).limit(limit)
    return database.read(
        lambda connection: tuple(
            StockMovement(
                movement_id=row.movement_id,
                product_id=row.product_id,
                at=row.at,
                kind=MovementKind(row.kind),
                quantity=row.quantity,
                on_hand=row.on_hand,
                cause=row.cause,
                actor=row.actor,
                note=row.note,
            )
            for row in connection.execute(query)
        )
    )


def on_hand_of(database: Database, product_id: str) -> int:
    """Units on hand; 0 for a product that never moved."""
    query = select(stock_levels.c.on_hand).where(stock_levels.c.product_id == product_id)
    return database.read(lambda connection: connection.execute(query).scalar() or 0)
