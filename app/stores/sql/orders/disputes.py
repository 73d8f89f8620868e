"""Payments that the holders of cards had their banks take back; what is news of one is told to admins."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from app.domain import effects
from app.domain.payments import Dispute
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new
from app.stores.sql.jobs.outbox import enqueue
from app.stores.sql.tables import payment_disputes as disputes


class SqlDisputes:
    """The `Disputes` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, order_id: int, dispute: Dispute) -> bool:
        def work(connection: Connection) -> bool:
            now = database_now(connection)
            row = {
                "dispute_id": dispute.dispute_id,
                "order_id": order_id,
                "amount": dispute.amount,
                "currency": dispute.currency,
                "reason": dispute.reason,
                "status": dispute.status,
                "changed_at": now,
            }
            if not insert_new(connection, disputes, row | {"at": now}):
                another = update(disputes).where(
                    disputes.c.dispute_id == dispute.dispute_id, disputes.c.status != dispute.status
                )
                if not connection.execute(another.values(row)).rowcount:
                    return False
            enqueue(connection, effects.dispute_alert(dispute.dispute_id, dispute.status, order_id), now)
            return True

        return self._database.write(work)

    def of_order(self, order_id: int) -> tuple[Dispute, ...]:
        query = select(disputes).where(disputes.c.order_id == order_id).order_by(disputes.c.at.desc())
        rows = self._database.read(lambda c: c.execute(query).all())
        return tuple(Dispute(row.dispute_id, row.amount, row.currency, row.reason, row.status) for row in rows)
