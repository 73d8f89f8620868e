"""All products' forecasts from the morning of one day, from what was known before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.services.forecasts.engine.exposure import KnownDays, exposures, no_known_days
from app.services.forecasts.engine.history import Floats, History, Ints, Known, present
from app.services.forecasts.engine.levels import FOUR_WEEKS, METHODS, QUICKEST, levels
from app.services.forecasts.engine.pooling import FEWEST, LATELY, learned_weights, scale_of
from app.services.forecasts.engine.quantiles import SPANS, Spread, at_span, learned_spread

HORIZON = 28  # days that are forecast one by one
FARTHEST = 56  # days over which sums are forecast
WEEK = 7
FIRST_ORIGIN = 56
MOST_ORIGINS = 40
OLD_ENOUGH = 28  # days since a product's first, to learn from it
IN_STOCK = 0.5  # of a span, to learn what sold in it
WELL_STOCKED = 0.9
BLOCK = 4000  # products at once, so that memory does not grow with them

Truths = NDArray[np.bool_]
Opened = Callable[[int, int, int], Floats]  # origin, days, days skipped before


@dataclass(frozen=True)
class Tested:
    """Forecasts of 28 usual days at earlier mornings `at`, ascending; `level` and `sold` (mornings, products), the
    latter in 28 days as they were; `baselines` (mornings, products, 2). `opened`: (categories, days so far)."""

    at: Sequence[int]
    level: Floats
    sold: Floats
    baselines: Floats
    opened: Floats


@dataclass(frozen=True)
class Made:
    """From day `day` on. Of each product `expected` in 28 usual days (units), its `baselines` (products, 2) of 28 days.

    `ahead`: (categories, 56), each coming day's exposure. `weights` by method, and the `scale` of their sum.
    `tested`: what was forecast at earlier mornings.
    """

    history: History
    known: Known
    day: int
    expected: Floats
    baselines: Floats
    ahead: Floats
    spreads: dict[int, Spread]
    weights: Floats
    scale: float
    tested: Tested

    def daily(self, products: Ints | None = None) -> Floats:
        """(products, 56) units."""
        which = np.arange(self.history.count) if products is None else products
        return np.asarray(
            self.expected[which, None] / FOUR_WEEKS * self.ahead[self.history.category[which]], dtype=np.float64
        )

    def total(self, days: int, products: Ints | None = None) -> Floats:
        """(products) units of the first days."""
        return np.asarray(self.daily(products)[:, :days].sum(axis=1))

    def quantiles(self, days: int, products: Ints | None = None) -> Floats:
        """(products, levels) of the sum of the first days."""
        return at_span(self.spreads, self.total(days, products), days)

    def daily_quantiles(self, days: int, products: Ints | None = None) -> Floats:
        """(products, days, levels) of each of the first days."""
        return at_span(self.spreads, self.daily(products)[:, :days], 1)


@dataclass(frozen=True)
class _Learned:
    """At each origin (ascending, the present day last) of each product."""

    at: Sequence[int]
    found: Floats  # (origins, products, methods)
    baselines: Floats
    sold: dict[int, Floats]  # span -> (origins - 1, products): as if it had been in stock all the time
    stocked: dict[int, Floats]  # span -> share of the exposure in stock; NaN: the span is not over


def make(history: History, day: int, known_days: KnownDays = no_known_days) -> Made:
    """What is expected from `day` on, as it was known before it."""
    known = Known.before(history, day)
    open_days = exposures(history, known, FARTHEST, known_days)
    at = sorted({day} | {d for n in range(MOST_ORIGINS) if (d := day - FOUR_WEEKS - WEEK * n) >= FIRST_ORIGIN})
    seen = _learn(history, known, open_days, at)
    open_sums = np.concatenate((np.zeros((len(open_days), 1)), open_days.cumsum(axis=1)), axis=1)

    def opened(origin: int, days: int, skip: int = 0) -> Floats:
        """Of each product's category, the exposure of a span."""
        return np.asarray(open_sums[:, origin + skip + days] - open_sums[:, origin + skip])[history.category]

    old = np.array(at[:-1], dtype=np.int64)[:, None] - history.since >= OLD_ENOUGH
    fit = old & (seen.stocked[FOUR_WEEKS] >= IN_STOCK)
    share = np.array([opened(origin, FOUR_WEEKS) / FOUR_WEEKS for origin in at[:-1]]).reshape(old.shape)
    rows = seen.found[:-1][fit] * share[fit][:, None]
    weights = learned_weights(rows, seen.sold[FOUR_WEEKS][fit])
    level = seen.found @ weights
    sums = np.array([(level[n] * share[n])[fit[n]].sum() for n in range(len(at) - 1)])
    sold = np.array([seen.sold[FOUR_WEEKS][n][fit[n]].sum() for n in range(len(at) - 1)])
    quickest = seen.found[:, :, METHODS.index(QUICKEST)]
    found_by_it = sum(float((quickest[n] * share[n])[fit[n]].sum()) for n in range(len(at) - 1))
    now = quickest.sum(axis=1) * (sold.sum() / found_by_it if found_by_it > 0 else 1.0)  # of capped lines: too little
    scales = _scales(at[:-1], sums, sold, level.sum(axis=1), now)
    spreads = {span: _spread(span, seen, level, scales, old, opened) for span in SPANS}
    scale = scale_of(sums, sold, float(level[-1].sum()), float(now[-1]))
    known_scales = np.array([1.0 if one is None else one for one in scales])
    rows_tested = [n for n, one in enumerate(scales) if one is not None]
    tested = Tested(
        [at[n] for n in rows_tested],
        (level[:-1] * known_scales[:, None])[rows_tested],
        seen.sold[FOUR_WEEKS][rows_tested],
        seen.baselines[rows_tested],
        open_days[:, :day],
    )
    return Made(
        history, known, day, level[-1] * scale, seen.baselines[-1], open_days[:, day:], spreads, weights, scale, tested
    )


