"""Where a product stands in a list: what it is sorted by, as one value to compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain import Product
from app.services.catalog.fuzzy_search import Match

Place = tuple[Any, ...]  # whole numbers, then the name in lower case and the id
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LARGEST = 2**63
_LONGEST_TEXT = 1_000


def by_name(product: Product) -> tuple[str, str]:
    return product.name.casefold(), product.product_id


def place_of(product: Product, sort: str, sold: Mapping[str, int], match: Match | None) -> Place:
    """`match` None: it was not searched for. Sold-out products and guesses stand behind the others."""
    is_out = int(product.stock <= 0)
    found: Place = ()
    if match is not None:
        found = (int(match.typos), is_out, -match.score) if sort == "popular" else (int(match.typos),)
    return *found, *_sorted_by(product, sort, sold), *by_name(product)


def is_place(value: Sequence[Any], sort: str, is_searched: bool) -> bool:
    """Whether `value`, which came from outside, is the place of some product in such a list."""
    like = place_of(Product("", "", 0, 0, 0), sort, {}, Match(0, False, 0) if is_searched else None)
    return len(value) == len(like) and all(
        type(one) is type(other) and (abs(one) < _LARGEST if isinstance(one, int) else len(one) <= _LONGEST_TEXT)
        for one, other in zip(value, like, strict=True)
    )


def _sorted_by(product: Product, sort: str, sold: Mapping[str, int]) -> Place:
    match sort:
        case "popular":
            return int(product.stock <= 0), -sold.get(product.product_id, 0)
        case "new":
            return (-(((product.created_at or _EPOCH) - _EPOCH) // _MICROSECOND),)
        case "price_asc":
            return (product.price,)
        case "price_desc":
            return (-product.price,)
    return ()
