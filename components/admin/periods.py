"""Which days a chart covers, which it is compared with, and how finely they are cut."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal

import pandas as pd

from app import numbers
from app.domain import Period, Trade
from app.errors import InvalidInput
from app.frames import typed_frame
from app.money import Formats
from components.kit.figures import d3

Grain = Literal["hour", "day", "week", "month"]

CHOICES = (
    ("7d", "7 days"),
    ("28d", "28 days"),
    ("90d", "90 days"),
    ("12m", "12 months"),
    ("all", "All"),
    ("custom", "Custom"),
)
COMPARISONS = (("previous", "Period before"), ("year", "Year before"), ("none", "Nothing"))
GRAIN_CHOICES = (("auto", "Auto"), ("day", "Day"), ("week", "Week"), ("month", "Month"))
MOST_POINTS = 800  # of one line; beyond it a coarser grain is drawn
_DAYS = {"7d": 7, "28d": 28, "90d": 90}
ABOUT_A_YEAR = 400  # days
MOST_DAYS = 366 * 50


def default_choice(trade: Trade) -> str:
    """28 days of a trading shop; of an imported history its last year, or all of it if it is hardly longer."""
    if trade.first_day is None or trade.last_day is None or not trade.is_quiet:
        return "28d"
    return "all" if (trade.last_day - trade.first_day).days <= ABOUT_A_YEAR else "12m"


def comparable(before: Period, trade: Trade) -> bool:
    """Whether the shop was there for the whole of `before`; else any growth would be an artefact."""
    return trade.first_day is not None and before.start >= trade.first_day


def why_alone(period: Period, before: Period, trade: Trade, formats: Formats) -> str:
    """Why a period is compared with nothing; empty when it can be."""
    if period.start > trade.today:
        return "These days have not come yet: there is nothing to compare."
    if comparable(before, trade):
        return ""
    if trade.first_day is None:
        return "There are no sales to compare with yet."
    return f"Sales begin on {formats.day(trade.first_day)}: nothing as long before this period to compare with."


def period_of(choice: object, trade: Trade, start: object = None, end: object = None) -> Period:
    """The days of a choice. `start` and `end` (ISO dates, both included) matter for "custom" only.

    Raises InvalidInput for anything else than a known choice or two dates in order.
    """
    after, words = trade.end, dict(CHOICES)
    if choice == "custom":
        return _custom(start, end)
    if isinstance(choice, str) and choice in _DAYS:
        return trade.last(_DAYS[choice], words[choice])
    if choice == "12m":
        return Period(_year_before(after), after, words["12m"])
    if choice == "all":
        return Period(trade.first_day or trade.anchor, after, "All time")
    raise InvalidInput("Choose one of the periods shown.", "period")


def previous(period: Period) -> Period:
    """As many days, just before; a whole year is compared with the year before it."""
    if period.start == _year_before(period.end):
        return Period(_year_before(period.start), period.start, "year before")
    words = "day before" if period.days == 1 else f"{period.days} days before"
    return Period(period.start - timedelta(days=period.days), period.start, words)


def compared(period: Period, comparison: str) -> Period:
    """What `period` is compared with by one of COMPARISONS: the days just before it, or the same a year earlier."""
    if comparison != "year":
        return previous(period)
    return Period(_year_before(period.start), _year_before(period.end), "year before")


def same_days(period: Period, before: Period, today: date) -> Period:
    """`before`; of a period that is not over, as many of its days as have begun of `period`."""
    begun = (today - period.start).days + 1
    if not 0 < begun < period.days:
        return before
    return Period(before.start, min(before.end, before.start + timedelta(days=begun)), before.label)


def same_clock(period: Period, before: Period, now: datetime, formats: Formats) -> datetime | None:
    """Up to when the last day of `before` counts: the present clock time if `period` goes on today, else None.

    `before` as `same_days` has it.
    """
    today = formats.today(now)
    if not period.start <= today < period.end:
        return None
    return formats.same_clock_time(now, (today - before.end).days + 1)


def hover_title(grain: Grain, formats: Formats) -> str:
    """What names a bucket under the pointer, in Plotly's date format."""
    if grain == "month":
        return d3(formats, "month")
    if grain == "week":
        return f"week of {d3(formats, 'day')}"
    return d3(formats, "day_of_week") + (", %H:%M" if grain == "hour" else "")


