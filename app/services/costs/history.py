"""When prices and costs changed, by whom: noted with the change, and found afterwards where that was missed.

The catalogue may be in another store than the history, and its process may die between the two. So whatever a product
has that was not noted is noted by the worker a moment later; then it is not known who changed it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from app.domain import Product
from app.errors import ShopError
from app.services.analytics import utc_now
from app.services.analytics.answer_cache import AnswerCache
from app.services.costs.ports import PriceHistory, Pricing

log = logging.getLogger(__name__)

MOST_AT_ONCE = 500


class PriceBook:
    """`everything`: all products as they are now, in the store or not."""

    def __init__(
        self, store: PriceHistory, everything: Callable[[], Iterable[Product]], now: Callable[[], datetime] = utc_now
    ) -> None:
        self._store = store
        self._everything = everything
        self._now = now
        self._all: AnswerCache[list[Pricing]] = AnswerCache()
        self._known: dict[str, Pricing] | None = None  # what was noted last, as far as this process has heard

    def noted(self) -> list[Pricing]:
        """Past prices and costs of all products, by product, the oldest first; a moment old at most."""
        return self._all.get("all", self._store.all)

    def record(self, before: Product | None, after: Product, actor: str) -> None:
        """Note what `actor` made of a product; `before` None: it is new. Safe to run twice, and never in the way: what
        cannot be noted now is found by `follow`."""
        if before is not None and _values(before) == _values(after):
            return
        try:
            found = [_pricing(after, self._now(), actor)]
            if before is not None and not self._store.latest([before.product_id]):
                found.insert(0, _pricing(before, before.created_at or self._now(), ""))
            self._store.note(found)
        except ShopError:
            log.warning("the price or cost of %s is noted later", after.product_id, exc_info=True)

    def follow(self) -> int:
        """Note what products have that was not noted; how many. Called by the worker."""
        if self._known is None:
            self._known = self._store.latest()
        products = [product for product in self._everything() if self._is_news(product, self._known)]
        # What was noted meanwhile, by whoever changed it, is no news.
        heard = self._store.latest([product.product_id for product in products[:MOST_AT_ONCE]]) if products else {}
        self._known |= heard
        found = [
            _pricing(product, self._since(product), "")
            for product in products[:MOST_AT_ONCE]
            if self._is_news(product, self._known)
        ]
        noted = self._store.note(found)
        self._known |= {one.product_id: one for one in found}
        return noted

    def _since(self, product: Product) -> datetime:
        """What is first heard of a product holds from its beginning on."""
        is_first = self._known is None or product.product_id not in self._known
        return (product.created_at if is_first else None) or self._now()

    @staticmethod
    def _is_news(product: Product, known: dict[str, Pricing]) -> bool:
        last = known.get(product.product_id)
        return last is None or (product.version > last.version and _values(product) != (last.price, last.cost))


def _values(product: Product) -> tuple[int, int | None]:
    return product.price, product.cost


def _pricing(product: Product, at: datetime, actor: str) -> Pricing:
    return Pricing(product.product_id, product.version, at, product.price, product.cost, actor)
