"""What a search comes to: the cards that fit, and what each filter would leave of the others.

A card is a product, or one of a family that stands for those of it that fit. The counts beside a filter are of what
all other filters leave, so that they say what choosing it would show; values of one filter widen each other, filters
narrow each other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from app.domain import Product
from app.domain.families import Family

Counts = tuple[tuple[str, int], ...]  # (value, cards), the largest first
_CATEGORY, _TAG, _STOCK, _PRICE = 1, 2, 4, 8


@dataclass(frozen=True)
class Narrowing:
    """The filters of a list; prices in minor units, both ends included. Tags are compared without case."""

    categories: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    in_stock: bool = False
    price_min: int | None = None
    price_max: int | None = None

    def missed_by(self, product: Product) -> int:
        """Which of the filters it does not meet, one bit each."""
        missed = 0
        if self.categories and product.category not in self.categories:
            missed |= _CATEGORY
        if self.tags and not any(tag.casefold() in self.tags for tag in product.tags):
            missed |= _TAG
        if self.in_stock and product.stock <= 0:
            missed |= _STOCK
        if (self.price_min is not None and product.price < self.price_min) or (
            self.price_max is not None and product.price > self.price_max
        ):
            missed |= _PRICE
        return missed


@dataclass(frozen=True)
class Listing:
    """Cards in order, by the ids of the products that stand for them, and the counts beside the filters.

    `members`: per family the ids of those of it that fit. `prices`: the lowest and the highest; None without a card.
    """

    ids: tuple[str, ...]
    members: Mapping[str, tuple[str, ...]]
    categories: Counts
    tags: Counts
    in_stock: int
    prices: tuple[int, int] | None


@dataclass(frozen=True)
class SearchResult:
    """One page of what shoppers choose between: products, and one of each family, which stands for it.

    `total` and all counts are of these; `families` has those of the page's products that belong to one with a choice,
    by product id. `categories`, `tags`, `in_stock` and `prices` (minor units) are what all other filters leave.
    """

    items: tuple[Product, ...]
    total: int
    page: int
    pages: int
    categories: Counts
    families: Mapping[str, Family]
    tags: Counts = ()
    in_stock: int = 0
    prices: tuple[int, int] | None = None


def listing_of(
    ids: Sequence[str],
    products: Mapping[str, Product],
    narrowing: Narrowing,
    *,
    certain: int | None = None,
    is_by_price: bool = False,
) -> Listing:
    """`ids` in the order of the list, before any filter; from the place `certain` on they are guesses.

    A family stands where the first of those that fit does, with `is_by_price` the cheapest, as its price is said. Its
    guesses are left out where others of it are certain.
    """
    shown: dict[str, None] = {}
    members: dict[str, list[str]] = defaultdict(list)
    sure = len(ids) if certain is None else certain
    began: dict[str, int] = {}  # of a family: the place of the first one that fits
    stands: dict[str, str] = {}  # for a family: one of those that fit
    by_category: dict[str, set[Hashable]] = defaultdict(set)
    by_tag: dict[str, set[Hashable]] = defaultdict(set)
    names: dict[str, Counter[str]] = defaultdict(Counter)  # of a tag: how it is written
    in_stock: set[Hashable] = set()
    low = high = None
    for place, key in enumerate(ids):
        product = products[key]
        missed = narrowing.missed_by(product)
        card: Hashable = (product.family_id,) if product.family_id else key
        if not missed & ~_CATEGORY:
            by_category[product.category].add(card)
        if not missed & ~_TAG:
            for tag in product.tags:
                by_tag[tag.casefold()].add(card)
                names[tag.casefold()][tag] += 1
        if product.stock > 0 and not missed & ~_STOCK:
            in_stock.add(card)
        if not missed & ~_PRICE:
            low = product.price if low is None else min(low, product.price)
            high = product.price if high is None else max(high, product.price)
        if missed:
            continue
        family = product.family_id
        if not family:
            shown[key] = None
        elif began.setdefault(family, place) >= sure or place < sure:
            before = stands.get(family)
            if before is None or (is_by_price and product.price < products[before].price):
                shown.pop(before or "", None)
                shown[key], stands[family] = None, key
            members[family].append(key)
    return Listing(
        tuple(shown),
        {name: tuple(keys) for name, keys in members.items()},
        _by_size({name: len(cards) for name, cards in by_category.items()}),
        _by_size({min(names[tag], key=lambda one: (-names[tag][one], one)): len(by_tag[tag]) for tag in by_tag}),
        len(in_stock),
        None if low is None or high is None else (low, high),
    )


def _by_size(counts: Mapping[str, int]) -> Counts:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
