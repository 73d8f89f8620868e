"""Where forecasts wait until their days have passed, and where it is kept how good they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from app.domain.forecast_scores import Score

ScoresOfDay = Mapping[tuple[str, str], Score]  # by level and method


class Shown(NamedTuple):
    """Of a product, from the first day on: units of 28 days by the forecast and both baselines, quantiles of the sum of
    14 days, and what a unit brought, minor units."""

    mean: float
    mean_28: float
    ses: float
    q50: float
    q90: float
    q95: float
    price: float


class Miss(NamedTuple):
    product_id: str
    forecast: float
    sold: float


class ScoredDay(NamedTuple):
    """Forecasts from `day` on; `worst` are the products that were off most, the worst first."""

    day: date
    scores: ScoresOfDay
    worst: Sequence[Miss]


class LeagueStore(Protocol):
    def keep_shown(self, first_day: date, part: str, products: Mapping[str, Shown]) -> None: ...

    def waiting(self, before: date) -> list[date]:
        """First days before that one of which something was shown that is not scored yet, ascending."""

    def shown(self, first_day: date) -> dict[str, Shown]: ...

    def keep_scores(self, source: str, found: ScoredDay) -> None:
        """In place of earlier ones; what was shown of that day is forgotten."""

    def scores(self, source: str) -> list[ScoredDay]:
        """By day."""
