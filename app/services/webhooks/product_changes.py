"""Which products people changed: found in the catalogue by their versions, wherever it is kept and whoever wrote it.

The catalogue may be in another store than the events, so no transaction holds both. What was told last of each product
is kept beside the events, and whatever has a later version is told: no change is lost, and several at once are one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from app.domain import Product
from app.services.webhooks.ports import ToldProducts

MOST_AT_ONCE = 500


class ProductChanges:
    """`everything`: all products as they are now, in the store or not."""

    def __init__(self, store: ToldProducts, everything: Callable[[], Iterable[Product]]) -> None:
        self._store = store
        self._everything = everything
        self._known: dict[str, int] | None = None
        self._is_wanted: bool | None = None

    def follow(self) -> int:
        """Queue events of what was changed since; how many. Called by the worker.

        When somebody begins to listen, the products are noted as they are: of what was before nobody is told.
        """
        wanted, was_wanted = self._store.wanted(), self._is_wanted
        self._is_wanted = wanted
        if not wanted:
            if was_wanted is not False:
                self._store.forget()
                self._known = None
            return 0
        products = {product.product_id: product.version for product in self._everything()}
        if self._known is None:
            self._known = self._store.known()
        if self._known is None:
            self._store.begin(products)
            self._known = products
            return 0
        later = {key: version for key, version in products.items() if version > self._known.get(key, -1)}
        some = dict(list(later.items())[:MOST_AT_ONCE])
        if some:
            self._store.changed(some)
            self._known |= some
        return len(some)
