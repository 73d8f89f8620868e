"""What the search for anomalies, the history of rules and the calendar's notes read, on each database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert

from app.domain import Actor, AuditAction
from app.services.anomalies.ports import DayValue
from app.services.audit.log import entry_of
from app.stores.sql.alerts.hours import SqlHours
from app.stores.sql.anomalies.day_values import SqlDayValues
from app.stores.sql.audit.log import SqlAuditLog
from app.stores.sql.calendar.price_log import SqlPriceLog
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


def test_changes_of_prices_come_out_of_the_audit_log(database: Database) -> None:
    log, who = SqlAuditLog(database), Actor("asha@shop.example")
    for before, after in (({"price": 100}, {"price": 120}), ({"name": "Jug"}, {"name": "Mug"})):
        log.append(entry_of(who, AuditAction.PRODUCT_EDIT, "product", "mug", "Mug", before, after))
    log.append(entry_of(who, AuditAction.PRODUCT_ADD, "product", "mug", "Mug", None, {"price": 100}))
    now = datetime.now(UTC)
    found = SqlPriceLog(database).changes(now - timedelta(hours=1), now + timedelta(hours=1), 9)
    assert [(one.product_id, one.name, one.before, one.after) for one in found] == [("mug", "Mug", 100, 120)]
    assert SqlPriceLog(database).changes(now - timedelta(hours=2), now - timedelta(hours=1), 9) == []
    for name in ("Mug", "Cup"):
        log.append(entry_of(who, AuditAction.PRODUCT_EDIT, "product", "mug", "Mug", {"name": ""}, {"name": name}))
    later = SqlPriceLog(database).changes(now - timedelta(hours=1), now + timedelta(hours=1), 1)
    assert later == found, "what else was edited takes no place of a price"
