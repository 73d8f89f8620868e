"""Periods cut into days, weeks (from Monday) or calendar months of the store."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from app.domain import Grain, Period, first_day_of
from app.errors import InvalidInput
from app.kept import kept

MOST_BUCKETS = 4_000  # some ten years of days
_SUMMED = ["orders", "units", "gross", "returns", "net", "tax", "cost", "costed", "costed_returns"]


def next_first_day(first: date, grain: Grain) -> date:
    """Raises OverflowError at the end of the calendar."""
    if grain == "month":
        return (first + timedelta(days=31)).replace(day=1)
    return first + timedelta(days=7 if grain == "week" else 1)


def cut(period: Period, grain: Grain) -> list[Period]:
    """The buckets of `period`, ascending; the first and the last are cut off where it begins and ends.

    Raises InvalidInput for a period that ends before it starts, and for more than 4,000 buckets.
    """
    if period.end < period.start:
        raise InvalidInput("The period ends before it starts.", "end")
    shortest = {"day": 1, "week": 7, "month": 28}[grain]
    if period.days // shortest > MOST_BUCKETS:
        coarser = "" if grain == "month" else " or ask for longer steps, such as grain=month"
        raise InvalidInput(f"That is more than {MOST_BUCKETS} rows. Ask for a shorter period{coarser}.", "start")
    found, start = [], period.start
    while start < period.end:
        end = min(next_first_day(first_day_of(start, grain), grain), period.end)
        found.append(Period(start, end))
        start = end
    return found


def is_whole(bucket: Period, grain: Grain) -> bool:
    return bucket.start == first_day_of(bucket.start, grain) and bucket.end == next_first_day(bucket.start, grain)


def average_order(gross: int, orders: int) -> int | None:
    """AOV in minor units, rounded half up; None without orders: a ratio of nothing is none."""
    return (2 * gross + orders) // (2 * orders) if orders else None


@kept(64)
def in_buckets(daily: pd.DataFrame, period: Period, grain: Grain, today: date) -> pd.DataFrame:
    """Daily rows, as `SalesAnalytics.by_day` has them, summed per bucket of `period`: for page, file and API.

    Columns: start, last (dates: the bucket's first and last day in the period, as `cut` has them), complete (bool: all
    its days are in the period and over), the sums of the daily rows, aov. Weeks begin on Monday.
    """
    frame = daily[_SUMMED].assign(start=[max(first_day_of(day.date(), grain), period.start) for day in daily["day"]])
    rows = frame.groupby("start", sort=True).sum().reset_index()
    orders = zip(rows["gross"].tolist(), rows["orders"].tolist(), strict=True)
    rows["aov"] = pd.Series([average_order(*one) for one in orders], index=rows.index, dtype="object")
    firsts = [first_day_of(start, grain) for start in rows["start"]]
    ends = [next_first_day(first, grain) for first in firsts]
    last = [min(end, period.end) - timedelta(days=1) for end in ends]
    rows["last"] = pd.Series(last, index=rows.index, dtype="object")
    rows["complete"] = [
        first >= period.start and end <= min(period.end, today) for first, end in zip(firsts, ends, strict=True)
    ]
    return rows
