"""Many orders for few products, on a DynamoDB that refuses what the service refuses: one process does not storm it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from app.domain import Product, Quantity, Reservation
from app.errors import OutOfStock, ShopError
from app.stores.dynamo.catalog import DynamoCatalog
from app.stores.dynamo.client import Dynamo
from tests.support.concurrency import at_once
from tests.support.dynoxide import aws_environment
from tests.support.limited_dynamo import Limited, running_limited

CLIENTS, EACH = 24, 3
PRODUCTS, UNITS = 4, 15  # fewer units than orders


@pytest.fixture(scope="module")
def limited(dynoxide: str) -> Iterator[Limited]:
    with running_limited(dynoxide, seconds=0.01) as found:
        yield found


@pytest.fixture
def calm(dynamo_tables: Dynamo) -> DynamoCatalog:
    """The same tables without limits."""
    return DynamoCatalog(dynamo_tables)


@pytest.fixture
def process(limited: Limited, dynamo_tables: Dynamo, monkeypatch: pytest.MonkeyPatch) -> Dynamo:
    """A web process's own client."""
    return web_process(limited, dynamo_tables.prefix, monkeypatch)


@pytest.fixture
def another_process(limited: Limited, dynamo_tables: Dynamo, monkeypatch: pytest.MonkeyPatch) -> Dynamo:
    return web_process(limited, dynamo_tables.prefix, monkeypatch)


def web_process(limited: Limited, prefix: str, monkeypatch: pytest.MonkeyPatch) -> Dynamo:
    for name, value in aws_environment(limited.url).items():
        monkeypatch.setenv(name, value)
    dynamo = Dynamo(prefix, retry_seconds=60)  # a busy machine is not what these tests are about
    dynamo.now()
    return dynamo


def product(product_id: str, stock: int = UNITS) -> Product:
    return Product(product_id, f"The {product_id}", 19_900, stock, 50)


def rush(calm: DynamoCatalog, limited: Limited, processes: list[Dynamo]) -> tuple[Counter[str], Counter[str]]:
    """How the orders ended, and what the service was asked and refused meanwhile. Proves that nothing was oversold."""
    names = [f"p{number}" for number in range(PRODUCTS)]
    for name in names:
        calm.add(product(name))
    before = limited.counts()

    def buy(client: int) -> list[str]:
        catalog, ended = DynamoCatalog(processes[client % len(processes)]), []
        for turn in range(EACH):
            # Every third order is for two products.
            wanted = [names[(client + turn) % PRODUCTS], names[(client + turn + 1) % PRODUCTS]][: 1 + (client % 3 == 0)]
            try:
                catalog.reserve(client * EACH + turn + 1, [Quantity(name, 1) for name in wanted])
                ended.append("held")
            except OutOfStock:
                ended.append("out of stock")
        return ended

    ended = Counter(outcome for one in at_once(CLIENTS, buy) for outcome in one)
    assert ended.total() == CLIENTS * EACH
    held = calm.held()
    assert {p.product_id: p.stock for p in calm.get_many(names).values()} == {
        name: UNITS - held.get(name, 0) for name in names
    }
    assert min(p.stock for p in calm.get_many(names).values()) >= 0
    reserved = [calm.reservation(order) for order in range(1, CLIENTS * EACH + 1)]
    assert sum(one is not None for one in reserved) == ended["held"]
    return ended, limited.counts() - before


class TestRush:
    def test_of_one_process_meets_no_conflict_and_asks_a_bounded_number_of_times(
        self, calm: DynamoCatalog, limited: Limited, process: Dynamo
    ):
        ended, told = rush(calm, limited, [process])
        assert ended["out of stock"] > 0
        assert told["conflicts"] == 0
        # Once with others, once taken along by another, once alone; and again when units came back in between.
        assert told["attempts"] <= 3 * CLIENTS * EACH

    def test_of_several_processes_ends_for_everybody(
        self, calm: DynamoCatalog, limited: Limited, process: Dynamo, another_process: Dynamo
    ):
        rush(calm, limited, [process, another_process])

    def test_of_one_process_sells_with_fewer_transactions_than_orders(
        self, calm: DynamoCatalog, limited: Limited, process: Dynamo
    ):
        calm.add(product("mug", stock=1_000))
        catalog, before = DynamoCatalog(process), limited.counts()
        at_once(CLIENTS, lambda client: catalog.reserve(client + 1, [Quantity("mug", 1)]))
        assert calm.get("mug").stock == 1_000 - CLIENTS
        assert calm.held() == {"mug": CLIENTS}
        assert (limited.counts() - before)["attempts"] < CLIENTS / 2


class TestTakenAlong:
    """Orders that stand in line while the one before them is at work."""

    @pytest.fixture
    def slow(self, process: Dynamo) -> Iterator[tuple[Event, Event]]:
        """The first transaction: the one is set once it is under way, and it goes on once the other is."""
        under_way, go_on = Event(), Event()

        def hold(model: object, **_: object) -> None:
            if getattr(model, "name", "") == "TransactWriteItems" and not under_way.is_set():
                under_way.set()
                go_on.wait(20)

        process.client.meta.events.register("before-call.dynamodb", hold)
        yield under_way, go_on
        go_on.set()

    def reserved(self, process: Dynamo, slow: tuple[Event, Event], orders: list[int], units: int = 1) -> list[object]:
        """What each of these orders came to; all of them came while another was at work on the same product."""
        under_way, go_on = slow
        catalog, found = DynamoCatalog(process), [None] * len(orders)

        def ask(place: int, order: int) -> None:
            try:
                found[place] = catalog.reserve(order, [Quantity("mug", units)])
            except ShopError as error:
                found[place] = error

        first = Thread(target=lambda: catalog.reserve(99, [Quantity("mug", 1)]))
        first.start()
        assert under_way.wait(20)
        others = [Thread(target=ask, args=(place, order)) for place, order in enumerate(orders)]
        for one in others:
            one.start()
        while process.turns.length("mug") < 1 + len(orders):
            time.sleep(0.001)
        go_on.set()
        for one in (first, *others):
            one.join(30)
        return list(found)

    def test_the_same_order_twice_is_reserved_once(self, calm: DynamoCatalog, process: Dynamo, slow):
        calm.add(product("mug"))
        answers = self.reserved(process, slow, [1, 1, 2])
        assert [type(answer) for answer in answers] == [Reservation] * 3
        assert (calm.get("mug").stock, calm.held()) == (UNITS - 3, {"mug": 3})

    def test_too_few_units_for_all_go_to_as_many_as_there_are(self, calm: DynamoCatalog, process: Dynamo, slow):
        calm.add(product("mug", stock=3))
        answers = self.reserved(process, slow, [1, 2, 3, 4])
        assert Counter(type(answer) for answer in answers) == {Reservation: 2, OutOfStock: 2}
        assert (calm.get("mug").stock, calm.held()) == (0, {"mug": 3})

    def test_an_order_that_was_released_does_not_hold_the_others_up(self, calm: DynamoCatalog, process: Dynamo, slow):
        calm.add(product("mug"))
        calm.release(2)
        answers = self.reserved(process, slow, [1, 2, 3])
        assert [isinstance(answer, Reservation) for answer in answers] == [True, False, True]
        assert (calm.get("mug").stock, calm.held()) == (UNITS - 3, {"mug": 3})
