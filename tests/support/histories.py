"""Histories of invented shops, as the forecasts' arithmetic takes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from app.services.forecasts.engine.history import History

MONDAY = date(2025, 1, 6)


def history_of(
    units: Sequence[Sequence[float]] | Any,
    *,
    first_day: date = MONDAY,
    categories: Sequence[str] = (),
    price: int = 100,
    **more: Any,
) -> History:
    """`units` per product and day: one line each. `categories` by product."""
    table = np.asarray(units, dtype=float)
    product, day = np.nonzero(table)
    names = list(categories) or ["Other"] * len(table)
    known = tuple(sorted(set(names)))
    since = np.full(len(table), table.shape[1])
    np.minimum.at(since, product, day)
    values: dict[str, Any] = {
        "first_day": first_day,
        "days": table.shape[1],
        "product_ids": tuple(f"p{n}" for n in range(len(table))),
        "categories": known,
        "category": np.array([known.index(name) for name in names], dtype=np.int64),
        "since": since,
        "product": product,
        "day": day,
        "units": table[product, day],
        "price": np.full(len(day), float(price)),
        "cancelled": np.full(len(day), -1),
        "absent": (np.zeros(0, int), np.zeros(0, int), np.zeros(0)),
        "before": np.zeros(0),
        "order": np.arange(1, len(day) + 1),
    }
    return History(**values | more)


def trading(products: int, days: int, *, mean: float = 3.0, seed: int = 1, closed: Sequence[int] = ()) -> Any:
    """Units per product and day by chance, from a Monday on; `closed` weekdays sell nothing."""
    draw = np.random.default_rng(seed)
    rates = mean * draw.lognormal(0, 1, (products, 1))
    found = draw.negative_binomial(2, 2 / (2 + rates), (products, days)).astype(float)
    found[:, np.isin(np.arange(days) % 7, list(closed))] = 0
    return found
