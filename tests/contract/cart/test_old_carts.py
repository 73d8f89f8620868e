"""Guests' carts on SQL: those that nobody came back to are forgotten, and a visit that puts nothing in makes none.

On DynamoDB the table expires them by itself: see test_dynamo_tables.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.stores.sql.cart.carts import SqlCarts
from app.stores.sql.engine.database import Database
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.tables import cart_lines
from app.stores.sql.tables import carts as carts_table
from tests.contract.orders.test_orders import NEW, ZONE
from tests.support.concurrency import at_once


class TestForgetting:
    @pytest.fixture
    def left(self, database: Database) -> SqlCarts:
        """Carts of guests and a user, all left alone for 91 days but guest#new's for 89."""
        carts = SqlCarts(database)
        for owner in ("guest#old", "guest#empty", "guest#new", "guest#paying", "user#7"):
            carts.add(owner, "mug", 2, 100, 99)
        carts.set_quantity("guest#empty", "mug", 0, 0)
        orders = SqlOrders(database, ZONE)
        orders.begin(replace(NEW, owner="guest#paying"))
        for days, where in ((91, carts_table.c.owner != "guest#new"), (89, carts_table.c.owner == "guest#new")):
            at = datetime.now(UTC) - timedelta(days=days)
            database.write(
                lambda c, at=at, where=where: c.execute(update(carts_table).where(where).values(changed_at=at))
            )
        return carts

    def owners(self, database: Database) -> set[str]:
        return set(database.read(lambda c: c.execute(select(carts_table.c.owner)).scalars().all()))

    def test_guests_carts_go_after_90_days_but_none_of_a_user_or_an_order_under_way(
        self, left: SqlCarts, database: Database
    ):
        assert left.forget_old(500) == 2
        assert left.forget_old(500) == 0
        assert self.owners(database) == {"guest#new", "guest#paying", "user#7"}
        assert [line.quantity for line in left.get("guest#paying").lines] == [2]
        lines = database.read(lambda c: c.execute(select(cart_lines.c.owner)).scalars().all())
        assert sorted(lines) == ["guest#new", "guest#paying", "user#7"]

    def test_in_batches_of_which_many_at_once_take_each_cart_once(self, left: SqlCarts, database: Database):
        assert left.forget_old(1) == 1
        assert sum(at_once(8, lambda _: left.forget_old(1))) == 1
        assert "guest#new" in self.owners(database)

    def test_a_cart_that_is_used_again_stays(self, left: SqlCarts, database: Database):
        left.add("guest#old", "mug", 1, 100, 99)
        left.forget_old(500)
        assert "guest#old" in self.owners(database)

    def test_a_visit_that_puts_nothing_in_makes_no_row(self, database: Database):
        carts = SqlCarts(database)
        for empty in (
            carts.get("guest#looks"),
            carts.clear("guest#looks"),
            carts.set_quantity("guest#looks", "mug", 0, 0),
            carts.accept_prices("guest#looks", {"mug": 7}),
            carts.merge("guest#looks", "user#8", 99),
        ):
            assert empty.lines == ()
        assert self.owners(database) == set()
