"""How far sales of some days are from what is expected of them, learned from the back-test: pooled by expected units.

For spans of one to 56 days, and sixteen classes of products by the units expected in the span, each quantile is that of
what was sold over what was expected of all products of the class at all earlier weeks. Between classes and spans it is
interpolated, so a product's quantiles move smoothly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.services.forecasts.engine.history import Floats

LEVELS = (0.1, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99)
NORMAL = np.array([-1.2816, 0.0, 0.8416, 1.2816, 1.6449, 2.0537, 2.3263])
SPANS = (1, 7, 14, 28, 56)
CLASSES = 16
LEAST_PAIRS = 400
MOST_PAIRS = 300_000
AROUND = 0.1  # units: keeps the ratio of what is hardly expected finite


@dataclass(frozen=True)
class Spread:
    """Of one span: knots, the logarithms of expected units, and the ratios of each quantile there (knots, levels)."""

    knots: Floats
    ratios: Floats

    def of(self, expected: Floats) -> Floats:
        """(..., levels): units."""
        at = np.log(expected + AROUND)
        ratios = np.stack([np.interp(at, self.knots, self.ratios[:, n]) for n in range(len(LEVELS))], axis=-1)
        return np.asarray(ratios * (expected + AROUND)[..., None])


def learned_spread(expected: Floats, sold: Floats) -> Spread:
    """Pairs of earlier spans, one array each."""
    step = max(1, len(sold) // MOST_PAIRS)
    expected, sold = expected[::step], sold[::step]
    if len(sold) < LEAST_PAIRS:
        return usual_spread()
    order = np.argsort(expected, kind="stable")
    parts = np.array_split(order, CLASSES)
    knots = np.array([np.log(expected[part].mean() + AROUND) for part in parts])
    ratios = np.array([np.quantile(sold[part] / (expected[part] + AROUND), LEVELS) for part in parts])
    knots, first = np.unique(knots, return_index=True)
    return Spread(knots, ratios[first])


def usual_spread() -> Spread:
    """Of a shop too young to have one: counts that vary more than by chance, as a log-normal of the same moments."""
    expected = np.exp(np.linspace(-3, 9, 40))
    sigma = np.sqrt(np.log1p(1 / expected + 0.5))
    found = expected[:, None] * np.exp(sigma[:, None] * NORMAL - sigma[:, None] ** 2 / 2)
    return Spread(np.log(expected + AROUND), found / (expected + AROUND)[:, None])


def at_span(spreads: Mapping[int, Spread], expected: Floats, days: int) -> Floats:
    """(..., levels) of so many days' sum, ascending, by the spans around them."""
    lower = max((span for span in SPANS if span <= days), default=SPANS[0])
    upper = min((span for span in SPANS if span >= days), default=SPANS[-1])
    found = spreads[lower].of(expected)
    if upper != lower:
        share = (days - lower) / (upper - lower)
        found = (1 - share) * found + share * spreads[upper].of(expected)
    found = np.where((expected <= 0)[..., None], 0.0, found)
    return np.maximum.accumulate(np.maximum(found, 0.0), axis=-1)
