"""The `Endpoints` port on SQLite and MySQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from app.domain import AuditEntry
from app.domain.webhooks import DeliveryState, Endpoint, EndpointFormat
from app.stores.sql.audit.log import append
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import alert_rules, webhook_deliveries, webhook_endpoints

_e, _d = webhook_endpoints.c, webhook_deliveries.c
_BEGUN = {"old_secret": "", "failures": 0, "last_answer": "", "turns": 0}
_FRESH: dict[str, Any] = {"failures": 0, "paused_until": None, "failing_since": None, "last_answer": ""}


class SqlEndpoints:
    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Endpoint]:
        query = select(webhook_endpoints).order_by(_e.name, _e.endpoint_id)
        return [endpoint_of(row) for row in self._database.read(lambda c: list(c.execute(query)))]

    def add(self, endpoint: Endpoint, audited: Callable[[int], AuditEntry]) -> int:
        def work(connection: Connection) -> int:
            row = {
                **_BEGUN,
                "name": endpoint.name,
                "address": endpoint.address,
                "format": endpoint.format.value,
                "events": list(endpoint.events),
                "is_on": endpoint.is_on,
                "secret": endpoint.secret,
                "changed_at": database_now(connection),
            }
            key = connection.execute(insert(webhook_endpoints).values(row)).inserted_primary_key
            assert key is not None
            append(connection, audited(int(key[0])))
            return int(key[0])

        return self._database.write(work)

    def change(self, endpoint_id: int, audited: AuditEntry, **values: object) -> bool:
        fresh = _FRESH if values.get("is_on") or "address" in values else {}
        if "events" in values:
            values["events"] = list(values["events"])  # type: ignore[call-overload]

        def work(connection: Connection) -> bool:
            now = database_now(connection)
            stamped = {**values, **fresh, "changed_at": now}
            changed = update(webhook_endpoints).where(_e.endpoint_id == endpoint_id).values(stamped)
            if connection.execute(changed).rowcount != 1:
                return False
            if fresh:
                make_all_due(connection, endpoint_id)
            append(connection, audited)
            return True

        return self._database.write(work)

    def try_now(self, endpoint_id: int, audited: AuditEntry) -> bool:
        def work(connection: Connection) -> bool:
            if not leave_alone_no_longer(connection, endpoint_id):
                return False
            append(connection, audited)
            return True

        return self._database.write(work)

    def rotate(self, endpoint_id: int, secret: str, both_for: timedelta, audited: AuditEntry) -> bool:
        def work(connection: Connection) -> bool:
            now = database_now(connection)
            rotated = update(webhook_endpoints).where(_e.endpoint_id == endpoint_id, _e.secret != "")
            # MySQL assigns from left to right: the old one is read before the new one is written.
            values = [(_e.old_secret, _e.secret), (_e.old_until, now + both_for), (_e.secret, secret)]
            if connection.execute(rotated.ordered_values(*values, (_e.changed_at, now))).rowcount != 1:
                return False
            append(connection, audited)
            return True

        return self._database.write(work)

    def remove(self, endpoint_id: int, audited: AuditEntry) -> bool:
        def work(connection: Connection) -> bool:
            if connection.execute(delete(webhook_endpoints).where(_e.endpoint_id == endpoint_id)).rowcount != 1:
                return False
            connection.execute(delete(webhook_deliveries).where(_d.endpoint_id == endpoint_id))
            named = alert_rules.c.endpoint_id
            connection.execute(update(alert_rules).where(named == endpoint_id).values(endpoint_id=None))
            append(connection, audited)
            return True

        return self._database.write(work)


def leave_alone_no_longer(connection: Connection, endpoint_id: int) -> bool:
    """False when there is none that is on."""
    resting = update(webhook_endpoints).where(_e.endpoint_id == endpoint_id, _e.is_on.is_(True))
    return connection.execute(resting.values(paused_until=None)).rowcount == 1


def make_all_due(connection: Connection, endpoint_id: int, tried_less_than: int | None = None) -> None:
    """What waits for an endpoint is tried now."""
    now = database_now(connection)
    waiting = update(webhook_deliveries).where(
        _d.endpoint_id == endpoint_id, _d.state == DeliveryState.PENDING.value, _d.next_try_at > now
    )
    if tried_less_than is not None:
        waiting = waiting.where(_d.attempts < tried_less_than)
    connection.execute(waiting.values(next_try_at=now))


def endpoint_of(row: Any) -> Endpoint:
    return Endpoint(
        endpoint_id=row.endpoint_id,
        name=row.name,
        address=row.address,
        format=EndpointFormat(row.format),
        events=tuple(row.events),
        is_on=bool(row.is_on),
        secret=row.secret,
        old_secret=row.old_secret,
        old_until=row.old_until,
        failures=row.failures,
        paused_until=row.paused_until,
        failing_since=row.failing_since,
        last_ok_at=row.last_ok_at,
        last_answer=row.last_answer,
    )
