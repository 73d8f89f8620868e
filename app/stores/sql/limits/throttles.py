"""Throttling by one timestamp per key: the generic cell rate algorithm (GCRA), in the database.

`quiet_at` is when all attempts so far would be over if they came one per interval. An attempt moves it on
by an interval; it is let through while that stays within `burst` intervals from now.

An attempt is counted first, which locks its key, and looked at then: who is over the limit rolls back. So a key
takes one statement, whether it is there or not, and whoever counts on the same one at once waits and sees it.

No library: what there is for Flask (limits, Flask-Limiter) counts beside the database and takes one limit at a time.
Here several are taken or none, by the database's clock, an order's even in the insert of the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, String, bindparam, case, delete, select, update
from sqlalchemy.dialects import mysql, sqlite

from app.services.limits.ports import Limit
from app.stores.sql.engine.clock import Later, NowBeside, database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import upsert
from app.stores.sql.tables import throttles

KEPT_QUIET = timedelta(days=1)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

_NOW = NowBeside()
_KEY, _MICROSECONDS = bindparam("key", type_=String), bindparam("microseconds", type_=Integer)
_FIRST = {"throttle_key": _KEY, "quiet_at": Later(_NOW, _MICROSECONDS)}
_ONE_MORE = Later(case((throttles.c.quiet_at > _NOW, throttles.c.quiet_at), else_=_NOW), _MICROSECONDS)
_COUNT_ON_SQLITE = (
    sqlite.insert(throttles)
    .values(_FIRST)
    .on_conflict_do_update(index_elements=["throttle_key"], set_={"quiet_at": _ONE_MORE})
)
_COUNT_ON_MYSQL = mysql.insert(throttles).values(_FIRST).on_duplicate_key_update(quiet_at=_ONE_MORE)
_ONE_LESS = (
    update(throttles)
    .where(throttles.c.throttle_key == _KEY)
    .values(quiet_at=Later(throttles.c.quiet_at, -_MICROSECONDS))
)
_LOOK = select(throttles.c.throttle_key, throttles.c.quiet_at, _NOW.label("now")).where(
    throttles.c.throttle_key.in_(bindparam("keys", expanding=True))
)


class _Refused(Exception):
    def __init__(self, wait: float) -> None:
        self.wait = wait


class SqlThrottles:
    """Implements `app.services.limits.ports.Throttles`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def take(self, limits: Sequence[Limit]) -> float:
        if not limits:
            return 0.0
        # Looked at first: a flood that is refused takes no lock that shoppers would wait for, and leaves no row.
        return self.wait(limits) or self._take(limits)

    def _take(self, limits: Sequence[Limit]) -> float:
        def work(connection: Connection) -> None:
            count(connection, limits)
            if wait := look(connection, limits).over(limits):
                raise _Refused(wait)

        try:
            self._db.write(work)
        except _Refused as refused:
            return refused.wait
        return 0.0

    def take_each(self, limits: Sequence[Limit]) -> list[float]:
        return self._db.write(lambda connection: take_each(connection, limits)) if limits else []

    def wait(self, limits: Sequence[Limit]) -> float:
        return self._db.read(lambda connection: look(connection, limits).wait(limits))

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


@dataclass(frozen=True)
class Seen:
    """What stood in the database: `quiet_at` by key, at its time `now`, which is None where nothing stood."""

    quiet_at: Mapping[str, datetime]
    now: datetime | None

    def wait(self, limits: Sequence[Limit]) -> float:
        """Seconds until every limit has room for one more; 0.0 when it has."""
        return max((self._over(limit, more=1) for limit in limits), default=0.0)

    def over(self, limits: Sequence[Limit]) -> float:
        """Seconds by which what was counted last came too early for any of the limits; 0.0 when there was room."""
        return max((self._over(limit, more=0) for limit in limits), default=0.0)

    def _over(self, limit: Limit, more: int) -> float:
        if self.now is None:
            return 0.0
        busy = max(self.quiet_at.get(limit.key, self.now), self.now) - self.now
        return max(0.0, busy.total_seconds() - (limit.burst - more) * limit.every_seconds)


def take_each(connection: Connection, limits: Sequence[Limit]) -> list[float]:
    """As `SqlThrottles.take_each`, in the caller's transaction."""
    quiet_at = _locked(connection, _ordered(limits))
    now, waits, counted = database_now(connection), [], set()
    for limit in limits:
        waits.append(Seen(quiet_at, now).wait([limit]))
        if waits[-1] == 0:
            quiet_at[limit.key] = _after(limit, quiet_at, now)
            counted.add(limit.key)
    _set(connection, {key: quiet_at[key] for key in sorted(counted)})
    return waits


def count(connection: Connection, limits: Sequence[Limit]) -> None:
    """Note one more on each limit, whether or not there is room: what is above the burst has to be waited for.

    The keys stay locked until the transaction ends; on SQLite the whole database is.
    """
    counting = _COUNT_ON_SQLITE if connection.dialect.name == "sqlite" else _COUNT_ON_MYSQL
    for limit in _ordered(limits):
        connection.execute(counting, _values(limit))


def look(connection: Connection, limits: Sequence[Limit]) -> Seen:
    """How the limits stand; takes no lock."""
    rows = connection.execute(_LOOK, {"keys": [limit.key for limit in limits]}).all()
    return Seen({row.throttle_key: row.quiet_at for row in rows}, rows[0].now if rows else None)


def give_back(connection: Connection, limits: Sequence[Limit]) -> None:
    """Undo one attempt on each limit."""
    for limit in _ordered(limits):
        connection.execute(_ONE_LESS, _values(limit))


def _values(limit: Limit) -> dict[str, Any]:
    return {"key": limit.key, "microseconds": round(limit.every_seconds * 1_000_000)}


def _ordered(limits: Sequence[Limit]) -> list[Limit]:
    """In one order for everybody, so that two of them never wait for each other."""
    return sorted(limits, key=lambda limit: limit.key)


def _interval(limit: Limit) -> timedelta:
    return timedelta(seconds=limit.every_seconds)


def _after(limit: Limit, kept: Mapping[str, datetime], now: datetime) -> datetime:
    """The key's `quiet_at` with one attempt more."""
    return max(kept.get(limit.key, now), now) + _interval(limit)


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
