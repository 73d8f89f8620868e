"""From what happened to deliveries.

What happened is noted in the transaction that causes it, as an effect; where nobody listens, nothing is. Paid orders
and refunds are noted as they are folded into the totals, exactly once each: a checkout pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from app.domain import effects
from app.domain.effects import Effect
from app.domain.webhooks import DeliveryState, Event, EventType
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new
from app.stores.sql.jobs.outbox import NO_DELAY, enqueue_all
from app.stores.sql.tables import webhook_deliveries, webhook_endpoints, webhook_events

_e = webhook_endpoints.c


def wanted_events(connection: Connection) -> set[str]:
    """Types of events that an endpoint wants now."""
    listening = connection.execute(select(_e.events).where(_e.is_on.is_(True))).scalars()
    return {event for events in listening for event in events}


def note(connection: Connection, found: Sequence[Effect], now: datetime) -> None:
    """Queue those events that an endpoint wants, in the caller's transaction. Safe to run twice."""
    wanted = wanted_events(connection) if found else set()
    enqueue_all(connection, [(one, NO_DELAY) for one in found if one.payload["type"] in wanted], now)


def note_folded(connection: Connection, payloads: Iterable[Mapping[str, Any]], now: datetime) -> None:
    """As `note`, of orders and returns that were just folded into the totals."""
    found: list[Effect] = []
    for payload in payloads:
        if order_id := payload.get("order_id"):
            found.append(effects.event(EventType.ORDER_PAID, str(order_id), {"order_id": order_id}))
        if return_id := payload.get("return_id"):
            found.append(effects.event(EventType.ORDER_REFUNDED, str(return_id), {"return_id": return_id}))
    note(connection, found, now)


class SqlTelling:
    """The `Telling` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tell(self, events: Sequence[Event]) -> int:
        def work(connection: Connection) -> int:
            now = database_now(connection)
            rows = connection.execute(select(_e.endpoint_id, _e.events).where(_e.is_on.is_(True))).all()
            listening = {row.endpoint_id: set(row.events) for row in rows}
            return sum(_tell(connection, event, _hearers(event, listening), now) for event in events)

        return self._database.write(work) if events else 0


def _hearers(event: Event, listening: Mapping[int, set[str]]) -> list[int]:
    if event.endpoint_id is not None:
        return [event.endpoint_id] if event.endpoint_id in listening else []
    return sorted(key for key, events in listening.items() if event.type in events)


def _tell(connection: Connection, event: Event, hearers: Sequence[int], now: datetime) -> int:
    if not hearers:
        return 0
    row = {"event_id": event.event_id, "type": event.type, "payload": event.payload, "text": event.text, "at": now}
    insert_new(connection, webhook_events, row)
    begun = {"state": DeliveryState.PENDING.value, "attempts": 0, "tries": []}
    begun |= {"asked_at": now, "created_at": now, "next_try_at": now}
    return sum(
        insert_new(connection, webhook_deliveries, {"event_id": event.event_id, "endpoint_id": key, **begun})
        for key in hearers
    )
