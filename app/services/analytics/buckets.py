"""Periods cut into days, weeks (from Monday) or calendar months of the store."""

from __future__ import annotations

from datetime import date, timedelta

from app.domain import Grain, Period, first_day_of
from app.errors import InvalidInput

MOST_BUCKETS = 4_000  # some ten years of days


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
