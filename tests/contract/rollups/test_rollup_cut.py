"""Totals cut by other clocks or in another currency than the shop's are not served."""

from __future__ import annotations

from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from app.errors import StartupError
from app.stores.sql.engine.database import Database
from app.stores.sql.rollups.cut import require_cut
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.tables import orders, returns, rollup_days, rollup_quarters
from tests.support.trade import ZONE, Trade, contents, fold_all

LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def traded(database: Database) -> Database:
    Trade(database, 3).happen(60)
    fold_all(SqlRollups(database, ZONE))
    return database


def test_a_shop_says_when_its_days_are_cut_by_other_clocks_and_rebuilding_cuts_them_anew(traded: Database) -> None:
    SqlRollups(traded, ZONE).rebuild()
    require_cut(traded, ZONE, "INR")
    with pytest.raises(StartupError, match=r"STORE_TIMEZONE: is Europe/London, but .* Asia/Kolkata.* app rebuild"):
        require_cut(traded, LONDON, "INR")
    SqlRollups(traded, LONDON).rebuild()
    require_cut(traded, LONDON, "INR")
    expected: Counter[date] = Counter()
    query = select(orders.c.paid_at, orders.c.subtotal).where(orders.c.status == "paid")
    for at, gross in traded.read(lambda c: list(c.execute(query))):
        expected[at.astimezone(LONDON).date()] += gross
    assert {row["day"]: row["gross"] for row in contents(traded, rollup_days) if row["orders"]} == dict(expected)
    for row in contents(traded, returns):
        assert row["day"] == row["at"].astimezone(LONDON).date()


def test_amounts_of_another_currency_are_not_taken_for_the_shops(traded: Database) -> None:
    SqlRollups(traded, ZONE).rebuild()
    with pytest.raises(StartupError, match="CURRENCY: is GBP, but this shop's orders are in INR"):
        require_cut(traded, ZONE, "GBP")


def test_a_shop_from_before_these_totals_is_not_served_without_them(traded: Database) -> None:
    traded.write(lambda c: c.execute(rollup_quarters.delete()))
    with pytest.raises(StartupError, match="app rebuild"):
        require_cut(traded, ZONE, "INR")
    traded.write(lambda c: c.execute(update(rollup_days).values(orders=0)))
    SqlRollups(traded, ZONE).rebuild()
    require_cut(traded, ZONE, "INR")
