"""Lines of orders: who waits for whom, and who is taken along."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from app.domain import Quantity
from app.errors import Busy
from app.stores.dynamo.turns import Turn, Turns

SECONDS = 20  # more than anything here takes


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as found:
        yield found


def turn(order_id: int, *products: str) -> Turn:
    return Turn(order_id, [Quantity(product_id, 1) for product_id in products])


def until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.001)


class Line:
    """Orders that come one after the other; `served` has those that were, as they were."""

    def __init__(self, pool: ThreadPoolExecutor, turns: Turns) -> None:
        self.pool, self.turns, self.served = pool, turns, []

    def come(self, one: Turn, seconds: float = SECONDS) -> Future[None]:
        before = self.turns.length(next(iter(one.products)))
        job = self.pool.submit(self._stand, one, seconds)
        until(lambda: job.done() or self.turns.length(next(iter(one.products))) > before)
        return job

    def _stand(self, one: Turn, seconds: float) -> None:
        with self.turns.wait(one, seconds):
            self.served.append((one.order_id, one.is_done))


@pytest.fixture
def turns() -> Turns:
    return Turns()


@pytest.fixture
def line(pool: ThreadPoolExecutor, turns: Turns) -> Line:
    return Line(pool, turns)


class TestLine:
    def test_who_came_first_is_first(self, turns: Turns, line: Line):
        with turns.wait(turn(1, "mug"), SECONDS):
            jobs = [line.come(turn(order, "mug")) for order in (2, 3, 4)]
            assert line.served == []
        for job in jobs:
            job.result(SECONDS)
        assert [order for order, _ in line.served] == [2, 3, 4]
        assert turns.length("mug") == 0

    def test_other_products_do_not_wait(self, turns: Turns):
        with turns.wait(turn(1, "mug"), 0), turns.wait(turn(2, "bowl"), 0):
            pass

    def test_orders_of_several_products_never_wait_in_a_circle(self, turns: Turns, line: Line):
        with turns.wait(turn(1, "a", "b", "c"), SECONDS):
            pairs = (("a", "b"), ("b", "c"), ("c", "a"), ("b", "a"))
            jobs = [line.come(turn(order, *pair)) for order, pair in enumerate(pairs, 2)]
        for job in jobs:
            job.result(SECONDS)
        assert len(line.served) == 4

    def test_who_waits_for_too_long_is_told_and_keeps_nobody(self, turns: Turns):
        with turns.wait(turn(1, "mug"), SECONDS):
            with pytest.raises(Busy), turns.wait(turn(2, "mug", "bowl"), 0.01):
                pass
            with turns.wait(turn(3, "bowl"), 0):
                pass

    def test_who_fails_keeps_nobody(self, turns: Turns):
        with pytest.raises(RuntimeError), turns.wait(turn(1, "mug"), 0):
            raise RuntimeError
        with turns.wait(turn(2, "mug"), 0):
            pass


class TestTakenAlong:
    def test_are_those_behind_it_who_want_nothing_else_and_no_order_twice(self, turns: Turns, line: Line):
        first = turn(1, "mug", "bowl")
        with turns.wait(first, SECONDS):
            for one in (turn(2, "mug"), turn(1, "mug"), turn(3, "mug", "jug"), turn(4, "bowl"), turn(2, "bowl")):
                line.come(one)
            taken = turns.take_along(first, 10)
            assert sorted(one.order_id for one in taken) == [2, 4]
            turns.bring_back(taken, done=True)
            until(lambda: len(line.served) == 2)
        until(lambda: len(line.served) == 5)
        assert sorted(line.served[:2]) == [(2, True), (4, True)]
        assert not any(done for _, done in line.served[2:])

    def test_are_so_many_at_most(self, turns: Turns, line: Line):
        first = turn(1, "mug")
        with turns.wait(first, SECONDS):
            for order in (2, 3, 4):
                line.come(turn(order, "mug"))
            taken = turns.take_along(first, 2)
            assert [one.order_id for one in taken] == [2, 3]
            turns.bring_back(taken, done=True)

    def test_go_alone_from_their_own_places_when_it_failed(self, turns: Turns, line: Line):
        first = turn(1, "mug")
        with turns.wait(first, SECONDS):
            jobs = [line.come(turn(order, "mug")) for order in (2, 3)]
            turns.bring_back(turns.take_along(first, 9), done=False)
            assert turns.take_along(first, 9) == []
        for job in jobs:
            job.result(SECONDS)
        assert line.served == [(2, False), (3, False)]

    def test_do_not_give_up_while_they_may_be_done(self, turns: Turns, line: Line):
        """A reservation that somebody makes for them would be nobody's."""
        first = turn(1, "mug")
        with turns.wait(first, SECONDS):
            job = line.come(turn(2, "mug"), seconds=0.05)
            taken = turns.take_along(first, 9)
            time.sleep(0.2)
            assert not job.done()
            turns.bring_back(taken, done=True)
            job.result(SECONDS)
        assert line.served == [(2, True)]

    def test_are_not_told_that_it_took_too_long_once_they_are_done(self, turns: Turns):
        first, one = turn(1, "mug"), turn(2, "mug")

        def is_done_just_then(_seconds: float) -> bool:
            del one.has_come.wait
            turns.bring_back(turns.take_along(first, 9), done=True)
            return False

        one.has_come.wait = is_done_just_then  # type: ignore[method-assign]
        with turns.wait(first, 0), turns.wait(one, 0):
            assert one.is_done

    def test_are_not_taken_once_more_before_they_have_left(self, turns: Turns, pool: ThreadPoolExecutor):
        first, second, done = turn(1, "mug"), turn(2, "mug", "bowl"), turn(3, "mug")
        may_leave = Event()

        def stay(one: Turn) -> None:
            with turns.wait(one, SECONDS):
                may_leave.wait(SECONDS)

        with turns.wait(first, SECONDS):
            for length, one in enumerate((second, done), 2):
                pool.submit(stay, one)
                until(lambda length=length: turns.length("mug") == length)
            turns.bring_back(turns.take_along(first, 9), done=True)
        assert second.has_come.wait(SECONDS)
        assert turns.take_along(second, 9) == []
        may_leave.set()
