"""The database's clock: leases and ages are measured by it, so that no two machines' clocks are compared."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal_column, text

from app.stores.sql.tables import UtcDateTime

_SQLITE = text("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
_MYSQL = text("SELECT UTC_TIMESTAMP(6)")


def database_now(connection: Connection) -> datetime:
    """Aware UTC; milliseconds on SQLite, microseconds on MySQL."""
    if connection.dialect.name == "sqlite":
        return datetime.fromisoformat(connection.execute(_SQLITE).scalar_one()).replace(tzinfo=UTC)
    now: datetime = connection.execute(_MYSQL).scalar_one()
    return now.replace(tzinfo=UTC)


def now_beside(connection: Connection) -> ColumnElement[datetime]:
    """The same as a column, for a statement that reads something else too."""
    if connection.dialect.name == "sqlite":
        return literal_column("strftime('%Y-%m-%d %H:%M:%f', 'now')", UtcDateTime())
    return func.utc_timestamp(6, type_=UtcDateTime())


def stamp(connection: Connection) -> Any:
    """The moment of a change by the same clock, as a value to write, without asking for it first."""
    return datetime.now(UTC) if connection.dialect.name == "sqlite" else func.utc_timestamp(6)
