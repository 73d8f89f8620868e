"""Throttling by one timestamp per key: the generic cell rate algorithm (GCRA), in the database.

`quiet_at` is when all attempts so far would be over if they came one per interval. An attempt moves it on
by an interval; it is let through while that stays within `burst` intervals from now.

No library: what there is for Flask (limits, Flask-Limiter) counts beside the database and takes one limit at a time.
Here several are taken or none, by the database's clock, an order's even in the insert of the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, select

from app.services.limits.ports import Limit
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import upsert
from app.stores.sql.tables import throttles

KEPT_QUIET = timedelta(days=1)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class SqlThrottles:
    """Implements `app.services.limits.ports.Throttles`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def take(self, limits: Sequence[Limit]) -> float:
        ordered = _ordered(limits)
        if not ordered:
            return 0.0
        # Looked at first: a flood that is refused takes no lock that shoppers would wait for, and leaves no row.
        return self.wait(ordered) or self._db.write(lambda connection: take(connection, ordered))

    def take_each(self, limits: Sequence[Limit]) -> list[float]:
        return self._db.write(lambda connection: take_each(connection, limits)) if limits else []

    def wait(self, limits: Sequence[Limit]) -> float:
        return self._db.read(lambda connection: wait_for(connection, limits))

    def give_back(self, limits: Sequence[Limit]) -> None:
        if limits:
            self._db.write(lambda connection: give_back(connection, limits))

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


def take(connection: Connection, limits: Sequence[Limit], now: datetime | None = None) -> float:
    """As `SqlThrottles.take`, in the caller's transaction; whoever is refused should not commit it.

    `now`: the database's, where the caller asked for it a moment ago.
    """
    ordered = _ordered(limits)
    kept = _locked(connection, ordered)
    now = now or database_now(connection)  # after the locks: whoever waited for one counts from now
    wait = _wait(ordered, kept, now)
    if wait == 0:
        _set(connection, {limit.key: _after(limit, kept, now) for limit in ordered})
    return wait


def take_each(connection: Connection, limits: Sequence[Limit]) -> list[float]:
    """As `SqlThrottles.take_each`, in the caller's transaction."""
    quiet_at = _locked(connection, _ordered(limits))
    now, waits, counted = database_now(connection), [], set()
    for limit in limits:
        waits.append(_wait([limit], quiet_at, now))
        if waits[-1] == 0:
            quiet_at[limit.key] = _after(limit, quiet_at, now)
            counted.add(limit.key)
    _set(connection, {key: quiet_at[key] for key in sorted(counted)})
    return waits


def wait_for(connection: Connection, limits: Sequence[Limit], now: datetime | None = None) -> float:
    """Seconds until every limit has room for one more; takes no lock."""
    wanted = select(throttles).where(throttles.c.throttle_key.in_([limit.key for limit in limits]))
    kept = {row.throttle_key: row.quiet_at for row in connection.execute(wanted)}
    return _wait(limits, kept, now or database_now(connection)) if kept else 0.0


def count(connection: Connection, limits: Sequence[Limit]) -> None:
    """Note what has happened, whether or not there was room: what is above the burst has to be waited for."""
    ordered = _ordered(limits)
    kept = _locked(connection, ordered)
    now = database_now(connection)
    _set(connection, {limit.key: _after(limit, kept, now) for limit in ordered})


def give_back(connection: Connection, limits: Sequence[Limit]) -> None:
    """Undo one attempt on each limit."""
    ordered = _ordered(limits)
    quiet_at = _locked(connection, ordered)
    for limit in ordered:
        quiet_at[limit.key] = max(quiet_at[limit.key] - _interval(limit), _LONG_AGO)
    _set(connection, quiet_at)


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


def _locked(connection: Connection, ordered: Sequence[Limit]) -> dict[str, datetime]:
    """`quiet_at` by key, with the rows locked until the transaction ends (on SQLite the whole database is)."""
    keys = list(dict.fromkeys(limit.key for limit in ordered))
    kept = _lock(connection, keys)
    missing = [key for key in keys if key not in kept]
    if missing:
        rows = [{"throttle_key": key, "quiet_at": _LONG_AGO} for key in missing]
        upsert(connection, throttles, rows, ["throttle_key"], {"quiet_at": throttles.c.quiet_at})
        kept |= _lock(connection, missing)
    return kept


def _lock(connection: Connection, keys: Sequence[str]) -> dict[str, datetime]:
    wanted = select(throttles).where(throttles.c.throttle_key.in_(keys)).order_by(throttles.c.throttle_key)
    return {row.throttle_key: row.quiet_at for row in connection.execute(wanted.with_for_update())}


def _set(connection: Connection, quiet_at: Mapping[str, datetime]) -> None:
    """Of rows that are there and locked."""
    rows = [{"throttle_key": key, "quiet_at": at} for key, at in quiet_at.items()]
    if rows:
        upsert(connection, throttles, rows, ["throttle_key"])
