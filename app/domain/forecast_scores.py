"""How good forecasts were: sums that add up over products, origins and months, and the ratios made of them.

WAPE, bias, coverage and pinball loss as docs/metrics.md has them. RMSSE: Hyndman and Koehler (2006), squared, per day.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

OURS, MEAN, SES = "forecast", "mean of 28 days", "SES"
PRODUCT, CATEGORY, SHOP = "product", "category", "shop"
SHOWN, TESTED = "shown", "tested"  # where scores come from: what pages showed, or the back-test
JUDGED = ("0.5", "0.9", "0.95")  # quantiles of the demand over the lead time


@dataclass(frozen=True)
class Score:
    """Of `pairs` forecasts: sums of what was forecast, what sold, and how far they were apart.

    `covered` and `pinball` by quantile, over `judged` sums of the lead time. `scaled`: the sum of the RMSSE of
    `scalable` series; `squares` and `scale`: what they are made of, added up before they are divided.
    """

    pairs: int = 0
    forecast: float = 0.0
    sold: float = 0.0
    error: float = 0.0
    judged: int = 0
    covered: Mapping[str, int] = field(default_factory=dict)
    pinball: Mapping[str, float] = field(default_factory=dict)
    scaled: float = 0.0
    scalable: int = 0
    squares: float = 0.0
    scale: float = 0.0

    def __add__(self, other: Score) -> Score:
        def both(one: Mapping[str, Any], two: Mapping[str, Any]) -> dict[str, Any]:
            return {key: one.get(key, 0) + two.get(key, 0) for key in sorted({*one, *two})}

        return Score(
            self.pairs + other.pairs,
            self.forecast + other.forecast,
            self.sold + other.sold,
            self.error + other.error,
            self.judged + other.judged,
            both(self.covered, other.covered),
            both(self.pinball, other.pinball),
            self.scaled + other.scaled,
            self.scalable + other.scalable,
            self.squares + other.squares,
            self.scale + other.scale,
        )

    @property
    def wape(self) -> float | None:
        return self.error / self.sold if self.sold else None

    @property
    def bias(self) -> float | None:
        return (self.forecast - self.sold) / self.sold if self.sold else None

    @property
    def rmsse(self) -> float | None:
        return self.scaled / self.scalable if self.scalable else None

    @property
    def rmsse_pooled(self) -> float | None:
        """Of all series together: large sellers count for more."""
        return math.sqrt(self.squares / self.scale) if self.scale else None

    def coverage(self, level: str) -> float | None:
        return self.covered[level] / self.judged if self.judged and level in self.covered else None

    def pinball_loss(self, level: str) -> float | None:
        return self.pinball[level] / self.judged if self.judged and level in self.pinball else None

    def as_dict(self) -> dict[str, Any]:
        def short(value: float | None) -> float | None:
            return None if value is None else round(value, 4)

        return {
            "forecasts": self.pairs,
            "wape": short(self.wape),
            "bias": short(self.bias),
            "rmsse": short(self.rmsse),
            "rmsse_pooled": short(self.rmsse_pooled),
            "coverage": {level: short(self.coverage(level)) for level in self.covered},
            "pinball": {level: short(self.pinball_loss(level)) for level in self.pinball},
        }


def added(scores: Iterable[Score]) -> Score:
    total = Score()
    for one in scores:
        total = total + one
    return total


def better_baseline(scores: Mapping[str, Score]) -> str | None:
    """Of the two, that with the lower WAPE; None where nothing sold."""
    known = [(wape, name) for name in (MEAN, SES) if name in scores and (wape := scores[name].wape) is not None]
    return min(known)[1] if known else None


def against_baseline(scores: Mapping[str, Score]) -> float | None:
    """The forecast's WAPE over that of the better baseline: below 1 it is better than both."""
    name, own = better_baseline(scores), scores.get(OURS, Score()).wape
    base = scores[name].wape if name else None
    return own / base if own is not None and base else None
