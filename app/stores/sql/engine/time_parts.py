"""Parts of times and days, in the words of SQLite, where they are text of one fixed form, and of MySQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, literal_column
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


class EpochQuarter(FunctionElement[Any]):
    """The quarter of an hour that a time is in, counted from 1970."""

    inherit_cache = True
    type = BigInteger()
    name = "epoch_quarter"


@compiles(EpochQuarter, "sqlite")
def _sqlite_quarter(element: Any, compiler: Any, **kw: Any) -> str:
    return f"(CAST(strftime('%s', {compiler.process(element.clauses, **kw)}) AS INTEGER) / 900)"


@compiles(EpochQuarter, "mysql", "mariadb")
def _mysql_quarter(element: Any, compiler: Any, **kw: Any) -> str:
    return f"(TIMESTAMPDIFF(SECOND, '1970-01-01', {compiler.process(element.clauses, **kw)}) DIV 900)"


class ShiftedDay(FunctionElement[Any]):
    """The day of a time that is `seconds` later: its day where clocks are so far ahead of UTC."""

    inherit_cache = True
    type = Date()
    name = "shifted_day"

    def __init__(self, at: ColumnElement[Any], seconds: int) -> None:
        super().__init__(at, literal_column(str(int(seconds))))


@compiles(ShiftedDay, "sqlite")
def _sqlite_shifted(element: Any, compiler: Any, **kw: Any) -> str:
    at, seconds = (compiler.process(part, **kw) for part in element.clauses)
    return f"date(substr({at}, 1, 19), '{seconds} seconds')"  # a part of a second is rounded, even into the next day


@compiles(ShiftedDay, "mysql", "mariadb")
def _mysql_shifted(element: Any, compiler: Any, **kw: Any) -> str:
    at, seconds = (compiler.process(part, **kw) for part in element.clauses)
    return f"DATE(DATE_ADD({at}, INTERVAL {seconds} SECOND))"


class DaysBefore(FunctionElement[Any]):
    """The time `days` before another."""

    inherit_cache = True
    type = UtcDateTime()
    name = "days_before"

    def __init__(self, at: ColumnElement[Any], days: int) -> None:
        super().__init__(at, literal_column(str(int(days))))


@compiles(DaysBefore, "sqlite")
def _sqlite_before(element: Any, compiler: Any, **kw: Any) -> str:
    at, days = (compiler.process(part, **kw) for part in element.clauses)
    # The part of a second is kept as it stands: SQLite reckons in milliseconds.
    return f"(strftime('%Y-%m-%d %H:%M:%S', substr({at}, 1, 19), '-{days} days') || substr({at}, 20))"


@compiles(DaysBefore, "mysql", "mariadb")
def _mysql_before(element: Any, compiler: Any, **kw: Any) -> str:
    at, days = (compiler.process(part, **kw) for part in element.clauses)
    return f"DATE_SUB({at}, INTERVAL {days} DAY)"


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
