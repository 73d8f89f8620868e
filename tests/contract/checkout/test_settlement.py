"""What the `Settlement` port promises, on every store that keeps it: sold and taken together, once, come what may."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.domain import OutboxState, Product, Quantity, ReservationState, effects
from app.errors import Conflict
from app.stores.sql.engine.clock import database_now
from app.stores.sql.jobs.outbox import enqueue
from app.stores.sql.tables import outbox
from tests.contract.conftest import Backend
from tests.support.concurrency import at_once

ME, NEXT_ME = "guest#a", "guest#b"
ORDER = 12
BOUGHT = [Quantity("mug", 2)]
MANY = 1_000


@pytest.fixture
def shop(backend: Backend) -> Backend:
    """An order of two mugs that holds them, and the cart that it was made from."""
    backend.catalog.add(Product("mug", "Mug", 500, 20, 5))
    backend.carts.add(ME, "mug", 2, 500, MANY)
    backend.catalog.reserve(ORDER, BOUGHT)
    return backend


def state(shop: Backend) -> ReservationState | None:
    known = shop.catalog.reservation(ORDER)
    return None if known is None else known.state


def units(shop: Backend, owner: str = ME) -> dict[str, int]:
    return {line.product_id: line.quantity for line in shop.carts.get(owner).lines}


def test_units_are_sold_and_the_cart_is_emptied_by_the_order(shop: Backend):
    seen = shop.carts.get(ME)
    assert shop.settlement.settle_and_take(ORDER, ME, BOUGHT, seen)
    assert state(shop) is ReservationState.SETTLED
    assert (shop.carts.get(ME).lines, shop.carts.get(ME).emptied_by) == ((), ORDER)
    assert shop.catalog.held() == {}


@pytest.mark.parametrize("is_seen", [True, False])
def test_twice_is_once(shop: Backend, is_seen: bool):
    seen = shop.carts.get(ME) if is_seen else None
    shop.settlement.settle_and_take(ORDER, ME, BOUGHT, seen)
    again = shop.carts.add(ME, "mug", 5, 500, MANY)
    shop.settlement.settle_and_take(ORDER, ME, BOUGHT, seen)
    shop.settlement.settle_and_take(ORDER, ME, BOUGHT)
    assert shop.carts.get(ME) == again


def test_a_cart_that_changed_is_left_alone_when_it_was_to_be_as_seen(shop: Backend):
    seen = shop.carts.get(ME)
    more = shop.carts.add(ME, "bowl", 1, 500, MANY)
    assert not shop.settlement.settle_and_take(ORDER, ME, BOUGHT, seen)
    assert (state(shop), shop.carts.get(ME)) == (ReservationState.HELD, more)
    assert shop.settlement.settle_and_take(ORDER, ME, BOUGHT)
    assert (state(shop), units(shop), shop.carts.get(ME).emptied_by) == (ReservationState.SETTLED, {"bowl": 1}, None)


def test_a_cart_that_went_on_to_another_owner_keeps_nothing_that_was_bought(shop: Backend):
    seen = shop.carts.get(ME)
    shop.carts.merge(ME, NEXT_ME, MANY)
    assert not shop.settlement.settle_and_take(ORDER, ME, BOUGHT, seen)
    assert shop.settlement.settle_and_take(ORDER, NEXT_ME, BOUGHT)
    assert (units(shop), units(shop, NEXT_ME), state(shop)) == ({}, {}, ReservationState.SETTLED)


BEFORE: dict[str, Callable[[Backend], object]] = {
    "settled": lambda shop: shop.catalog.settle(ORDER),
    "taken": lambda shop: shop.carts.take_bought(ME, ORDER, BOUGHT),
    "both": lambda shop: (shop.catalog.settle(ORDER), shop.carts.take_bought(ME, ORDER, BOUGHT)),
}


@pytest.mark.parametrize("before", BEFORE)
def test_what_was_done_before_one_by_one_is_not_done_again(shop: Backend, before: str):
    seen = shop.carts.get(ME)
    BEFORE[before](shop)
    if not shop.settlement.settle_and_take(ORDER, ME, BOUGHT, seen):
        shop.settlement.settle_and_take(ORDER, ME, BOUGHT)
    assert (state(shop), units(shop), shop.carts.get(ME).emptied_by) == (ReservationState.SETTLED, {}, ORDER)
    shop.carts.add(ME, "mug", 3, 500, MANY)
    BEFORE["both"](shop)
    assert units(shop) == {"mug": 3}


@pytest.mark.parametrize("is_seen", [True, False])
def test_units_that_are_not_held_are_not_sold_and_the_cart_stays(shop: Backend, is_seen: bool):
    shop.catalog.release(ORDER)
    seen = shop.carts.get(ME)
    with pytest.raises(Conflict):
        shop.settlement.settle_and_take(ORDER, ME, BOUGHT, seen if is_seen else None)
    with pytest.raises(Conflict):
        shop.settlement.settle_and_take(ORDER + 1, ME, BOUGHT, seen if is_seen else None)
    assert shop.carts.get(ME) == seen


def test_from_many_threads_while_the_shopper_goes_on(shop: Backend):
    seen = shop.carts.get(ME)

    def work(number: int) -> object:
        if number % 2:
            return shop.carts.add(ME, "bowl", 1, 500, MANY)
        return shop.settlement.settle_and_take(ORDER, ME, BOUGHT, seen if number % 4 else None)

    at_once(12, work)
    assert (state(shop), units(shop)) == (ReservationState.SETTLED, {"bowl": 6})


def test_marks_the_effects_that_ask_for_it_where_it_says_so(shop: Backend):
    asked = [effects.settle(ORDER), effects.take_cart(ORDER), effects.receipt(ORDER)]
    shop.database.write(lambda c: [enqueue(c, effect, database_now(c)) for effect in asked])
    shop.settlement.settle_and_take(ORDER, ME, BOUGHT)
    done = select(outbox.c.key).where(outbox.c.state == OutboxState.DONE.value)
    marked = set(shop.database.read(lambda c: c.execute(done).scalars().all()))
    assert marked == ({asked[0].key, asked[1].key} if shop.settlement.marks_outbox else set())
