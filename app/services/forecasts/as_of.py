"""Forecasts of every product as they would have been made on the morning of a day, from what was known before it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from app.domain import NON_MERCHANDISE, Forecast
from app.errors import InvalidInput
from app.services.forecasts.engine.exposure import KnownDays, no_known_days
from app.services.forecasts.engine.making import FARTHEST, make
from app.services.forecasts.engine.results import forecasts
from app.services.forecasts.reading import HistoryService


class PastForecasts:
    def __init__(self, histories: HistoryService, known_days: KnownDays = no_known_days) -> None:
        self._histories = histories
        self._known_days = known_days

    def made_on(
        self, day: date, horizon: int, product_ids: Collection[str] | None = None
    ) -> Iterator[tuple[str, Forecast]]:
        """Of the products that had been stocked or sold before the day, or those of them that are asked for.

        Raises InvalidInput for a horizon out of range, or a day before the first sale.
        """
        if not 1 <= horizon <= FARTHEST:
            raise InvalidInput(f"The horizon must be from 1 to {FARTHEST} days.", "horizon")
        history = self._histories.read(day)
        if not history.days:
            raise InvalidInput(f"Nothing had been sold before {day}.", "as_of")
        there = [
            product_id
            for product_id, since in zip(history.product_ids, history.since, strict=True)
            if since < history.days
            and product_id not in NON_MERCHANDISE
            and (product_ids is None or product_id in product_ids)
        ]
        return forecasts(make(history, history.days, self._known_days), there, horizon)
