"""What a unit cost is frozen with the sale; sales from before are given today's cost, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest
from sqlalchemy import update

from app.domain import Order, Product
from app.stores.sql.costs.past_sales import SqlPastSales
from app.stores.sql.engine.database import Database
from app.stores.sql.rollups.rebuild import rebuild
from app.stores.sql.tables import order_lines, orders, return_lines, returns, rollup_days, rollup_products
from tests.contract.conftest import Backend
from tests.support.bookkeeper import WHO, service_of
from tests.support.checkout_shop import COST, PRICE, ZONE, Shop
from tests.support.trade import contents


def sums(database: Database, table: Any = rollup_days) -> tuple[int, int, int]:
    """(cost, gross sales and returns of what has a known cost) of all days."""
    rows = [row for row in contents(database, table) if row.get("grain", "day") == "day"]
    cost, costed, back = (sum(row[name] for row in rows) for name in ("cost", "costed", "costed_returns"))
    return cost, costed, back


@pytest.fixture
def shop(database: Database) -> Shop:
    shop = Shop(database)
    shop.stock_up("guest#a", "guest#b")
    return shop


def give_back(shop: Shop, order: Order, quantity: int, restock: bool) -> None:
    shop.service.record_return(order.order_id, [(1, quantity, restock)], "chipped", WHO, f"key{restock}{quantity}")
    shop.later()


class TestFrozen:
    def test_a_later_change_of_cost_leaves_what_was_sold_alone(self, backend: Backend) -> None:
        shop = Shop(backend.database, stores=backend.elsewhere)
        shop.stock_up("guest#a", "guest#b")
        shop.place("guest#a")
        shop.catalog.update(replace(shop.catalog.get("mug"), cost=COST + 500))
        shop.place("guest#b")
        shop.later()
        costs = [row["unit_cost"] for row in contents(backend.database, order_lines)]
        assert costs == [COST, COST + 500]
        for table in (rollup_days, rollup_products):
            assert sums(backend.database, table) == (2 * COST + 2 * (COST + 500), 4 * PRICE, 0)

    def test_what_goes_back_on_the_shelf_takes_its_cost_back_and_nothing_else_does(self, shop: Shop) -> None:
        order = shop.place("guest#a")
        shop.catalog.update(replace(shop.catalog.get("mug"), cost=1))  # the return is of what it cost then
        give_back(shop, order, 1, restock=False)
        assert sums(shop.database) == (2 * COST, 2 * PRICE, PRICE)
        give_back(shop, order, 1, restock=True)
        assert sums(shop.database) == (COST, 2 * PRICE, 2 * PRICE)

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    @pytest.mark.parametrize("cost", [None, 0, PRICE + 1])
    def test_no_cost_cost_nothing_and_more_than_the_price(self, shop: Shop, cost: int | None) -> None:
        shop.catalog.update(replace(shop.catalog.get("mug"), cost=cost))
        order = shop.place("guest#a")
        shop.later()
        assert [line.unit_cost for line in shop.orders.get(order.order_id).lines] == [cost]
        assert sums(shop.database) == (2 * (cost or 0), 0 if cost is None else 2 * PRICE, 0)

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_an_order_that_was_placed_before_is_paid_at_the_cost_of_then(self, shop: Shop) -> None:
        with pytest.raises(BaseException, match="complete"):
            shop.dying("orders", "complete", after=False).place("guest#a")
        shop.catalog.update(replace(shop.catalog.get("mug"), cost=1))
        shop.later()
        assert sums(shop.database) == (2 * COST, 2 * PRICE, 0)


@pytest.fixture
def older(database: Database) -> Shop:
    """A shop with two orders and a return from before costs were noted."""
    shop = Shop(database)
    shop.stock_up("guest#a", "guest#b")
    shop.catalog.add(Product("lamp", "Lamp", 500, 0, 0))
    first = shop.place("guest#a")
    give_back(shop, first, 1, restock=True)
    shop.place("guest#b")
    shop.later()

    def forget(connection: Any) -> None:
        for table in (order_lines, return_lines):
            connection.execute(update(table).values(unit_cost=None))
        for table in (orders, returns):
            connection.execute(update(table).values(cost=0, costed=0))

    database.write(forget)
    return shop


class TestPastSales:
    def test_they_are_given_todays_cost_and_it_is_noted(self, older: Shop) -> None:
        past = SqlPastSales(older.database, ZONE)
        assert past.filled() is None
        assert past.fill({"mug": 700, "lamp": 1}) == (2, 1)
        filled = past.filled()
        assert filled is not None
        assert filled.lines == 2
        assert filled.until == max(row["paid_at"] for row in contents(older.database, orders))
        assert sums(older.database) == sums(older.database, rollup_products) == (3 * 700, 4 * PRICE, PRICE)
        assert service_of(older).run("test").differences == ()

    def test_twice_is_once_and_known_costs_stay(self, older: Shop) -> None:
        past = SqlPastSales(older.database, ZONE)
        past.fill({"mug": 700})
        known = past.filled()
        assert past.fill({"mug": 900}) == (0, 0)
        assert past.filled() == known
        assert sums(older.database) == (3 * 700, 4 * PRICE, PRICE)

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_a_product_without_a_cost_stays_unknown(self, older: Shop) -> None:
        past = SqlPastSales(older.database, ZONE)
        assert past.fill({"lamp": 3}) == (0, 0)
        assert [row["unit_cost"] for row in contents(older.database, order_lines)] == [None, None]
        filled = past.filled()
        assert filled is not None
        assert (filled.lines, filled.until) == (0, None)

    @pytest.mark.parametrize("killed_at", range(1, 5))
    def test_a_run_that_died_is_finished_by_the_next(self, older: Shop, killed_at: int) -> None:
        past = SqlPastSales(older.database, ZONE, lines=1)
        with pytest.raises(Killed):
            SqlPastSales(cast(Database, Dying(older.database, killed_at)), ZONE, lines=1).fill({"mug": 700})
        assert past.is_due()
        assert past.filled() is None
        assert past.fill({"mug": 700}) == (2, 1)
        assert not past.is_due()
        assert past.fill({"mug": 700}) == (0, 0)
        assert sums(older.database) == sums(older.database, rollup_products) == (3 * 700, 4 * PRICE, PRICE)
        assert service_of(older).run("test").differences == ()

    def test_what_is_sold_and_comes_back_meanwhile_waits_for_nothing(self, older: Shop) -> None:
        """Between two of the small transactions no row is locked: a return of a filled order, and a sale."""
        order_id = contents(older.database, orders)[1]["order_id"]
        older.carts.add("guest#c", "mug", 2, PRICE, 99)

        def trade() -> None:
            older.service.record_return(order_id, [(1, 1, True)], "chipped", WHO, "meanwhile")
            older.place("guest#c")

        between = cast(Database, Between(older.database, 2, trade))
        assert SqlPastSales(between, ZONE, lines=1).fill({"mug": 700}).sold == 2
        older.later()
        assert SqlPastSales(older.database, ZONE).fill({"mug": 700}).sold == 0
        assert sums(older.database) == (2 * 700 + 2 * COST, 6 * PRICE, 2 * PRICE)
        assert service_of(older).run("test").differences == ()

    @pytest.mark.parametrize("database", ["mariadb"], indirect=True)
    def test_a_return_does_not_wait_for_the_totals(self, older: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        second = contents(older.database, orders)[1]["order_id"]

        def with_a_return(connection: Any, zone: Any) -> None:
            older.service.record_return(second, [(1, 1, True)], "chipped", WHO, "meanwhile")
            rebuild(connection, zone)

        monkeypatch.setattr("app.stores.sql.rollups.folding.rebuild", with_a_return)
        assert SqlPastSales(older.database, ZONE).fill({"mug": 700}).sold == 2
        older.later()
        assert service_of(older).run("test").differences == ()


class TestReturnsOfTheReleaseBefore:
    """During a rollout it books returns of sales whose cost is known, and writes no cost."""

    def test_they_take_the_cost_of_their_own_sale_back(self, shop: Shop) -> None:
        give_back(shop, shop.place("guest#a"), 1, restock=True)
        shop.database.write(lambda c: c.execute(update(return_lines).values(unit_cost=None)))
        shop.database.write(lambda c: c.execute(update(returns).values(cost=0, costed=0)))
        assert SqlPastSales(shop.database, ZONE).fill({"mug": 20_000}) == (0, 1)
        assert [row["unit_cost"] for row in contents(shop.database, return_lines)] == [COST]
        assert sums(shop.database) == sums(shop.database, rollup_products) == (COST, 2 * PRICE, PRICE)
        assert service_of(shop).run("test").differences == ()

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    def test_one_that_names_no_sale_takes_that_of_its_product(self, shop: Shop) -> None:
        give_back(shop, shop.place("guest#a"), 1, restock=True)
        shop.database.write(lambda c: c.execute(update(return_lines).values(unit_cost=None, line_no=None)))
        assert SqlPastSales(shop.database, ZONE).fill({"mug": 700}) == (0, 1)
        assert sums(shop.database) == (2 * COST - 700, 2 * PRICE, PRICE)


class Killed(Exception):
    pass


@dataclass
class Between:
    """The database, but before one of its writes something else happens."""

    database: Database
    at: int
    happens: Callable[[], object]
    writes: int = 0

    def read(self, work: Any) -> Any:
        return self.database.read(work)

    def write(self, work: Any) -> Any:
        self.writes += 1
        if self.writes == self.at:
            self.happens()
        return self.database.write(work)


class Dying(Between):
    def __init__(self, database: Database, at: int) -> None:
        super().__init__(database, at, self._die)

    def _die(self) -> None:
        raise Killed
