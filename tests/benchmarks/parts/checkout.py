"""Cart and checkout over HTTP against the statements of the budget by bare drivers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks import bare, load
from tests.benchmarks.floor import Floor
from tests.benchmarks.load import Call, Client
from tests.benchmarks.measuring import Figure, Part, Row, Step
from tests.benchmarks.processes import children_of, cpu_seconds, databases
from tests.benchmarks.shops import CLIENTS, AsInProduction, add, filled_orders, journeys, pay, production_shop

ORDERS, FLOOR_ORDERS = 20, 60  # a client and turn
ADDS, FLOOR_ADDS = 60, 150
EMPTY, FLOOR_EMPTY = 150, 500

FILLED = Row(
    "checkout.filled",
    "Orders of three lines, carts filled before, 8 clients",
    "orders/s",
    floor="the budget's order by bare drivers",
    goal=0.5,
    goal_of="ratio",
)
JOURNEY = Row(
    "checkout.journey",
    "Three cart adds and an order, 8 clients",
    "orders/s",
    floor="the budget's adds and order by bare drivers",
    goal=0.5,
    goal_of="ratio",
)
WEB = Row("checkout.web_cpu", "Processor time of the web processes for that", "ms each", better="lower")
SQL = Row("checkout.mariadb_cpu", "Processor time of MariaDB for that", "ms each", better="lower")
ADD = Row("checkout.add", "Cart adds, 8 clients", "adds/s", floor="the budget's add by bare drivers")
EMPTY_ROUTE = Row("checkout.empty", "`/healthz`, 8 clients", "requests/s", floor="an empty answer of bare gunicorn")


@contextmanager
def opened(folder: Path) -> Iterator[list[Step]]:
    with production_shop(folder) as shop, bare.serving("ready()", folder) as empty:
        floor = Floor(shop.production.mariadb.network_url, shop.dynamo_url)
        journeys(shop, 3)  # what a process does once
        floor.run("journey", 5)
        yield [
            lambda: {f"{FILLED.key}:floor": floor.run("filled", FLOOR_ORDERS)},
            lambda: {f"{FILLED.key}:ours": filled_orders(shop, ORDERS).figure("pay")},
            lambda: {f"{JOURNEY.key}:floor": floor.run("journey", FLOOR_ORDERS // 2)},
            lambda: _journeys(shop),
            lambda: {f"{ADD.key}:floor": floor.run("adds", FLOOR_ADDS)},
            lambda: {f"{ADD.key}:ours": _adds(shop)},
            lambda: _empty(shop, empty.port),
        ]


def _journeys(shop: AsInProduction) -> Mapping[str, Figure]:
    web, sql = children_of(shop.server.pid), databases()
    before = cpu_seconds(web), cpu_seconds(sql)
    found = journeys(shop, ORDERS)
    orders = len(found.latencies["pay"])
    return {
        f"{JOURNEY.key}:ours": found.figure("pay"),
        f"{WEB.key}:ours": Figure((cpu_seconds(web) - before[0]) / orders * 1000),
        f"{SQL.key}:ours": Figure((cpu_seconds(sql) - before[1]) / orders * 1000),
    }


def _adds(shop: AsInProduction) -> Figure:
    """Three products in turn, then paid, so that no cart runs into its limits."""
    clients = [
        Client([add(shopper, product) for product in shop.product_ids[:3]], ADDS // 3)
        for shopper in shop.shoppers(CLIENTS)
    ]
    found = load.run(shop.server.port, clients).figure("add")
    load.run(shop.server.port, [Client([pay(shopper)]) for shopper in shop.shoppers(CLIENTS)])
    return found


def _empty(shop: AsInProduction, port: int) -> Mapping[str, Figure]:
    floor = load.run(port, [Client([Call("get", "GET", "/")], FLOOR_EMPTY)] * CLIENTS)
    ours = load.run(shop.server.port, [Client([Call("get", "GET", "/healthz")], EMPTY)] * CLIENTS)
    return {f"{EMPTY_ROUTE.key}:floor": floor.figure("get"), f"{EMPTY_ROUTE.key}:ours": ours.figure("get")}


PART = Part("checkout", "production", (FILLED, JOURNEY, WEB, SQL, ADD, EMPTY_ROUTE), opened)
