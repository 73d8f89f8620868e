"""How a day that is running will close, from the same weekdays before it.

By now a day usually has a share s of its sales. What is still to come is that share's rest of a total which is taken
from the usual day in the morning and from today's pace in the evening: (1 - s) x (so far + (1 - s) x usual total).
The interval is how far the same forecast was off on each of those days, made from the others: of n days' errors the
smallest and the largest hold the next with a chance of (n - 1) / (n + 1), for eight days 78 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

QUARTERS = 96
FEWEST_DAYS = 3


class DayForecast(NamedTuple):
    """Minor units. `curve`: expected sales up to the end of each quarter of an hour, 96 numbers; `days`: made from."""

    close: int
    low: int
    high: int
    curve: list[int]
    days: int


def forecast_day(so_far: int, elapsed: float, days: Sequence[Sequence[int]]) -> DayForecast | None:
    """`elapsed`: quarters of an hour that are over, 0 to 96; `days`: sales per quarter of the same weekdays before.

    Days without sales tell nothing. None with fewer than three that do.
    """
    past = [list(accumulate(day)) for day in days if sum(day) > 0]
    if len(past) < FEWEST_DAYS:
        return None
    usual = _mean(past)
    close = _close(so_far, elapsed, usual)
    ratios = []
    for number, day in enumerate(past):
        others = _mean(past[:number] + past[number + 1 :])
        to_come = _close(_at(day, elapsed), elapsed, others) - _at(day, elapsed)
        ratios.append((day[-1] - _at(day, elapsed)) / to_come if to_come > 0 else 1.0)
    to_come = close - so_far
    low, high = so_far + to_come * min(1.0, *ratios), so_far + to_come * max(1.0, *ratios)
    return DayForecast(round(close), round(low), round(high), _curve(so_far, close, elapsed, usual), len(past))


def _close(so_far: float, elapsed: float, usual: Sequence[float]) -> float:
    rest = 1 - _at(usual, elapsed) / usual[-1]
    return so_far + rest * (so_far + rest * usual[-1])


def _curve(so_far: int, close: float, elapsed: float, usual: Sequence[float]) -> list[int]:
    """What is to come spreads over the rest of the day as usual, or evenly where usually nothing comes any more."""
    now, rest = _at(usual, elapsed), usual[-1] - _at(usual, elapsed)
    shares = [(total - now) / rest if rest > 0 else 1.0 for total in usual]
    return [round(so_far + (close - so_far) * max(0.0, share)) for share in shares]


def _mean(days: Sequence[Sequence[float]]) -> list[float]:
    return [sum(numbers) / len(days) for numbers in zip(*days, strict=True)]


def _at(running: Sequence[float], elapsed: float) -> float:
    """A running total after so many quarters; within one, its part."""
    whole = min(int(elapsed), QUARTERS)
    before = running[whole - 1] if whole else 0.0
    return before if whole >= QUARTERS else before + (elapsed - whole) * (running[whole] - before)
