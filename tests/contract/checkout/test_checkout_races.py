"""Shoppers, clicks and sweepers at once, in threads: one order per cart, no unit sold twice, on every store."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain import Order
from app.errors import CheckoutInProgress, OutOfStock, PaymentDeclined, ShopError
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.tables import orders, payments
from tests.contract.conftest import Backend
from tests.support.checkout_shop import Shop, assert_books_are_right, count

AT_ONCE = timedelta(0)


@pytest.fixture
def shop(backend: Backend) -> Shop:
    return Shop(backend.database, stores=backend.elsewhere)


def at_once(work: list[Callable[[], Any]]) -> list[Any]:
    barrier = Barrier(len(work))

    def run(task: Callable[[], Any]) -> Any:
        barrier.wait(30)
        try:
            return task()
        except ShopError as error:
            return error

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def test_sixteen_clicks_on_one_cart_are_one_order(shop: Shop):
    shop.stock_up()
    results = at_once([shop.place] * 16)
    assert len({order.order_id for order in results if isinstance(order, Order)}) == 1
    assert all(isinstance(r, Order | CheckoutInProgress) for r in results), results
    shop.later()
    assert_books_are_right(shop)
    assert count(shop, orders) == 1


def test_sixteen_clicks_with_one_key_are_one_order(shop: Shop):
    shop.stock_up()
    at_once([lambda: shop.place(key="k")] * 16)
    shop.later()
    assert_books_are_right(shop)
    assert count(shop, orders) == 1


def test_sixteen_buyers_of_two_get_the_twenty_that_there_are(shop: Shop):
    owners = [f"guest#{n}" for n in range(16)]
    shop.stock_up(*owners)
    results = at_once([lambda owner=owner: shop.place(owner) for owner in owners])
    assert sum(isinstance(r, Order) for r in results) == 10
    assert sum(isinstance(r, OutOfStock) for r in results) == 6
    shop.later()
    assert_books_are_right(shop)
    assert shop.catalog.get("mug").stock == 0


def test_a_checkout_and_a_sweeper_that_takes_its_order_agree(shop: Shop):
    """Leases that are over at once: every order is swept while it is being placed."""
    owners = [f"guest#{n}" for n in range(8)]
    shop.stock_up(*owners)
    hasty = Shop(
        shop.database,
        {"orders": lambda _: SqlOrders(shop.database, ZoneInfo("Asia/Kolkata"), checkout_lease=AT_ONCE)},
        stores=shop.stores,
    )
    sweeps = [lambda: [hasty.checkout.sweep() for _ in range(20)]] * 2
    results = at_once([*(lambda owner=owner: hasty.place(owner) for owner in owners), *sweeps])[:8]
    assert all(isinstance(r, Order | PaymentDeclined | CheckoutInProgress) for r in results), results
    shop.later()
    assert_books_are_right(shop)
    paid = {r.order_id for r in results if isinstance(r, Order)}
    assert count(shop, payments) >= len(paid)
