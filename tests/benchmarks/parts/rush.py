"""A rush: 64 buyers against 8, all on the same eight products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks import load
from tests.benchmarks.load import Client
from tests.benchmarks.measuring import Figure, Part, Row, Step
from tests.benchmarks.shops import CLIENTS, AsInProduction, add, pay, production_shop

HOT, CROWD = 8, 64
ORDERS, CROWD_ORDERS = 25, 5  # a client and turn

RATE = Row(
    "rush.rate",
    "A cart add and an order of 8 hot products, 64 clients",
    "orders/s",
    "8 clients",
    goal=1.0,
    goal_of="ratio",
)
TAIL = Row("rush.tail", "99th percentile of these orders against their median", "times", goal=10, better="lower")


@contextmanager
def opened(folder: Path) -> Iterator[list[Step]]:
    with production_shop(folder) as shop:
        shop.shoppers(CROWD)
        _orders(shop, CLIENTS, 3)
        yield [
            lambda: {f"{RATE.key}:floor": _orders(shop, CLIENTS, ORDERS)},
            lambda: _crowd(shop),
        ]


def _crowd(shop: AsInProduction) -> Mapping[str, Figure]:
    found = _orders(shop, CROWD, CROWD_ORDERS)
    tail = found.beside["p99_ms"] / found.beside["p50_ms"]
    return {f"{RATE.key}:ours": found, f"{TAIL.key}:ours": Figure(tail)}


def _orders(shop: AsInProduction, clients: int, orders: int) -> Figure:
    """Each client goes through the products, each from another one on."""
    plans = []
    for number, shopper in enumerate(shop.shoppers(clients)):
        calls = [(add(shopper, shop.product_ids[(number + n) % HOT]), pay(shopper)) for n in range(orders)]
        plans.append(Client([call for pair in calls for call in pair]))
    return load.run(shop.server.port, plans).figure("pay")


PART = Part("rush", "production", (RATE, TAIL), opened)
