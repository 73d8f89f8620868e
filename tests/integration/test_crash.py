"""A process that dies after any step of checkout or of a return: sweeper and worker bring everything to its end.

The crash is a BaseException raised where the process would die: before the call of a step, or after
it took effect. Nothing of the application may catch it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from app.domain import Address, ChargeState, MovementKind, Order, OrderStatus, OutboxState, Product
from app.errors import CheckoutInProgress, OutOfStock, PaymentDeclined, PaymentUnclear, ShopError
from app.services.checkout import CheckoutRequest, CheckoutService
from app.services.orders import OrderService
from app.services.worker import Chore, Worker
from app.stores.local.demo_payments import DemoPayments
from app.stores.sql import ledger
from app.stores.sql.carts import SqlCarts
from app.stores.sql.catalogue import SqlCatalogue
from app.stores.sql.clock import database_now
from app.stores.sql.engine import Database
from app.stores.sql.orders import SqlOrders
from app.stores.sql.outbox import SqlOutbox
from app.stores.sql.returns import SqlReturns
from app.stores.sql.rollups import SqlRollups
from app.stores.sql.tables import (
    demo_charges,
    demo_refunds,
    metadata,
    order_lines,
    orders,
    outbox,
    payments,
    reservations,
    rollup_days,
    stock_levels,
)

RECEIVED = 20
PRICE = 19_999
OWNER = "guest#a"
CARD = {"number": "4242424242424242", "expiry": "12/40", "cvc": "123", "name": "Asha"}
ADDRESS = Address("Asha Rao", "1 Lake Road", "Pune", "411001", "IN")
AT_ONCE = timedelta(0)


class Killed(BaseException):
    """The process is gone."""


class Mortal:
    """Wraps a store; dies at the nth call of one of its methods, before or after the call took effect."""

    def __init__(self, inner: Any, method: str, after: bool, call: int = 1) -> None:
        self._inner, self._method, self._after, self._calls_left = inner, method, after, call

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name != self._method:
            return found

        def dying(*args: Any, **kwargs: Any) -> Any:
            self._calls_left -= 1
            if self._calls_left:
                return found(*args, **kwargs)
            if self._after:
                found(*args, **kwargs)
            raise Killed(self._method)

        return dying


@dataclass
class Shop:
    """The real stores on one SQLite file, wired as a process would; any of them may be replaced."""

    database: Database
    replaced: dict[str, Any] = field(default_factory=dict)
    receipts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        zone = ZoneInfo("Asia/Kolkata")
        self.catalogue: Any = SqlCatalogue(self.database)
        self.carts: Any = SqlCarts(self.database)
        self.orders: Any = SqlOrders(self.database, zone)
        self.returns: Any = SqlReturns(self.database, zone, grace=AT_ONCE)
        self.payments: Any = DemoPayments(self.database, timeout_seconds=0)
        self.outbox: Any = SqlOutbox(self.database)
        for name, make in self.replaced.items():
            setattr(self, name, make(getattr(self, name)))
        self.checkout = CheckoutService(
            self.orders, self.catalogue, self.carts, self.payments, self.outbox,
            currency="INR", tax_rate=Decimal("0.05"),
        )  # fmt: skip
        self.service = OrderService(self.orders, self.returns, self.catalogue, self.payments, self.outbox)
        handlers = {
            "settle": self.checkout.settle,
            "take_cart": self.checkout.take_cart,
            "restock": self.service.restock,
            "receipt": lambda payload: self.receipts.append(payload["order_id"]),
            "low_stock": lambda payload: None,
        }
        chores = [Chore("orders", self.checkout.sweep, 0), Chore("returns", self.service.finish_returns, 0)]
        self.worker = Worker(self.outbox, handlers, SqlRollups(self.database), chores)

    def dying(self, store: str, method: str, after: bool, call: int = 1) -> Shop:
        """The same shop in a process that will die."""
        return Shop(self.database, {store: lambda inner: Mortal(inner, method, after, call)})

    def stock_up(self, *owners: str) -> None:
        self.catalogue.add(Product("mug", "Mug", PRICE, RECEIVED, 5))
        receipt = ledger.NewMovement("receipt:1", "mug", MovementKind.RECEIPT, RECEIVED, "edit:1", "admin")
        self.database.write(lambda c: ledger.book(c, [receipt], database_now(c)))
        for owner in owners or (OWNER,):
            self.carts.add(owner, "mug", 2, PRICE, 99)

    def place(self, owner: str = OWNER, number: str = CARD["number"], key: str | None = None) -> Order:
        card = CARD | {"number": number}
        return self.checkout.place(CheckoutRequest(owner, None, "asha@shop.example", ADDRESS, card, key))

    def later(self) -> None:
        """Every lease and pause is over; workers work until nothing is left."""

        def pass_time(connection: Any) -> None:
            now = database_now(connection)
            connection.execute(update(orders).values(leased_until=now))
            connection.execute(update(outbox).values(next_try_at=now, leased_until=None))

        for _ in range(4):
            self.database.write(pass_time)
            while self.worker.tick():
                pass


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    metadata.create_all(database.engine)
    yield Shop(database)
    database.dispose()


def one(shop: Shop, query: Any) -> int:
    return int(shop.database.read(lambda c: c.execute(query).scalar()) or 0)


def count(shop: Shop, table: Any, *where: Any) -> int:
    return one(shop, select(func.count()).select_from(table).where(*where))


def assert_books_are_right(shop: Shop) -> None:
    """Nothing lost, nothing doubled, nothing left to do."""
    product = shop.catalogue.get("mug")
    paid_orders = orders.c.status == OrderStatus.PAID.value
    paid = select(orders.c.order_id).where(paid_orders)
    line = order_lines.c
    bought = select(func.sum(line.quantity)).where(line.order_id.in_(paid))
    kept = one(shop, bought) - one(shop, select(func.sum(line.returned)).where(line.order_id.in_(paid)))
    held = sum(shop.catalogue.held().values())
    assert product.stock + kept + held == RECEIVED
    assert held == 0
    assert one(shop, select(stock_levels.c.on_hand)) == product.stock
    # One payment per paid order, and no charge but theirs.
    assert count(shop, payments) == count(shop, orders, paid_orders)
    assert count(shop, payments, payments.c.order_id.not_in(paid)) == 0
    approved = demo_charges.c.state == ChargeState.APPROVED.value
    assert count(shop, demo_charges, approved, demo_charges.c.order_id.not_in(paid)) == 0
    assert count(shop, demo_charges, approved) == count(shop, payments)
    assert count(shop, orders, orders.c.status.in_(["pending", "charging"])) == 0
    assert count(shop, reservations, reservations.c.state == "settled") == count(shop, payments)
    assert count(shop, outbox, outbox.c.state != OutboxState.DONE.value) == 0
    assert one(shop, select(func.sum(rollup_days.c.units))) == one(shop, bought)


# Each step of checkout, and the two moments at which the process may die: the step undone, the step done.
STEPS = [
    ("orders", "begin"),
    ("catalogue", "reserve"),
    ("orders", "start_charging"),
    ("payments", "charge"),
    ("orders", "complete"),
    ("catalogue", "settle"),
    ("carts", "take_bought"),
    ("outbox", "done_by_key"),
]
MOMENTS = [pytest.param(store, step, after, id=f"{'after' if after else 'before'} {step}") for store, step in STEPS for after in (False, True)]  # fmt: skip  # noqa: E501
CHARGED = {"complete", "settle", "take_bought", "done_by_key"}


@pytest.mark.parametrize(("store", "step", "after"), MOMENTS)
def test_killed_at_a_step_of_checkout(shop: Shop, store: str, step: str, after: bool):
    shop.stock_up()
    with pytest.raises(Killed):
        shop.dying(store, step, after).place(key="k")
    shop.later()
    assert_books_are_right(shop)
    was_charged = step in CHARGED or (step == "charge" and after)
    assert count(shop, payments) == int(was_charged)
    # The same click again, with the same key: what was paid is not paid twice, what was not is paid now.
    order = shop.place(key="k")
    shop.later()
    assert_books_are_right(shop)
    assert (count(shop, payments), shop.catalogue.get("mug").stock) == (1, RECEIVED - 2)
    assert shop.carts.get(OWNER).emptied_by == order.order_id
    assert shop.receipts == [order.order_id]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("store", "step"), [("catalogue", "release"), ("orders", "fail")])
def test_killed_while_giving_up_a_declined_order(shop: Shop, store: str, step: str, after: bool):
    shop.stock_up()
    with pytest.raises(Killed):
        shop.dying(store, step, after).place(number="4000000000000002")
    shop.later()
    assert_books_are_right(shop)
    assert shop.catalogue.get("mug").stock == RECEIVED
    assert shop.place().status is OrderStatus.PAID


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("store", "step"),
    [
        ("payments", "lookup"),
        ("payments", "void"),
        ("catalogue", "release"),
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


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("store", "step"),
    [("returns", "begin"), ("payments", "refund"), ("returns", "complete"), ("catalogue", "adjust_stock")],
)
def test_killed_at_a_step_of_a_return(shop: Shop, store: str, step: str, after: bool):
    shop.stock_up()
    order = shop.place()
    with pytest.raises(Killed):
        shop.dying(store, step, after).service.record_return(order.order_id, [(1, 1, True)], "broken", "admin", "k")
    shop.later()
    assert_books_are_right(shop)
    returned = shop.service.record_return(order.order_id, [(1, 1, True)], "broken", "admin", "k")
    shop.later()
    assert_books_are_right(shop)
    assert returned.refunded_at is not None
    assert shop.service.get(order.order_id).refunded == one(shop, select(func.sum(demo_refunds.c.amount))) == 20_999
    assert (shop.catalogue.get("mug").stock, count(shop, demo_refunds)) == (RECEIVED - 1, 1)


class TestRaces:
    def at_once(self, work: list[Callable[[], Any]]) -> list[Any]:
        barrier = Barrier(len(work))

        def run(task: Callable[[], Any]) -> Any:
            barrier.wait(30)
            try:
                return task()
            except ShopError as error:
                return error

        with ThreadPoolExecutor(len(work)) as pool:
            return list(pool.map(run, work))

    def test_sixteen_clicks_on_one_cart_are_one_order(self, shop: Shop):
        shop.stock_up()
        results = self.at_once([shop.place] * 16)
        assert {order.order_id for order in results if isinstance(order, Order)} == {1}
        assert all(isinstance(r, Order | CheckoutInProgress) for r in results), results
        shop.later()
        assert_books_are_right(shop)
        assert count(shop, orders) == 1

    def test_sixteen_clicks_with_one_key_are_one_order(self, shop: Shop):
        shop.stock_up()
        self.at_once([lambda: shop.place(key="k")] * 16)
        shop.later()
        assert_books_are_right(shop)
        assert count(shop, orders) == 1

    def test_sixteen_buyers_of_two_get_the_twenty_that_there_are(self, shop: Shop):
        owners = [f"guest#{n}" for n in range(16)]
        shop.stock_up(*owners)
        results = self.at_once([lambda owner=owner: shop.place(owner) for owner in owners])
        assert sum(isinstance(r, Order) for r in results) == 10
        assert sum(isinstance(r, OutOfStock) for r in results) == 6
        shop.later()
        assert_books_are_right(shop)
        assert shop.catalogue.get("mug").stock == 0

    def test_a_checkout_and_a_sweeper_that_takes_its_order_agree(self, shop: Shop):
        """Leases that are over at once: every order is swept while it is being placed."""
        owners = [f"guest#{n}" for n in range(8)]
        shop.stock_up(*owners)
        hasty = Shop(shop.database)
        hasty.orders = SqlOrders(shop.database, ZoneInfo("Asia/Kolkata"), checkout_lease=AT_ONCE)
        hasty.checkout = CheckoutService(
            hasty.orders, hasty.catalogue, hasty.carts, hasty.payments, hasty.outbox,
            currency="INR", tax_rate=Decimal("0.05"),
        )  # fmt: skip
        sweeps = [lambda: [hasty.checkout.sweep() for _ in range(20)]] * 2
        results = self.at_once([*(lambda owner=owner: hasty.place(owner) for owner in owners), *sweeps])[:8]
        assert all(isinstance(r, Order | PaymentDeclined | CheckoutInProgress) for r in results), results
        shop.later()
        assert_books_are_right(shop)
        paid = {r.order_id for r in results if isinstance(r, Order)}
        assert count(shop, payments) >= len(paid)
