"""What a cart add and an order of three lines ask the databases for, session included and without the worker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.measuring import Figure, Part, Row, Step
from tests.benchmarks.recording import record
from tests.benchmarks.shops import production_shop
from tests.support.shop import add_people

ORDERS = 10
_MOST = {"add": {"sql": 1, "commit": None, "dynamo": 1}, "order": {"sql": 15, "commit": 4, "dynamo": 4}}
_WORDS = {
    "add": "a cart add",
    "order": "an order of three lines",
    "sql": "SQL statements",
    "commit": "SQL commits",
    "dynamo": "DynamoDB requests",
}
ROWS = tuple(
    Row(f"counts.{what}.{kind}", f"{_WORDS[kind]}, {_WORDS[what]}", "each", goal=most, better="lower")
    for what, kinds in _MOST.items()
    for kind, most in kinds.items()
)


@contextmanager
def opened(folder: Path) -> Iterator[list[Step]]:
    with production_shop(folder) as shop:
        buyers = iter(add_people(shop.database, 20, "counted"))

        def count() -> Mapping[str, Figure]:
            email = str(next(buyers).email)
            found = record(shop.built.settings, email, shop.product_ids, ORDERS)
            return {
                f"counts.{what}.{kind}:ours": Figure(found.count(what, kind))
                for what, kinds in _MOST.items()
                for kind in kinds
            }

        yield [count]


PART = Part("counts", "production", ROWS, opened)
