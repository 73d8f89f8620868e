"""The service's clock, so that hosts whose own clocks differ stamp changes alike.

Every response says when the service sent it, to the second. It was sent between our request and its
arrival, so each one bounds how far the local clock is off; together they bound it closely.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Any

_STARTED = "retail_started"
_STEP = 2e-6  # s; a float of today's seconds holds about a quarter of a microsecond
_SLEWED = 1.0  # s: by more than that a clock was set


class ServiceClock:
    """The time by the service's own clock. `local` is this host's clock in seconds; it may be wrong, and may jump."""

    def __init__(self, local: Callable[[], float] = time.time) -> None:
        self._local = local
        self._lock = Lock()
        self._latest = float("-inf")
        self._low, self._high = float("-inf"), float("inf")  # of what is to be added to the local clock

    @property
    def is_set(self) -> bool:
        return self._low > float("-inf")

    def now(self) -> datetime:
        """The service's time; the local clock's until a first response came."""
        with self._lock:
            offset = (self._low + self._high) / 2 if self.is_set else 0.0
            now = self._local() + offset
            # What is learned moves it by parts of a second; what one process stamps keeps its order all the same.
            if 0 <= self._latest - now < _SLEWED:
                now = self._latest + _STEP
            self._latest = now
        return datetime.fromtimestamp(now, UTC)

    def follow(self, events: Any) -> None:
        """Learn from every response of a client, given its event system."""
        events.register("before-call.dynamodb", self._sent)
        events.register("after-call.dynamodb", self._answered)

    def learn(self, sent: float, dated: float, arrived: float) -> None:
        """One response: local times of its request and arrival, and the service's whole second in between."""
        low, high = dated - arrived, dated + 1 - sent
        with self._lock:
            low_both, high_both = max(low, self._low), min(high, self._high)
            # No offset fits all of them: a clock was set, or drifted. What is new counts.
            self._low, self._high = (low_both, high_both) if low_both <= high_both else (low, high)

    def _sent(self, context: dict[str, Any], **_: Any) -> None:
        context[_STARTED] = self._local()

    def _answered(self, http_response: Any, context: Mapping[str, Any], **_: Any) -> None:
        arrived, sent = self._local(), context.get(_STARTED)
        try:
            dated = parsedate_to_datetime(http_response.headers["date"]).timestamp()
        except (KeyError, TypeError, ValueError):
            return  # an endpoint that does not say
        if sent is not None:
            self.learn(sent, dated, arrived)
