"""DynamoDB on its bad days: nothing is sold twice, lost or counted twice; only time changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from app.domain import Product, Quantity, ReservationState
from app.errors import Busy, OutOfStock, ShopError, StoreUnavailable
from app.services.cart.ports import Carts
from app.services.catalog.ports import Catalog
from app.stores.dynamo.carts import DynamoCarts
from app.stores.dynamo.catalog import DynamoCatalog
from app.stores.dynamo.client import Dynamo
from app.stores.shared.breaker import PAUSE_SECONDS
from tests.support.concurrency import at_once
from tests.support.faults import KINDS, Faults, Raw

THREADS = 16
SEEDS = (1, 2)
ME, GUEST = "user#7", "guest#abc"
# About four requests of ten go wrong in one way or another.
BAD_DAY = dict.fromkeys(KINDS, 0.06)


@pytest.fixture
def calm(dynamo_tables: Dynamo) -> Catalog:
    """The same tables by a client that nothing happens to."""
    return DynamoCatalog(dynamo_tables)


@pytest.fixture(params=SEEDS)
def bad_day(request: pytest.FixtureRequest, dynamo_tables: Dynamo, dynamo_environment: None) -> Iterator[Dynamo]:
    dynamo = Dynamo(dynamo_tables.prefix, retry_seconds=60)
    faults = Faults(dynamo.client, request.param, **BAD_DAY)
    yield dynamo
    assert faults.happened.total() > 5, "little went wrong, so nothing was shown"


@pytest.fixture
def catalog(bad_day: Dynamo) -> Catalog:
    return DynamoCatalog(bad_day)


@pytest.fixture
def carts(bad_day: Dynamo) -> Carts:
    return DynamoCarts(bad_day)


def product(product_id: str = "mug", stock: int = 20) -> Product:
    return Product(product_id, f"The {product_id}", 19_900, stock, 50)


def outcomes(jobs: int, work: Callable[[int], object]) -> list[object]:
    """What `work(0..jobs-1)` returned or raised, by 16 threads that start together."""

    def run(thread: int) -> list[object]:
        found: list[object] = []
        for number in range(thread, jobs, THREADS):
            try:
                found.append(work(number))
            except ShopError as error:
                found.append(error)
        return found

    return [outcome for several in at_once(THREADS, run) for outcome in several]


class TestStock:
    def test_the_last_units_are_sold_exactly_once(self, catalog: Catalog, calm: Catalog):
        calm.add(product(stock=20))
        answers = outcomes(60, lambda number: catalog.reserve(number + 1, [Quantity("mug", 1)]))
        sold = [a for a in answers if not isinstance(a, ShopError)]
        assert [a for a in answers if isinstance(a, ShopError) and not isinstance(a, OutOfStock)] == []
        assert (len(sold), calm.get("mug").stock, calm.held()) == (20, 0, {"mug": 20})

    def test_reserve_release_and_settle_lose_no_unit(self, catalog: Catalog, calm: Catalog):
        for name in "ab":
            calm.add(product(name, stock=100))
        steps = (
            lambda order: catalog.reserve(order, [Quantity("a", 3), Quantity("b", 1)]),
            catalog.release,
            catalog.settle,
        )
        outcomes(72, lambda number: steps[number % 3](number // 6 + 1))
        known = [r for order in range(1, 13) if (r := calm.reservation(order)) is not None]
        kept = sum(r.state is not ReservationState.RELEASED for r in known)
        held = sum(r.state is ReservationState.HELD for r in known)
        assert (calm.get("a").stock, calm.get("b").stock) == (100 - 3 * kept, 100 - kept)
        assert (calm.held().get("a", 0), calm.held().get("b", 0)) == (3 * held, held)

    def test_each_edit_counts_once(self, catalog: Catalog, calm: Catalog):
        calm.add(product(stock=100))
        edits = 12
        answers = outcomes(3 * edits, lambda number: (number % edits, _adjusted(catalog, number % edits)))
        assert calm.get("mug").stock == 100 + sum(range(edits))
        assert len(set(answers)) == edits  # who asked again got the same answer

    def test_a_lost_answer_is_no_second_product(self, catalog: Catalog, calm: Catalog):
        for number in range(40):
            catalog.add(product(f"p{number:02}"))
        assert len(calm.changes_since(None).products) == 40
        assert len(catalog.get_many([f"p{number:02}" for number in range(40)])) == 40


def _adjusted(catalog: Catalog, edit: int) -> object:
    return catalog.adjust_stock(f"e{edit}", "mug", delta=edit)


class TestCarts:
    def test_additions_all_count_once(self, carts: Carts, dynamo_tables: Dynamo):
        outcomes(48, lambda number: carts.add(ME, f"p{number % 3}", 1, 500, 1_000))
        cart = DynamoCarts(dynamo_tables).get(ME)
        assert {line.product_id: line.quantity for line in cart.lines} == {"p0": 16, "p1": 16, "p2": 16}

    def test_merging_and_buying_lose_and_double_nothing(self, carts: Carts, dynamo_tables: Dynamo):
        calm = DynamoCarts(dynamo_tables)
        calm.add(GUEST, "mug", 2, 500, 1_000)
        calm.add(ME, "bowl", 3, 500, 1_000)
        ways = (
            lambda: carts.merge(GUEST, ME, 1_000),
            lambda: carts.merge(ME, GUEST, 1_000),
            lambda: carts.take_bought(ME, 12, []),
        )
        outcomes(24, lambda number: ways[number % 3]())
        both = [*calm.get(ME).lines, *calm.get(GUEST).lines]
        assert sorted((line.product_id, line.quantity) for line in both) == [("bowl", 3), ("mug", 2)]

    def test_an_order_takes_its_units_once(self, carts: Carts, dynamo_tables: Dynamo):
        calm = DynamoCarts(dynamo_tables)
        calm.add(ME, "mug", 50, 500, 1_000)
        outcomes(48, lambda number: carts.take_bought(ME, number % 12, [Quantity("mug", 2)]))
        assert [line.quantity for line in calm.get(ME).lines] == [50 - 12 * 2]


class TestBounds:
    @pytest.fixture
    def hasty(self, dynamo_tables: Dynamo, dynamo_environment: None) -> Dynamo:
        return Dynamo(dynamo_tables.prefix, retry_seconds=0.5)

    @pytest.mark.parametrize("kind", ["throttled", "conflict", "in_progress", "unprocessed"])
    def test_a_rush_that_does_not_end_is_busy(self, hasty: Dynamo, calm: Catalog, kind: str):
        calm.add(product())
        Faults(hasty.client, 1, **{kind: 1.0})
        asked = DynamoCatalog(hasty)
        began = time.monotonic()
        with pytest.raises(Busy):
            asked.get("mug") if kind == "unprocessed" else asked.reserve(7, [Quantity("mug", 1)])
        assert time.monotonic() - began < 5
        assert (calm.get("mug").stock, calm.reservation(7)) == (20, None)

    def test_no_answer_says_so_and_may_have_been_done(self, hasty: Dynamo, calm: Catalog):
        calm.add(product())
        hasty.now()
        faults = Faults(hasty.client, 1, lost=1.0)
        with pytest.raises(StoreUnavailable, match="cannot be reached right now"):
            DynamoCatalog(hasty).reserve(7, [Quantity("mug", 1)])
        faults.stop()
        time.sleep(PAUSE_SECONDS)  # for so long nobody is sent to where nobody answered
        assert DynamoCatalog(hasty).reserve(7, [Quantity("mug", 1)]).state is ReservationState.HELD
        assert calm.get("mug").stock == 19  # asked often, done once

    def test_a_page_in_place_of_an_answer_says_so(self, hasty: Dynamo):
        """As from something on the way to the service."""

        def page(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
            return AWSResponse(request.url, 200, {"content-type": "text/html"}, Raw(b"<html></html>"))

        hasty.client.meta.events.register_first("before-send.dynamodb", page)
        with pytest.raises(StoreUnavailable, match="cannot be reached right now"):
            DynamoCatalog(hasty).get("mug")


@pytest.mark.parametrize("path", ["", "/", "/dynamodb"])
def test_requests_go_where_the_client_would_send_them(
    dynamo_environment: None, monkeypatch: pytest.MonkeyPatch, path: str
):
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://dynamo.test{path}")
    dynamo, asked = Dynamo("t_"), []

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        asked.append(request.url)
        return AWSResponse(request.url, 200, {}, Raw(b"{}"))

    dynamo.client.meta.events.register_first("before-send.dynamodb", answer)
    dynamo.call("describe_table", TableName="t_products")
    dynamo.client.describe_table(TableName="t_products")
    assert asked[0] == asked[1]
