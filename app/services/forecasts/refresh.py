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
from app.domain.forecast_scores import SHOWN, TESTED
from app.errors import InvalidInput
from app.services.analytics.anchor import Anchor
from app.services.analytics.stock import is_merchandise
from app.services.forecasts.backtest import BackTestService
from app.services.forecasts.engine.exposure import KnownDays, no_known_days
from app.services.forecasts.engine.history import History
from app.services.forecasts.engine.league import scored, shown_of
from app.services.forecasts.engine.levels import FOUR_WEEKS
from app.services.forecasts.engine.making import make
from app.services.forecasts.engine.results import forecasts, shop_forecast
from app.services.forecasts.league_ports import LeagueStore, ScoredDay
from app.services.forecasts.ports import ALL_SALES, ForecastStore
from app.services.forecasts.reading import HistoryService

log = logging.getLogger(__name__)

BATCH = 500
LEASE = timedelta(minutes=5)
MOST_SCORED = 7  # days in one run
TEST_EVERY, TEST_ORIGINS = 7, 6


class ForecastRefresh:
    def __init__(
        self,
        store: ForecastStore,
        histories: HistoryService,
        anchor: Anchor,
        products: Callable[[], tuple[Product, ...]],
        league: LeagueStore,
        back_tests: BackTestService,
        known_days: KnownDays = no_known_days,
    ) -> None:
        self._store = store
        self._histories = histories
        self._anchor = anchor
        self._products = products
        self._league = league
        self._back_tests = back_tests
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
        # A back-test asks what was known on a past morning; this one takes what was put down today as well.
        made = make(history, history.days, lambda start, end, _: self._known_days(start, end, None))
        known = set(history.product_ids)
        count = 0
        rest = forecasts(made, [one for one in stale if one in known])
        while some := dict(islice(rest, BATCH)):
            if not self._store.claim_run(holder, LEASE):
                return count  # it took so long that another one took over
            self._store.keep(some)
            self._league.keep_shown(first_day, min(some)[:32], shown_of(made, some))
            count += len(some)
        self._store.keep({ALL_SALES: shop_forecast(made)})  # last: it says that the run is over
        self._score(history, first_day)
        if self._store.claim_run(holder, LEASE):
            self._test(first_day)
        log.info("forecasts from %s on: %s products of %s", first_day, count, len(wanted))
        return count + 1

    def _score(self, history: History, today: date) -> None:
        """What was shown of days that are over now, a few at a time."""
        for first_day in self._league.waiting(today - timedelta(days=FOUR_WEEKS - 1))[:MOST_SCORED]:
            if (day := history.number_of(first_day)) >= 0:
                self._league.keep_scores(SHOWN, scored(history, day, self._league.shown(first_day)))

    def _test(self, today: date) -> None:
        """Once a week, and at first: what the method would have come to on the shop's own past."""
        tested = self._league.scores(TESTED)
        if tested and tested[-1].day > today - timedelta(days=FOUR_WEEKS + TEST_EVERY):
            return
        try:
            found = self._back_tests.run(today, TEST_ORIGINS, FOUR_WEEKS)
        except InvalidInput:  # too young a shop
            return
        for day, scores in found.scores.items():
            self._league.keep_scores(TESTED, ScoredDay(day, scores, found.worst if day == found.origins[-1] else []))
