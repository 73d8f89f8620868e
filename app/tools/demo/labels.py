"""What the demo's products are known by: brand, barcode, tags and weight, the same for the same product every time."""

from __future__ import annotations

import csv
import functools
import re
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from app.domain.gtin import check_digit

_IN_STORE = "200"  # numbers that trade leaves to shops for what is theirs alone
_GRAMS = re.compile(r"\b(\d+) (?:g|ml)\b")
_STEP = 10
_SUPPLIERS = ("Sharma Traders", "Deccan Wholesale", "Malabar Supply", "Jaipur Crafts")


@dataclass(frozen=True)
class Labels:
    """`weight` in grams."""

    brand: str
    barcode: str
    tags: tuple[str, ...]
    weight: int
    supplier: str


@dataclass(frozen=True)
class _Shelf:
    brands: tuple[str, ...]
    tags: tuple[str, ...]
    least: int
    most: int


def labels_of(category: str, name: str, kind: str, number: int) -> Labels:
    """`kind`: what products of one family share, whose brand is one; `number`: unique in the shop."""
    shelf, chance = _shelves()[category], crc32(kind.encode())
    digits = f"{_IN_STORE}{number:09d}"
    said = _GRAMS.search(name)
    grams = shelf.least + crc32(name.encode()) % (shelf.most - shelf.least)
    return Labels(
        brand=shelf.brands[chance % len(shelf.brands)],
        barcode=digits + check_digit(digits),
        tags=tuple(tag for at, tag in enumerate(shelf.tags) if at != chance % (len(shelf.tags) + 1)),
        weight=int(said[1]) if said else grams - grams % _STEP,
        supplier=_SUPPLIERS[crc32(category.encode()) % len(_SUPPLIERS)],
    )


@functools.cache
def _shelves() -> dict[str, _Shelf]:
    with (Path(__file__).parent / "data" / "shelves.csv").open(encoding="utf-8", newline="") as file:
        return {row["category"]: _shelf(row) for row in csv.DictReader(file, delimiter="|")}


def _shelf(row: dict[str, str]) -> _Shelf:
    least, most = map(int, row["grams"].split())
    return _Shelf(tuple(row["brands"].split("; ")), tuple(row["tags"].split("; ")), least, most)
