"""Low-stock episodes: opened when a product falls below its threshold, closed when it is back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, insert, select, update

from app.domain import Episode, effects
from app.domain.webhooks import EventType
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.jobs.outbox import enqueue
from app.stores.sql.tables import low_stock_episodes, stock_levels
from app.stores.sql.webhooks.telling import note


class SqlEpisodes:
    """The `Episodes` port. An episode and its alert are written in one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def behind(self, thresholds: Mapping[str, int | None]) -> frozenset[str]:
        level, episode = stock_levels.c, low_stock_episodes.c

        def work(connection: Connection) -> frozenset[str]:
            found: set[str] = set()
            for some in chunks(sorted(thresholds)):
                query = (
                    select(level.product_id, level.on_hand, episode.episode_id)
                    .outerjoin_from(stock_levels, low_stock_episodes, episode.open_key == level.product_id)
                    .where(level.product_id.in_(some))
                )
                for product_id, on_hand, open_one in connection.execute(query):
                    if _is_low(on_hand, thresholds[product_id]) != (open_one is not None):
                        found.add(product_id)
            return frozenset(found)

        return self._database.read(work)

    def follow(self, thresholds: Mapping[str, int | None]) -> None:
        # Looking first: most sales change nothing here, and must not queue up for the write lock.
        for product_id in sorted(self.behind(thresholds)):
            self._database.write(partial(_follow, product_id=product_id, threshold=thresholds[product_id]))

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
    about = {"episode_id": episode_id}
    note(connection, [effects.event(EventType.STOCK_LOW, str(episode_id), about)], now)


def _is_low(on_hand: int, threshold: int | None) -> bool:
    return threshold is not None and on_hand < threshold


def _open_one(connection: Connection, product_id: str) -> int | None:
    query = select(low_stock_episodes.c.episode_id).where(low_stock_episodes.c.open_key == product_id)
    found: int | None = connection.execute(query).scalar()
    return found
