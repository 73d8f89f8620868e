"""Budgets of changes to carts, in the memory of each process: a change is too small to ask a database about it.

What a flood may do in a day, for each web process: some 430,000 changes by one owner, some 260,000 by the guests of
one address, and 43,000 carts begun by them. A new owner is one that the process has not seen lately.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence

from app.errors import TooManyCartChanges
from app.services.limits.throttle import Rule

CART_OWNER = Rule("cart-owner", 300, 0.2)
CART_GUESTS = Rule("cart-guests", 1_000, 1 / 3)  # by address: an office, or a class, that looks around without accounts
CART_BEGUN = Rule("cart-begun", 300, 2)  # by address, by guests
MOST_KEPT = 50_000


class CartBudget:
    """Counts changes to carts, in memory.

    Safe in threads. Changes of accounts are not counted by address: hundreds may sit behind one.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._quiet_at: dict[tuple[str, str], float] = {}  # by rule and value, as in `app.stores.sql.limits.throttles`
        self._lock = threading.Lock()

    def count(self, owner: str, guest_network: str = "") -> None:
        """One change of the owner's cart; `guest_network` is where a guest is. Raises TooManyCartChanges."""
        with self._lock:
            now = self._clock()
            wanted = [(CART_OWNER, owner)]
            if guest_network:
                wanted.append((CART_GUESTS, guest_network))
                if (CART_OWNER.name, owner) not in self._quiet_at:
                    wanted.append((CART_BEGUN, guest_network))
            wait = max(self._after(rule, value, now) - now - rule.burst * rule.every_seconds for rule, value in wanted)
            if wait > 0.001:  # what sums of floats leave over is no wait
                raise TooManyCartChanges(math.ceil(wait))
            self._keep(wanted, now)

    def _after(self, rule: Rule, value: str, now: float) -> float:
        return max(self._quiet_at.get((rule.name, value), now), now) + rule.every_seconds

    def _keep(self, wanted: Sequence[tuple[Rule, str]], now: float) -> None:
        if len(self._quiet_at) >= MOST_KEPT:
            self._quiet_at = {key: at for key, at in self._quiet_at.items() if at > now}
        for rule, value in wanted:
            self._quiet_at[rule.name, value] = self._after(rule, value, now)
