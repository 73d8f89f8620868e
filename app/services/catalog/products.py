"""The shop window: products in memory, searched, filtered and sorted there.

A snapshot follows the catalogue by what changed since, at most once a second, and is read anew now
and then. A stock count on a card may be a second old; checkout never trusts it.
"""

from __future__ import annotations

import hashlib
import logging
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from threading import Lock
from typing import Any, Literal, get_args

from cachetools import LRUCache

from app.domain import Product, ProductStatus
from app.domain.families import Family
from app.errors import InvalidInput, NotFound, ShopError, TakenOut
from app.services.catalog.fuzzy_search import MOST_QUERY_LENGTH, Match, SearchIndex, words_of
from app.services.catalog.listing import Counts, Listing, Narrowing, SearchResult, listing_of
from app.services.catalog.ports import Catalog, Companions
from app.services.catalog.ranking import Place, by_name, is_place, place_of
from app.words import mark

log = logging.getLogger(__name__)

Sort = Literal["popular", "new", "price_asc", "price_desc", "name"]
SORTS: tuple[str, ...] = get_args(Sort)

FRESH_SECONDS = 1.0
STALE_SECONDS = 5.0  # without an answer for so long, what is shown is old
FULL_READ_SECONDS = 300.0
POPULARITY_SECONDS = 60.0
MOST_PAGE_SIZE = 200
FEW_FOUND = 3  # cards, up to which other words are offered
OFTEN_AS_MANY = 10
_KEPT_ANSWERS = 100


@dataclass(frozen=True)
class Suggestions:
    """`families` by product id, as in a search's result; `categories` with the number of their cards."""

    products: tuple[Product, ...]
    families: Mapping[str, Family]
    categories: Counts


