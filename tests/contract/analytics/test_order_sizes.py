"""Orders by their size, on each store: a rollup of values, the largest of a period, and what came back of one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from app.services.analytics.order_size_ports import OrderValue
from app.stores.sql.analytics.order_sizes import SqlOrderSizes
from app.stores.sql.engine.database import Database
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.tables import return_lines, returns
from tests.support.trade import ZONE, Trade

NOON = datetime(2026, 9, 15, 6, 30, tzinfo=UTC)  # in the store, Asia/Kolkata
START, END = date(2026, 8, 20), date(2026, 10, 1)  # days, a whole month


def sell(database: Database, values: list[int], at: datetime = NOON, user_id: int | None = None) -> list[int]:
    trade = Trade(database)

    def one(value: int) -> int:
        line = {"line_no": 1, "product_id": "craft", "name": "x", "unit_price": value, "quantity": 1}
        return database.write(lambda c: trade.order(c, at=at, lines=[line], status="paid", user_id=user_id))

    found = [one(value) for value in values]
    SqlRollups(database, ZONE).fold()
    return found


def give_back(database: Database, at: datetime, **fields: Any) -> None:
    row = {"order_id": None, "user_id": None, "country": "IN", "actor": "a", "reason": "", "amount": 1, "refund": 1,
           "units": 1, "at": at, "refunded_at": at, "day": at.astimezone(ZONE).date(), **fields}  # fmt: skip
    line = {"item_no": 1, "product_id": "craft", "name": "x", "quantity": 1, "amount": 1, "restock": False}

    def work(connection: Any) -> None:
        key = connection.execute(insert(returns).values(row)).inserted_primary_key
        connection.execute(insert(return_lines).values(return_id=key[0], **line))

    database.write(work)


def test_equal_values_are_counted_together_over_days_and_whole_months(database: Database) -> None:
    sell(database, [30_310, 30_290, 5])
    sell(database, [30_300], NOON - timedelta(days=20))
    sell(database, [30_300], NOON + timedelta(days=60))
    assert SqlOrderSizes(database).order_values(START, END) == [OrderValue(5, 1), OrderValue(30_300, 3)]


def test_the_largest_are_found_whichever_days_they_are_of(database: Database) -> None:
    sell(database, [700, 900, 16_846_960])
    sell(database, [800, 7_718_360, 60], NOON + timedelta(days=1))
    sell(database, [99_000_000], NOON + timedelta(days=60))
    found = SqlOrderSizes(database).largest_orders(START, END, 3)
    assert [one.value for one in found] == [16_846_960, 7_718_360, 900]
    assert found[0].paid_at == NOON


def test_what_came_back_is_of_the_order_or_of_its_customer_within_the_time(database: Database) -> None:
    (own, _), reads = sell(database, [100, 50], user_id=3), SqlOrderSizes(database)
    order = next(one for one in reads.largest_orders(START, END, 2) if one.order_id == own)
    until = NOON + timedelta(days=7)
    give_back(database, NOON + timedelta(days=1), order_id=own)
    give_back(database, NOON + timedelta(days=2), user_id=3)  # an import that names no order
    give_back(database, NOON + timedelta(days=2), user_id=4)
    give_back(database, NOON + timedelta(days=8), user_id=3)
    give_back(database, NOON - timedelta(hours=1), user_id=3)
    give_back(database, NOON + timedelta(days=1), order_id=own, refunded_at=None)
    assert reads.quantities(order, until) == ({"craft": 1}, {"craft": 2})
