"""What is expected of the coming days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

COMBINED = "Combination"
MEAN_28, SMOOTHED = "Mean of 28 days", "SES"  # the baselines
LEVELS = (10, 50, 80, 90, 95, 98, 99)  # per cent: the quantiles of what sells in some days


@dataclass(frozen=True)
class Expected:
    """Of some days together: the mean, and the quantiles by per cent; units."""

    mean: float
    quantiles: Mapping[int, float]

    def beyond(self, units: float) -> float:
        """The mean of what exceeds so many units: the area between them and the quantiles, which are joined by lines
        and go on level beyond the first and the last one."""
        levels = sorted(self.quantiles)
        more = [max(0.0, self.quantiles[level] - units) for level in levels]
        between = sum((b - a) * (low + high) / 2 for (a, low), (b, high) in pairwise(zip(levels, more, strict=True)))
        return (levels[0] * more[0] + between + (100 - levels[-1]) * more[-1]) / 100


@dataclass(frozen=True)
class LeftOut:
    """A line of an order that a forecast takes for less than its `units`: one far beyond the product's others, or one
    that was cancelled.

    `counted` units; none of a cancelled one. In the level, which is what sells on a usual day, only `in_level` of them.
    """

    order_id: int
    day: date
    units: int
    counted: int = 0
    in_level: int = 0


@dataclass(frozen=True)
class Forecast:
    """The units that a product is expected to sell.

    `days`: (low, expected, high) for each day from `first_day` on; low and high hold four days of five: 10 and 90 %.
    `middle`: (50 %, 95 %) of each day, where they were read. `spans`: by a number of days the mean of their sum and
    its quantiles in the order of `LEVELS`.

    `left_out`: lines of orders that it takes for less than they were, where they were read.

    `errors`: by method, how far totals of four weeks were off, per day, over `tested_days`; empty for a short series.
    """

    first_day: date
    model: str
    days: tuple[tuple[float, float, float], ...]
    errors: Mapping[str, float]
    tested_days: int = 0
    middle: tuple[tuple[float, float], ...] = ()
    spans: Mapping[int, tuple[float, ...]] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()

    @property
    def expected(self) -> tuple[float, ...]:
        return tuple(day[1] for day in self.days)

    @property
    def total(self) -> int:
        """What is expected of all its days, rounded."""
        return round(sum(self.expected))

    @property
    def dates(self) -> tuple[date, ...]:
        return tuple(self.first_day + timedelta(days=number) for number in range(len(self.days)))

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=len(self.days) - 1)

    def over(self, days: int, skip: int = 0) -> Expected:
        """Of so many days together, the first `skip` left out. Quantiles lie between those of the spans around it."""
        mean = self._mean(skip + days) - self._mean(skip)
        known = sorted(self.spans.items())
        if not known or mean <= 0:
            return Expected(mean, dict.fromkeys(LEVELS, mean))
        return Expected(mean, dict(zip(LEVELS, self._quantiles(days, mean, known), strict=True)))

    def _mean(self, days: int) -> float:
        """Of the first ones; later ones go on like the longest span, or like the days."""
        expected = self.expected
        if days <= len(expected):
            return sum(expected[:days])
        total, beyond = sum(expected), days - len(expected)
        spans = {span: row[0] for span, row in self.spans.items() if span > len(expected)}
        if spans:
            longest = max(spans)
            return total + beyond * max(0.0, spans[longest] - total) / (longest - len(expected))
        return total + beyond * total / max(1, len(expected))

    def _quantiles(self, days: int, mean: float, known: list[tuple[int, tuple[float, ...]]]) -> list[float]:
        """In their ratio to the mean they follow the number of days; beyond the spans it stays that of the last one."""
        at = [(span, [quantile / row[0] for quantile in row[1:]]) for span, row in known if row[0] > 0]
        if not at:
            return [mean] * len(LEVELS)
        days = min(max(days, at[0][0]), at[-1][0])
        for (one, low), (other, high) in pairwise(at):
            if one <= days <= other:
                share = (days - one) / (other - one)
                return [mean * ((1 - share) * a + share * b) for a, b in zip(low, high, strict=True)]
        return [mean * ratio for ratio in at[0][1]]


@dataclass(frozen=True)
class OnOrder:
    """Units of a product that are still to come, and the day on which they are expected, if that is known."""

    units: int
    due: date | None = None


@dataclass(frozen=True)
class StockAhead:
    """What is left of a product if nothing comes in, today at its beginning and then at that of each day to come.

    `left` by what is expected to sell; `fewest` and `most`: if sales go as high or as low as one time in ten.
    """

    days: tuple[date, ...]
    left: tuple[float, ...]
    fewest: tuple[float, ...]
    most: tuple[float, ...]