def grain_of(period: Period, wanted: str = "auto") -> Grain:
    """What was chosen, unless that were too many points; else by the length of the period."""
    lengths: dict[Grain, int] = {"day": 1, "week": 7, "month": 28}
    for grain, days in lengths.items():
        if grain == wanted and period.days // days <= MOST_POINTS:
            return grain
    if period.days <= 2:
        return "hour"
    if period.days <= 62:
        return "day"
    return "week" if period.days <= 760 else "month"


def buckets(daily: pd.DataFrame, period: Period, grain: Grain, today: date) -> pd.DataFrame:
    """Daily rows (day, orders, units, gross, returns, net) summed per bucket of `period`.

    Columns: start (date: the bucket's first day), complete (bool: all its days are in the period and over),
    orders, units, gross, returns, net, aov. Weeks begin on Monday.
    """
    numbers = ["orders", "units", "gross", "returns", "net"]
    frame = daily[numbers].assign(start=_bucket_starts(pd.to_datetime(daily["day"]), grain))
    summed = frame.groupby("start", sort=True).sum().reset_index()
    summed["start"] = [stamp.date() for stamp in summed["start"]]
    ends = [_bucket_end(start, grain) for start in summed["start"]]
    orders = summed["orders"].where(summed["orders"] > 0, 1)
    summed["aov"] = (2 * summed["gross"] + orders) // (2 * orders)
    summed["complete"] = [
        start >= period.start and end <= period.end and end <= today
        for start, end in zip(summed["start"], ends, strict=True)
    ]
    return summed


def hourly(period: Period, hours: Sequence[Sequence[int]], now: datetime) -> pd.DataFrame:
    """Gross per clock hour (24 numbers for each day of `period`) up to `now`, the store's wall time.

    Columns: start (datetime without zone), gross, complete (bool: the hour is over).
    """
    midnight = datetime.combine(period.start, time())
    starts = [midnight + timedelta(days=day, hours=hour) for day in range(len(hours)) for hour in range(24)]
    gross = [amount for day in hours for amount in day]
    rows = [
        (start, amount, start + timedelta(hours=1) <= now)
        for start, amount in zip(starts, gross, strict=True)
        if start <= now
    ]
    return typed_frame(rows, {"start": "datetime64[us]", "gross": "int64", "complete": "bool"})


def earlier_words(start: date, before: Period, period: Period, grain: Grain, formats: Formats) -> str:
    """When that was which the bucket beginning at `start` is compared with."""
    then = start - (period.start - before.start)
    if isinstance(then, datetime):
        return f"{formats.day(then.date())}, {then:%H:%M}"
    if grain == "day":
        return formats.day(then)
    return f"{grain} of {formats.day(max(then, before.start))}"


def shifted(daily: pd.DataFrame, before: Period, period: Period) -> pd.DataFrame:
    """The comparison period's rows on the days of `period` that they are compared with, in order."""
    moved = daily.copy()
    moved["day"] = pd.to_datetime(moved["day"]) + pd.Timedelta(days=(period.start - before.start).days)
    return moved[moved["day"] < pd.Timestamp(period.end)]


def _custom(start: object, end: object) -> Period:
    try:
        first, last = (numbers.day(str(value)[:10]) for value in (start, end))
    except ValueError:
        years = f"from {numbers.FIRST_YEAR} to {numbers.LAST_YEAR}"
        raise InvalidInput(f"Give the first and the last day of the period, {years}.", "period") from None
    if last < first:
        raise InvalidInput("The period ends before it starts.", "period")
    if (last - first).days >= MOST_DAYS:
        raise InvalidInput("The period is longer than fifty years.", "period")
    return Period(first, last + timedelta(days=1), "chosen")


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def _bucket_starts(days: pd.Series, grain: Grain) -> pd.Series:
    if grain == "day":
        return days
    if grain == "week":
        return days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    return days.dt.to_period("M").dt.start_time


def _bucket_end(start: date, grain: Grain) -> date:
    if grain == "day":
        return start + timedelta(days=1)
    if grain == "week":
        return start + timedelta(days=7)
    return (start.replace(day=28) + timedelta(days=4)).replace(day=1)
