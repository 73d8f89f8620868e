"""Scores of what was shown, once its days have passed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from app.domain.forecast_scores import CATEGORY, MEAN, OURS, PRODUCT, SES, SHOP, Score
from app.services.forecasts.engine.exposure import prices
from app.services.forecasts.engine.history import Floats, History, Ints, summed
from app.services.forecasts.engine.levels import FOUR_WEEKS
from app.services.forecasts.engine.making import Made
from app.services.forecasts.engine.scoring import LEAD_DAYS, Judged, judged_products, quantile_score, total_score
from app.services.forecasts.league_ports import Miss, ScoredDay, Shown

MOST_MISSES = 50
LEVELS_KEPT = (1, 3, 4)  # of the quantiles: 50, 90 and 95 %


def shown_of(made: Made, product_ids: Iterable[str]) -> dict[str, Shown]:
    """What is kept of a morning's forecasts until they can be scored."""
    place = {product_id: n for n, product_id in enumerate(made.history.product_ids)}
    names = list(product_ids)
    which = np.array([place[name] for name in names], dtype=np.int64)
    columns = np.column_stack(
        [
            made.total(FOUR_WEEKS, which),
            made.baselines[which],
            made.quantiles(LEAD_DAYS, which)[:, LEVELS_KEPT],
            prices(made.history, made.known)[which],
        ]
    )
    return {name: Shown(*(round(float(number), 4) for number in row)) for name, row in zip(names, columns, strict=True)}


def scored(history: History, day: int, shown: Mapping[str, Shown]) -> ScoredDay:
    """`day`: the first one that was forecast; 28 days from it on are over."""
    names = [name for name in history.product_ids if name in shown]
    place = {name: n for n, name in enumerate(history.product_ids)}
    which = np.array([place[name] for name in names], dtype=np.int64)
    rows = [shown[name] for name in names]
    sold, price = history.sold(day, day + FOUR_WEEKS)[which], np.array([row.price for row in rows])
    methods = {
        OURS: np.array([row.mean for row in rows]),
        MEAN: np.array([row.mean_28 for row in rows]),
        SES: np.array([row.ses for row in rows]),
    }
    quantiles = np.array([(row.q50, row.q90, row.q95) for row in rows]).reshape(-1, 3)
    scores: dict[tuple[str, str], Score] = {(PRODUCT, name): total_score(one, sold) for name, one in methods.items()}
    scores[PRODUCT, OURS] += quantile_score(Judged(history.sold(day, day + LEAD_DAYS)[which], quantiles))
    for level, groups in ((CATEGORY, history.category[which]), (SHOP, np.zeros(len(which), dtype=np.int64))):
        for name, one in methods.items():
            scores[level, name] = total_score(_grouped(groups, one * price), _grouped(groups, sold * price))
    return ScoredDay(history.date_of(day), scores, misses(names, methods[OURS], sold))


def misses_of(made: Made) -> list[Miss]:
    """The products that a morning's forecast was off by most."""
    which = judged_products(made)
    names = [made.history.product_ids[n] for n in which]
    return misses(names, made.total(FOUR_WEEKS, which), made.history.sold(made.day, made.day + FOUR_WEEKS)[which])


def misses(names: list[str], forecast: Floats, sold: Floats) -> list[Miss]:
    order = np.argsort(-np.abs(forecast - sold), kind="stable")[:MOST_MISSES]
    return [Miss(names[n], round(float(forecast[n]), 1), round(float(sold[n]), 1)) for n in order]


def _grouped(groups: Ints, worth: Floats) -> Floats:
    return summed(groups, worth, int(groups.max(initial=-1)) + 1)