def _scales(at: Sequence[int], sums: Floats, sold: Floats, level: Floats, now: Floats) -> list[float | None]:
    """Of each origin, by the origins whose four weeks were over by then."""
    found: list[float | None] = []
    for row, origin in enumerate(at):
        over = sum(one <= origin - FOUR_WEEKS for one in at)
        lately = slice(max(0, over - LATELY), over)
        found.append(
            scale_of(sums[lately], sold[lately], float(level[row]), float(now[row])) if over >= FEWEST else None
        )
    return found


def _spread(
    span: int, seen: _Learned, level: Floats, scales: Sequence[float | None], old: Truths, opened: Opened
) -> Spread:
    expected, sold = [], []
    for row, origin in enumerate(seen.at[:-1]):
        scale = scales[row]
        if scale is None or np.isnan(seen.stocked[span][row]).all():
            continue
        which = old[row] & (seen.stocked[span][row] >= WELL_STOCKED)
        skip = row % WEEK if span == 1 else 0
        expected.append((level[row] * scale * opened(origin, span, skip) / FOUR_WEEKS)[which])
        sold.append(seen.sold[span][row][which])
    return learned_spread(np.concatenate(expected or [np.zeros(0)]), np.concatenate(sold or [np.zeros(0)]))


def _learn(history: History, known: Known, open_days: Floats, at: Sequence[int]) -> _Learned:
    parts = [
        _learn_block(history, known, open_days, at, start, min(start + BLOCK, history.count))
        for start in range(0, history.count, BLOCK)
    ]
    if not parts:
        parts = [_learn_block(history, known, open_days, at, 0, 0)]
    return _Learned(
        at,
        np.concatenate([part.found for part in parts], axis=1),
        np.concatenate([part.baselines for part in parts], axis=1),
        {span: np.concatenate([part.sold[span] for part in parts], axis=1) for span in SPANS},
        {span: np.concatenate([part.stocked[span] for part in parts], axis=1) for span in SPANS},
    )


def _learn_block(
    history: History, known: Known, open_days: Floats, at: Sequence[int], start: int, end: int
) -> _Learned:
    day = known.day
    raw, units, capped, lines = known.block(start, end)
    of_category = open_days[history.category[start:end], :day]
    exposure = of_category * present(history, day, start, end)
    found = levels(raw, capped, lines, exposure, history.since[start:end], at)
    sums = [
        np.concatenate((np.zeros((end - start, 1)), one.cumsum(axis=1)), axis=1)
        for one in (units, exposure, of_category)
    ]
    sold, stocked = {}, {}
    for span in SPANS:
        rows = [
            _in_span(sums, origin + (row % WEEK if span == 1 else 0), span, day) for row, origin in enumerate(at[:-1])
        ]
        sold[span] = np.array([row[0] for row in rows]).reshape(len(at) - 1, end - start)
        stocked[span] = np.array([row[1] for row in rows]).reshape(len(at) - 1, end - start)
    return _Learned(at, found.found, found.baselines, sold, stocked)


def _in_span(sums: Sequence[Floats], first: int, span: int, day: int) -> tuple[Floats, Floats]:
    if first + span > day:
        nothing = np.full(len(sums[0]), np.nan)
        return nothing, nothing
    units, stocked, opened = (one[:, first + span] - one[:, first] for one in sums)
    share = np.divide(stocked, opened, out=np.zeros(len(units)), where=opened > 0)
    return np.divide(units, share, out=np.zeros(len(units)), where=share > 0), share


def method_words(weights: Floats) -> dict[str, float]:
    """The share of each method, the largest first; those that count for nothing left out."""
    total = weights.sum()
    if total <= 0:
        return {}
    shares = {name: round(float(weight / total), 3) for name, weight in zip(METHODS, weights, strict=True)}
    return dict(sorted(((name, share) for name, share in shares.items() if share >= 0.01), key=lambda one: -one[1]))
