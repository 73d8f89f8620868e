"""One run of the forecasting process: every product's forecast from today on, written in batches.

A run that dies leaves what it wrote; the next one writes the rest. One runs at a time per shop, by a lease that it
renews with each batch.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice

from app.domain import Product
from app.services.analytics.anchor import Anchor
from app.services.analytics.stock import is_merchandise
from app.services.forecasts.engine.exposure import KnownDays, no_known_days
from app.services.forecasts.engine.making import make
from app.services.forecasts.engine.results import forecasts, shop_forecast
from app.services.forecasts.ports import ALL_SALES, ForecastStore
from app.services.forecasts.reading import HistoryService

log = logging.getLogger(__name__)

BATCH = 500
LEASE = timedelta(minutes=5)


class ForecastRefresh:
    def __init__(
        self,
        store: ForecastStore,
        histories: HistoryService,
        anchor: Anchor,
        products: Callable[[], tuple[Product, ...]],
        known_days: KnownDays = no_known_days,
    ) -> None:
        self._store = store
        self._histories = histories
        self._anchor = anchor
        self._products = products
        self._known_days = known_days

    def run(self, holder: str) -> int:
        """How many forecasts were written. Nothing is while another `holder` is at it."""
        trade = self._anchor.trade()
        if trade.last_day is None or not self._store.claim_run(holder, LEASE):
            return 0
        try:
            return self._written(holder, trade.full_end)
        finally:
            self._store.end_run(holder)

    def _written(self, holder: str, first_day: date) -> int:
        made_for = self._store.made_for()
        wanted = {p.product_id for p in self._products() if is_merchandise(p)}
        stale = sorted(one for one in wanted if made_for.get(one) != first_day)
        if not stale and made_for.get(ALL_SALES) == first_day:
            return 0
        history = self._histories.read(first_day)
        made = make(history, history.days, self._known_days)
        known = set(history.product_ids)
        count = 0
        rest = forecasts(made, [one for one in stale if one in known])
        while some := dict(islice(rest, BATCH)):
            if not self._store.claim_run(holder, LEASE):
                return count  # it took so long that another one took over
            self._store.keep(some)
            count += len(some)
        self._store.keep({ALL_SALES: shop_forecast(made)})  # last: it says that the run is over
        log.info("forecasts from %s on: %s products of %s", first_day, count, len(wanted))
        return count + 1
