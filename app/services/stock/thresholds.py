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
    """Gives products the threshold of a rule that was changed, and has their low stock checked by it.

    `rule`: what admins set and what its prices mean, None where they set none. `check`: opens and closes episodes.
    """

    def __init__(
        self,
        catalog: Catalog,
        products: Callable[[], Sequence[Product]],
        rule: Callable[[], object | None],
        default_threshold: Callable[[int], int],
        check: Callable[[Sequence[str]], None],
    ) -> None:
        self._catalog = catalog
        self._products = products
        self._rule = rule
        self._default = default_threshold
        self._check = check
        self._followed: object | None = None
        self._last = ""  # of those that were tried

    def follow(self) -> int:
        """Of products that have another one, the next so many; how many there were. Safe to run twice.

        In the end all are checked once more: their thresholds may be from a process that died before it checked them.
        """
        rule = self._rule()
        if rule is None or rule == self._followed:
            return 0
        following = [one for one in self._products() if not one.threshold_manual]
        behind = sorted(one.product_id for one in following if one.threshold != self._default(one.price))
        if not behind:
            self._check([one.product_id for one in following])
            self._followed = rule
            return 0
        # Those that cannot be rewritten come again after all others.
        some = ([key for key in behind if key > self._last] or behind)[:MOST_AT_ONCE]
        self._last = some[-1]
        for product_id in some:
            self._rewrite(product_id)
        self._check(some)
        return len(some)

    def _rewrite(self, product_id: str) -> None:
        present = self._catalog.get(product_id)
        if present is None or present.threshold_manual:
            return
        with suppress(ShopError):  # somebody edits it just now: the next round looks again
            self._catalog.update(replace(present, threshold=self._default(present.price)))
