"""Budgets in the memory of each process, for what is too small to ask a database about."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from app.errors import Throttled
from app.services.limits.throttle import Rule

MOST_KEPT = 50_000

# What a keystroke asks for, by address: an office that types at once, and some 860,000 a day from one that never stops.
SUGGESTIONS = Rule("suggestions", 300, 0.1)
# Searches that are counted, by address: some 8,600 a day, so that nobody makes up many visits.
COUNTED_SEARCHES = Rule("counted-searches", 60, 10)


class MemoryBudget:
    """Counts attempts by rule and value. Safe in threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._quiet_at: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()

    def has(self, rule: Rule, value: str) -> bool:
        """Count one attempt, if there is room for it; whether there was."""
        return self._wait(rule, value) <= 0

    def take(self, rule: Rule, value: str) -> None:
        """Count one attempt. Raises Throttled, with the seconds to wait, when there is none left."""
        wait = self._wait(rule, value)
        if wait > 0:
            raise Throttled(math.ceil(wait))

    def _wait(self, rule: Rule, value: str) -> float:
        key = rule.name, value
        with self._lock:
            now = self._clock()
            after = max(self._quiet_at.get(key, now), now) + rule.every_seconds
            wait = after - now - rule.burst * rule.every_seconds
            if wait > 0.001:  # what sums of floats leave over is no wait
                return wait
            if len(self._quiet_at) >= MOST_KEPT:
                self._quiet_at = {known: at for known, at in self._quiet_at.items() if at > now}
            self._quiet_at[key] = after
            return 0.0
