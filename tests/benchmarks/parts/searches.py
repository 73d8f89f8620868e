"""Searches not asked before, in 20,000 products, against `in` over every text: no typos, no order."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from app.domain import Product
from app.services.catalog.ports import CatalogChanges
from app.services.catalog.products import CatalogService
from tests.benchmarks.measuring import Figure, Part, Row, Step

PRODUCTS = 20_000
COLOURS = ["red", "blue", "green", "pink", "ivory", "silver", "golden", "white", "black", "teal"]
STUFFS = ["wooden", "ceramic", "glass", "metal", "linen", "velvet", "woollen", "oak", "cotton", "paper"]
THINGS = ["cushions", "lantern", "mug", "teapot", "clock", "frame", "basket", "blanket", "candle", "lamp"]
QUERIES = ["", "cusion", "red cushion", "ceramik teepot", "b", "zzzzzz"]
ROWS = {
    query: Row(
        f"searches.{number}",
        f"A first search for “{query}”" if query else "A first search for nothing",
        "ms",
        f"`in` over {PRODUCTS:,} texts",
        better="lower",
    )
    for number, query in enumerate(QUERIES, 1)
}


class Catalog:
    """Names of four words, the last of 6,000 makers, so that no word is everywhere."""

    def __init__(self) -> None:
        rng = random.Random(7)
        makers = ["".join(rng.choices("aeioubdklmnrst", k=rng.randint(4, 9))) for _ in range(6_000)]
        self.products = tuple(
            Product(
                f"p{number}",
                " ".join(rng.choice(words) for words in (COLOURS, STUFFS, THINGS, makers)),
                rng.randint(100, 99_999),
                rng.randint(0, 40),
                15,
                category=rng.choice(THINGS),
                description=" ".join(rng.choices(COLOURS + STUFFS + makers, k=10)),
            )
            for number in range(PRODUCTS)
        )

    def changes_since(self, cursor: datetime | None) -> CatalogChanges:
        return CatalogChanges(self.products if cursor is None else (), datetime.now(UTC))


@contextmanager
def opened(_: Path) -> Iterator[list[Step]]:
    catalog = Catalog()
    texts = [f"{p.name} {p.description}".lower() for p in catalog.products]

    def search() -> Mapping[str, Figure]:
        window = CatalogService(catalog)  # a fresh one: answers are kept
        window.refresh()
        window.search("an earlier visitor")  # who paid for the index
        found = {}
        for query, row in ROWS.items():
            found[f"{row.key}:floor"] = _taken(lambda q=query: [text for text in texts if q in text])
            found[f"{row.key}:ours"] = _taken(lambda q=query: window.search(q))
        return found

    yield [search]


def _taken(work: Callable[[], object]) -> Figure:
    started = time.perf_counter()
    work()
    return Figure((time.perf_counter() - started) * 1000)


PART = Part("searches", "growth", tuple(ROWS.values()), opened)
