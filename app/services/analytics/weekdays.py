"""Whether two periods that are compared have as many days with sales, and as many of each weekday."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from app.domain import WEEKDAYS
from app.frames import records

MOST_NAMED = 2
MOSTLY_OPEN = 2 / 3  # of its days a shop sells on: in one that sells now and then, a day without sales is no closed day


def sold_by_weekday(daily: pd.DataFrame) -> tuple[int, ...]:
    """Days with sales, by weekday from Monday; `daily` as `SalesAnalytics.by_day` has it."""
    counts = [0] * len(WEEKDAYS)
    for row in records(daily[["day", "gross"]]):
        counts[row.day.weekday()] += row.gross > 0
    return tuple(counts)


def comparison_words(now: Sequence[int], days: int, before: Sequence[int], days_before: int) -> str:
    """ "13 Saturdays with sales against 12": how the days that are compared differ; empty where they do not.

    `now`, `before` as `sold_by_weekday` has them, of so many days.
    """
    if not _is_mostly_open(now, days) and not _is_mostly_open(before, days_before):
        return ""
    differing = [(name, here, there) for name, here, there in zip(WEEKDAYS, now, before, strict=True) if here != there]
    if not differing:
        return ""
    if len(differing) > MOST_NAMED:
        return f"{sum(now)} days with sales against {sum(before)}"
    (name, here, there), *others = ((name.capitalize(), here, there) for name, here, there in differing)
    words = f"{here} {_plural(name, here)} with sales against {there}"
    return ", ".join([words, *(f"{here} {_plural(name, here)} against {there}" for name, here, there in others)])


def _is_mostly_open(weekdays: Sequence[int], days: int) -> bool:
    return sum(weekdays) >= MOSTLY_OPEN * days > 0


def _plural(name: str, count: int) -> str:
    return name if count == 1 else f"{name}s"
