"""Many buyers on few products, on a DynamoDB with the service's limits: 8 clients against 64.

Usage: python -m tests.benchmarks.rush
"""

from __future__ import annotations

import logging
import os
import random
import statistics
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import NamedTuple

from app.domain import Product, Quantity
from app.errors import ShopError
from app.stores.dynamo.catalog import DynamoCatalog
from app.stores.dynamo.client import Dynamo
from app.stores.dynamo.tables import migrate
from tests.support.dynoxide import aws_environment, running_dynoxide
from tests.support.limited_dynamo import running_limited

PRODUCTS, UNITS = 8, 50_000
PROCESSES = 2
SECONDS = 8
PREFIX = "rush-"


class Found(NamedTuple):
    taken: list[float]  # seconds of each reservation that was made
    refused: int  # told to come back


def rush(url: str, process: int, clients: int, products: int, seconds: float) -> Found:
    """What one web process does: its clients reserve a unit of one of the products again and again."""
    logging.disable(logging.WARNING)
    os.environ.update(aws_environment(url))
    catalog = DynamoCatalog(Dynamo(PREFIX))
    ends = time.monotonic() + seconds

    def buy(client: int) -> Found:
        draw, found = random.Random(process * 1_000 + client), Found([], 0)
        refused, order_id = 0, (process * 1_000 + client + 1) * 1_000_000
        while (began := time.monotonic()) < ends:
            order_id += 1
            try:
                catalog.reserve(order_id, [Quantity(f"p{draw.randrange(products)}", 1)])
                found.taken.append(time.monotonic() - began)
            except ShopError:
                refused += 1
        return Found(found.taken, refused)

    with ThreadPoolExecutor(clients) as pool:
        each = list(pool.map(buy, range(clients)))
    return Found([t for one in each for t in one.taken], sum(one.refused for one in each))


def measure(clients: int, products: int, processes: int = PROCESSES, seconds: float = SECONDS) -> str:
    with running_dynoxide() as behind, running_limited(behind) as limited:
        os.environ.update(aws_environment(behind))
        dynamo = Dynamo(PREFIX)
        migrate(dynamo)
        catalog = DynamoCatalog(dynamo)
        for number in range(products):
            catalog.add(Product(f"p{number}", f"Lamp {number}", 9_900, UNITS, 0))
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
            jobs = [
                pool.submit(rush, limited.url, number, clients // processes, products, seconds)
                for number in range(processes)
            ]
            found = [job.result() for job in jobs]
        counts = limited.counts()
        left = sum(product.stock for product in catalog.changes_since(None).products)
    taken = sorted(t for one in found for t in one.taken)
    refused = sum(one.refused for one in found)
    assert products * UNITS - left == len(taken), "sold is what is missing"
    p50, p99 = statistics.median(taken) * 1000, taken[int(len(taken) * 0.99)] * 1000
    return (
        f"{clients:>8}{products:>10}{processes:>11}{len(taken) / seconds:>14.0f}{p50:>9.0f}{p99:>9.0f}{p99 / p50:>9.1f}"
        f"{counts['attempts'] / len(taken):>10.2f}{counts['throttled']:>11}{refused:>9}"
    )


def main() -> None:
    print("\nReservations of one unit on a DynamoDB with the service's limits")
    print(
        f"{'clients':>8}{'products':>10}{'processes':>11}{'orders/s':>14}{'p50 ms':>9}{'p99 ms':>9}{'p99/p50':>9}"
        f"{'attempts':>10}{'throttled':>11}{'refused':>9}"
    )
    for clients, products in ((8, PRODUCTS), (64, PRODUCTS), (8, 1), (64, 1)):
        print(measure(clients, products), flush=True)


if __name__ == "__main__":
    main()
