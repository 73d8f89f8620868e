"""Ways to sell one product to everybody, tried in a model of DynamoDB's limits: nothing waits, time is worked out.

The limits are those of `tests.support.limited_dynamo`. Orders of one unit come at random to several web processes; who
has no answer after four seconds is told to come back. The same seed gives the same figures on every machine.

Usage: python -m tests.benchmarks.hot_product
"""

from __future__ import annotations

import asyncio
import random
import selectors
import statistics
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from app.stores.dynamo.reservations import LET_OTHERS_IN_SECONDS, TOGETHER
from app.stores.dynamo.retries import FIRST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE_OF_CONFLICT, RETRY_SECONDS
from tests.support.limited_dynamo import Limits

TRANSACTION_SECONDS, EACH_ITEM_SECONDS = 0.012, 0.0003  # some 12 ms with one order, 20 with 25
WRITE_SECONDS = 0.005
ANSWER_SECONDS = 0.002  # of a refusal
HELD_SECONDS, HELD_KB = 0.5, 0.06  # from reserving to settling, and what the item grows by meanwhile
SECONDS, SEED = 8, 7
SHARDS = 16


class Conflict(Exception):
    pass


class Throttled(Exception):
    pass


class Busy(Exception):
    pass


def now() -> float:
    return asyncio.get_running_loop().time()


class Service:
    def __init__(self) -> None:
        self.limits = Limits(now=now)

    async def transact(self, orders: int, items: Mapping[str, float]) -> None:
        """Of so many orders, on items with so many KB; their entries in the index cost two units beside."""
        costs = {item: 2 * kb for item, kb in items.items()} | {f"index of {item}": 2.0 for item in items}
        await self._refuse(list(items), costs)
        self.limits.at_work.update(items)
        await asyncio.sleep(TRANSACTION_SECONDS + (orders + len(items)) * EACH_ITEM_SECONDS)
        self.limits.at_work.difference_update(items)

    async def write(self, item: str, kb: float) -> None:
        """A plain one, which does not conflict with other plain ones."""
        await self._refuse([], {item: max(1.0, kb), f"index of {item}": 2.0})
        await asyncio.sleep(WRITE_SECONDS)

    async def _refuse(self, items: list[str], costs: dict[str, float]) -> None:
        reason = self.limits.refuse(items, costs)
        if reason is not None:
            await asyncio.sleep(ANSWER_SECONDS)
            raise Conflict if reason == "TransactionConflict" else Throttled


class Way:
    """How a process reserves a unit for one order."""

    longest_of_conflict = LONGEST_PAUSE

    def __init__(self, service: Service, draw: random.Random) -> None:
        self.service, self.draw = service, draw

    async def reserve(self, until: float) -> None:
        await self.again(lambda: self.service.transact(1, {"product": 1}), until)

    async def again(self, ask: Callable[[], Awaitable[None]], until: float) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                return await ask()
            except Conflict:
                longest = self.longest_of_conflict
            except Throttled:
                longest = LONGEST_PAUSE
            if now() > until:
                raise Busy
            await asyncio.sleep(self.draw.uniform(0, min(pause, longest)))
            pause = min(pause * 2, LONGEST_PAUSE)


class InLine(Way):
    """One at a time in a process, with up to `together` others in its transaction."""

    longest_of_conflict = LONGEST_PAUSE_OF_CONFLICT
    together = 0
    lets_others = False

    def __init__(self, service: Service, draw: random.Random) -> None:
        super().__init__(service, draw)
        self.line: deque[tuple[float, asyncio.Future[None]]] = deque()
        self.serving: asyncio.Task[None] | None = None

    async def reserve(self, until: float) -> None:
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.line.append((until, mine))
        if self.serving is None or self.serving.done():
            self.serving = asyncio.create_task(self._serve())
        await mine

    async def _serve(self) -> None:
        while self.line:
            group = [self.line.popleft() for _ in range(min(len(self.line), 1 + self.together))]
            alive = [mine for until, mine in group if now() <= until]
            for _, mine in group:
                if mine not in alive:
                    mine.set_exception(Busy())
            if not alive:
                continue
            try:
                await self.again(self._transaction(len(alive)), now() + RETRY_SECONDS)
            except Busy as busy:
                for mine in alive:
                    mine.set_exception(busy)
            else:
                for mine in alive:
                    mine.set_result(None)
            if self.lets_others and self.line:
                await asyncio.sleep(self.draw.uniform(0, LET_OTHERS_IN_SECONDS))

    def _transaction(self, orders: int) -> Callable[[], Awaitable[None]]:
        return lambda: self.service.transact(orders, {"product": 1})


