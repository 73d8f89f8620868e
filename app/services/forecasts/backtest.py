"""Forecasts of the past, made at rolling origins from what was known before each, against what then sold."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.domain.forecast_scores import CATEGORY, PRODUCT, SHOP, Score, added, against_baseline, better_baseline
from app.errors import InvalidInput
from app.services.forecasts.engine.exposure import KnownDays, no_known_days
from app.services.forecasts.engine.league import misses_of
from app.services.forecasts.engine.making import FARTHEST, make, method_words
from app.services.forecasts.engine.scoring import LEAD_DAYS, judged_products, scores_of
from app.services.forecasts.league_ports import Miss
from app.services.forecasts.reading import HISTORY_DAYS, HistoryService

EVERY_DAYS = 14
MOST_ORIGINS = 100


@dataclass(frozen=True)
class BackTest:
    """`scores` by origin, level and method. `forecasts` made in `seconds`, of all products.

    `weights`: the share of each method that is put together, `worst`: the products that were off most; at the last
    origin.
    """

    horizon: int
    lead: int
    origins: tuple[date, ...]
    scores: dict[date, dict[tuple[str, str], Score]]
    forecasts: int
    seconds: float
    weights: dict[str, float]
    worst: list[Miss]

    @property
    def per_second(self) -> float:
        return self.forecasts / self.seconds if self.seconds else 0.0

    def of_level(self, level: str, month: str | None = None) -> dict[str, Score]:
        """By method, of all origins or those of a month such as "2011-11"."""
        found: defaultdict[str, list[Score]] = defaultdict(list)
        for origin, scores in self.scores.items():
            if month is None or f"{origin:%Y-%m}" == month:
                for (of, method), score in scores.items():
                    if of == level:
                        found[method].append(score)
        return {method: added(scores) for method, scores in found.items()}

    @property
    def months(self) -> list[str]:
        return sorted({f"{origin:%Y-%m}" for origin in self.origins})

    def as_dict(self) -> dict[str, Any]:
        levels = (PRODUCT, CATEGORY, SHOP)
        return {
            "origins": [origin.isoformat() for origin in self.origins],
            "horizon_days": self.horizon,
            "lead_time_days": self.lead,
            "forecasts": self.forecasts,
            "seconds": round(self.seconds, 3),
            "forecasts_per_second": round(self.per_second),
            "methods": self.weights,
            "levels": {level: _table(self.of_level(level)) for level in levels},
            "months": {
                month: {level: _table(self.of_level(level, month)) for level in levels} for month in self.months
            },
        }


def _table(scores: dict[str, Score]) -> dict[str, Any]:
    ratio = against_baseline(scores)
    return {
        "methods": {method: score.as_dict() for method, score in scores.items()},
        "better_baseline": better_baseline(scores),
        "wape_against_better_baseline": None if ratio is None else round(ratio, 4),
    }


class BackTestService:
    def __init__(self, histories: HistoryService, known_days: KnownDays = no_known_days) -> None:
        self._histories = histories
        self._known_days = known_days

    def run(self, end: date, origins: int, horizon: int, lead: int = LEAD_DAYS) -> BackTest:
        """Origins two weeks apart, the last one `horizon` days before `end`; fewer where there is less history.

        Raises InvalidInput for numbers out of range, or when no product has been sold for long enough.
        """
        if not 1 <= origins <= MOST_ORIGINS:
            raise InvalidInput(f"Origins must be from 1 to {MOST_ORIGINS}.", "origins")
        if not 1 <= horizon <= FARTHEST:
            raise InvalidInput(f"The horizon must be from 1 to {FARTHEST} days.", "horizon")
        reach = max(horizon, lead)
        history = self._histories.read(end, HISTORY_DAYS + EVERY_DAYS * (origins - 1) + reach)
        scores: dict[date, dict[tuple[str, str], Score]] = {}
        made_in, made_count, weights = 0.0, 0, dict[str, float]()
        worst: list[Miss] = []
        for number in reversed(range(origins)):
            day = history.days - reach - EVERY_DAYS * number
            if day < 1:
                continue
            began = time.process_time()
            made = make(history, day, self._known_days)
            seconds = time.process_time() - began
            if not len(judged_products(made)):
                continue
            made_in, made_count = made_in + seconds, made_count + history.count
            weights, worst = method_words(made.weights), misses_of(made)
            scores[history.first_day + timedelta(days=day)] = scores_of(made, horizon, lead)
        if not scores:
            raise InvalidInput(
                "No product has been sold for 112 days before an origin: there is nothing to test on yet."
            )
        return BackTest(horizon, lead, tuple(scores), scores, made_count, made_in, weights, worst)
