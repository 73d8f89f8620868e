"""The low-stock rule where admins change it: what it does to the products that follow it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from app.domain import Product, ProductStatus
from app.errors import ShopError
from app.services.catalog.ports import Catalog
from app.settings.environment import Settings

MOST_AT_ONCE = 200  # products rewritten in one round of the worker


@dataclass(frozen=True)
class BandEffect:
    """Of a band of prices in major units (`high` None: all others): its products in the store that follow the rule, and
    how many of these are low with it."""

    low: int
    high: int | None
    threshold: int
    products: int
    low_then: int


def effects_of(settings: Settings, products: Iterable[Product]) -> tuple[list[BandEffect], int]:
    """Of the rule of `settings`, band by band; and how many products would get another threshold."""
    following = [one for one in products if not one.threshold_manual and one.status is ProductStatus.ACTIVE]
    counts = [[0, 0] for _ in settings.low_stock_rule]
    changed = 0
    for product in following:
        at = settings.band_of(product.price)
        threshold = settings.low_stock_rule[at][2]
        counts[at][0] += 1
        counts[at][1] += product.stock < threshold
        changed += threshold != product.threshold
    bands = [
        BandEffect(low, high, threshold, *count)
        for (low, high, threshold), count in zip(settings.low_stock_rule, counts, strict=True)
    ]
    return bands, changed


class RuleFollower:
    """Gives products the threshold of a rule that was changed. `rule`: what admins set, None where they set none."""

    def __init__(
        self,
        catalog: Catalog,
        products: Callable[[], Sequence[Product]],
        rule: Callable[[], object | None],
        default_threshold: Callable[[int], int],
    ) -> None:
        self._catalog = catalog
        self._products = products
        self._rule = rule
        self._default = default_threshold
        self._followed: object | None = None

    def follow(self) -> int:
        """Of products that have another one, the first so many; how many there were. Safe to run twice."""
        rule = self._rule()
        if rule is None or rule == self._followed:
            return 0
        behind = [p for p in self._products() if not p.threshold_manual and p.threshold != self._default(p.price)]
        for product in behind[:MOST_AT_ONCE]:
            self._rewrite(product.product_id)
        if not behind:
            self._followed = rule
        return min(len(behind), MOST_AT_ONCE)

    def _rewrite(self, product_id: str) -> None:
        present = self._catalog.get(product_id)
        if present is None or present.threshold_manual:
            return
        with suppress(ShopError):  # somebody edits it just now: the next round looks again
            self._catalog.update(replace(present, threshold=self._default(present.price)))
