"""The log of deliveries: what people read of it, have replayed, and what is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from app.domain import AuditEntry
from app.domain.webhooks import Delivery, DeliveryState
from app.services.webhooks.ports import LogPage
from app.stores.sql.audit.log import append
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import webhook_deliveries, webhook_endpoints, webhook_events
from app.stores.sql.webhooks.deliveries import READ, deliveries_of, delivery_of
from app.stores.sql.webhooks.endpoints import leave_alone_no_longer

MOST_REPLAYED = 10_000  # at once
MOST_COUNTED = 10_000

_d, _e, _v = webhook_deliveries.c, webhook_endpoints.c, webhook_events.c


class SqlDeliveryLog:
    """What people need of the `Deliveries` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, endpoint_id: int | None, state: DeliveryState | None, before: int | None, limit: int) -> LogPage:
        query = READ.order_by(_d.delivery_id.desc()).limit(limit + 1)
        if endpoint_id is not None:
            query = query.where(_d.endpoint_id == endpoint_id)
        if state is not None:
            query = query.where(_d.state == state.value)
        if before is not None:
            query = query.where(_d.delivery_id < before)
        found = self._database.read(lambda c: deliveries_of(c.execute(query).all()))
        return LogPage(found[:limit], len(found) > limit)

    def get(self, delivery_id: int) -> Delivery | None:
        query = READ.where(_d.delivery_id == delivery_id)
        row = self._database.read(lambda c: c.execute(query).first())
        return None if row is None else delivery_of(row)

    def waiting(self) -> Mapping[int, int]:
        def work(connection: Connection) -> dict[int, int]:
            found: dict[int, int] = {}
            for key in connection.execute(select(_e.endpoint_id)).scalars().all():
                pending = select(_d.delivery_id).where(_d.endpoint_id == key, _d.state == DeliveryState.PENDING.value)
                some = pending.limit(MOST_COUNTED).subquery()
                found[key] = connection.execute(select(func.count()).select_from(some)).scalar_one()
            return found

        return self._database.read(work)

    def replay(self, delivery_id: int, audited: AuditEntry) -> bool:
        def work(connection: Connection) -> bool:
            here = select(_d.endpoint_id).where(_d.delivery_id == delivery_id)
            endpoint_id = connection.execute(here).scalar()
            if endpoint_id is None or not _again(connection, [delivery_id]):
                return False
            leave_alone_no_longer(connection, endpoint_id)
            append(connection, audited)
            return True

        return self._database.write(work)

    def replay_failed(self, endpoint_id: int, since: datetime, audited: Callable[[int], AuditEntry]) -> int:
        def work(connection: Connection) -> int:
            failed = select(_d.delivery_id).where(
                _d.endpoint_id == endpoint_id, _d.state == DeliveryState.FAILED.value, _d.created_at >= since
            )
            ids = connection.execute(failed.order_by(_d.delivery_id).limit(MOST_REPLAYED)).scalars().all()
            count = sum(_again(connection, some) for some in chunks(ids))
            if count:
                leave_alone_no_longer(connection, endpoint_id)
                append(connection, audited(count))
            return count

        return self._database.write(work)

    def forget(self, older_than: timedelta, limit: int) -> int:
        def work(connection: Connection) -> int:
            old = database_now(connection) - older_than
            found = select(_v.event_id).where(_v.at < old).order_by(_v.at).limit(limit)
            events = connection.execute(found).scalars().all()
            connection.execute(delete(webhook_deliveries).where(_d.event_id.in_(events)))
            connection.execute(delete(webhook_events).where(_v.event_id.in_(events)))
            return len(events)

        return self._database.write(work)


def _again(connection: Connection, delivery_ids: Sequence[int]) -> int:
    """Of one that is over, all tries are left to it once more; one that waits is due now."""
    now = database_now(connection)
    here = _d.delivery_id.in_(delivery_ids)
    over = update(webhook_deliveries).where(here, _d.state != DeliveryState.PENDING.value)
    waits = update(webhook_deliveries).where(here, _d.state == DeliveryState.PENDING.value)
    # First those that wait: the others wait after.
    count = connection.execute(waits.values(next_try_at=now)).rowcount
    begun = {"state": DeliveryState.PENDING.value, "attempts": 0, "asked_at": now, "next_try_at": now, "done_at": None}
    return count + connection.execute(over.values(begun)).rowcount
