"""What products sell in four usual weeks, by six simple methods at once, at any days of the past.

Every one divides what was sold by the exposure of its days (`exposures` x the share of the day in stock), so closed
days and empty shelves are no demand of nothing. SES: Brown (1959), with the weights normalised to what was seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.services.forecasts.engine.history import Floats, Ints

FOUR_WEEKS = 28
METHODS = ("SES 0.05", "SES 0.1", "order lines", "median of four weeks", "mean", "mean of 56 days")
QUICKEST = METHODS[1]  # to follow what sells now
RATES = (0.05, 0.1)
LEAST_EXPOSURE = 2.0  # days, below which a span tells nothing


@dataclass(frozen=True)
class Levels:
    """Per day asked for: (days, products, methods) and the two baselines (days, products, 2), units of 28 usual days.

    The baselines know nothing of weekdays, shelves, caps or closed days.
    """

    found: Floats
    baselines: Floats


def levels(raw: Floats, capped: Floats, lines: Floats, exposure: Floats, since: Ints, at: Sequence[int]) -> Levels:
    """All (products, days) but `since`, the first day of each product. `at`: days, ascending; what was known before."""
    smoothed = _smoothed(capped, exposure, at)
    plain = _plain_smoothing(raw, at)
    sums = {
        name: np.concatenate((np.zeros((len(raw), 1)), matrix.cumsum(axis=1)), axis=1)
        for name, matrix in (("raw", raw), ("capped", capped), ("lines", lines), ("exposure", exposure))
    }
    found, base = [], []
    for row, day in enumerate(at):
        found.append(np.stack([*smoothed[row], *_means(sums, day)], axis=1))
        age = np.clip(day - since, 1, FOUR_WEEKS)
        lately = _last(sums["raw"], day, FOUR_WEEKS) * FOUR_WEEKS / age
        base.append(np.stack([lately, plain[row] * FOUR_WEEKS], axis=1))
    return Levels(np.stack(found), np.stack(base))


def _means(sums: dict[str, Floats], day: int) -> list[Floats]:
    capped, lines, exposure = sums["capped"], sums["lines"], sums["exposure"]
    ever = _rate(capped[:, day], exposure[:, day], np.zeros(len(capped)))
    parts = [
        _rate(
            _last(capped, day - FOUR_WEEKS * back, FOUR_WEEKS),
            _last(exposure, day - FOUR_WEEKS * back, FOUR_WEEKS),
            None,
        )
        for back in range(4)
    ]
    of_weeks = np.stack(parts, axis=1)
    seen = ~np.isnan(of_weeks)
    some = seen.any(axis=1)
    median = ever.copy()
    median[some] = np.nanmedian(of_weeks[some], axis=1)
    a_line = capped[:, day] / np.maximum(lines[:, day], 1.0)
    by_lines = _rate(_last(lines, day, FOUR_WEEKS), _last(exposure, day, FOUR_WEEKS), None) * a_line
    eight = _rate(_last(capped, day, 2 * FOUR_WEEKS), _last(exposure, day, 2 * FOUR_WEEKS), ever)
    return [np.where(np.isnan(by_lines), ever, by_lines), median, ever, eight]


def _last(sums: Floats, day: int, days: int) -> Floats:
    return np.asarray(sums[:, max(0, day)] - sums[:, max(0, day - days)])


def _rate(sold: Floats, exposure: Floats, otherwise: Floats | None) -> Floats:
    rest = np.full(len(sold), np.nan) if otherwise is None else otherwise
    enough = exposure >= LEAST_EXPOSURE
    return np.where(enough, sold / np.where(enough, exposure, 1.0) * FOUR_WEEKS, rest)


def _smoothed(capped: Floats, exposure: Floats, at: Sequence[int]) -> list[list[Floats]]:
    count, days = capped.shape
    wanted, found = set(at), []
    sold = [np.zeros(count) for _ in RATES]
    seen = [np.zeros(count) for _ in RATES]
    by_day, open_by_day = np.ascontiguousarray(capped.T), np.ascontiguousarray(exposure.T)
    for day in range(days + 1):
        if day in wanted:
            found.append(
                [
                    np.divide(up, down, out=np.zeros(count), where=down > 1e-6) * FOUR_WEEKS
                    for up, down in zip(sold, seen, strict=True)
                ]
            )
        if day < days:
            for up, down, rate in zip(sold, seen, RATES, strict=True):
                up *= 1 - rate
                up += rate * by_day[day]
                down *= 1 - rate
                down += rate * open_by_day[day]
    return found


def _plain_smoothing(units: Floats, at: Sequence[int]) -> list[Floats]:
    """Simple exponential smoothing, from the first day with a sale on."""
    count, days = units.shape
    wanted, found = set(at), []
    level, started = np.zeros(count), np.zeros(count, dtype=bool)
    by_day = np.ascontiguousarray(units.T)
    for day in range(days + 1):
        if day in wanted:
            found.append(level.copy())
        if day < days:
            now = by_day[day]
            level = np.where(started, level + RATES[0] * (now - level), now)
            started |= now > 0
    return found
