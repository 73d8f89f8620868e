"""What is often bought with a product, from the latest orders: worked out once a day, at a cost that has a bound.

Counted anew each time, so that it can run twice, be killed and be late without becoming wrong; an order that was
returned since yesterday counts no more today.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import combinations

from app.services.catalog.ports import Basket, BoughtTogetherStore, Companions

DAYS = 365
MOST_ORDERS = 20_000  # the latest ones
MOST_PRODUCTS = 15  # in an order; larger ones are those of resellers, and pair everything with everything
LEAST_ORDERS = 3  # with both, so that nobody's single order is told
KEPT = 6  # beside each product
EVERY = timedelta(hours=24)
_READ = 500


def companions(baskets: Iterable[Basket]) -> Companions:
    """Per product those in the most orders with it (ties: product id ascending)."""
    pairs: Counter[tuple[str, str]] = Counter()
    for basket in baskets:
        if len(basket.products) <= MOST_PRODUCTS:
            pairs.update(combinations(sorted(set(basket.products)), 2))
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for (one, other), orders in pairs.items():
        if orders >= LEAST_ORDERS:
            found[one].append((other, orders))
            found[other].append((one, orders))
    return {key: tuple(sorted(others, key=lambda at: (-at[1], at[0]))[:KEPT]) for key, others in found.items()}


class BoughtTogether:
    """Keeps what is bought together up to date, and tells it to the shop's window."""

    def __init__(self, store: BoughtTogetherStore, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store = store
        self._now = now
        self._known: tuple[datetime | None, Companions] = (None, {})

    def refresh(self) -> int:
        """For the worker: work it out when the last time is a day ago; how many rows changed."""
        last, now = self._store.as_of(), self._now()
        if last is not None and now - last < EVERY:
            return 0
        return self._store.keep(companions(self._latest(now - timedelta(days=DAYS))), now)

    def present(self) -> Companions:
        """As it was worked out last. Reads it whole only when it is another than before."""
        as_of = self._store.as_of()
        if as_of != self._known[0]:
            self._known = as_of, self._store.all()
        return self._known[1]

    def _latest(self, since: datetime) -> Iterable[Basket]:
        before: int | None = None
        for _ in range(0, MOST_ORDERS, _READ):
            read = self._store.baskets(since, before, _READ)
            yield from read
            if len(read) < _READ:
                return
            before = read[-1].order_id
