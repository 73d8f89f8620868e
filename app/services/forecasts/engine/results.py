"""Forecasts as they are kept and shown, out of the arrays of one morning."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from app.domain import COMBINED, LEVELS, MEAN_28, SMOOTHED, Forecast, LeftOut
from app.services.forecasts.engine import quantiles
from app.services.forecasts.engine.exposure import prices
from app.services.forecasts.engine.history import FAR_BEYOND, Floats, History, Ints, summed
from app.services.forecasts.engine.levels import FOUR_WEEKS
from app.services.forecasts.engine.making import HORIZON, Made

KEPT_SPANS = (7, 14, 21, 28, 42, 56)
MOST_BOUNDED, MOST_CANCELLED = 20, 5  # lines of one product that are named
TESTED_ROWS = 3  # spans of four weeks
AROUND_SHOP = (0.6, 1.0, 1.4, 1.6)  # of a shop too young to know how far its days are from what is expected
LEAST_DAYS = 60
SHOP_LEVELS = (0.1, 0.5, 0.9, 0.95)


def forecasts(made: Made, product_ids: Sequence[str], horizon: int = HORIZON) -> Iterator[tuple[str, Forecast]]:
    """Of these products, which the history has."""
    place = {product_id: n for n, product_id in enumerate(made.history.product_ids)}
    which = np.array([place[product_id] for product_id in product_ids], dtype=np.int64)
    if not len(which):
        return
    daily, between = made.daily(which)[:, :horizon], made.daily_quantiles(horizon, which)
    low, middle, high, highest = (between[:, :, _number(level)] for level in (10, 50, 90, 95))
    means = {span: made.total(span, which) for span in KEPT_SPANS}
    sums = {span: made.quantiles(span, which) for span in KEPT_SPANS}
    errors, tested = _errors(made, which)
    first, left_out = made.history.date_of(made.day), _left_out(made, which)
    for row, product_id in enumerate(product_ids):
        yield (
            product_id,
            Forecast(
                first,
                COMBINED,
                _rows(np.minimum(low[row], daily[row]), daily[row], np.maximum(high[row], daily[row])),
                {name: round(float(error[row]), 4) for name, error in errors.items()},
                tested,
                _rows(middle[row], highest[row]),  # type: ignore[arg-type]
                {span: _row([means[span][row], *sums[span][row]]) for span in KEPT_SPANS},
                tuple(left_out.get(int(which[row]), ())),
            ),
        )


def _left_out(made: Made, which: Ints) -> dict[int, list[LeftOut]]:
    """By product number: the largest lines that were bounded, then the latest that were cancelled."""
    history, known = made.history, made.known
    taken_back = (history.cancelled >= 0) & (history.cancelled < made.day)
    (cancelled,) = np.nonzero(taken_back & np.isin(history.product, which))
    beyond = known.beyond[np.isin(history.product[known.beyond], which)]
    found: defaultdict[int, list[LeftOut]] = defaultdict(list)
    for lines, most, order in (
        (beyond, MOST_BOUNDED, -history.units[beyond]),
        (cancelled, MOST_CANCELLED, -history.day[cancelled]),
    ):
        count: Counter[int] = Counter()
        for line in lines[np.argsort(order, kind="stable")].tolist():
            product = int(history.product[line])
            count[product] += 1
            if count[product] <= most:
                cap = float(known.cap[product]) if lines is beyond else 0.0
                units, day = round(float(history.units[line])), history.date_of(int(history.day[line]))
                found[product].append(
                    LeftOut(int(history.order[line]), day, units, round(FAR_BEYOND * cap), round(cap))
                )
    return found


def shop_forecast(made: Made) -> Forecast:
    """Gross sales of the whole shop: the sum of its products' at what a unit of each brings; minor units."""
    history, price = made.history, prices(made.history, made.known)
    daily = (made.daily() * price[:, None]).sum(axis=0)[:HORIZON]
    ratios = _day_ratios(made, price)
    between = daily[:, None] * ratios
    tested = _last_rows(made)
    worth = [
        np.abs((made.tested.level[tested] * _share(made, tested) * price).sum(axis=1) - _sold_gross(made, tested)),
        *(np.abs(made.tested.baselines[tested, :, n] @ price - _sold_gross(made, tested)) for n in (0, 1)),
    ]
    errors = {
        name: round(float(error.mean()) / FOUR_WEEKS, 1)
        for name, error in zip((COMBINED, MEAN_28, SMOOTHED), worth, strict=True)
        if len(tested)
    }
    return Forecast(
        history.date_of(made.day),
        COMBINED,
        _rows(np.minimum(between[:, 0], daily), daily, np.maximum(between[:, 2], daily)),
        errors,
        FOUR_WEEKS * len(tested),
        _rows(between[:, 1], between[:, 3]),  # type: ignore[arg-type]
    )


