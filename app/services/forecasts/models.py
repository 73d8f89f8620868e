"""Daily series carried on for four weeks, by the model that did best on the weeks just past.

The models are statsmodels' Theta method (Assimakopoulos and Nikolopoulos 2000) and exponential smoothing (ETS, Hyndman
et al. 2008), with a weekly season. The baseline is the seasonal naive forecast: each day like the same weekday last
week. Back-test: three times four weeks, each forecast from what was known before them; the error is the mean absolute
one per day. A model that does not beat the baseline there is not used.

statsmodels is imported where it is used: it takes seconds and is needed by the worker alone.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from app.domain import BASELINE, TOO_SHORT, Forecast

HORIZON = 28  # days
SEASON = 7
FOLDS = 3
MODEL_DAYS = 56  # of history, before a model is fitted
LEAST_DAYS = 14
COVERAGE = 0.8
Z = 1.2815515655446004  # the 90 % quantile of the normal distribution: 10 % on each side are left out

Days = list[tuple[float, float, float]]  # low, expected, high
Model = Callable[[pd.Series, bool], Days]  # with bounds, or without them, which is quicker: then all three are expected


def forecast(values: Sequence[float], first_day: date, models: Mapping[str, Model] | None = None) -> Forecast:
    """`values`: one per day, the last of the day before `first_day`; amounts that cannot be below 0."""
    series = _series(values, first_day)
    if len(series) < LEAST_DAYS:
        return Forecast(first_day, TOO_SHORT, tuple(_mean(series)), {})
    candidates: dict[str, Model] = {BASELINE: seasonal_naive}
    if len(series) >= MODEL_DAYS and len(set(series)) > 1:
        candidates |= MODELS if models is None else models
    errors, tested = back_test(series, candidates)
    name = min(errors, key=lambda model: (errors[model], model != BASELINE)) if errors else BASELINE
    days = _tried(candidates[name], series, True)
    if days is None:  # it fitted the past without the last weeks, but not with them
        name, days = BASELINE, seasonal_naive(series)
    return Forecast(first_day, name, tuple(days), errors, tested)


def back_test(series: pd.Series, candidates: Mapping[str, Model]) -> tuple[dict[str, float], int]:
    """The mean absolute error per day of each model, and the days it was tested on; those that fail are left out."""
    folds = min(FOLDS, (len(series) - MODEL_DAYS) // HORIZON)
    sums: dict[str, float] = {}
    for name, model in candidates.items():
        total = 0.0
        for fold in range(folds, 0, -1):
            split = len(series) - fold * HORIZON
            days = _tried(model, series.iloc[:split], False)
            if days is None:
                break
            actual = series.iloc[split : split + HORIZON]
            total += sum(abs(a - day[1]) for a, day in zip(actual, days, strict=True))
        else:
            if folds > 0:
                sums[name] = total / (folds * HORIZON)
    return sums, max(0, folds) * HORIZON


def seasonal_naive(series: pd.Series, bounds: bool = True) -> Days:
    """Each day like the same weekday of the last week.

    Its variance grows by that of the differences to the week before with each week ahead (Hyndman and Athanasopoulos,
    Forecasting: Principles and Practice, 5.5).
    """
    last = series.iloc[-SEASON:].to_numpy()
    steps = series.diff(SEASON).dropna()
    sigma = float(math.sqrt((steps**2).mean())) if len(steps) else 0.0
    found = []
    for ahead in range(HORIZON):
        width = Z * sigma * math.sqrt(ahead // SEASON + 1)
        found.append(_day(float(last[ahead % SEASON]), width))
    return found


def theta(series: pd.Series, bounds: bool) -> Days:
    from statsmodels.tsa.forecasting.theta import ThetaModel

    fitted = ThetaModel(series, period=SEASON, deseasonalize=True, use_test=False, method="additive").fit()
    expected = fitted.forecast(HORIZON)
    if not bounds:
        return _certain(expected)
    around = fitted.prediction_intervals(HORIZON, alpha=1 - COVERAGE)
    return [
        _between(float(low), float(middle), float(high))
        for middle, low, high in zip(expected, around["lower"], around["upper"], strict=True)
    ]


def ets(series: pd.Series, bounds: bool) -> Days:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    model = ETSModel(series, error="add", trend="add", damped_trend=True, seasonal="add", seasonal_periods=SEASON)
    fitted = model.fit(disp=False)
    if not bounds:
        return _certain(fitted.forecast(HORIZON))
    frame = fitted.get_prediction(start=len(series), end=len(series) + HORIZON - 1).summary_frame(alpha=1 - COVERAGE)
    return [
        _between(float(low), float(middle), float(high))
        for middle, low, high in zip(frame["mean"], frame["pi_lower"], frame["pi_upper"], strict=True)
    ]


MODELS: Mapping[str, Model] = {"Theta": theta, "ETS": ets}
QUICK_MODELS: Mapping[str, Model] = {"Theta": theta}  # where there are many series


def _tried(model: Model, series: pd.Series, bounds: bool) -> Days | None:
    """None where the model cannot be fitted, or gives no numbers."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            days = model(series, bounds)
    except (ValueError, ArithmeticError, np.linalg.LinAlgError):
        return None
    return days if all(math.isfinite(number) for day in days for number in day) else None


def _series(values: Sequence[float], first_day: date) -> pd.Series:
    index = pd.date_range(end=pd.Timestamp(first_day) - pd.Timedelta(days=1), periods=len(values), freq="D")
    return pd.Series(np.asarray(values, dtype="float64"), index=index)


def _certain(expected: Iterable[float]) -> Days:
    return [_day(float(value), 0.0) for value in expected]


def _mean(series: pd.Series) -> Days:
    """Of a few days; the width is that of counts that happen by chance (Poisson)."""
    level = float(series.mean()) if len(series) else 0.0
    return [_day(level, Z * math.sqrt(level))] * HORIZON


def _day(expected: float, width: float) -> tuple[float, float, float]:
    return _between(expected - width, expected, expected + width)


def _between(low: float, expected: float, high: float) -> tuple[float, float, float]:
    expected = max(0.0, expected)
    return (max(0.0, min(low, expected)), expected, max(high, expected))
