"""What a feast did to sales in earlier years, from the sums of days alone.

The effect of a day is what it sold over the median of the same weekday in the four weeks before and after it. Of
several years the geometric mean counts, drawn towards a usual day as if one more year had shown none: one feast is
little to learn from. An effect that is no larger than twice the usual spread of the days around it is chance, and none
is learned. A feast on which a shop that sells on such weekdays sold nothing was closed, and so were the days
around it that sold nothing without a break: next time they are expected to be closed again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from statistics import median

WEEKS_AROUND = 4
FEWEST_AROUND = 3
LONGEST_CLOSURE = 21  # days
MOST_EFFECT = 4.0
LEAST_EFFECT = 0.1
CHANCE = 2.0  # usual spreads
LEAST_SPREAD = 0.05
_A_USUAL_YEAR = 1.0
_MAD = 1.4826  # by which the median distance from the median is a standard deviation

Sold = Mapping[date, int]


def usual(sold: Sold, day: date, known: Sequence[date], first: date, end: date) -> float | None:
    """The median of the same weekday around `day`, without days of `known`; None where there are too few.

    `sold`: gross by day, of the days `[first, end)`; those that are missing sold nothing.
    """
    around = _around(sold, day, known, first, end)
    return float(median(around)) if len(around) >= FEWEST_AROUND else None


def _around(sold: Sold, day: date, known: Sequence[date], first: date, end: date) -> list[int]:
    days = (day + timedelta(weeks=week) for week in range(-WEEKS_AROUND, WEEKS_AROUND + 1) if week)
    return [sold.get(one, 0) for one in days if first <= one < end and one not in known]


def _is_chance(effect: float, around: Sequence[int]) -> bool:
    """Whether days of the same weekday are as far from their median that often."""
    middle = median(around)
    spread = _MAD * median(abs(math.log(max(one, 1) / middle)) for one in around)
    return abs(math.log(effect)) < CHANCE * max(spread, LEAST_SPREAD)


def learned(sold: Sold, feasts: Sequence[date], known: Sequence[date], first: date, end: date) -> dict[int, float]:
    """By the distance in days from the feast, how much of a usual day it and the days around it sell.

    `feasts`: the days of one feast in earlier years, all in `[first, end)`; `known`: every day that is no measure for
    others. Empty when nothing can be learned.
    """
    effects: list[float] = []
    closed: list[set[int]] = []
    for feast in feasts:
        around = usual(sold, feast, known, first, end)
        off = _closed_around(sold, feast, known, first, end)
        if off:
            closed.append(off)
        elif around:
            effect = min(MOST_EFFECT, max(LEAST_EFFECT, sold.get(feast, 0) / around))
            effects.append(1.0 if _is_chance(effect, _around(sold, feast, known, first, end)) else effect)
    if len(closed) > len(effects):
        return dict.fromkeys(closed[-1], 0.0)  # as it was the last time
    if not effects:
        return {}
    mean = sum(math.log(effect) for effect in effects) / (len(effects) + _A_USUAL_YEAR)
    return {0: math.exp(mean)} if mean else {}


def _closed_around(sold: Sold, feast: date, known: Sequence[date], first: date, end: date) -> set[int]:
    """The days without sales in a row about the feast, from the first to the last one that usually sells."""
    if sold.get(feast, 0) > 0:
        return set()
    low = _run(sold, feast, -1, first, end)
    high = _run(sold, feast, 1, first, end)
    if high - low > LONGEST_CLOSURE:
        return set()
    near = {feast + timedelta(days=offset) for offset in range(low, high + 1)}
    measure = [*known, *near]
    sells = [
        offset for offset in range(low, high + 1) if usual(sold, feast + timedelta(days=offset), measure, first, end)
    ]
    return set(range(sells[0], sells[-1] + 1)) if sells else set()


def _run(sold: Sold, feast: date, step: int, first: date, end: date) -> int:
    """How far days without sales go on from the feast, as a distance; one too many ends it."""
    offset = 0
    while abs(offset) <= LONGEST_CLOSURE:
        day = feast + timedelta(days=offset + step)
        if not first <= day < end or sold.get(day, 0) > 0:
            break
        offset += step
    return offset
