"""The outcomes of looking at the books, and whose turn the next look is."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from app.domain import Difference, Mend, Mended, Reconciliation, Verdict
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new
from app.stores.sql.tables import leases, reconciliations

KEPT = 30  # outcomes
LISTED = 50  # differences of one outcome
LEASE = "reconcile"


class SqlReconciliationLog:
    """The `ReconciliationLog` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, outcome: Reconciliation) -> None:
        details = {
            "looked_at": outcome.looked_at,
            "differences": [asdict(difference) for difference in outcome.differences[:LISTED]],
            "notes": list(outcome.notes),
            "mended": [asdict(mended) for mended in outcome.mended[:LISTED]],
        }

        def work(connection: Connection) -> None:
            row = {
                "at": database_now(connection),
                "verdict": outcome.verdict.value,
                "seconds": outcome.seconds,
                "started_by": outcome.by,
                "differences": outcome.count,
                "details": details,
            }
            connection.execute(insert(reconciliations).values(row))
            r = reconciliations.c.reconciliation_id
            oldest = connection.execute(select(r).order_by(r.desc()).offset(KEPT).limit(1)).scalar()
            if oldest is not None:
                connection.execute(delete(reconciliations).where(r <= oldest))

        self._database.write(work)

    def latest(self) -> Reconciliation | None:
        query = select(reconciliations).order_by(reconciliations.c.reconciliation_id.desc()).limit(1)
        row = self._database.read(lambda connection: connection.execute(query).first())
        return None if row is None else _outcome(row)

    def claim(self, every: timedelta, lease: timedelta) -> bool:
        def is_due(connection: Connection) -> bool:
            latest = connection.execute(
                select(reconciliations.c.at).order_by(reconciliations.c.reconciliation_id.desc()).limit(1)
            ).scalar()
            return latest is None or latest <= database_now(connection) - every

        def work(connection: Connection) -> bool:
            now = database_now(connection)
            mine = {"holder": secrets.token_hex(8), "until": now + lease}
            if insert_new(connection, leases, {"name": LEASE, **mine}):
                return is_due(connection)
            is_over = (leases.c.name == LEASE) & (leases.c.until <= now)
            # Under the lease's lock: whoever looked before has written its outcome, or left none.
            return connection.execute(update(leases).where(is_over).values(mine)).rowcount == 1 and is_due(connection)

        # Looking first costs no write lock in the many minutes in which nothing is due.
        return self._database.read(is_due) and self._database.write(work)


def _outcome(row: Row[Any]) -> Reconciliation:
    details = row.details
    return Reconciliation(
        verdict=Verdict(row.verdict),
        at=row.at,
        seconds=row.seconds,
        by=row.started_by,
        looked_at=details["looked_at"],
        differences=tuple(_difference(values) for values in details["differences"]),
        count=row.differences,
        notes=tuple(details["notes"]),
        mended=tuple(Mended(**values) for values in details["mended"]),
    )


def _difference(values: dict[str, Any]) -> Difference:
    mend = values["mend"]
    return Difference(**values | {"mend": None if mend is None else Mend(mend)})
