"""The worker: what a backlog of orders costs it, and how far behind it is beside eight buyers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import event, func, select

from app.services.checkout.checkout import CheckoutRequest
from app.stores.sql.tables import outbox
from tests.benchmarks.buyer import ADDRESS, CARD
from tests.benchmarks.measuring import Figure, Part, Row, Step
from tests.benchmarks.shops import AsInProduction, journeys, production_shop, some
from tests.support.unlimited import lift_budgets

BACKLOG = 300
ORDERS = 30  # a client and turn, beside the worker
LOOK_SECONDS = 0.1
SETTLED_SECONDS = 3.0

STATEMENTS = Row("worker.statements", "SQL statements an order, of a backlog", "each", goal=20, better="lower")
RATE = Row("worker.rate", "Orders taken off a backlog, web at rest", "orders/s", goal=100)
BESIDE = Row("worker.beside", "Three cart adds and an order, 8 clients, a worker beside", "orders/s")
LAG = Row("worker.lag", "Oldest effect that is due meanwhile, at the most", "s", goal=2, better="lower")


@contextmanager
def opened(folder: Path) -> Iterator[list[Step]]:
    with production_shop(folder) as shop:
        lift_budgets()
        _work_off(shop)  # chores that run seldom
        yield [lambda: _backlog(shop), lambda: _beside(shop)]


def _backlog(shop: AsInProduction) -> Mapping[str, Figure]:
    for number in range(BACKLOG):
        owner = f"guest#bench{number}x{time.time_ns()}"
        for product_id in some(shop.product_ids):
            shop.built.cart.add(owner, product_id)
        shop.built.checkout.place(CheckoutRequest(owner, None, "b@shop.example", ADDRESS, CARD, None))
    statements, seconds = _work_off(shop)
    return {
        f"{STATEMENTS.key}:ours": Figure(statements / BACKLOG),
        f"{RATE.key}:ours": Figure(BACKLOG / seconds),
    }


def _work_off(shop: AsInProduction) -> tuple[int, float]:
    """Statements and seconds until the worker finds nothing more to do; its chores count, too."""
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(shop.database.engine, "before_cursor_execute", count)
    began = time.monotonic()
    while shop.built.worker.tick():
        pass
    taken = time.monotonic() - began
    event.remove(shop.database.engine, "before_cursor_execute", count)
    return statements, taken


def _beside(shop: AsInProduction) -> Mapping[str, Figure]:
    worker = shop.production.worker()
    try:
        while not worker.is_at_work():
            time.sleep(LOOK_SECONDS)
        time.sleep(SETTLED_SECONDS)  # its first chores
        lags, stop = [0.0], threading.Event()
        looking = threading.Thread(target=_look, args=(shop, lags, stop))
        looking.start()
        loaded = journeys(shop, ORDERS)
        stop.set()
        looking.join()
    finally:
        worker.stop()  # what a killed one had begun would be due, and nobody's, in the next round
    return {f"{BESIDE.key}:ours": loaded.figure("pay"), f"{LAG.key}:ours": Figure(max(lags))}


def _look(shop: AsInProduction, lags: list[float], stop: threading.Event) -> None:
    query = select(func.min(outbox.c.next_try_at)).where(outbox.c.state == "pending")
    while not stop.wait(LOOK_SECONDS):
        oldest = shop.database.read(lambda c: c.execute(query).scalar())
        if oldest is not None:
            lags.append((datetime.now(UTC) - oldest).total_seconds())


PART = Part("worker", "production", (STATEMENTS, RATE, BESIDE, LAG), opened)
