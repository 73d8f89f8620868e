"""Sales by product, country and hour, and stock by product: sums of rollups against sums of the rows themselves."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.stores.sql.analytics.breakdowns import SqlBreakdowns
from app.stores.sql.engine.database import Database
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.tables import order_lines, orders, return_lines, returns, stock_movements
from tests.support.trade import PRODUCTS, ZONE, Trade, contents, fold_all

NOON = datetime(2026, 9, 15, 6, 30, tzinfo=UTC)  # in the store, Asia/Kolkata
LONDON = ZoneInfo("Europe/London")
CUTS = [
    (date(2026, 8, 1), date(2026, 12, 31)),  # whole months and more
    (date(2026, 9, 1), date(2026, 10, 1)),  # just one
    (date(2026, 8, 25), date(2026, 11, 3)),  # both ends cut one
    (date(2026, 9, 3), date(2026, 9, 20)),  # within one
    (date(2026, 9, 3), date(2026, 9, 3)),  # nothing
]


@pytest.fixture(scope="module")
def traded(module_database: Database) -> Database:
    """Some months of trade, folded; the tests here only read it."""
    Trade(module_database, 3).happen(150)
    fold_all(SqlRollups(module_database, ZONE))
    return module_database


@pytest.fixture
def reads(traded: Database) -> SqlBreakdowns:
    return SqlBreakdowns(traded)


def sold_lines(database: Database, start: date, end: date) -> list[Any]:
    o, line = orders.c, order_lines.c
    query = select(
        o.order_id, o.paid_day, o.paid_at, o.ship_country, line.product_id, line.quantity, line.unit_price
    ).join(orders, o.order_id == line.order_id)
    return database.read(
        lambda c: list(c.execute(query.where(o.status == "paid", o.paid_day >= start, o.paid_day < end)))
    )


def returned_lines(database: Database, start: date, end: date) -> list[Any]:
    r, line = returns.c, return_lines.c
    query = select(r.day, r.country, line.product_id, line.quantity, line.amount).join(
        returns, r.return_id == line.return_id
    )
    return database.read(lambda c: list(c.execute(query.where(r.day >= start, r.day < end))))


@pytest.mark.parametrize(("start", "end"), CUTS)
@pytest.mark.parametrize("country", [None, "GB"])
def test_products_add_up_to_their_lines_whatever_months_the_days_cut(
    traded: Database, reads: SqlBreakdowns, start: date, end: date, country: str | None
) -> None:
    expected: dict[str, Counter[str]] = defaultdict(Counter)
    for row in sold_lines(traded, start, end):
        if country in (None, row.ship_country):
            expected[row.product_id].update(units=row.quantity, gross=row.quantity * row.unit_price)
    for row in returned_lines(traded, start, end):
        if country in (None, row.country):
            expected[row.product_id].update(returned=row.quantity, returns=row.amount)
    found = {row.product_id: row for row in reads.products(start, end, country)}
    assert {p: (r.units, r.gross, r.returned_units, r.returns) for p, r in found.items()} == {
        p: (c["units"], c["gross"], c["returned"], c["returns"]) for p, c in expected.items()
    }


@pytest.mark.parametrize(("start", "end"), CUTS)
@pytest.mark.parametrize("product_ids", [None, {"p1", "p4"}])
def test_countries_add_up_too(
    traded: Database, reads: SqlBreakdowns, start: date, end: date, product_ids: set[str] | None
) -> None:
    expected: dict[str, Counter[str]] = defaultdict(Counter)
    for row in sold_lines(traded, start, end):
        if product_ids is None or row.product_id in product_ids:
            expected[row.ship_country].update(units=row.quantity, gross=row.quantity * row.unit_price)
    for row in returned_lines(traded, start, end):
        if product_ids is None or row.product_id in product_ids:
            expected[row.country].update(returns=row.amount)
    order_ids = defaultdict(set)
    for row in sold_lines(traded, start, end):
        order_ids[row.ship_country].add(row.order_id)
    found = reads.countries(start, end, product_ids)
    assert {r.country: (r.orders, r.units, r.gross, r.returns) for r in found} == {
        country: (
            len(order_ids[country]) if product_ids is None else None, c["units"], c["gross"], c["returns"],
        )
        for country, c in expected.items()
    }  # fmt: skip


@pytest.mark.parametrize("country", [None, "GB"])
@pytest.mark.parametrize("product_ids", [None, {"p1", "p4"}])
def test_days_of_a_part_add_up_to_the_part(
    traded: Database, reads: SqlBreakdowns, country: str | None, product_ids: set[str] | None
) -> None:
    if country is None and product_ids is None:
        return  # all sales are not a part
    start, end = date(2026, 8, 1), date(2027, 1, 1)
    days = reads.days(start, end, country=country, product_ids=product_ids)
    lines = [
        row
        for row in sold_lines(traded, start, end)
        if country in (None, row.ship_country) and (product_ids is None or row.product_id in product_ids)
    ]
    by_day: Counter[date] = Counter()
    for row in lines:
        by_day[row.paid_day] += row.quantity * row.unit_price
    assert {row.day: row.gross for row in days if row.gross} == dict(by_day)
    assert [row.day for row in days] == sorted(row.day for row in days)


@pytest.mark.parametrize("zone", [ZONE, LONDON, ZoneInfo("Asia/Kathmandu"), ZoneInfo("America/New_York")])
def test_hours_of_the_week_are_those_of_the_stores_clocks(
    traded: Database, reads: SqlBreakdowns, zone: ZoneInfo
) -> None:
    """Kathmandu is 5:45 ahead; London and New York change their clocks within the time."""
    start, end = (datetime(2026, 8, day, tzinfo=zone) + timedelta(days=more) for day, more in ((21, 0), (21, 80)))
    expected: dict[int, Counter[str]] = defaultdict(Counter)
    query = select(orders.c.paid_at, orders.c.subtotal).where(orders.c.status == "paid")
    for at, gross in traded.read(lambda c: list(c.execute(query))):
        if start <= at < end:
            local = at.astimezone(zone)
            expected[local.weekday() * 24 + local.hour].update(orders=1, gross=gross)
    found = reads.hours_of_week(start.astimezone(UTC), end.astimezone(UTC), zone)
    assert {row.hour: (row.orders, row.gross) for row in found} == {
        hour: (c["orders"], c["gross"]) for hour, c in expected.items()
    }


class TestStock:
    def test_sums_by_day_and_month_are_those_of_the_ledger(self, traded: Database, reads: SqlBreakdowns) -> None:
        for start, end in CUTS:
            expected: dict[str, Counter[str]] = defaultdict(Counter)
            for m in contents(traded, stock_movements):
                if start <= m["at"].astimezone(ZONE).date() < end:
                    sold = -m["quantity"] if m["kind"] == "sale" else 0
                    received = m["quantity"] if m["kind"] == "receipt" else 0
                    expected[m["product_id"]].update(net=m["quantity"], sold=sold, received=received)
            found = {row.product_id: (row.net, row.sold, row.received) for row in reads.stock_sums(start, end)}
            assert found == {p: (c["net"], c["sold"], c["received"]) for p, c in expected.items()}
            by_day: dict[str, Counter[str]] = defaultdict(Counter)
            for day, row in reads.stock_days(start, end):
                assert start <= day < end
                by_day[row.product_id].update(net=row.net, sold=row.sold, received=row.received)
            assert {p: (c["net"], c["sold"], c["received"]) for p, c in by_day.items()} == found
            one = next(iter(expected), "none")
            assert reads.stock_days(start, end, {one}) == [
                found for found in reads.stock_days(start, end) if found[1].product_id == one
            ]

    def test_levels_are_all_products_that_moved(self, traded: Database, reads: SqlBreakdowns) -> None:
        assert {level.product_id for level in reads.levels()} == set(PRODUCTS)
