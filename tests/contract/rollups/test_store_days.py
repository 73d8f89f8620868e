"""The store day of an instant, in SQL, is that of the store's clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select

from app.stores.sql.engine.database import Database
from app.stores.sql.rollups.store_days import offsets, store_day
from app.stores.sql.tables import stock_movements
from tests.support.trade import ZONE

NOON = datetime(2026, 9, 15, 6, 30, tzinfo=UTC)  # in the store, Asia/Kolkata
LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize("zone", [ZONE, LONDON, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")])
def test_the_store_day_in_sql_is_that_of_the_clocks(database: Database, zone: ZoneInfo) -> None:
    """Also in the very hours in which clocks change, and at midnight."""
    moments = [NOON + timedelta(hours=7 * n) for n in range(900)]
    for one in offsets(zone, moments[0], moments[-1]):
        moments += [one.start + timedelta(seconds=s) for s in (-3601, -1, 0, 1, 3600)]
    midnight = datetime(2026, 10, 1, tzinfo=zone).astimezone(UTC)
    moments += [midnight, midnight - timedelta(microseconds=1)]
    start, end = min(moments), max(moments) + timedelta(days=1)

    def days(connection: Any) -> dict[datetime, date]:
        connection.execute(stock_movements.delete())
        rows = [
            {"uid": f"u{n}", "product_id": "p", "at": at, "kind": "sale", "quantity": 1, "on_hand": 1, "cause": "c",
             "actor": "a"}
            for n, at in enumerate(moments)
        ]  # fmt: skip
        connection.execute(insert(stock_movements), rows)
        at = stock_movements.c.at
        return {row[0]: row[1] for row in connection.execute(select(at, store_day(at, zone, start, end)))}

    found = database.write(days)
    assert found == {at: at.astimezone(zone).date() for at in moments}
    assert len(list(offsets(zone, start, end))) >= (1 if zone is ZONE else 2)
