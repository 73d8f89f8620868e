"""Forecasts: which model is used, what its interval holds, and what odd series come to."""

from __future__ import annotations

import math
import random
from datetime import date

import pytest

from app.domain import BASELINE, TOO_SHORT
from app.services.forecasts import models
from app.services.forecasts.models import HORIZON, Days, forecast

FIRST = date(2026, 11, 2)  # a Monday


def weekly(days: int, noise: float = 0.0, growth: float = 0.0, seed: int = 1) -> list[float]:
    draw = random.Random(seed)
    season = [10, 12, 11, 14, 20, 30, 25]
    return [max(0.0, season[n % 7] + growth * n + draw.gauss(0, noise)) for n in range(days)]


def test_a_season_of_weeks_goes_on() -> None:
    made = forecast(weekly(140), FIRST, {})
    assert made.model == BASELINE
    assert [round(day[1]) for day in made.days[:7]] == [10, 12, 11, 14, 20, 30, 25]
    assert len(made.days) == HORIZON
    assert made.last_day == date(2026, 11, 29)


def test_growth_is_seen_by_the_models_and_beats_the_baseline() -> None:
    made = forecast(weekly(200, noise=2.0, growth=0.25), FIRST)
    assert made.model in ("Theta", "ETS")
    assert made.errors[made.model] < made.errors[BASELINE]
    assert set(made.errors) == {BASELINE, "Theta", "ETS"}
    assert made.tested_days == 84


def test_a_model_that_does_not_beat_the_baseline_is_not_used() -> None:
    def wild(series: object, bounds: bool) -> Days:
        return [(0.0, 500.0, 900.0)] * HORIZON

    made = forecast(weekly(200, noise=1.0), FIRST, {"Wild": wild})
    assert made.model == BASELINE
    assert made.errors["Wild"] > made.errors[BASELINE]


def test_a_model_that_fails_is_left_out_and_the_rest_goes_on() -> None:
    def failing(series: object, bounds: bool) -> Days:
        raise ValueError("no")

    def nonsense(series: object, bounds: bool) -> Days:
        return [(math.nan, math.nan, math.nan)] * HORIZON

    made = forecast(weekly(200), FIRST, {"Failing": failing, "Nonsense": nonsense})
    assert made.model == BASELINE
    assert set(made.errors) == {BASELINE}


@pytest.mark.parametrize("model", [None, {}])
def test_four_days_of_five_are_within_the_interval(model: dict[str, models.Model] | None) -> None:
    """Over series drawn anew: an interval of 80 % that held 60 or 99 % would say something else than it claims."""
    inside = total = 0
    for seed in range(12):
        values = weekly(168 + HORIZON, noise=5.0, seed=seed)
        made = forecast(values[:168], FIRST, model)
        for actual, (low, _, high) in zip(values[168:], made.days, strict=True):
            inside += low <= actual <= high
            total += 1
    assert 0.70 <= inside / total <= 0.92


@pytest.mark.parametrize(
    "values",
    [
        [],
        [3.0],
        [0.0] * 300,
        [0.0] * 150 + [40.0] + [0.0] * 60,
        [5.0] * 200,
        [1e12] * 100 + [0.0] * 100,
        [0.0] * 199 + [1.0],
    ],
    ids=["nothing", "one day", "no sales", "all on one day", "always the same", "stopped", "one sale, yesterday"],
)
def test_odd_series_give_finite_numbers_that_are_not_below_nothing(values: list[float]) -> None:
    made = forecast(values, FIRST)
    assert len(made.days) == HORIZON
    for low, expected, high in made.days:
        assert 0 <= low <= expected <= high < math.inf


def test_a_few_days_give_their_mean_and_say_so() -> None:
    made = forecast([2.0, 4.0, 6.0], FIRST)
    assert made.model == TOO_SHORT
    assert made.expected == (4.0,) * HORIZON
    assert not made.errors
