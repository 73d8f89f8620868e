"""Times and days rounded down, in the words of SQLite, where they are text of one fixed form, and of MySQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Date
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.stores.sql.tables import UtcDateTime


class _Floor(FunctionElement[Any]):
    """A time rounded down."""

    inherit_cache = True
    type = UtcDateTime()


class FloorMinute(_Floor):
    name = "floor_minute"
    inherit_cache = True


class FloorHour(_Floor):
    name = "floor_hour"
    inherit_cache = True


@compiles(FloorMinute, "sqlite")
def _sqlite_minute(element: Any, compiler: Any, **kw: Any) -> str:
    return f"substr({compiler.process(element.clauses, **kw)}, 1, 16) || ':00.000000'"


@compiles(FloorHour, "sqlite")
def _sqlite_hour(element: Any, compiler: Any, **kw: Any) -> str:
    return f"substr({compiler.process(element.clauses, **kw)}, 1, 13) || ':00:00.000000'"


@compiles(FloorMinute, "mysql", "mariadb")
def _mysql_minute(element: Any, compiler: Any, **kw: Any) -> str:
    at = compiler.process(element.clauses, **kw)
    return f"TIMESTAMP(DATE({at}), MAKETIME(HOUR({at}), MINUTE({at}), 0))"


@compiles(FloorHour, "mysql", "mariadb")
def _mysql_hour(element: Any, compiler: Any, **kw: Any) -> str:
    at = compiler.process(element.clauses, **kw)
    return f"TIMESTAMP(DATE({at}), MAKETIME(HOUR({at}), 0, 0))"


class _FirstDay(FunctionElement[Any]):
    """A day rounded down."""

    inherit_cache = True
    type = Date()


class FirstOfWeek(_FirstDay):
    """Monday."""

    name = "first_of_week"
    inherit_cache = True


class FirstOfMonth(_FirstDay):
    name = "first_of_month"
    inherit_cache = True


@compiles(FirstOfWeek, "sqlite")
def _sqlite_week(element: Any, compiler: Any, **kw: Any) -> str:
    return f"date({compiler.process(element.clauses, **kw)}, 'weekday 0', '-6 days')"


@compiles(FirstOfMonth, "sqlite")
def _sqlite_month(element: Any, compiler: Any, **kw: Any) -> str:
    return f"date({compiler.process(element.clauses, **kw)}, 'start of month')"


@compiles(FirstOfWeek, "mysql", "mariadb")
def _mysql_week(element: Any, compiler: Any, **kw: Any) -> str:
    day = compiler.process(element.clauses, **kw)
    return f"DATE_SUB({day}, INTERVAL WEEKDAY({day}) DAY)"


@compiles(FirstOfMonth, "mysql", "mariadb")
def _mysql_month(element: Any, compiler: Any, **kw: Any) -> str:
    day = compiler.process(element.clauses, **kw)
    return f"DATE_SUB({day}, INTERVAL DAYOFMONTH({day}) - 1 DAY)"
