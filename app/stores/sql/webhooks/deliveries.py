"""Deliveries of events: whose turn it is, what came of each try, and the log of them.

One worker at a time has the turn of an endpoint, by a lease on the database's clock that is renewed before each try. So
nothing reaches an endpoint twice at one time, and one that is slow holds up no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, or_, select, update

from app.domain import effects
from app.domain.webhooks import Delivery, DeliveryState, Event, Try
from app.services.webhooks.ports import Outcome, Turn
from app.stores.sql.engine.clock import database_now, stamp
from app.stores.sql.engine.database import Database
from app.stores.sql.jobs.outbox import enqueue
from app.stores.sql.tables import webhook_deliveries, webhook_endpoints, webhook_events
from app.stores.sql.webhooks.endpoints import endpoint_of, make_all_due

# Longer than a try can last: see TOTAL_SECONDS of app/stores/outside/posting.py.
LEASE = timedelta(seconds=60)
MOST_TRIES = 20  # kept of a delivery
PATIENCE = timedelta(days=3)
FEW_ATTEMPTS = 5  # of what is tried at once when an endpoint works again; the rest keeps to its pauses
WORDS_LENGTH = 200

_d, _e, _v = webhook_deliveries.c, webhook_endpoints.c, webhook_events.c
READ = select(webhook_deliveries, _v.type, _v.payload, _v.text).join(webhook_events, _v.event_id == _d.event_id)


class SqlDeliveries:
    """What the worker does of the `Deliveries` port; the rest is in `log`."""

    def __init__(self, database: Database, lease: timedelta = LEASE) -> None:
        self._database = database
        self._lease = lease

    def due(self) -> list[int]:
        def work(connection: Connection) -> list[int]:
            now = stamp(connection)
            waits = exists().where(_d.endpoint_id == _e.endpoint_id, _is_due(now))
            return list(connection.execute(select(_e.endpoint_id).where(_is_free(now), waits)).scalars())

        return self._database.read(work)

    def take(self, endpoint_id: int, limit: int) -> Turn | None:
        def work(connection: Connection) -> Turn | None:
            now = database_now(connection)
            free = update(webhook_endpoints).where(_e.endpoint_id == endpoint_id, _is_free(now))
            leased = free.values(leased_until=now + self._lease, turns=_e.turns + 1)
            if connection.execute(leased).rowcount != 1:
                return None
            row = connection.execute(select(webhook_endpoints).where(_e.endpoint_id == endpoint_id)).one()
            due = READ.where(_d.endpoint_id == endpoint_id, _is_due(now)).order_by(_d.next_try_at, _d.delivery_id)
            found = connection.execute(due.limit(limit))
            return Turn(endpoint_of(row), row.turns, tuple(delivery_of(one) for one in found))

        return self._database.write(work)

    def renew(self, turn: Turn) -> datetime | None:
        def work(connection: Connection) -> datetime | None:
            now = database_now(connection)
            held = update(webhook_endpoints).where(_is_turn(turn), _e.is_on.is_(True))
            return now if connection.execute(held.values(leased_until=now + self._lease)).rowcount == 1 else None

        return self._database.write(work)

    def done(self, turn: Turn, delivery: Delivery, tried: Try) -> None:
        def work(connection: Connection) -> None:
            now = database_now(connection)
            over = {"state": DeliveryState.DONE.value, "done_at": now}
            _write_down(connection, delivery, tried, over)
            before = connection.execute(select(_e.paused_until).where(_is_turn(turn))).first()
            works = {"failures": 0, "paused_until": None, "failing_since": None, "last_ok_at": now}
            connection.execute(
                update(webhook_endpoints).where(_is_turn(turn)).values(**works, last_answer=_words(tried))
            )
            if before is not None and before.paused_until is not None:
                make_all_due(connection, delivery.endpoint_id, FEW_ATTEMPTS)

        self._database.write(work)

    def failed(self, turn: Turn, delivery: Delivery, tried: Try, outcome: Outcome) -> None:
        def work(connection: Connection) -> None:
            now = database_now(connection)
            given_up = outcome.again_in is None
            after: dict[str, Any] = {"next_try_at": now + (outcome.again_in or timedelta(0))}
            if given_up:
                after = {"state": DeliveryState.FAILED.value, "done_at": now}
            _write_down(connection, delivery, tried, after)
            row = connection.execute(select(_e.failing_since).where(_is_turn(turn)).with_for_update()).first()
            if row is None:  # the turn is somebody else's by now, or the endpoint was removed
                return
            state: dict[str, Any] = {"failures": _e.failures + 1, "last_answer": _words(tried)}
            if outcome.pause:
                state["paused_until"] = now + outcome.pause
            if outcome.is_gone:
                state["is_on"] = False
            if given_up and (row.failing_since is None or outcome.is_gone):
                state["failing_since"] = now
                enqueue(connection, effects.endpoint_failing(delivery.endpoint_id, turn.number), now)
            connection.execute(update(webhook_endpoints).where(_is_turn(turn)).values(state))
            if given_up:
                old = (_d.endpoint_id == delivery.endpoint_id) & (_d.state == DeliveryState.PENDING.value)
                given = update(webhook_deliveries).where(old, _d.asked_at <= now - PATIENCE)
                connection.execute(given.values(state=DeliveryState.FAILED.value, done_at=now))

        self._database.write(work)

    def release(self, turn: Turn) -> None:
        given_back = update(webhook_endpoints).where(_is_turn(turn)).values(leased_until=None)
        self._database.write(lambda connection: connection.execute(given_back))


def _is_turn(turn: Turn) -> ColumnElement[bool]:
    return (_e.endpoint_id == turn.endpoint.endpoint_id) & (_e.turns == turn.number)


def _is_free(now: Any) -> ColumnElement[bool]:
    unleased = or_(_e.leased_until.is_(None), _e.leased_until <= now)
    return and_(_e.is_on.is_(True), unleased, or_(_e.paused_until.is_(None), _e.paused_until <= now))


def _is_due(now: Any) -> ColumnElement[bool]:
    return and_(_d.state == DeliveryState.PENDING.value, _d.next_try_at <= now)


def _write_down(connection: Connection, delivery: Delivery, tried: Try, after: dict[str, Any]) -> None:
    """`attempts` is the token: what somebody else wrote down meanwhile stays."""
    tries = [*delivery.tries, tried][-MOST_TRIES:]
    here = (_d.delivery_id == delivery.delivery_id) & (_d.state == DeliveryState.PENDING.value)
    mine = update(webhook_deliveries).where(here, _d.attempts == delivery.attempts)
    connection.execute(mine.values(attempts=delivery.attempts + 1, tries=[_kept(one) for one in tries], **after))


def _words(tried: Try) -> str:
    return (f"Answered {tried.status}" if tried.status is not None else tried.answer)[:WORDS_LENGTH]


def _kept(tried: Try) -> dict[str, object]:
    return asdict(tried) | {"at": tried.at.isoformat()}


def deliveries_of(rows: Sequence[Row[Any]]) -> tuple[Delivery, ...]:
    return tuple(delivery_of(row) for row in rows)


def delivery_of(row: Row[Any]) -> Delivery:
    return Delivery(
        delivery_id=row.delivery_id,
        endpoint_id=row.endpoint_id,
        event=Event(row.event_id, row.type, row.payload, row.text),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        asked_at=row.asked_at,
        created_at=row.created_at,
        next_try_at=row.next_try_at,
        done_at=row.done_at,
        tries=tuple(Try(**one | {"at": datetime.fromisoformat(one["at"])}) for one in row.tries),
    )