class CatalogService:
    """The catalogue as shoppers see it: search, filters, pages.

    `bestsellers` gives units sold by product id, `companions` what is bought together; both are asked at most once a
    minute.
    """

    def __init__(
        self,
        catalog: Catalog,
        bestsellers: Callable[[], Mapping[str, int]] = dict,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        companions: Callable[[], Companions] = dict,
    ) -> None:
        self._now = now
        self._catalog = catalog
        self._bestsellers = bestsellers
        self._read_companions = companions
        self._companions: Companions = {}
        self._companions_digest = ""
        self._clock = clock
        self._refreshing = Lock()
        self._using = Lock()  # guards what follows; never held across a call of a store
        self._products: dict[str, Product] = {}
        self._index = SearchIndex()
        self._members: dict[str, set[str]] = {}  # active ids per family
        self._sold: Mapping[str, int] = {}
        # Made when first asked for, forgotten when names, prices or popularity change:
        self._orders: dict[str, tuple[str, ...]] = {}  # active ids per sort
        self._answers: LRUCache[tuple[str, str], _Answer] = LRUCache(_KEPT_ANSWERS)  # per query and sort
        self._listings: LRUCache[tuple[str, str, Narrowing], Listing] = LRUCache(_KEPT_ANSWERS)
        self._digests: dict[str, int] = {}
        self._digest = 0
        self._sold_digest = ""
        self._cursor: datetime | None = None
        self._failing = False
        self._read_at = self._good_at = self._full_read_at = self._sold_at = float("-inf")
        self.read_at: datetime | None = None  # when the catalogue last answered, for people

    def search(
        self,
        q: str = "",
        category: str | Collection[str] | None = None,
        sort: Sort = "popular",
        in_stock: bool = False,
        price_min: int | None = None,
        price_max: int | None = None,
        page: int = 1,
        page_size: int = 24,
        tags: Collection[str] = (),
    ) -> SearchResult:
        """Active products that fit, a page of them; a page that does not exist becomes the nearest.

        `category`: one or several. Of a family the one that fits and stands first counts, so it stands where its best
        seller, newest one does; by price, either way, its cheapest, whose price it says. Words may be misspelt; certain
        matches stand before guesses, whatever the sort. Prices in minor units, both ends included. Raises InvalidInput
        for an unknown sort.
        """
        if sort not in SORTS:
            raise InvalidInput(f"Sort must be one of {', '.join(SORTS)}.", "sort")
        categories = (category,) if isinstance(category, str) else category or ()
        asked = Narrowing(
            frozenset(categories), frozenset(tag.casefold() for tag in tags), in_stock, price_min, price_max
        )
        self._follow()
        with self._using:
            found, products = self._listing(q, sort, asked), self._products
        size = min(max(page_size, 1), MOST_PAGE_SIZE)
        pages = max(1, -(-len(found.ids) // size))
        page = min(max(page, 1), pages)
        items = tuple(products[key] for key in found.ids[(page - 1) * size : page * size])
        return SearchResult(
            items,
            len(found.ids),
            page,
            pages,
            found.categories,
            self._cards(items, found, products),
            found.tags,
            found.in_stock,
            found.prices,
        )

    def _cards(self, items: Iterable[Product], found: Listing, products: Mapping[str, Product]) -> dict[str, Family]:
        return {
            key: family.narrowed_to(products[one] for one in found.members[family.family_id])
            for key, family in self.families_of(items).items()
        }

    def suggest(self, q: str, limit: int) -> Suggestions:
        """While somebody types: products that fit best, one of each family, and categories called so.

        Nothing for one Latin letter alone, which begins words of half the shop.
        """
        self._follow()
        asked = words_of(q[:MOST_QUERY_LENGTH])
        if not asked or (len(asked) == 1 and len(asked[0]) == 1 and asked[0].isascii()):
            return Suggestions((), {}, ())
        with self._using:
            ids = islice(_first_of_families(self._answer(q, "popular").ids, self._products), limit)
            items = tuple(self._products[key] for key in ids)
        called = (one for one in self.categories() if _is_called(one[0], asked))
        return Suggestions(items, self.families_of(items), tuple(islice(called, limit)))

    def meant(self, q: str, found: int) -> str | None:
        """What a search that found so many cards may have meant, in words that find something; None where it is clear.

        A word that no product has is put right; where next to nothing was found, also one that far more products write
        by another letter.
        """
        self._follow()
        few = found <= FEW_FOUND
        with self._using:
            right = self._index.put_right(q, is_rare=lambda have, many: few and many >= OFTEN_AS_MANY * have)
        return right if right and self.search(right, page_size=1).total else None

    def beyond(
        self, place: Sequence[Any] | None, limit: int, q: str = "", category: str | None = None, sort: Sort = "popular"
    ) -> tuple[tuple[Product, ...], Place | None]:
        """The products of a search that stand behind `place`, and where the last one stands when there are more.

        Products that come or go shift nothing. One that itself moves (sells more, sells out, is edited) may be met
        twice or missed. Raises InvalidInput for a place that no product of such a search can have.
        """
        self._follow()
        with self._using:
            found, products = self._answer(q, sort), self._products
            matches = self._index.search(q)
            chosen = found.ids if category is None else found.by_category.get(category, ())

            def stands_at(key: str) -> Place:
                return place_of(products[key], sort, self._sold, None if matches is None else matches[key])

            start = 0
            if place is not None:
                if not is_place(place, sort, matches is not None):
                    raise InvalidInput("This is no place of such a list.", "cursor")
                start = bisect_right(chosen, tuple(place), key=stands_at)
            items = chosen[start : start + limit]
            last = stands_at(items[-1]) if start + limit < len(chosen) and items else None
            return tuple(products[key] for key in items), last

    def find(self, product_id: str) -> Product:
        """An active product as of a second ago. Raises NotFound, of which TakenOut is one that was there before."""
        self._follow()
        product = self._products.get(product_id) or self._catalog.get(product_id)
        if product is None:
            raise NotFound(mark("This product is not in the store."))
        if product.status is not ProductStatus.ACTIVE:
            raise TakenOut(mark("This product is not in the store."))
        return product

    def spelt(self, product_id: str) -> Product | None:
        """The active product of that id as of a second ago, else of the same in small letters or capitals.

        From memory alone: whatever is asked for, no store has to answer.
        """
        self._follow()
        for spelling in (product_id, product_id.lower(), product_id.upper()):
            product = self._products.get(spelling)
            if product is not None and product.status is ProductStatus.ACTIVE:
                return product
        return None

    def known(self, product_ids: Sequence[str]) -> dict[str, Product]:
        """As of a second ago, by id, in the store or not; what the snapshot lacks is read from the catalogue."""
        self._follow()
        products = self._products
        found = {key: products[key] for key in product_ids if key in products}
        lacking = [key for key in product_ids if key not in found]
        return found | self._catalog.get_many(lacking) if lacking else found

    def in_memory(self, product_ids: Iterable[str]) -> tuple[Product, ...]:
        """As of a second ago, in the store or not, each once; whatever is asked for, no store has to answer."""
        self._follow()
        products = self._products
        return tuple(products[key] for key in dict.fromkeys(product_ids) if key in products)

    def get(self, product_id: str) -> Product:
        """A product as it is now, in the store or not. Raises NotFound."""
        product = self._catalog.get(product_id)
        if product is None:
            raise NotFound(mark("There is no such product."))
        return product

    def all(self, include_removed: bool = False) -> tuple[Product, ...]:
        """By name, as of a second ago."""
        self._follow()
        with self._using:
            active = tuple(self._in_order("name"))
            if not include_removed:
                return active
            removed = [p for p in self._products.values() if p.status is not ProductStatus.ACTIVE]
        return tuple(sorted((*active, *removed), key=by_name))

    def categories(self) -> tuple[tuple[str, int], ...]:
        """Categories of active products with their counts, the largest first; a family counts once in each."""
        self._follow()
        with self._using:
            return self._listing("", "name", Narrowing()).categories

    def family(self, product_id: str) -> Family | None:
        """The family of a product, with all of its members in the store; None for one that stands alone there."""
        self._follow()
        product = self._products.get(product_id)
        return None if product is None else self.families_of((product,)).get(product_id)

    def families_of(self, products: Iterable[Product]) -> dict[str, Family]:
        """Of these products those with siblings in the store, by product id, as of a second ago."""
        with self._using:
            everything, members = self._products, self._members
            return {
                product.product_id: Family.of(
                    product.family_id, (everything[key] for key in members[product.family_id])
                )
                for product in products
                if len(members.get(product.family_id, ())) > 1
            }

    def version(self) -> str:
        """Changes with the snapshot; the same for the same content in every process."""
        self._follow()
        return f"{self._digest:032x}{self._sold_digest}{self._companions_digest}"

    def popular(self, limit: int) -> tuple[Product, ...]:
        """What sells best and can be bought now, one of each family; sold-out products only fill up."""
        self._follow()
        with self._using:
            ids = _first_of_families(self._ids("popular"), self._products)
            return _first([self._products[key] for key in ids], limit)

    def bought_with(self, product_id: str, limit: int) -> tuple[Product, ...]:
        """What is often bought with this one or its siblings and can be bought now, one of each family.

        Of a family the one in the most orders counts. Raises NotFound.
        """
        product = self.find(product_id)
        with self._using:
            products, siblings = self._products, self._members.get(product.family_id, {product_id})
            together: Counter[str] = Counter()
            for sibling in siblings:
                together.update(dict(self._companions.get(sibling, ())))
            ids = sorted(together, key=lambda key: (-together[key], key))
            known = [key for key in ids if key in products and key not in siblings and _can_be_bought(products[key])]
            return tuple(products[key] for key in islice(_first_of_families(known, products), limit))

    def related(self, product_id: str, limit: int) -> tuple[Product, ...]:
        """Other products than this and its siblings, those of the same category first. Raises NotFound."""
        product = self.find(product_id)
        siblings = self._members.get(product.family_id, {product_id})
        others = [p for p in self.popular(len(self._products)) if p.product_id not in siblings]
        near = [p for p in others if p.category == product.category]
        far = [p for p in others if p.category != product.category]
        return (*near, *far)[:limit]

    def refresh(self) -> None:
        """Read what changed now. Waits for a running refresh."""
        with self._refreshing:
            self._read_changes()

    def is_stale(self) -> bool:
        """Whether the catalogue cannot be read anew, so that what is shown is as of `read_at`, or nothing."""
        with suppress(ShopError):
            self._follow()
        return self._cursor is None or (self._failing and self._clock() - self._good_at >= STALE_SECONDS)

    # --- following the catalogue ---------------------------------------------------------------

    def _follow(self) -> None:
        """Bring the snapshot up to date; while another thread does, a present one is good enough."""
        if self._clock() - self._read_at < FRESH_SECONDS:
            return
        if not self._refreshing.acquire(blocking=self._cursor is None):
            return
        try:
            if self._clock() - self._read_at >= FRESH_SECONDS:
                self._read_changes()
        except ShopError as error:
            if self._cursor is None:
                raise
            self._read_at = self._clock()  # the next try is a second away; until then the window stays as it is
            if not self._failing:
                log.warning("the catalogue cannot be read, showing the last state: %s", error)
            self._failing = True
        finally:
            self._refreshing.release()

    def _read_changes(self) -> None:
        started = self._clock()
        full = self._cursor is None or started - self._full_read_at >= FULL_READ_SECONDS
        changes = self._catalog.changes_since(None if full else self._cursor)
        with self._using:
            self._take_up(changes.products)
            if full:
                self._full_read_at = started
            self._cursor, self._read_at, self._good_at = changes.cursor, started, self._clock()
            self.read_at = self._now()
            if self._failing:
                log.info("the catalogue can be read again")
            self._failing = False
        if started - self._sold_at >= POPULARITY_SECONDS:
            self._read_popularity(started)

    def _read_popularity(self, started: float) -> None:
        """From the database, which may be away while the catalogue is not: then the order of yesterday is fine."""
        self._sold_at = started
        try:
            sold, companions = self._bestsellers(), self._read_companions()
        except ShopError as error:
            log.warning("what sells best cannot be read, keeping the last order: %s", error)
            return
        with self._using:
            self._take_up_sold(sold)
            if companions is not self._companions:
                self._companions = companions
                self._companions_digest = _short_digest(companions)

    def _take_up(self, changed: Iterable[Product]) -> None:
        products = dict(self._products)
        for product in changed:
            key, before = product.product_id, products.get(product.product_id)
            if product == before:
                continue
            digest = _digest(product)
            self._digest ^= self._digests.get(key, 0) ^ digest
            self._digests[key] = digest
            products[key] = product
            self._take_up_member(before, product)
            if before is None or _words_in(before) != _words_in(product):
                self._index_words(product)
            if before is None or _shown_by(before) != _shown_by(product):
                self._forget_orders()
        self._products = products

    def _take_up_member(self, before: Product | None, product: Product) -> None:
        if before is not None and before.family_id in self._members:
            self._members[before.family_id].discard(product.product_id)
            if not self._members[before.family_id]:
                del self._members[before.family_id]
        if product.family_id and product.status is ProductStatus.ACTIVE:
            self._members.setdefault(product.family_id, set()).add(product.product_id)

    def _index_words(self, product: Product) -> None:
        if product.status is ProductStatus.ACTIVE:
            self._index.put(product)
        else:
            self._index.drop(product.product_id)

    def _take_up_sold(self, sold: Mapping[str, int]) -> None:
        if sold != self._sold:
            self._sold = dict(sold)
            self._forget_orders()
            self._sold_digest = _short_digest(self._sold)

    def _forget_orders(self) -> None:
        self._orders.clear()
        self._answers.clear()
        self._listings.clear()

    # --- ordering ------------------------------------------------------------------------------

    def _in_order(self, sort: str) -> list[Product]:
        return [self._products[key] for key in self._ids(sort)]

    def _ids(self, sort: str) -> tuple[str, ...]:
        if sort not in self._orders:
            active = [p for p in self._products.values() if p.status is ProductStatus.ACTIVE]
            active.sort(key=lambda p: place_of(p, sort, self._sold, None))
            self._orders[sort] = tuple(p.product_id for p in active)
        return self._orders[sort]

    def _answer(self, q: str, sort: str) -> _Answer:
        key = (q[:MOST_QUERY_LENGTH], sort)
        known = self._answers.get(key)
        if known is None:
            matches = self._index.search(q)
            ids = self._ids(sort) if matches is None else self._ranked(matches, sort)
            guesses = 0 if matches is None else sum(match.typos for match in matches.values())
            known = self._answers[key] = _grouped(ids, self._products, len(ids) - guesses)
        return known

    def _listing(self, q: str, sort: str, narrowing: Narrowing) -> Listing:
        key = (q[:MOST_QUERY_LENGTH], sort, narrowing)
        known = self._listings.get(key)
        if known is None:
            found = self._answer(q, sort)
            known = self._listings[key] = listing_of(
                found.ids, self._products, narrowing, certain=found.certain, is_by_price=sort.startswith("price")
            )
        return known

    def _ranked(self, matches: Mapping[str, Match], sort: str) -> tuple[str, ...]:
        """Certain matches before guesses; among equals what can be bought, then the best score when sorted by
        popularity, else as sorted.
        """
        products, sold = self._products, self._sold
        return tuple(sorted(matches, key=lambda key: place_of(products[key], sort, sold, matches[key])))


@dataclass(frozen=True)
class _Answer:
    """Ids of single products in order, all and per category: made once, so that a page costs its own size.

    `certain`: how many of them are no guesses; they stand before these.
    """

    ids: tuple[str, ...]
    certain: int
    by_category: Mapping[str, tuple[str, ...]]


def _grouped(ids: Iterable[str], products: Mapping[str, Product], certain: int) -> _Answer:
    groups: dict[str, list[str]] = {}
    kept = tuple(ids)
    for key in kept:
        groups.setdefault(products[key].category, []).append(key)
    return _Answer(kept, certain, {name: tuple(keys) for name, keys in groups.items()})


def _first_of_families(ids: Iterable[str], products: Mapping[str, Product]) -> Iterator[str]:
    seen: set[str] = set()
    for key in ids:
        family = products[key].family_id
        if family not in seen:
            yield key
        if family:
            seen.add(family)


def _first(products: list[Product], limit: int) -> tuple[Product, ...]:
    sellable = [p for p in products if p.stock > 0]
    if len(sellable) < limit:
        sellable += [p for p in products if p.stock <= 0]
    return tuple(sellable[: max(limit, 0)])


def _can_be_bought(product: Product) -> bool:
    return product.status is ProductStatus.ACTIVE and product.stock > 0


def _is_called(category: str, asked: Sequence[str]) -> bool:
    """Whether each of these words begins one of its name."""
    words = words_of(category)
    return all(any(word.startswith(one) for word in words) for one in asked)


def _words_in(product: Product) -> tuple[object, ...]:
    return (
        product.status, product.name, product.category, product.description, product.sku, product.brand,
        product.barcode, product.tags,
    )  # fmt: skip


def _shown_by(product: Product) -> tuple[object, ...]:
    """What decides whether and where a product stands in a list."""
    return *_words_in(product), product.price, product.created_at, product.stock > 0, product.family_id


def _short_digest(values: Mapping[str, object]) -> str:
    """ "" of nothing, so that a shop without any is as it was."""
    text = repr(sorted(values.items())).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=4).hexdigest() if values else ""


def _digest(product: Product) -> int:
    """Of everything but the time of the change."""
    text = repr(replace(product, changed_at=None)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=16).digest())
