"""Products beyond the hand-written range: things, finishes, variants and makers that go together."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path


@dataclass(frozen=True)
class _Shelf:
    """What a category is made of. A name reads "<finish> <thing>, <variant>"."""

    finishes: tuple[str, ...]
    things: tuple[tuple[str, int], ...]  # with a price in rupees
    variants: tuple[tuple[str, int], ...]  # with what they cost, in per cent of the thing
    words: str


def _read_shelves() -> dict[str, _Shelf]:
    with (Path(__file__).parent / "data" / "variety.csv").open(encoding="utf-8", newline="") as file:
        return {row["category"]: _shelf(row) for row in csv.DictReader(file, delimiter="|")}


def _shelf(row: dict[str, str]) -> _Shelf:
    finishes = tuple(row["finishes"].split("; "))
    return _Shelf(finishes, _numbered(row["things"]), _numbered(row["variants"]), row["description"])


def _numbered(text: str) -> tuple[tuple[str, int], ...]:
    pairs = (part.rsplit(" ", 1) for part in text.split("; "))
    return tuple((name, int(number)) for name, number in pairs)


_SHELVES = _read_shelves()

_COLLECTIONS = (
    "",
    "Malabar",
    "Konkan",
    "Deccan",
    "Aravalli",
    "Coromandel",
    "Nilgiri Hills",
    "Thar",
    "Sundarban",
    "Kutch",
    "Marwar",
    "Brahmaputra",
)

_PER_COLLECTION = sum(len(s.finishes) * len(s.things) * len(s.variants) for s in _SHELVES.values())
MOST_VARIANTS = (_PER_COLLECTION - len(_SHELVES) * 100) * len(_COLLECTIONS)


def variants(rng: random.Random, taken: set[str]) -> Iterator[tuple[str, str, int, int, str]]:
    """(category, name, price and cost in rupees, description), categories in turn; no name twice."""
    for collection in _COLLECTIONS:
        shelves = []
        for category, shelf in _SHELVES.items():
            names = list(product(shelf.finishes, shelf.things, shelf.variants))
            rng.shuffle(names)
            shelves.append((category, shelf, names))
        for tier in range(max(len(names) for _, _, names in shelves)):
            for category, shelf, names in shelves:
                finish, (thing, price), (variant, per_cent) = names[tier]
                name = f"{collection} {finish} {thing}, {variant}".strip()
                if name in taken:
                    continue
                rupees = _charm(price * per_cent * rng.uniform(0.9, 1.25) / 100)
                yield category, name, rupees, max(1, round(rupees * rng.uniform(0.3, 0.6))), shelf.words


def _charm(rupees: float) -> int:
    """The nearest price that looks like one: 149, 1,299, 4,499."""
    step = 50 if rupees < 1000 else 100
    return max(99, round(rupees / step) * step - 1)
