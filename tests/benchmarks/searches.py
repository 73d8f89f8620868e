"""Searches that nobody asked before, in a window of 20,000 products."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from app.domain import Product
from app.services.catalog.ports import CatalogChanges
from app.services.catalog.products import CatalogService

PRODUCTS = 20_000
COLOURS = ["red", "blue", "green", "pink", "ivory", "silver", "golden", "white", "black", "teal"]
STUFFS = ["wooden", "ceramic", "glass", "metal", "linen", "velvet", "woollen", "oak", "cotton", "paper"]
THINGS = ["cushions", "lantern", "mug", "teapot", "clock", "frame", "basket", "blanket", "candle", "lamp"]
QUERIES = ["", "cusion", "red cushion", "ceramik teepot", "b", "zzzzzz"]
ROUNDS = 5


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


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def compare_searches(_: Path) -> None:
    catalog = Catalog()
    texts = [f"{p.name} {p.description}".lower() for p in catalog.products]
    taken: dict[str, list[float]] = {query: [] for query in QUERIES}
    for _round in range(ROUNDS):  # a fresh window each: answers are kept
        window = CatalogService(catalog)
        window.refresh()
        window.search("an earlier visitor")  # who paid for the index
        for query in QUERIES:
            taken[query].append(seconds(lambda q=query, w=window: w.search(q)))
    print(f"\nA search not asked before, {PRODUCTS:,} products, against `in` over every text (no typos, no order)")
    for query in QUERIES:
        floor = statistics.median(seconds(lambda q=query: [t for t in texts if q in t]) for _round in range(ROUNDS))
        median = statistics.median(taken[query])
        print(f"  {query or '(nothing)':<28}{floor * 1000:8.2f} ms {median * 1000:8.2f} ms   x{median / floor:.1f}")
