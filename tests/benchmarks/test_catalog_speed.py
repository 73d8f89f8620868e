"""A window of 20,000 products answers while people type. The bounds leave room for a busy machine."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime

import pytest

from app.domain import Product
from app.services.catalog import CatalogService
from app.services.ports import CatalogueChanges

PRODUCTS = 20_000
COLOURS = ["red", "blue", "green", "pink", "ivory", "silver", "golden", "white", "black", "teal"]
STUFFS = ["wooden", "ceramic", "glass", "metal", "linen", "velvet", "woollen", "oak", "cotton", "paper"]
THINGS = [
    "cushions",
    "lantern",
    "mug",
    "teapot",
    "clock",
    "frame",
    "basket",
    "blanket",
    "candle",
    "lamp",
    "plate",
    "bowl",
    "jug",
    "bag",
    "towel",
    "hook",
]


class Catalogue:
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

    def changes_since(self, cursor: datetime | None) -> CatalogueChanges:
        return CatalogueChanges(self.products if cursor is None else (), datetime.now(UTC))


@pytest.fixture(scope="module")
def window() -> CatalogService:
    service = CatalogService(Catalogue())
    service.refresh()
    return service


@pytest.mark.parametrize("query", ["", "cusion", "red cushion", "ceramik teepot", "b", "zzzzzz"])
def test_a_search_is_answered_at_once(window: CatalogService, query: str, record_property):
    started = time.perf_counter()
    window.search(query)
    seconds = time.perf_counter() - started
    record_property("milliseconds", round(seconds * 1000, 1))
    assert seconds < 0.5
