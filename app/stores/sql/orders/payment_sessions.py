"""Payments that are made elsewhere or later, as their providers keep them here; one row per order."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from app.services.checkout.ports import NEVER_BEGUN, PaymentSession, SessionState
from app.stores.sql.engine.clock import database_now, stamp
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new
from app.stores.sql.tables import payment_sessions as sessions


class SqlPaymentSessions:
    """The `PaymentSessions` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, order_id: int, provider: str, return_url: str, until: datetime) -> PaymentSession:
        row = _new(order_id, provider, SessionState.OPEN, return_url, until)

        def work(connection: Connection) -> PaymentSession:
            insert_new(connection, sessions, row | {"at": stamp(connection)})
            return _there(connection, order_id)

        return self._database.write(work)

    def of(self, order_id: int) -> PaymentSession | None:
        return self._database.read(lambda c: _find(c, sessions.c.order_id == order_id))

    def of_token(self, token: str) -> PaymentSession | None:
        return self._database.read(lambda c: _find(c, sessions.c.token == token))

    def note(self, order_id: int, reference: str, url: str) -> None:
        unnamed = update(sessions).where(sessions.c.order_id == order_id, sessions.c.reference == "")
        self._database.write(lambda c: c.execute(unnamed.values(reference=reference, url=url)))

    def close(self, order_id: int, provider: str, state: SessionState, reference: str = "") -> PaymentSession:
        still_open = update(sessions).where(
            sessions.c.order_id == order_id, sessions.c.state == SessionState.OPEN.value
        )
        values = {"state": state.value} | ({"reference": reference} if reference else {})

        def work(connection: Connection) -> PaymentSession:
            row = _new(order_id, provider, state, "", database_now(connection), reference or NEVER_BEGUN)
            if not insert_new(connection, sessions, row | {"at": stamp(connection)}):
                connection.execute(still_open.values(values))
            return _there(connection, order_id)

        return self._database.write(work)


def _new(
    order_id: int, provider: str, state: SessionState, return_url: str, until: datetime, reference: str = ""
) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "provider": provider,
        "state": state.value,
        "token": secrets.token_hex(16),
        "return_url": return_url,
        "until": until,
        "reference": reference,
        "url": "",
    }


def _there(connection: Connection, order_id: int) -> PaymentSession:
    # Locked: another one may have closed it since this transaction began to look.
    found = _find(connection, sessions.c.order_id == order_id, is_locked=True)
    assert found is not None
    return found


def _find(connection: Connection, which: ColumnElement[bool], *, is_locked: bool = False) -> PaymentSession | None:
    query = select(sessions).where(which)
    row = connection.execute(query.with_for_update() if is_locked else query).first()
    if row is None:
        return None
    return PaymentSession(
        row.order_id, row.provider, SessionState(row.state), row.token, row.return_url, row.until, row.reference,
        row.url,
    )  # fmt: skip
