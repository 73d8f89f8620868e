"""A process that dies after any step of checkout or of a return: sweeper and worker bring everything to its end.

The crash is a BaseException raised where the process would die: before the call of a step, or after
it took effect. Nothing of the application may catch it.
"""

from __future__ import annotations

from contextlib import suppress

import pytest
from sqlalchemy import func, select, update

from app.domain import Actor, OrderStatus
from app.errors import PaymentUnclear
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import demo_refunds, orders, outbox, payments
from tests.support.checkout_shop import OWNER, RECEIVED, Killed, Shop, assert_books_are_right, count, one

ADMIN = Actor("admin")


@pytest.fixture
def shop(empty_database: Database) -> Shop:
    return Shop(empty_database)


# Each step of checkout, and the two moments at which the process may die: the step undone, the step done.
STEPS = [
    ("orders", "begin"),
    ("catalog", "reserve"),
    ("orders", "start_charging"),
    ("payments", "start"),
    ("orders", "complete"),
    ("settlement", "settle_and_take"),
]
MOMENTS = [pytest.param(store, step, after, id=f"{'after' if after else 'before'} {step}") for store, step in STEPS for after in (False, True)]  # fmt: skip  # noqa: E501
CHARGED = {"complete", "settle_and_take"}


@pytest.mark.parametrize(("store", "step", "after"), MOMENTS)
def test_killed_at_a_step_of_checkout(shop: Shop, store: str, step: str, after: bool):
    shop.stock_up()
    with pytest.raises(Killed):
        shop.dying(store, step, after).place(key="k")
    shop.later()
    assert_books_are_right(shop)
    was_charged = step in CHARGED or (step == "start" and after)
    assert count(shop, payments) == int(was_charged)
    # The same click again, with the same key: what was paid is not paid twice, what was not is paid now.
    order = shop.place(key="k")
    shop.later()
    assert_books_are_right(shop)
    assert (count(shop, payments), shop.catalog.get("mug").stock) == (1, RECEIVED - 2)
    assert shop.carts.get(OWNER).emptied_by == order.order_id
    assert shop.receipts == [order.order_id]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("store", "step"), [("payments", "start"), ("catalog", "release"), ("orders", "fail")])
def test_killed_while_giving_up_a_declined_order(shop: Shop, store: str, step: str, after: bool):
    shop.stock_up()
    with pytest.raises(Killed):
        shop.dying(store, step, after).place(number="4000000000000002")
    shop.later()
    assert_books_are_right(shop)
    assert shop.catalog.get("mug").stock == RECEIVED
    assert shop.place().status is OrderStatus.PAID


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("store", "step"),
    [
        ("orders", "claim_unfinished"),
        ("payments", "state"),
        ("payments", "void"),
        ("catalog", "release"),
        ("orders", "fail"),
        ("orders", "complete"),
    ],
)
@pytest.mark.parametrize("number", ["4000000000000119", "4000000000000341"], ids=["charged late", "never charged"])
def test_killed_while_sweeping(shop: Shop, store: str, step: str, after: bool, number: str):
    shop.stock_up()
    with pytest.raises(PaymentUnclear):
        shop.place(number=number)
    shop.database.write(lambda c: c.execute(update(orders).values(leased_until=database_now(c))))
    with suppress(Killed):  # not every step comes up for every card
        shop.dying(store, step, after).checkout.sweep()
    shop.later()
    assert_books_are_right(shop)
    assert count(shop, payments) == int(number == "4000000000000119")


# Where the checkout died, and every step of the sweeper that follows from it: until the charge the order is given up,
# from the charge on it is completed.
GIVING_UP = [
    ("orders", "claim_unfinished"),
    ("payments", "state"),
    ("payments", "void"),
    ("catalog", "release"),
    ("orders", "fail"),
]
COMPLETING = [
    ("orders", "claim_unfinished"),
    ("payments", "state"),
    ("orders", "complete"),
    ("settlement", "settle_and_take"),
]
DIED_TWICE = [
    *((died, swept) for died in STEPS[:3] for swept in GIVING_UP),
    *((("payments", "start"), swept) for swept in COMPLETING),
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("died", "swept"), DIED_TWICE, ids=[f"{died[1]} then {swept[1]}" for died, swept in DIED_TWICE]
)
def test_killed_again_while_sweeping_up(shop: Shop, died: tuple[str, str], swept: tuple[str, str], after: bool):
    shop.stock_up()
    with pytest.raises(Killed):
        shop.dying(*died, after=True).place(key="k")
    shop.database.write(lambda c: c.execute(update(orders).values(leased_until=database_now(c))))
    with pytest.raises(Killed):
        shop.dying(*swept, after=after).checkout.sweep()
    shop.later()
    assert_books_are_right(shop)
    assert count(shop, payments) == int(died == ("payments", "start"))
    shop.place(key="k")
    shop.later()
    assert_books_are_right(shop)
    assert (count(shop, payments), shop.catalog.get("mug").stock) == (1, RECEIVED - 2)


# What the checkout left to the worker, which does one effect after the other.
LEFT = [("catalog", "settle"), ("carts", "take_bought"), ("outbox", "done")]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("left", LEFT, ids=[step for _, step in LEFT])
def test_killed_while_the_worker_does_what_was_left(shop: Shop, left: tuple[str, str], after: bool):
    shop.stock_up()
    with pytest.raises(Killed):
        shop.dying("settlement", "settle_and_take", after=False).place(key="k")
    shop.database.write(lambda c: c.execute(update(outbox).values(next_try_at=database_now(c))))
    with pytest.raises(Killed):
        shop.dying(*left, after=after).worker.tick()
    shop.later()
    assert_books_are_right(shop)
    order = shop.place(key="k")
    assert (shop.carts.get(OWNER).emptied_by, shop.receipts) == (order.order_id, [order.order_id])


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("store", "step"),
    [("returns", "begin"), ("payments", "refund"), ("returns", "complete"), ("catalog", "adjust_stock")],
)
def test_killed_at_a_step_of_a_return(shop: Shop, store: str, step: str, after: bool):
    shop.stock_up()
    order = shop.place()
    with pytest.raises(Killed):
        shop.dying(store, step, after).service.record_return(
            order.order_id, [(1, 1, True)], "broken", Actor("admin"), "k"
        )
    shop.later()
    assert_books_are_right(shop)
    returned = shop.service.record_return(order.order_id, [(1, 1, True)], "broken", ADMIN, "k")
    shop.later()
    assert_books_are_right(shop)
    assert returned.refunded_at is not None
    assert shop.service.get(order.order_id).refunded == one(shop, select(func.sum(demo_refunds.c.amount))) == 20_999
    assert (shop.catalog.get("mug").stock, count(shop, demo_refunds)) == (RECEIVED - 1, 1)
