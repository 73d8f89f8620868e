"""How the methods are put together: non-negative weights, the same for all products, learned from earlier days alone.

They have the least absolute error of four weeks' totals, by iteratively reweighted least squares (Schlossmacher 1973)
under a penalty on the bias of the sum; then all are scaled by what was sold over what was forecast lately.
"""

from __future__ import annotations

import numpy as np

from app.services.forecasts.engine.history import Floats
from app.services.forecasts.engine.levels import METHODS

USUAL_WEIGHTS = np.array([0.45, 0.05, 0.4, 0.05, 0.0, 0.05])  # of a shop too young to learn its own
LEAST_ROWS = 60
BIAS_PENALTY = 30.0
ROUNDS = 40
SMALLEST_ERROR = 0.5  # units
LATELY = 6  # weekly origins by which the sum is scaled
FEWEST = 2
MOST_SCALE = 2.0
MOST_ABOVE = 1.25  # what sells now: beyond it, a feast just past would be taken for a level that stays


def learned_weights(found: Floats, sold: Floats) -> Floats:
    """`found` (rows, methods), `sold` (rows): weights of the methods."""
    if len(sold) < LEAST_ROWS or sold.sum() <= 0:
        return USUAL_WEIGHTS
    weights = np.full(len(METHODS), 1 / len(METHODS))
    total, of_sum = found.sum(axis=0), sold.sum()
    for _ in range(ROUNDS):
        each = 1 / np.maximum(np.abs(sold - found @ weights), SMALLEST_ERROR)
        scaled = found * each[:, None]
        penalty = BIAS_PENALTY / of_sum
        left = scaled.T @ found + penalty * np.outer(total, total)
        right = scaled.T @ sold + penalty * total * of_sum
        new = _non_negative(left, right)
        if np.abs(new - weights).max() < 1e-4:
            return new
        weights = new
    return weights


def _non_negative(left: Floats, right: Floats) -> Floats:
    """Non-negative least squares on normal equations (Lawson and Hanson 1974)."""
    count = len(right)
    left = left + np.eye(count) * (1e-9 * np.trace(left) + 1e-12)
    found, free = np.zeros(count), np.zeros(count, dtype=bool)
    for _ in range(3 * count):
        gain = np.where(free, -np.inf, right - left @ found)
        if gain.max() <= 1e-9 * max(1.0, float(np.abs(right).max())):
            break
        free[int(gain.argmax())] = True
        while True:
            solved = np.zeros(count)
            solved[free] = np.linalg.solve(left[np.ix_(free, free)], right[free])
            below = free & (solved <= 0)
            if not below.any():
                found = solved
                break
            step = (found[below] / np.maximum(found[below] - solved[below], 1e-12)).min()
            found = np.maximum(found + step * (solved - found), 0.0)
            free &= found > 1e-12
    return found


def scale_of(forecast: Floats, sold: Floats, level: float, now: float) -> float:
    """Sums at weekly origins, the latest last: by how much the latest forecasts were short.

    `level`: the sum that is to be scaled; `now`: the one of the quickest method, which it stays near to.
    """
    if len(sold) < FEWEST or forecast[-LATELY:].sum() <= 0 or sold[-LATELY:].sum() <= 0:
        return 1.0
    ratio = float(sold[-LATELY:].sum() / forecast[-LATELY:].sum())
    near = MOST_ABOVE * now / level if now > 0 and level > 0 else MOST_SCALE
    return min(MOST_SCALE, max(1.0, near), max(1 / MOST_SCALE, ratio))
