"""How the shop is, in one look that is quick however large the shop."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from app.domain import OutboxState, Verdict, Vitals
from app.domain.effects import EffectKind
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.revisions import is_behind
from app.stores.sql.tables import low_stock_episodes, outbox, reconciliations

_PENDING = outbox.c.state == OutboxState.PENDING.value


class SqlVitals:
    """The `VitalsReader` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self) -> Vitals:
        return self._database.read(_read)

    def schema_is_behind(self) -> bool:
        return self._database.read(is_behind)


def _read(connection: Connection) -> Vitals:
    now = database_now(connection)
    count = select(func.count()).select_from(outbox)
    # What is put off to a later time, and was never tried, is not late.
    is_wanted = or_(outbox.c.next_try_at <= now, outbox.c.attempts > 0)
    oldest = select(func.min(outbox.c.created_at)).where(_PENDING)
    latest = _looked(connection)
    compared = _looked(connection, reconciliations.c.verdict != Verdict.FAILED.value)
    return Vitals(
        outbox_waiting=connection.execute(count.where(_PENDING)).scalar_one(),
        outbox_failed=connection.execute(count.where(outbox.c.state == OutboxState.FAILED.value)).scalar_one(),
        outbox_oldest_seconds=_age(now, connection.execute(oldest.where(is_wanted)).scalar_one()),
        rollup_lag_seconds=_age(
            now, connection.execute(oldest.where(outbox.c.kind == EffectKind.ROLLUP.value)).scalar_one()
        ),
        low_stock_products=connection.execute(
            select(func.count()).where(low_stock_episodes.c.open_key.is_not(None))
        ).scalar_one(),
        reconcile_verdict=None if latest is None else latest.verdict,
        reconcile_differences=None if compared is None else compared.differences,
        reconcile_age_seconds=None if compared is None else _age(now, compared.at),
    )


def _looked(connection: Connection, *which: Any) -> Row[str, int, datetime] | None:
    r = reconciliations.c
    query = select(r.verdict, r.differences, r.at).where(*which).order_by(r.reconciliation_id.desc()).limit(1)
    return connection.execute(query).first()


def _age(now: datetime, since: datetime | None) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
