"""What makes forecasts: loaded by commands alone. The worker starts one of them."""

from __future__ import annotations

from functools import cached_property

from app.services.forecasts.as_of import PastForecasts
from app.services.forecasts.backtest import BackTestService
from app.services.forecasts.reading import HistoryService
from app.services.forecasts.refresh import ForecastRefresh
from app.services.replay.past import PastReader
from app.services.replay.replaying import Replaying, by_engine
from app.services.replay.runs import ReplayRuns
from app.stores.sql.forecasts.history import SqlHistory
from app.wiring.parts import Parts


class Forecasting:
    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    @cached_property
    def histories(self) -> HistoryService:
        parts, analytics = self.parts, self.parts.analytics
        reader = SqlHistory(parts.database)
        return HistoryService(reader, analytics, analytics, parts.breakdown_reader, parts.every_product, parts.formats)

    @cached_property
    def back_tests(self) -> BackTestService:
        return BackTestService(self.histories, self.parts.known_days.known_days)

    @cached_property
    def past(self) -> PastForecasts:
        return PastForecasts(self.histories, self.parts.known_days.known_days)

    @cached_property
    def refresh(self) -> ForecastRefresh:
        parts = self.parts
        return ForecastRefresh(
            parts.forecast_store,
            self.histories,
            parts.anchor,
            parts.present_products,
            parts.league_store,
            self.back_tests,
            parts.known_days.known_days,
        )

    @cached_property
    def replaying(self) -> Replaying:
        parts = self.parts
        past = PastReader(
            parts.breakdown_reader,
            parts.lost_sales,
            parts.every_product,
            parts.price_book.noted,
            parts.reorder_settings,
            parts.holdings.inferred,
            parts.formats,
        )
        morning = by_engine(parts.known_days.known_days)
        return Replaying(self.histories, past, parts.products, parts.anchor, morning)

    @cached_property
    def replay_runs(self) -> ReplayRuns:
        return ReplayRuns(self.parts.replay_store, self.replaying)