def _number(level: int) -> int:
    assert quantiles.LEVELS[LEVELS.index(level)] * 100 == level
    return LEVELS.index(level)


def _last_rows(made: Made) -> list[int]:
    """Up to three mornings four weeks apart, the last one four weeks ago."""
    at = made.tested.at
    wanted = [made.day - FOUR_WEEKS * n for n in range(TESTED_ROWS, 0, -1)]
    return [at.index(day) for day in wanted if day in at]


def _errors(made: Made, which: Ints) -> tuple[dict[str, Floats], int]:
    """By method, how far four weeks' totals of each product were off, per day; and over how many days."""
    tested = _last_rows(made)
    if not tested:
        return {}, 0
    seen = made.tested
    sold = seen.sold[tested][:, which]
    found = {
        COMBINED: seen.level[tested][:, which] * _share(made, tested)[:, which],
        MEAN_28: seen.baselines[tested][:, which, 0],
        SMOOTHED: seen.baselines[tested][:, which, 1],
    }
    return {name: np.abs(one - sold).mean(axis=0) / FOUR_WEEKS for name, one in found.items()}, FOUR_WEEKS * len(tested)


def _share(made: Made, rows: Sequence[int]) -> Floats:
    """(rows, products): how much of 28 usual days the days after each morning were."""
    opened = [made.tested.opened[:, (at := made.tested.at[row]) : at + FOUR_WEEKS].sum(axis=1) for row in rows]
    return np.array(opened).reshape(len(rows), -1)[:, made.history.category] / FOUR_WEEKS


def _sold_gross(made: Made, rows: Sequence[int]) -> Floats:
    gross = _gross(made.history, made)
    return np.array([gross[made.tested.at[row] : made.tested.at[row] + FOUR_WEEKS].sum() for row in rows])


def _gross(history: History, made: Made) -> Floats:
    lines = history.known(made.day)
    return summed(history.day[lines], history.units[lines] * history.price[lines], made.day)


def _day_ratios(made: Made, price: Floats) -> Floats:
    """Quantiles of the shop's days over what was expected of them at the mornings of the last half year."""
    seen, gross, found = made.tested, _gross(made.history, made), []
    count = len(made.history.categories)
    for row in range(max(0, len(seen.at) - 26), len(seen.at)):
        at = seen.at[row]
        worth = summed(made.history.category, seen.level[row] * price / FOUR_WEEKS, count)
        expected = worth @ seen.opened[:, at : at + FOUR_WEEKS]
        open_days = expected > 0
        found.append(gross[at : at + FOUR_WEEKS][open_days] / expected[open_days])
    ratios = np.concatenate(found) if found else np.zeros(0)
    return np.array(AROUND_SHOP) if len(ratios) < LEAST_DAYS else np.quantile(ratios, SHOP_LEVELS)


def _rows(*columns: Floats) -> tuple[tuple[float, float, float], ...]:
    return tuple(_row(values) for values in zip(*columns, strict=True))  # type: ignore[misc]


def _row(values: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(max(0.0, float(value)), 4) for value in values)
