"""What the search for anomalies, the history of rules and the calendar's notes read, on each database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert

from app.services.anomalies.ports import DayValue
from app.stores.sql.alerts.hours import SqlHours
from app.stores.sql.anomalies.day_values import SqlDayValues
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import rollup_order_values, rollup_quarters

DAY = date(2026, 11, 26)


def test_orders_by_their_value_are_read_of_days_and_not_of_months(database: Database) -> None:
    rows = [("day", DAY, 500, 2), ("day", DAY, 100, 7), ("month", DAY, 100, 9), ("day", DAY + timedelta(days=1), 1, 1)]
    names = ("grain", "first_day", "value", "orders")
    made = [dict(zip(names, row, strict=True)) for row in rows]
    database.write(lambda c: c.execute(insert(rollup_order_values), made))
    found = SqlDayValues(database).values_by_day(DAY, DAY + timedelta(days=1))
    assert found == [DayValue(DAY, 100, 7), DayValue(DAY, 500, 2)]


def test_quarters_are_added_up_to_hours(database: Database) -> None:
    start = datetime(2026, 11, 26, 10, tzinfo=UTC)
    first = int(start.timestamp()) // 900
    rows = [{"quarter": first + n, "orders": 1, "units": 2, "gross": 10**n} for n in (0, 3, 4, 9)]
    database.write(lambda c: c.execute(insert(rollup_quarters), rows))
    found = SqlHours(database).hours(start, start + timedelta(hours=2))
    assert [(one.at, one.orders, one.gross) for one in found] == [
        (start, 2, 1_001),
        (start + timedelta(hours=1), 1, 10_000),
    ]
