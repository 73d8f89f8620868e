"""Throttling by one timestamp per key: the generic cell rate algorithm (GCRA), in the database.

`quiet_at` is when all attempts so far would be over if they came one per interval. An attempt moves it on
by an interval; it is let through while that stays within `burst` intervals from now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from app.services.sign_in_ports import Limit
from app.stores.sql.clock import database_now
from app.stores.sql.engine import Database
from app.stores.sql.tables import throttles
from app.stores.sql.upsert import upsert

KEPT_QUIET = timedelta(days=1)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class SqlThrottles:
    """Implements `app.services.sign_in_ports.Throttles`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def take(self, limits: Sequence[Limit]) -> float:
        ordered = _ordered(limits)
        if not ordered:
            return 0.0

        def work(connection: Connection) -> float:
            kept = {limit.key: _locked(connection, limit.key) for limit in ordered}
            now = database_now(connection)  # after the locks: whoever waited for one counts from now
            wait = _wait(ordered, kept, now)
            if wait == 0:
                for limit in ordered:
                    _set(connection, limit.key, _after(limit, kept, now))
            return wait

        # Looked at first: a flood that is refused takes no lock that shoppers would wait for, and leaves no row.
        return self.wait(ordered) or self._db.write(work)

    def wait(self, limits: Sequence[Limit]) -> float:
        keys = [limit.key for limit in limits]

        def look(connection: Connection) -> float:
            rows = connection.execute(select(throttles).where(throttles.c.throttle_key.in_(keys)))
            kept = {row.throttle_key: row.quiet_at for row in rows}
            return _wait(limits, kept, database_now(connection)) if kept else 0.0

        return self._db.read(look)

    def give_back(self, limits: Sequence[Limit]) -> None:
        ordered = _ordered(limits)

        def work(connection: Connection) -> None:
            for limit in ordered:
                quiet_at = _locked(connection, limit.key)
                _set(connection, limit.key, max(quiet_at - _interval(limit), _LONG_AGO))

        if ordered:
            self._db.write(work)

    def purge(self, limit: int) -> int:
        def find(connection: Connection) -> tuple[datetime, list[str]]:
            before = database_now(connection) - KEPT_QUIET
            keys = select(throttles.c.throttle_key).where(throttles.c.quiet_at < before).limit(limit)
            return before, list(connection.scalars(keys))

        before, keys = self._db.read(find)
        if not keys:
            return 0
        # Asked again: a row may have been taken since.
        rows = delete(throttles).where(throttles.c.throttle_key.in_(keys), throttles.c.quiet_at < before)
        return self._db.write(lambda c: c.execute(rows).rowcount)


def _interval(limit: Limit) -> timedelta:
    return timedelta(seconds=limit.every_seconds)


def _after(limit: Limit, kept: Mapping[str, datetime], now: datetime) -> datetime:
    """The key's `quiet_at` with one attempt more."""
    return max(kept.get(limit.key, now), now) + _interval(limit)


def _wait(limits: Sequence[Limit], kept: Mapping[str, datetime], now: datetime) -> float:
    """Seconds until an attempt fits into every limit; 0.0 when it does."""
    over = max(_after(limit, kept, now) - now - limit.burst * _interval(limit) for limit in limits)
    return max(over.total_seconds(), 0.0)


def _ordered(limits: Sequence[Limit]) -> list[Limit]:
    """In one order for everybody, so that two of them never wait for each other."""
    return sorted(limits, key=lambda limit: limit.key)


def _locked(connection: Connection, key: str) -> datetime:
    """The key's `quiet_at`, with its row locked until the transaction ends (on SQLite the whole database is)."""
    wanted = select(throttles.c.quiet_at).where(throttles.c.throttle_key == key).with_for_update()
    quiet_at: datetime | None = connection.execute(wanted).scalar_one_or_none()
    if quiet_at is None:
        row = {"throttle_key": key, "quiet_at": _LONG_AGO}
        upsert(connection, throttles, [row], ["throttle_key"], {"quiet_at": throttles.c.quiet_at})
        quiet_at = connection.execute(wanted).scalar_one()
    return quiet_at


def _set(connection: Connection, key: str, quiet_at: datetime) -> None:
    connection.execute(update(throttles).where(throttles.c.throttle_key == key).values(quiet_at=quiet_at))
