"""Changes of prices, out of the audit log: whoever changes one is in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from app.domain import AuditAction, AuditOutcome
from app.services.calendar.ports import PriceChange
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import audit_log

_a = audit_log.c


class SqlPriceLog:
    """The `PriceLog` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def changes(self, start: datetime, end: datetime, limit: int) -> list[PriceChange]:
        query = (
            select(_a.at, _a.target_id, _a.target_name, _a.before, _a.after)
            .where(
                _a.at >= start,
                _a.at < end,
                _a.action == AuditAction.PRODUCT_EDIT.value,
                _a.outcome == AuditOutcome.DONE.value,
                func.json_extract(_a.before, "$.price").is_not(None),
                func.json_extract(_a.after, "$.price").is_not(None),
            )
            .order_by(_a.at.desc())
            .limit(limit)
        )
        rows = self._database.read(lambda c: list(c.execute(query)))
        return [
            PriceChange(row.at, row.target_id, row.target_name, row.before["price"], row.after["price"])
            for row in reversed(rows)
        ]
