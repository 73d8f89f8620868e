"""The outbox: effects as rows, written in the transaction that causes them, done at least once.

A worker claims rows with a lease, does them, and marks them. The count of attempts is raised by the
claim and is the claim's token: a worker that lost its lease cannot mark a row that another one took.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Update, and_, func, or_, select, update
from sqlalchemy.dialects import mysql, sqlite

from app.domain import OutboxEntry, OutboxState
from app.domain.effects import PERSONAL, UNTIL_CONFIRMED, Effect
from app.ops import request_id
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.clock import database_now, stamp
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import outbox

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 10
FIRST_PAUSE = timedelta(seconds=2)
AWAY_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
PATIENCE = timedelta(days=1)  # with a service that is away
LONGEST_PATIENT_PAUSE = timedelta(minutes=5)
NO_DELAY = timedelta(0)
ERROR_LENGTH = 500


_ADD_ON_SQLITE = sqlite.insert(outbox).on_conflict_do_nothing(index_elements=["key"])
# Not INSERT IGNORE, which would also swallow values that do not fit.
_ADD_ON_MYSQL = mysql.insert(outbox).on_duplicate_key_update(key=outbox.c.key)


def enqueue(
    connection: Connection,
    effect: Effect,
    now: datetime,
    delay: timedelta = NO_DELAY,
) -> None:
    """Add one effect to the caller's transaction; a key that is already there changes nothing.

    `delay` keeps workers off a row that the caller is about to do by itself.
    """
    enqueue_all(connection, [(effect, delay)], now)


def enqueue_all(connection: Connection, delayed: Sequence[tuple[Effect, timedelta]], now: datetime) -> None:
    """Add effects, each with its delay, by one statement. See `enqueue`."""
    rows = [
        {
            "kind": str(effect.kind),
            "key": effect.key,
            "payload": dict(effect.payload),
            "state": OutboxState.PENDING.value,
            "attempts": 0,
            "created_at": now,
            "next_try_at": now + delay,
            "request_id": request_id.current(),
        }
        for effect, delay in delayed
    ]
    if rows:
        connection.execute(_ADD_ON_SQLITE if connection.dialect.name == "sqlite" else _ADD_ON_MYSQL, rows)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after the given number of failed attempts: doubling from two seconds to an hour."""
    doublings: int = 2 ** min(attempts - 1, 20)
    return min(FIRST_PAUSE * doublings, LONGEST_PAUSE)


def mark_done(connection: Connection, keys: Sequence[str]) -> None:
    """As `SqlOutbox.done_by_key`, in the caller's transaction."""
    is_pending = outbox.c.state == OutboxState.PENDING.value
    # In one order, so that two who mark the same rows never wait for each other.
    for some in chunks(sorted(keys)):
        connection.execute(_mark(connection).where(outbox.c.key.in_(some), is_pending))


def make_due(connection: Connection, entry_id: int, payload: Mapping[str, Any] | None = None) -> bool:
    """Try a failed, unsent or waiting row now, with all its attempts; False when it is done, unknown or being tried.

    `payload`: instead of the row's own.
    """
    now = database_now(connection)
    again = connection.execute(
        update(outbox)
        .where(
            outbox.c.entry_id == entry_id,
            outbox.c.state.in_([OutboxState.FAILED.value, OutboxState.PENDING.value, OutboxState.NOT_SENT.value]),
            _unleased(now),
        )
        .values(
            state=OutboxState.PENDING.value,
            attempts=0,
            next_try_at=now,
            leased_until=None,
            **({} if payload is None else {"payload": dict(payload)}),
        )
    )
    return again.rowcount == 1


class SqlOutbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, kinds: Sequence[str], limit: int) -> tuple[OutboxEntry, ...]:
        """Lease up to `limit` due rows of `kinds`, oldest first; no other worker gets them meanwhile."""

        def work(connection: Connection) -> tuple[OutboxEntry, ...]:
            now = database_now(connection)
            due = (
                select(outbox)
                .where(_is_due(kinds, now))
                .order_by(outbox.c.entry_id)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            rows = connection.execute(due).all()
            if rows:
                connection.execute(
                    update(outbox)
                    .where(outbox.c.entry_id.in_([row.entry_id for row in rows]))
                    .values(leased_until=now + LEASE, attempts=outbox.c.attempts + 1)
                )
            return tuple(entry_of(row, attempts=row.attempts + 1) for row in rows)

        # Looking first costs no write lock in the many rounds in which nothing is due.
        return self._database.write(work) if self.any_due(kinds) else ()

    def any_due(self, kinds: Sequence[str]) -> bool:
        """Whether somebody may claim a row of `kinds` now: one statement, however many kinds."""

        def look(connection: Connection) -> bool:
            due = select(outbox.c.entry_id).where(_is_due(kinds, stamp(connection)))
            return connection.execute(due.limit(1)).first() is not None

        return self._database.read(look)

    def done(self, entries: Sequence[OutboxEntry]) -> int:
        """Mark claimed rows done, in one transaction; how many: one that another worker took over meanwhile is left.

        What a payload holds of a person goes with the mark: it was needed only until now.
        """
        personal = [entry for entry in entries if _without_person(entry) != entry.payload]
        others = [entry for entry in entries if _without_person(entry) == entry.payload]

        def work(connection: Connection) -> int:
            mark = _mark(connection)
            plain = [mark.where(claims) for claims in _claims(others)]
            cut = [mark.where(_is_claim(one)).values(payload=_without_person(one)) for one in personal]
            return sum(connection.execute(marked).rowcount for marked in (*plain, *cut))

        return self._database.write(work)

    def done_by_key(self, keys: Sequence[str]) -> None:
        """Mark rows done that somebody did at once, without a claim; a statement for some hundreds of keys."""
        self._database.write(lambda connection: mark_done(connection, keys))

    def release(self, entries: Sequence[OutboxEntry], away: str = "") -> None:
        """Undo claims. With `away`, what the effects need cannot be reached: they wait some seconds, and say so."""

        def work(connection: Connection) -> None:
            waits = {"next_try_at": database_now(connection) + AWAY_PAUSE, "last_error": away[:ERROR_LENGTH]}
            given_back = update(outbox).values(
                attempts=outbox.c.attempts - 1, leased_until=None, **(waits if away else {})
            )
            for claims in _claims(entries):
                connection.execute(given_back.where(claims))

        self._database.write(work)

    def failed(self, entry: OutboxEntry, error: str, patient: bool = False) -> None:
        """Note why an attempt failed: try again after a growing pause, give up after ten attempts.

        `patient`: give up only what is older than a day, and pause for minutes at most.
        """

        def work(connection: Connection) -> None:
            now = database_now(connection)
            given_up = entry.attempts >= MOST_ATTEMPTS and not (patient and now - entry.created_at < PATIENCE)
            pause = pause_after(entry.attempts)
            connection.execute(
                update(outbox)
                .where(_is_claim(entry))
                .values(
                    state=OutboxState.FAILED.value if given_up else OutboxState.PENDING.value,
                    next_try_at=now + (min(pause, LONGEST_PATIENT_PAUSE) if patient else pause),
                    leased_until=None,
                    last_error=error[:ERROR_LENGTH],
                )
            )

        self._database.write(work)

    def given_up(self, entry: OutboxEntry, error: str) -> None:
        """Note why no further attempt makes sense."""
        self._end(OutboxState.FAILED, error, [(entry, entry.payload)])

    def not_sent(self, entries: Sequence[OutboxEntry], why: str, *, until_confirmed: bool = False) -> None:
        """Note why they were left undone on purpose. Nothing of a person stays with them, as with what is done."""
        waits = {UNTIL_CONFIRMED: True} if until_confirmed else {}
        self._end(OutboxState.NOT_SENT, why, [(entry, _without_person(entry) | waits) for entry in entries])

    def _end(self, state: OutboxState, words: str, kept: Sequence[tuple[OutboxEntry, Mapping[str, object]]]) -> None:
        """`kept`: of each row its payload."""

        def work(connection: Connection) -> None:
            over = update(outbox).values(state=state.value, leased_until=None, last_error=words[:ERROR_LENGTH])
            for entry, payload in kept:
                connection.execute(over.where(_is_claim(entry)).values(payload=dict(payload)))

        self._database.write(work)

    def entries(
        self, kinds: Sequence[str], state: OutboxState | None = None, limit: int = 50
    ) -> tuple[OutboxEntry, ...]:
        """The latest rows of `kinds`, newest first."""

        def work(connection: Connection) -> tuple[OutboxEntry, ...]:
            wanted = select(outbox).where(outbox.c.kind.in_(kinds))
            if state is not None:
                wanted = wanted.where(outbox.c.state == state.value)
            rows = connection.execute(wanted.order_by(outbox.c.entry_id.desc()).limit(limit))
            return tuple(entry_of(row) for row in rows)

        return self._database.read(work)

    def count(self, kinds: Sequence[str], state: OutboxState, most: int) -> int:
        """How many rows of `kinds` are in `state`; no more than `most` are looked at, and only by the index."""
        some = select(outbox.c.entry_id).where(outbox.c.kind.in_(kinds), outbox.c.state == state.value).limit(most)
        query = select(func.count()).select_from(some.subquery())
        return int(self._database.read(lambda connection: connection.execute(query).scalar_one()))


def _is_due(kinds: Sequence[str], now: datetime) -> ColumnElement[bool]:
    return and_(
        outbox.c.kind.in_(kinds),
        outbox.c.state == OutboxState.PENDING.value,
        outbox.c.next_try_at <= now,
        _unleased(now),
    )


def _unleased(now: datetime) -> ColumnElement[bool]:
    return or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now)


def _without_person(entry: OutboxEntry) -> dict[str, object]:
    return {name: value for name, value in entry.payload.items() if name not in PERSONAL}


def _mark(connection: Connection) -> Update:
    return update(outbox).values(
        state=OutboxState.DONE.value, done_at=stamp(connection), leased_until=None, last_error=None
    )


def _is_claim(entry: OutboxEntry) -> ColumnElement[bool]:
    return _are_claims([entry.entry_id], entry.attempts)


def _claims(entries: Sequence[OutboxEntry]) -> Iterator[ColumnElement[bool]]:
    """Conditions that name these claims and no others, each of hundreds: most have the same count of attempts."""
    by_attempts: dict[int, list[int]] = defaultdict(list)
    for entry in entries:
        by_attempts[entry.attempts].append(entry.entry_id)
    for attempts, entry_ids in sorted(by_attempts.items()):
        for some in chunks(sorted(entry_ids)):
            yield _are_claims(some, attempts)


def _are_claims(entry_ids: Sequence[int], attempts: int) -> ColumnElement[bool]:
    return and_(
        outbox.c.entry_id.in_(entry_ids),
        outbox.c.attempts == attempts,
        outbox.c.state == OutboxState.PENDING.value,
    )


def entry_of(row: Row[Any], attempts: int | None = None) -> OutboxEntry:
    """A row of the outbox as the services know it."""
    return OutboxEntry(
        entry_id=row.entry_id,
        kind=row.kind,
        key=row.key,
        payload=row.payload,
        state=OutboxState(row.state),
        attempts=row.attempts if attempts is None else attempts,
        created_at=row.created_at,
        next_try_at=row.next_try_at,
        last_error=row.last_error,
        done_at=row.done_at,
        request_id=row.request_id,
    )
