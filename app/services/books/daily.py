"""The worker's own look at the books, now and then, beside its work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from app.services.books.ports import ReconciliationLog
from app.services.books.reconcile import ReconcileService

FIRST_AFTER = 600.0  # seconds: a shop that just started has other things to do
LEASE = timedelta(hours=1)
REST_SECONDS = 0.1  # between chunks: the embedded shop looks in a process that also serves


class DailyReconcile:
    """The look at the books that workers take by themselves.

    `start_if_due` may be called by any number of workers, as often as they like: one looks, in a thread of its own.

    A process that ends while it looks leaves nothing behind but the lease, and the next one is handling it.
    """

    def __init__(
        self,
        service: ReconcileService,
        log: ReconciliationLog,
        every: timedelta,
        first_after: float = FIRST_AFTER,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service = service
        self._log = log
        self._every = every
        self._clock = clock
        self._not_before = clock() + first_after
        self._thread: threading.Thread | None = None

    def start_if_due(self) -> int:
        """Whether a look was started, as a chore counts."""
        if not self._every or self._clock() < self._not_before or (self._thread and self._thread.is_alive()):
            return 0
        if not self._log.claim(self._every, LEASE):
            return 0
        self._thread = threading.Thread(target=self._look, daemon=True, name="reconcile")
        self._thread.start()
        return 1

    def _look(self) -> None:
        self._service.run("worker", rest_seconds=REST_SECONDS)

    def wait(self, seconds: float | None = None) -> None:
        """Until the look that was started here is over."""
        if self._thread is not None:
            self._thread.join(seconds)
