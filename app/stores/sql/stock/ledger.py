"""The stock ledger: every movement of on-hand stock, booked once, with its cause and its actor."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from app.domain import MovementKind, StockChange, StockMovement, effects
from app.errors import Conflict
from app.services.stock.ports import StockEdit
from app.stores.sql.engine.clock import NowBeside, ago, database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new, upsert
from app.stores.sql.jobs import outbox
from app.stores.sql.tables import stock_edits, stock_levels, stock_movements

PENDING, DONE, REFUSED = "pending", "done", "refused"  # states of a stock edit


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
class Level:
    """How many of a product are on hand, and since when it was first stocked and last sold."""

    on_hand: int
    first_stocked_at: datetime | None
    last_sold_at: datetime | None

    def move(self, movement: NewMovement, at: datetime) -> None:
        self.on_hand += movement.quantity
        if movement.quantity > 0 and self.first_stocked_at is None:
            self.first_stocked_at = at
        if movement.kind is MovementKind.SALE:
            self.last_sold_at = max(at, self.last_sold_at or at)


@dataclass(frozen=True)
class Locked:
    """Levels that nobody else moves until the transaction ends, by product; `now`: the database's time."""

    levels: dict[str, Level]
    now: datetime


_LOCK = (
    select(stock_levels, NowBeside().label("now"))
    .where(stock_levels.c.product_id.in_(bindparam("ids", expanding=True)))
    .order_by(stock_levels.c.product_id)
    .with_for_update()
)
_OF_UIDS = stock_movements.c.uid.in_(bindparam("uids", expanding=True))
_BOOKED = select(stock_movements.c.uid).where(_OF_UIDS)
_THEIR_IDS = select(stock_movements.c.movement_id).where(_OF_UIDS).order_by(stock_movements.c.movement_id)
_INSERT = insert(stock_movements)


def book(connection: Connection, movements: Sequence[NewMovement], at: datetime) -> tuple[int, ...]:
    """Write movements, the levels they lead to and the effects they cause, in the caller's transaction.

    Uids that are booked already are left out: safe to run twice. Returns the ids of those booked now,
    by product id and then in the given order. Products are locked in one order, whoever books them.
    """
    if not movements:
        return ()
    # The levels are locked before the uids are read, so that of two who book the same, one sees the other.
    locked = lock(connection, {m.product_id for m in movements})
    known = set(connection.execute(_BOOKED, {"uids": [m.uid for m in movements]}).scalars())
    unbooked = {m.uid: m for m in movements if m.uid not in known}
    ids, caused = book_new(connection, list(unbooked.values()), locked, at)
    outbox.enqueue_all(connection, [(effect, outbox.NO_DELAY) for effect in caused], at)
    return ids


def lock(connection: Connection, product_ids: Collection[str]) -> Locked:
    """Lock the levels of products, in the order of their ids; a product without one gets it."""
    wanted = sorted(product_ids)
    rows = connection.execute(_LOCK, {"ids": wanted}).all()
    if len(rows) < len(wanted):
        for product_id in sorted(set(wanted) - {row.product_id for row in rows}):
            insert_new(connection, stock_levels, {"product_id": product_id, "on_hand": 0})
        rows = connection.execute(_LOCK, {"ids": wanted}).all()
    levels = {row.product_id: Level(row.on_hand, row.first_stocked_at, row.last_sold_at) for row in rows}
    return Locked(levels, rows[0].now)


def book_new(
    connection: Connection, movements: Sequence[NewMovement], locked: Locked, at: datetime
) -> tuple[tuple[int, ...], tuple[effects.Effect, ...]]:
    """As `book`, of movements that nobody booked before: their ids, and the effects, which are left to the caller."""
    if not movements:
        return (), ()
    ordered = sorted(movements, key=lambda m: m.product_id)
    rows = [_moved(movement, locked.levels[movement.product_id], at) for movement in ordered]
    connection.execute(_INSERT, rows)
    ids = tuple(connection.execute(_THEIR_IDS, {"uids": [m.uid for m in ordered]}).scalars())
    changed = list(dict.fromkeys(m.product_id for m in ordered))
    levels = [{"product_id": product_id, **asdict(locked.levels[product_id])} for product_id in changed]
    upsert(connection, stock_levels, levels, ["product_id"])
    # One cause may be booked in parts; the first id tells the parts' effects apart.
    cause = f"{ordered[0].cause}:{ids[0]}"
    return ids, (effects.rollup_of_movements(cause, ids), effects.low_stock(cause, changed))


