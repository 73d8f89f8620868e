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
        new = _non_negative(left, right, weights)
        if np.abs(new - weights).max() < 1e-4:
            return new
        weights = new
    return weights


def _non_negative(left: Floats, right: Floats, start: Floats) -> Floats:
    """Non-negative least squares on normal equations, by coordinate descent (Franc et al. 2005)."""
    found, diagonal = start.copy(), np.maximum(np.diag(left), 1e-12)
    slope = left @ found - right
    for _ in range(2000):
        most = 0.0
        for one in range(len(found)):
            new = max(0.0, found[one] - slope[one] / diagonal[one])
            step = new - found[one]
            if step:
                slope += step * left[:, one]
                found[one] = new
                most = max(most, abs(step))
        if most < 1e-6:
            break
    return found


def scale_of(forecast: Floats, sold: Floats) -> float:
    """Sums at weekly origins, the latest last: by how much the latest forecasts were short."""
    if len(sold) < FEWEST or forecast[-LATELY:].sum() <= 0 or sold[-LATELY:].sum() <= 0:
        return 1.0
    ratio = float(sold[-LATELY:].sum() / forecast[-LATELY:].sum())
    return min(MOST_SCALE, max(1 / MOST_SCALE, ratio))
