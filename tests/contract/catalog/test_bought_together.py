"""Products that are bought together, on each database."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from app.services.catalog.bought_together import BoughtTogether
from app.stores.sql.catalog.bought_together import SqlBoughtTogether
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import order_lines
from tests.support.trade import START, Trade

LATER = START + timedelta(days=30)


def line(number: int, product_id: str, quantity: int = 2) -> dict[str, object]:
    return {"line_no": number, "product_id": product_id, "name": "x", "unit_price": 100, "quantity": quantity}


def sell(database: Database, products: str, **fixed: object) -> int:
    lines = [line(number, key) for number, key in enumerate(products, 1)]
    given = {"at": START, "status": "paid", "lines": lines} | fixed
    return database.write(lambda connection: Trade(database).order(connection, **given))


def test_paid_orders_of_the_time_come_the_latest_first_without_what_was_returned(database: Database):
    store = SqlBoughtTogether(database)
    first, second = sell(database, "ab"), sell(database, "abc")
    sell(database, "ab", status="payment_failed")
    sell(database, "ab", at=START - timedelta(days=1))
    for key, back in (("b", 2), ("c", 1)):
        where = order_lines.c.order_id == second, order_lines.c.product_id == key
        statement = update(order_lines).where(*where).values(returned=back)
        database.write(lambda connection, statement=statement: connection.execute(statement))
    read = store.baskets(START, None, 9)
    assert [(one.order_id, one.products) for one in read] == [(second, ("a", "c")), (first, ("a", "b"))]
    assert [one.order_id for one in store.baskets(START, None, 1)] == [second]
    assert [one.order_id for one in store.baskets(START, second, 9)] == [first]


def test_it_is_kept_as_it_was_worked_out_last_however_often(database: Database):
    store = SqlBoughtTogether(database)
    assert (store.as_of(), store.all()) == (None, {})
    for _ in range(4):
        sell(database, "ab")
    clock = [LATER]
    service = BoughtTogether(store, lambda: clock[0])
    assert service.refresh() == 2
    assert store.all() == {"a": (("b", 4),), "b": (("a", 4),)}
    assert store.as_of() == LATER
    assert (store.keep(store.all(), LATER), service.refresh()) == (0, 0)
    assert store.keep({"a": (("z", 9), ("b", 4))}, LATER) == 2  # "a" changed, "b" is gone
    assert SqlBoughtTogether(database).all() == {"a": (("z", 9), ("b", 4))}
    clock[0] += timedelta(days=1)
    service.refresh()
    assert store.all() == {"a": (("b", 4),), "b": (("a", 4),)}
