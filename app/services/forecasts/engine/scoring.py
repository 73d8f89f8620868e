"""Forecasts of one morning against what then sold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from app.domain import NON_MERCHANDISE
from app.domain.forecast_scores import CATEGORY, JUDGED, MEAN, OURS, PRODUCT, SES, SHOP, Score
from app.services.forecasts.engine.exposure import prices
from app.services.forecasts.engine.history import Floats, History, Ints, summed
from app.services.forecasts.engine.levels import FOUR_WEEKS, RATES
from app.services.forecasts.engine.making import Made
from app.services.forecasts.engine.quantiles import LEVELS

LEAD_DAYS = 14  # lead time and review period, as a product's usual settings have them
OLD_ENOUGH = 112  # days since its first, for a product to be judged


def judged_products(made: Made) -> Ints:
    history = made.history
    goods = np.array([product_id not in NON_MERCHANDISE for product_id in history.product_ids], dtype=bool)
    return np.nonzero(goods & (made.day - history.since >= OLD_ENOUGH))[0]


def scores_of(made: Made, horizon: int, lead: int) -> dict[tuple[str, str], Score]:
    """By level and method: totals of `horizon` days, and the quantiles of the first `lead` days."""
    history, which = made.history, judged_products(made)
    sold = history.sold(made.day, made.day + horizon)[which]
    found = {
        (PRODUCT, OURS): total_score(made.total(horizon, which), sold) + quantile_score(_judged(made, which, lead)),
        (PRODUCT, MEAN): total_score(made.baselines[which, 0] * horizon / FOUR_WEEKS, sold),
        (PRODUCT, SES): total_score(made.baselines[which, 1] * horizon / FOUR_WEEKS, sold),
    }
    scaled = _scaled(made, which, horizon)
    found = {key: one + scaled[key[1]] for key, one in found.items()}
    for level, groups in ((CATEGORY, history.category), (SHOP, np.zeros(history.count, dtype=np.int64))):
        found |= {(level, name): one for name, one in _of_groups(made, groups, horizon).items()}
    return found


def total_score(forecast: Floats, sold: Floats) -> Score:
    return Score(len(sold), float(forecast.sum()), float(sold.sum()), float(np.abs(forecast - sold).sum()))


class Judged(NamedTuple):
    """What sold over the lead time, and its quantiles in the order of `JUDGED`: (products), (products, 3)."""

    sold: Floats
    quantiles: Floats


def quantile_score(judged: Judged) -> Score:
    covered: dict[str, int] = {}
    pinball: dict[str, float] = {}
    for number, level in enumerate(JUDGED):
        share, sold, quantile = float(level), judged.sold, judged.quantiles[:, number]
        covered[level] = int((sold <= np.ceil(quantile - 1e-9)).sum())
        pinball[level] = float(np.maximum(share * (sold - quantile), (share - 1) * (sold - quantile)).sum())
    return Score(judged=len(judged.sold), covered=covered, pinball=pinball)


def _judged(made: Made, which: Ints, lead: int) -> Judged:
    places = [LEVELS.index(float(level)) for level in JUDGED]
    return Judged(made.history.sold(made.day, made.day + lead)[which], made.quantiles(lead, which)[:, places])


def _by_day(history: History, which: Ints, start: int, end: int) -> Floats:
    """(products, days) units, without what was cancelled."""
    lines = (history.day >= start) & (history.day < end) & (history.cancelled < 0)
    place = np.full(history.count, -1)
    place[which] = np.arange(len(which))
    lines &= place[history.product] >= 0
    key = place[history.product[lines]] * (end - start) + history.day[lines] - start
    return summed(key, history.units[lines], len(which) * (end - start)).reshape(len(which), end - start)


def _scaled(made: Made, which: Ints, horizon: int) -> Mapping[str, Score]:
    """RMSSE per day: the mean squared error over that of repeating the day before, in the product's own past."""
    history, sold = made.history, _by_day(made.history, which, made.day, made.day + horizon)
    past = _by_day(history, which, 0, made.day)
    steps, since = np.diff(past, axis=1) ** 2, history.since[which]
    counts = np.arange(made.day - 1)[None, :] >= since[:, None]
    scale = (steps * counts).sum(axis=1) / np.maximum(1, counts.sum(axis=1))
    usable = scale > 0
    flat = np.ones((1, horizon)) / FOUR_WEEKS
    days = {
        OURS: made.daily(which)[:, :horizon],
        MEAN: made.baselines[which, :1] * flat,
        SES: made.baselines[which, 1:2] * flat,
    }
    return {
        name: Score(
            scaled=float(np.sqrt(((sold - one) ** 2).mean(axis=1)[usable] / scale[usable]).sum()),
            scalable=int(usable.sum()),
            squares=float(((sold - one) ** 2).mean(axis=1)[usable].sum()),
            scale=float(scale[usable].sum()),
        )
        for name, one in days.items()
    }


def _of_groups(made: Made, groups: Ints, horizon: int) -> dict[str, Score]:
    """Gross sales of groups of products, minor units: the sums of their products' forecasts at what they brought."""
    history, count = made.history, int(groups.max(initial=-1)) + 1
    price = prices(history, made.known)
    ours = summed(groups, made.total(horizon) * price, count)
    then = (history.day >= made.day) & (history.day < made.day + horizon) & (history.cancelled < 0)
    sold = _gross(history, groups, then, count)
    lately = history.known(made.day) & (history.day >= made.day - FOUR_WEEKS)
    mean = _gross(history, groups, lately, count) * horizon / min(FOUR_WEEKS, max(1, made.day))
    return {
        OURS: total_score(ours, sold),
        MEAN: total_score(mean, sold),
        SES: total_score(_smoothed(made, groups, count) * horizon, sold),
    }


def _gross(
    history: History, groups: Ints, lines: Ints | np.ndarray[tuple[int], np.dtype[np.bool_]], count: int
) -> Floats:
    worth = history.units[lines] * history.price[lines]
    return summed(groups[history.product[lines]], worth, count)


def _smoothed(made: Made, groups: Ints, count: int) -> Floats:
    """SES of each group's days."""
    history = made.history
    lines = history.known(made.day)
    key = groups[history.product[lines]] * made.day + history.day[lines]
    worth = history.units[lines] * history.price[lines]
    days = summed(key, worth, count * made.day).reshape(count, made.day)
    level, started = np.zeros(count), np.zeros(count, dtype=bool)
    for now in days.T:
        level = np.where(started, level + RATES[0] * (now - level), now)
        started |= now > 0
    return level
