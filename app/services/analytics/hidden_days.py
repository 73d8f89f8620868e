"""How far off an estimate of lost sales is, known from products that never ran out.

Weeks in which they did sell are hidden and estimated from the four weeks before, like a time out of stock is. What they
really sold says how wide an interval must be.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

INSIDE = 0.8  # of the interval
FEWEST_WEEKS = 40  # hidden ones, before they say anything
NORMAL_EDGE = 1.2815515655446004  # the 90 % quantile of the standard normal distribution


@dataclass(frozen=True)
class HiddenWeek:
    """Units: `expected` by the estimate, `sold` really; `by`: those that it was made from; `week`: its number."""

    expected: float
    sold: float
    by: float
    week: int


@dataclass(frozen=True)
class EstimateError:
    """What hidden weeks say of the estimate. `weeks`: how many; 0: too few, and the edges are those of chance alone.

    `bias`: (expected - sold) / sold of all of them; None where nothing sold. `held`: the share of weeks whose sales
    were inside the interval that the other weeks gave. `low`, `high`: its edges in spreads, for one product.
    Of a sum: `least` and `most` are the smallest and the largest of (sold / expected) of all products in one hidden
    week, at most and at least 1, as what made a week slow was the same for all; `scale`: the root of the mean square of
    what is left of each product's error in spreads, which adds up by squares.
    """

    weeks: int
    bias: float | None
    held: float | None
    low: float
    high: float
    least: float
    most: float
    scale: float

    def interval(self, units: float, by: float) -> tuple[float, float]:
        """Of one product's estimate of `units`, made from `by` units sold."""
        spread = spread_of(units, by)
        return max(0.0, units + min(0.0, self.low) * spread), units + max(0.0, self.high) * spread

    def interval_of_sum(self, total: float, spreads: Iterable[float]) -> tuple[float, float]:
        """Of a sum. The extremes of four weeks hold the next three times in five, chance beside them makes it four."""
        width = NORMAL_EDGE * self.scale * math.sqrt(sum(spread**2 for spread in spreads))
        return max(0.0, total * self.least - width), total * self.most + width


BY_CHANCE = EstimateError(0, None, None, -NORMAL_EDGE, NORMAL_EDGE, 1.0, 1.0, 1.0)


def spread_of(units: float, by: float) -> float:
    """One standard deviation of a Poisson count of `units`, whose rate is itself known from a count of `by` only."""
    return math.sqrt(units * (1 + units / by)) if by > 0 else 0.0


def error_of(weeks: Sequence[HiddenWeek]) -> EstimateError:
    """The edges are the 10 % and 90 % quantiles of (sold - expected) / spread."""
    known = [week for week in weeks if spread_of(week.expected, week.by) > 0]
    if len(known) < FEWEST_WEEKS:
        return BY_CHANCE
    off = np.array([(week.sold - week.expected) / spread_of(week.expected, week.by) for week in known])
    numbers = np.array([week.week for week in known])
    low, high = _edges(off)
    sold, ratios = sum(week.sold for week in known), _ratios(known)
    rest = [(one.sold - ratios[one.week] * one.expected) / spread_of(one.expected, one.by) for one in known]
    return EstimateError(
        weeks=len(known),
        bias=(sum(week.expected for week in known) - sold) / sold if sold else None,
        held=_held(known, off, numbers),
        low=low,
        high=high,
        least=min(1.0, *ratios.values()),
        most=max(1.0, *ratios.values()),
        scale=float(np.sqrt(np.mean(np.square(rest)))),
    )


def _ratios(weeks: Sequence[HiddenWeek]) -> dict[int, float]:
    """Sold / expected of all products, by week."""
    numbers = {week.week for week in weeks}
    of_week = {number: [week for week in weeks if week.week == number] for number in numbers}
    return {number: sum(w.sold for w in of) / sum(w.expected for w in of) for number, of in of_week.items()}


def _edges(off: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(off, [(1 - INSIDE) / 2, (1 + INSIDE) / 2])
    return float(low), float(high)


def _held(weeks: Sequence[HiddenWeek], off: np.ndarray, numbers: np.ndarray) -> float | None:
    inside = []
    for number in sorted(set(numbers.tolist())):
        others = off[numbers != number]
        if len(others) < FEWEST_WEEKS:
            return None
        low, high = _edges(others)
        inside += [
            week.expected + low * spread_of(week.expected, week.by) <= week.sold
            and week.sold <= week.expected + high * spread_of(week.expected, week.by)
            for week in weeks
            if week.week == number
        ]
    return sum(inside) / len(inside)