def _moved(movement: NewMovement, level: Level, at: datetime) -> dict[str, Any]:
    level.move(movement, at)
    return {
        "uid": movement.uid,
        "product_id": movement.product_id,
        "at": at,
        "kind": movement.kind.value,
        "quantity": movement.quantity,
        "on_hand": level.on_hand,
        "cause": movement.cause,
        "actor": movement.actor,
        "note": movement.note,
    }


class SqlLedger:
    """The `StockLedger` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def intend(self, edit: StockEdit) -> None:
        wanted = {
            "product_id": edit.product_id,
            "kind": edit.kind.value,
            "delta": edit.delta,
            "set_to": edit.set_to,
        }
        who = {"actor": edit.actor, "note": edit.note}

        def work(connection: Connection) -> None:
            row = wanted | who | {"state": PENDING, "at": database_now(connection)}
            if insert_new(connection, stock_edits, row | {"edit_id": edit.edit_id}):
                return
            reopened = update(stock_edits).where(stock_edits.c.edit_id == edit.edit_id, stock_edits.c.state == REFUSED)
            if connection.execute(reopened.values(row)).rowcount == 1:
                return
            known = connection.execute(select(stock_edits).where(stock_edits.c.edit_id == edit.edit_id)).one()
            if any(getattr(known, name) != value for name, value in wanted.items()):
                raise Conflict("This change was already made with other numbers. Reload the page and look again.")

        self._database.write(work)

    def complete(self, edit_id: str, change: StockChange) -> None:
        def work(connection: Connection) -> None:
            edit = connection.execute(select(stock_edits).where(stock_edits.c.edit_id == edit_id)).one()
            if change.delta:
                cause = f"edit:{edit_id}"
                kind = MovementKind(edit.kind)
                movement = NewMovement(cause, edit.product_id, kind, change.delta, cause, edit.actor, edit.note)
                book(connection, [movement], database_now(connection))
            # Whatever the state says: the stock did move, and the ledger follows the stock.
            connection.execute(update(stock_edits).where(stock_edits.c.edit_id == edit_id).values(state=DONE))

        self._database.write(work)

    def refuse(self, edit_id: str) -> None:
        is_open = (stock_edits.c.edit_id == edit_id) & (stock_edits.c.state == PENDING)
        self._database.write(lambda c: c.execute(update(stock_edits).where(is_open).values(state=REFUSED)))

    def pending(self, older_than: timedelta, limit: int) -> tuple[StockEdit, ...]:
        def work(connection: Connection) -> tuple[StockEdit, ...]:
            e = stock_edits
            stale = select(e).where(e.c.state == PENDING, e.c.at <= ago(connection, older_than))
            rows = connection.execute(stale.order_by(e.c.at).limit(limit))
            return tuple(
                StockEdit(r.edit_id, r.product_id, MovementKind(r.kind), r.delta, r.set_to, r.actor, r.note)
                for r in rows
            )

        return self._database.read(work)

    def movements(self, product_id: str, limit: int) -> tuple[StockMovement, ...]:
        m = stock_movements
        latest = (
            select(m).where(m.c.product_id == product_id).order_by(m.c.at.desc(), m.c.movement_id.desc()).limit(limit)
        )
        return self._database.read(lambda connection: tuple(movement_of(row) for row in connection.execute(latest)))

    def on_hand(self, product_id: str) -> int:
        level = select(stock_levels.c.on_hand).where(stock_levels.c.product_id == product_id)
        return self._database.read(lambda connection: connection.execute(level).scalar() or 0)


def movement_of(row: Row[Any]) -> StockMovement:
    return StockMovement(
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
