"""The database's clock: leases and ages are measured by it, so that no two machines' clocks are compared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, literal, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.stores.sql.tables import UtcDateTime

_SQLITE = text("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
_MYSQL = text("SELECT UTC_TIMESTAMP(6)")
_AS_STORED = "%Y-%m-%d %H:%M:%f000"  # six digits, as SQLAlchemy writes them: moments are compared as texts there


def database_now(connection: Connection) -> datetime:
    """Aware UTC; milliseconds on SQLite, microseconds on MySQL."""
    if connection.dialect.name == "sqlite":
        return datetime.fromisoformat(connection.execute(_SQLITE).scalar_one()).replace(tzinfo=UTC)
    now: datetime = connection.execute(_MYSQL).scalar_one()
    return now.replace(tzinfo=UTC)


class NowBeside(FunctionElement[datetime]):
    """The same as a column, for a statement that reads or writes something else too."""

    inherit_cache = True
    type = UtcDateTime()
    name = "now_beside"


class Later(FunctionElement[datetime]):
    """`Later(at, microseconds)`: a moment so much after another one, for statements; SQLite cuts to milliseconds."""

    inherit_cache = True
    type = UtcDateTime()
    name = "later"


@compiles(NowBeside, "sqlite")
def _sqlite_now(_element: Any, _compiler: Any, **_kw: Any) -> str:
    return f"strftime('{_AS_STORED}', 'now')"


@compiles(NowBeside, "mysql", "mariadb")
def _mysql_now(_element: Any, _compiler: Any, **_kw: Any) -> str:
    return "utc_timestamp(6)"


@compiles(Later, "sqlite")
def _sqlite_later(element: Any, compiler: Any, **kw: Any) -> str:
    at, microseconds = (compiler.process(one, **kw) for one in element.clauses)
    return f"strftime('{_AS_STORED}', {at}, ({microseconds} / 1000000.0) || ' seconds')"


@compiles(Later, "mysql", "mariadb")
def _mysql_later(element: Any, compiler: Any, **kw: Any) -> str:
    at, microseconds = (compiler.process(one, **kw) for one in element.clauses)
    return f"({at} + INTERVAL {microseconds} MICROSECOND)"


def stamp(connection: Connection) -> Any:
    """The moment of a change by the same clock, as a value to write, without asking for it first."""
    return datetime.now(UTC) if connection.dialect.name == "sqlite" else func.utc_timestamp(6)


def ago(connection: Connection, age: timedelta) -> Any:
    """The moment so long before now, by the same clock, as a value to compare with, without asking for it first."""
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC) - age
    return Later(NowBeside(), literal(-age // timedelta(microseconds=1)))
