"""Low-stock episodes, and sending again by hand what was delivered before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from app.domain import AuditEntry, Episode, OutboxState, effects
from app.errors import Conflict
from app.stores.sql.audit.log import append
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.jobs.outbox import enqueue, make_due
from app.stores.sql.tables import low_stock_episodes, outbox, stock_levels


class SqlEpisodes:
    """The `Episodes` port. An episode and its alert are written in one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def follow(self, thresholds: Mapping[str, int | None]) -> None:
        for product_id in sorted(thresholds):
            threshold = thresholds[product_id]
            if self._is_behind(product_id, threshold):
                self._database.write(partial(_follow, product_id=product_id, threshold=threshold))

    def get(self, episode_id: int) -> Episode | None:
        def work(connection: Connection) -> Episode | None:
            query = select(low_stock_episodes).where(low_stock_episodes.c.episode_id == episode_id)
            row = connection.execute(query).first()
            if row is None:
                return None
            return Episode(row.episode_id, row.product_id, row.on_hand, row.threshold, row.opened_at, row.closed_at)

        return self._database.read(work)

    def products(self, episode_ids: Collection[int]) -> dict[int, str]:
        e = low_stock_episodes.c
        query = select(e.episode_id, e.product_id).where(e.episode_id.in_(set(episode_ids)))
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return {row.episode_id: row.product_id for row in rows}

    def _is_behind(self, product_id: str, threshold: int | None) -> bool:
        """Looking first: most sales change nothing here, and must not queue up for the write lock."""

        def work(connection: Connection) -> bool:
            level = select(stock_levels.c.on_hand).where(stock_levels.c.product_id == product_id)
            on_hand = connection.execute(level).scalar()
            return on_hand is not None and _is_low(on_hand, threshold) != (
                _open_one(connection, product_id) is not None
            )

        return self._database.read(work)


def _follow(connection: Connection, product_id: str, threshold: int | None) -> None:
    """Open or close the product's episode by what is on hand now; its row is locked, so nobody else does."""
    level = select(stock_levels.c.on_hand).where(stock_levels.c.product_id == product_id).with_for_update()
    on_hand: int | None = connection.execute(level).scalar()
    if on_hand is None:
        return
    now = database_now(connection)
    running = _open_one(connection, product_id)
    if threshold is not None and _is_low(on_hand, threshold):
        if running is None:
            _open(connection, product_id, on_hand, threshold, now)
    elif running is not None:
        connection.execute(
            update(low_stock_episodes)
            .where(low_stock_episodes.c.episode_id == running)
            .values(open_key=None, closed_at=now)
        )


def _open(connection: Connection, product_id: str, on_hand: int, threshold: int, now: datetime) -> None:
    row = {
        "product_id": product_id,
        "open_key": product_id,
        "on_hand": on_hand,
        "threshold": threshold,
        "opened_at": now,
    }
    result = connection.execute(insert(low_stock_episodes).values(row))
    assert result.inserted_primary_key is not None
    episode_id = result.inserted_primary_key[0]
    enqueue(connection, effects.alert(episode_id), now)


def _is_low(on_hand: int, threshold: int | None) -> bool:
    return threshold is not None and on_hand < threshold


def _open_one(connection: Connection, product_id: str) -> int | None:
    query = select(low_stock_episodes.c.episode_id).where(low_stock_episodes.c.open_key == product_id)
    found: int | None = connection.execute(query).scalar()
    return found


def _again(connection: Connection, entry_id: int, kinds: tuple[str, ...], audited: AuditEntry) -> bool:
    query = select(outbox).where(outbox.c.entry_id == entry_id, outbox.c.kind.in_(kinds)).with_for_update()
    row = connection.execute(query).first()
    if row is None:
        return False
    now = database_now(connection)
    if row.state == OutboxState.DONE.value:
        changed = _copy(connection, row, now)
    else:
        # A second click finds it due already.
        changed = row.state == OutboxState.FAILED.value or row.attempts > 0 or row.next_try_at > now
        if not make_due(connection, entry_id, {**row.payload, effects.ANYWAY: True}):
            raise Conflict("This message is being sent right now. Look again in a minute.")
    if changed:
        append(connection, audited)
    return True


def _copy(connection: Connection, row: Row[Any], now: datetime) -> bool:
    """A delivered row stays as it is; a copy with a key of its own is queued, one at a time: False while one waits."""
    root = row.key.partition(":again:")[0]
    # Locked, so that two people who send the same message again agree on its copies.
    connection.execute(select(outbox.c.entry_id).where(outbox.c.key == root).with_for_update()).scalar()
    copies = select(outbox.c.state).where(outbox.c.key.startswith(f"{root}:again:", autoescape=True))
    states = connection.execute(copies).scalars().all()
    if OutboxState.PENDING.value in states:
        return False  # a second click before the first copy has left
    copy = len(states) + 1
    payload = {**row.payload, effects.COPY: copy, effects.ANYWAY: True}
    enqueue(connection, effects.Effect(row.kind, effects.copy_key(root, copy), payload), now)
    return True