class Together(InLine):
    together = TOGETHER


class LettingOthers(Together):
    """Before the transaction of who had to wait, a pause in which other processes get theirs: what the shop does."""

    lets_others = True


class Shards(Way):
    """The stock in so many items, each with a part of the units; one of them is drawn."""

    async def reserve(self, until: float) -> None:
        await self.again(lambda: self.service.transact(1, {f"product {self.draw.randrange(SHARDS)}": 1}), until)


class Inside(Way):
    """A plain conditional write that puts the order's units into the product's item until they are settled."""

    held = 0

    async def reserve(self, until: float) -> None:
        await self.again(lambda: self.service.write("product", 1 + Inside.held * HELD_KB), until)
        Inside.held += 1
        asyncio.get_running_loop().call_later(HELD_SECONDS, lambda: asyncio.ensure_future(self._settle()))

    async def _settle(self) -> None:
        await self.again(lambda: self.service.write("product", 1 + Inside.held * HELD_KB), now() + 60)
        Inside.held -= 1


class Row(NamedTuple):
    sold: float  # a second
    refused: float  # told to come back, a second
    p50: float  # milliseconds, of what was sold
    p99: float
    attempts: float  # of writes per order sold


async def _try(kind: type[Way], processes: int, rate: float) -> Row:
    draw, service = random.Random(SEED), Service()
    Inside.held = 0
    ways = [kind(service, draw) for _ in range(processes)]
    taken: list[float] = []
    refused = 0

    async def order() -> None:
        nonlocal refused
        began = now()
        try:
            await draw.choice(ways).reserve(began + RETRY_SECONDS)
            taken.append((now() - began) * 1000)
        except Busy:
            refused += 1

    orders = []
    while now() < SECONDS:
        await asyncio.sleep(draw.expovariate(rate))
        orders.append(asyncio.create_task(order()))
    sold_in_time, attempts = len(taken), service.limits.counts["attempts"]
    await asyncio.gather(*orders)
    taken.sort()
    return Row(
        sold_in_time / SECONDS, refused / SECONDS, statistics.median(taken), taken[int(len(taken) * 0.99)],
        attempts / max(1, sold_in_time),
    )  # fmt: skip


class _Jumping(selectors.SelectSelector):
    """Instead of waiting, it is later."""

    at = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.at += timeout or 0
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.at


def model(kind: type[Way], processes: int, rate: float) -> Row:
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(_try(kind, processes, rate))


WAYS: Mapping[str, type[Way]] = {
    "each order by itself, as before": Way,
    "in line, each by itself": InLine,
    f"in line, {TOGETHER + 1} together": Together,
    "the same, letting other processes in": LettingOthers,
    f"stock in {SHARDS} items": Shards,
    "reservation inside the product": Inside,
}


def main() -> None:
    print("One product, orders a second that come | sold | told to come back | p50 ms | p99 ms | attempts an order")
    for processes in (2, 12):
        for rate in (50, 300, 1_000):
            for name, kind in WAYS.items():
                row = model(kind, processes, rate)
                print(
                    f"{processes:>3} processes {rate:>6}/s  {name:<38}{row.sold:>8.0f}{row.refused:>8.0f}"
                    f"{row.p50:>8.0f}{row.p99:>8.0f}{row.attempts:>9.1f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
