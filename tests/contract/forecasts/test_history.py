"""What forecasts are made from, as each database holds it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
from sqlalchemy import Connection, insert

from app.domain import MovementKind, Product
from app.money import Formats
from app.services.forecasts.engine.history import Known
from app.services.forecasts.reading import HistoryService
from app.stores.sql.analytics.breakdowns import SqlBreakdowns
from app.stores.sql.analytics.sales_and_stock import SqlAnalytics
from app.stores.sql.engine.database import Database
from app.stores.sql.forecasts.history import SqlHistory
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.stock.ledger import NewMovement, book
from app.stores.sql.tables import return_lines, returns
from tests.support.trade import ZONE, Trade, fold_all

DAY = datetime(2026, 9, 1, 6, 30, tzinfo=UTC)  # noon in the shop


def sold(product_id: str, quantity: int) -> list[dict[str, object]]:
    return [{"line_no": 1, "product_id": product_id, "name": product_id, "unit_price": 500, "quantity": quantity}]


def give_back(
    connection: Connection, days: int, user_id: int, product_id: str, quantity: int, order_id: int | None
) -> None:
    at = DAY + timedelta(days=days)
    values = {"order_id": order_id, "user_id": user_id, "country": "IN", "actor": "a", "reason": "", "refund": 500}
    key = connection.execute(
        insert(returns).values(
            **values, amount=500, units=quantity, at=at, refunded_at=at, day=at.astimezone(ZONE).date()
        )
    ).inserted_primary_key
    line = {"item_no": 1, "line_no": 1, "product_id": product_id, "name": "x", "restock": False}
    connection.execute(insert(return_lines).values(return_id=key[0], **line, quantity=quantity, amount=500))


def read(database: Database, end: date) -> HistoryService:
    analytics = SqlAnalytics(database)
    products = (Product("p1", "Cup", 500, 1, 1, category="Mugs"), Product("p9", "New", 500, 1, 1, category="Lamps"))
    return HistoryService(
        SqlHistory(database),
        analytics,
        analytics,
        SqlBreakdowns(database),
        lambda: products,
        Formats("INR", 2, "en_IN", ZONE),
    )


def test_lines_cancellations_and_empty_shelves_are_read_as_they_are(database: Database) -> None:
    trade = Trade(database)
    orders: list[int] = []

    def work(connection: Connection) -> None:
        def move(kind: MovementKind, units: int, at: datetime, uid: str) -> None:
            book(connection, [NewMovement(uid, "p1", kind, units, "x", "x")], at)

        move(MovementKind.RECEIPT, 9, DAY - timedelta(days=2), "a")
        first = trade.order(connection, status="paid", at=DAY, user_id=1, lines=sold("p1", 4))
        orders.append(first)
        move(MovementKind.SALE, -9, DAY + timedelta(days=1), "b")  # at noon: half of the day was left
        move(MovementKind.RECEIPT, 9, DAY + timedelta(days=3), "c")
        orders.append(
            trade.order(connection, status="paid", at=DAY + timedelta(days=2), user_id=2, lines=sold("p1", 7))
        )
        orders.append(
            trade.order(connection, status="paid", at=DAY + timedelta(days=4), user_id=3, lines=sold("p2", 2))
        )
        give_back(connection, 3, 1, "p1", 4, first)
        give_back(connection, 4, 2, "p1", 6, None)  # another quantity
        give_back(connection, 12, 3, "p2", 2, None)  # after more than a week

    database.write(work)
    fold_all(SqlRollups(database, ZONE))
    found = read(database, date(2026, 9, 20)).read(date(2026, 9, 20))
    assert (found.first_day, found.days, found.product_ids) == (date(2026, 9, 1), 19, ("p1", "p2", "p9"))
    assert [found.categories[n] for n in found.category] == ["Mugs", "", "Lamps"]
    lines = zip(found.product, found.day, found.units, found.price, found.cancelled, strict=True)
    assert sorted(tuple(map(int, line)) for line in lines) == [
        (0, 0, 4, 500, 3), (0, 2, 7, 500, -1), (1, 4, 2, 500, -1),
    ]  # fmt: skip
    assert [(int(p), int(d), round(float(s), 3)) for p, d, s in zip(*found.absent, strict=True)] == [
        (0, 1, 0.5), (0, 2, 1.0), (0, 3, 0.5),
    ]  # fmt: skip
    assert found.since.tolist() == [0, 4, 19]
    assert sorted(found.order.tolist()) == orders
    assert Known.before(found, 3).raw.sum() == 11
    assert Known.before(found, 4).raw.sum() == 7


def test_a_longer_history_is_cut_to_what_was_read_on_a_morning(database: Database) -> None:
    """Of 3 days: what was cancelled later, sold before and stocked before, each as it was known then."""
    trade = Trade(database)

    def work(connection: Connection) -> None:
        receipt = NewMovement("a", "p1", MovementKind.RECEIPT, 9, "x", "x")
        book(connection, [receipt], DAY - timedelta(days=2))
        book(connection, [NewMovement("b", "p1", MovementKind.SALE, -9, "x", "x")], DAY + timedelta(days=1))
        for day in range(9):
            order = trade.order(
                connection, status="paid", at=DAY + timedelta(days=day), user_id=day + 1, lines=sold("p1", day + 1)
            )
            if day in (3, 5):
                give_back(connection, day + 2, day + 1, "p1", day + 1, order)

    database.write(work)
    fold_all(SqlRollups(database, ZONE))
    service, morning = read(database, date(2026, 9, 20)), date(2026, 9, 7)
    found = service.as_read_on(service.read(date(2026, 9, 10)), morning, 3)
    wanted = service.read(morning, 3)
    assert found.first_day == date(2026, 9, 4)
    for name, value in vars(wanted).items():
        assert np.array_equal(getattr(found, name), value), name


def test_a_shop_without_a_sale_has_an_empty_history(database: Database) -> None:
    found = read(database, date(2026, 9, 20)).read(date(2026, 9, 20))
    assert (found.days, found.product_ids, len(found.units)) == (0, ("p1", "p9"), 0)
