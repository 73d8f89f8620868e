"""Whether the stores behind this process can be reached: what pages say about it, asked for at most once a second.

One caller asks for all; while it waits, the others go by what was known before. Nothing here raises.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from app.domain import Outage
from app.errors import ShopError
from app.services.catalog.products import CatalogService

ASK_SECONDS = 1.0


class Outages:
    """Knows which stores are away, without asking them at each request.

    `ask_database` raises a ShopError while it is away. `shares_database`: the catalogue is a part of it.
    """

    def __init__(
        self,
        ask_database: Callable[[], object],
        catalog: CatalogService,
        *,
        shares_database: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask_database = ask_database
        self._catalog = catalog
        self._shares_database = shares_database
        self._clock = clock
        self._asking = Lock()
        self._asked_at = float("-inf")
        self._database_away = False

    def now(self) -> Outage:
        if self._clock() - self._asked_at >= ASK_SECONDS and self._asking.acquire(blocking=False):
            try:
                self._database_away = self._is_away()
            finally:
                self._asked_at = self._clock()
                self._asking.release()
        away = self._catalog.is_stale() or (self._shares_database and self._database_away)
        return Outage(self._database_away, away, self._catalog.read_at if away else None)

    def _is_away(self) -> bool:
        try:
            self._ask_database()
        except ShopError:
            return True
        return False
