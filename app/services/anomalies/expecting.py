"""What a day is expected to sell by the days before it, and how far such days are off.

Everything is a logarithm: days differ by factors. A day's level is the mean of the days before it without their
weekday's usual distance from it, the later ones counting more (half after twelve days with sales), each no further off
than one and a half times their usual spread (Huber 1964): one odd day does not move it. How far a weekday lies from
the level is the median over ten weeks, drawn to none by three weeks more. What is known of a day before it comes (a
feast, a closed day, a promotion) is taken out of the days before and put into the one that is expected.

A day's distance from what was expected is judged by the distances of the half year before it: their median, the
weekday's own spread (1.4826 times the median absolute deviation) drawn to that of all days, and Student's t with twelve
degrees of freedom, whose tails are as heavy as those of trade.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import numpy as np

WEEK = 7
LEARNED_DAYS = 91
FEWEST_DAYS = 20
HALF_AFTER = 12
HUBER = 1.5
WEEKS_OF_NOTHING = 3.0  # by which a weekday's distance is drawn to none
AROUND = 5  # days with sales before and after one, whose median it is measured by
JUDGED_BY = 180
FEWEST_DISTANCES = 20
WEEKDAY_WEIGHT = 20.0  # distances of all days that count beside a weekday's own
LEAST_SPREAD = 0.05
LEAST_VALUE = 0.25  # of a day without any sale: a quarter of an order
DEGREES = 12
MAD = 1.4826

Numbers = np.ndarray


class Series(NamedTuple):
    """One number per day without a gap from `first` on; `factors`: what was known of each day before it came."""

    first: date
    values: Numbers
    factors: Numbers

    @property
    def weekdays(self) -> Numbers:
        return (np.arange(len(self.values)) + self.first.weekday()) % WEEK


class Distances(NamedTuple):
    """`logs` of each day over what was `expected` of it by the days before it alone; NaN where nothing can be.

    `measure`: of those days by which others are judged, NaN for the rest.
    """

    logs: Numbers
    expected: Numbers
    weekdays: Numbers
    measure: Numbers

    def without(self, days: Numbers) -> Distances:
        """The same, but judged by no day of which `days` is true."""
        return self._replace(measure=np.where(days, math.nan, self.measure))


def score(distances: Numbers, weekdays: Numbers, number: int, distance: float, more: float = 0.0) -> float:
    """How many spreads a distance on day `number` is off; NaN with too few before it.

    `more`: spread beside that of days.
    """
    first = max(0, number - JUDGED_BY)
    past, days = distances[first:number], weekdays[first:number]
    known = ~np.isnan(past)
    past, days = past[known], days[known]
    if len(past) < FEWEST_DISTANCES:
        return math.nan
    middle = float(np.median(past))
    own = past[days == weekdays[number]]
    spread = (_spread(past, middle) * WEEKDAY_WEIGHT + _spread(own, middle) * len(own)) / (WEEKDAY_WEIGHT + len(own))
    return (distance - middle) / math.hypot(max(spread, LEAST_SPREAD), more)


def _spread(values: Numbers, middle: float) -> float:
    return MAD * float(np.median(np.abs(values - middle))) if len(values) else 0.0


def distances(series: Series) -> Distances:
    """Of each day; those with too few before them cannot be told."""
    usable = (series.values > 0) & (series.factors > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(usable, np.log(series.values) - np.log(series.factors), math.nan)
    weekdays = series.weekdays
    expected = np.full(len(logs), math.nan)
    for number in range(len(logs)):
        found = expected_log(logs, weekdays, number)
        if found is not None and series.factors[number] > 0:
            expected[number] = math.exp(found) * series.factors[number]
    found = np.log(np.maximum(series.values, LEAST_VALUE)) - np.log(expected)
    return Distances(found, expected, weekdays, found)


def expected_log(logs: Numbers, weekdays: Numbers, number: int) -> float | None:
    """None with too few days to learn from, or on a weekday that usually sells nothing."""
    first = max(0, number - LEARNED_DAYS)
    window, days = logs[first:number], weekdays[first:number]
    known = ~np.isnan(window)
    of_day = days == weekdays[number]
    if known.sum() < FEWEST_DAYS or known[of_day].sum() * 2 < of_day.sum():
        return None
    window, days = window[known], days[known]
    apart = _by_weekday(window, days)
    level = _level(window - apart[days])
    return float(level + apart[weekdays[number]])


def _by_weekday(window: Numbers, days: Numbers) -> Numbers:
    """How far each weekday lies from the days around it."""
    count = len(window)
    padded = np.concatenate([np.full(AROUND, math.nan), window, np.full(AROUND, math.nan)])
    around = np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, 2 * AROUND + 1), axis=1)[:count]
    apart = np.zeros(WEEK)
    for weekday in range(WEEK):
        own = (window - around)[days == weekday]
        if len(own) > 1:
            apart[weekday] = np.median(own) * len(own) / (len(own) + WEEKS_OF_NOTHING)
    return apart


def _level(values: Numbers) -> float:
    weights = 0.5 ** (np.arange(len(values))[::-1] / HALF_AFTER)
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    middle = float(values[order][np.searchsorted(total, total[-1] / 2)])
    reach = HUBER * max(_spread(values, middle), 1e-9)
    return float(np.sum(np.clip(values, middle - reach, middle + reach) * weights) / weights.sum())


@lru_cache(maxsize=64)
def limit(probability: float) -> float:
    """Beyond which a score lies with this probability to one side: Student's t, by its density added up."""
    grid = np.linspace(0, 60, 60_001)
    density = (1 + grid**2 / DEGREES) ** (-(DEGREES + 1) / 2)
    density *= math.gamma((DEGREES + 1) / 2) / (math.sqrt(DEGREES * math.pi) * math.gamma(DEGREES / 2))
    beyond = 0.5 - np.cumsum((density[1:] + density[:-1]) / 2) * (grid[1] - grid[0])
    return float(grid[1 + int(np.argmax(beyond < probability))])


def shares(values: Sequence[float]) -> tuple[float, float]:
    """The median of shares of a day, and the spread of their logarithms."""
    known = np.array([value for value in values if value > 0])
    if len(known) < WEEK // 2:
        return math.nan, math.nan
    logs = np.log(known)
    middle = float(np.median(logs))
    return math.exp(middle), max(_spread(logs, middle), LEAST_SPREAD)
