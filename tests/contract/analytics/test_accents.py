"""Names are found with their accents and without, on each database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from app.domain import OrderStatus, Role, User
from app.stores.sql.accounts.personal_data import SqlAccountRecords
from app.stores.sql.accounts.users import SqlUsers
from app.stores.sql.analytics.customers import SqlCustomerAnalytics
from app.stores.sql.engine.database import Database
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.tables import users
from tests.contract.orders.test_orders import ADDRESS, NEW
from tests.support.trade import ZONE

NAMES = ("Zoë Brønte", "Zoe Plain", "Łukasz Nowak", "Nguyễn Thị Hoa", "Jürgen Groß", "İbrahim", "आशा")
SEARCHES = [
    ("zoe", [0, 1]),
    ("ZOË", [0, 1]),
    ("lukasz", [2]),
    ("Łuk", [2]),
    ("nguyen thi", [3]),
    ("jurgen gross", [4]),
    ("Jürgen Groß", [4]),
    ("ibrahim", [5]),
    ("आशा", [6]),
    ("zoee", []),
]


@pytest.mark.parametrize(("q", "found"), [*SEARCHES, ("bronte", [0]), ("hoa thi", [3]), ("gross", [4])])
def test_orders_are_found_by_words_of_a_name(database: Database, q: str, found: list[int]):
    orders = SqlOrders(database, ZONE)
    ids = [
        orders.begin(replace(NEW, owner=f"user#{n}", address=replace(ADDRESS, name=name)))[0].order.order_id
        for n, name in enumerate(NAMES)
    ]
    for order_id in ids:
        orders.fail(order_id, OrderStatus.PENDING, "declined")
    orders.write_words(50)
    page = orders.search(q, None, 1, 50, None)
    assert sorted(order.order_id for order in page.items) == [ids[n] for n in found]


def people(database: Database) -> list[int]:
    store = SqlUsers(database)
    told = [
        User(0, name, f"{n}@shop.example", Role.CUSTOMER, "x", 1, datetime.now(UTC)) for n, name in enumerate(NAMES)
    ]
    return [store.add(one).user_id for one in told]


def found_by(database: Database, q: str) -> list[int]:
    rows, _ = SqlCustomerAnalytics(database).customers(q, "name", 50, 0, by_email=True)
    return [row.user_id for row in rows]


@pytest.mark.parametrize(("q", "found"), [*SEARCHES, ("bronte", [0]), ("gross", [4])])
def test_customers_are_found_by_a_part_of_a_name(database: Database, q: str, found: list[int]):
    ids = people(database)
    assert sorted(found_by(database, q)) == [ids[n] for n in found]


def test_a_name_that_was_changed_is_found_and_the_one_before_is_not(database: Database):
    ids = people(database)
    SqlUsers(database).set_name(ids[0], "Chloé")
    assert (found_by(database, "chloe"), found_by(database, "zoe")) == ([ids[0]], [ids[1]])
    SqlUsers(database).set_name(ids[0], "Bo")
    assert found_by(database, "chloe") == []


def test_an_account_that_was_closed_keeps_no_name_to_be_found_by(database: Database):
    ids = people(database)
    assert SqlAccountRecords(database).close(ids[0], "x")
    kept = database.read(lambda c: c.execute(select(users.c.plain_name).where(users.c.user_id == ids[0])).scalar_one())
    assert kept is None


def test_names_of_a_version_that_wrote_none_without_accents_are_found_as_they_are_written(database: Database):
    ids = people(database)
    database.write(lambda c: c.execute(update(users).values(plain_name=None)))
    assert sorted(found_by(database, "zoë")) == [ids[0], ids[1]]
