"""Which days are looked at, which they are compared with, and how finely they are cut."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from app import numbers
from app.domain import Period, SameFeast, Trade
from app.errors import InvalidInput
from app.money import Formats

Cut = Literal["hour", "day", "week", "month"]

CHOICES = ("7d", "28d", "90d", "12m", "all", "custom")
COMPARISONS = ("previous", "year", "feast", "none")
CUTS = ("auto", "day", "week", "month")
STOCK_SPANS = ("1", "7", "28", "90", "all")  # of one product's course, in days
MOST_POINTS = 800  # of one line; beyond it a coarser grain is drawn
_DAYS = {"7d": 7, "28d": 28, "90d": 90}
ABOUT_A_YEAR = 400  # days
MOST_DAYS = 366 * 50
WEEK = 7
WEEKS_A_YEAR = 52


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
    after = trade.end
    if choice == "custom":
        return _custom(start, end)
    if isinstance(choice, str) and choice in _DAYS:
        return trade.last(_DAYS[choice])
    if choice == "12m":
        return Period(_year_before(after), after)
    if choice == "all":
        return Period(trade.first_day or trade.anchor, after)
    raise InvalidInput("Choose one of the periods shown.", "period")


def previous(period: Period) -> Period:
    """The days before, so that as many of each weekday are compared where that is what people expect.

    A year is compared with the year before it and whole calendar months with as many; any other days with the same
    weekdays the fewest whole weeks earlier that do not overlap: 90 days with those 13 weeks earlier.
    """
    if period.start == _year_before(period.end):
        return Period(_year_before(period.start), period.start, "year before")
    if months := _whole_months(period):
        words = "month before" if months == 1 else f"{months} months before"
        return Period(_months_before(period.start, months), period.start, words)
    weeks = -(-period.days // WEEK)
    words = f"{period.days} days before" if period.days % WEEK == 0 else f"{weeks} weeks earlier"
    return _weeks_before(period, weeks, "a week earlier" if weeks == 1 and period.days < WEEK else words)


def compared(period: Period, comparison: str) -> Period:
    """What `period` is compared with by one of COMPARISONS but "feast": the days just before it, or a year earlier.

    A year earlier are the same dates for a year and for whole calendar months, else the same weekdays 52 weeks ago.
    """
    if comparison != "year":
        return previous(period)
    if period.start == _year_before(period.end) or _whole_months(period):
        return Period(_year_before(period.start), _year_before(period.end), "year before")
    return _weeks_before(period, WEEKS_A_YEAR, f"{WEEKS_A_YEAR} weeks earlier")


def around_feast(period: Period, feast: SameFeast, formats: Formats) -> Period:
    """As many days, as far from the feast of the year before as `period` is from this year's."""
    shift = feast.day - feast.before
    return Period(period.start - shift, period.end - shift, f"by {feast.name}, {formats.day(feast.before)}")


def _weeks_before(period: Period, weeks: int, words: str) -> Period:
    shift = timedelta(weeks=weeks)
    return Period(period.start - shift, period.end - shift, words)


def _whole_months(period: Period) -> int:
    """How many calendar months the period is; 0 when it is not made of whole ones."""
    if period.start.day != 1 or period.end.day != 1:
        return 0
    return 12 * (period.end.year - period.start.year) + period.end.month - period.start.month


def _months_before(first: date, months: int) -> date:
    number = 12 * first.year + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


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


def grain_of(period: Period, wanted: str = "auto") -> Cut:
    """What was chosen, unless that were too many points; else by the length of the period."""
    lengths: dict[Cut, int] = {"day": 1, "week": 7, "month": 28}
    for grain, days in lengths.items():
        if grain == wanted and period.days // days <= MOST_POINTS:
            return grain
    if period.days <= 2:
        return "hour"
    if period.days <= 62:
        return "day"
    return "week" if period.days <= 760 else "month"


def days_between(first: date, last: date, field: str = "period") -> Period:
    """Two days that somebody chose, both included. Raises InvalidInput, of `field`."""
    if last < first:
        raise InvalidInput("The period ends before it starts.", field)
    if (last - first).days >= MOST_DAYS:
        raise InvalidInput("The period is longer than fifty years.", field)
    return Period(first, last + timedelta(days=1))


def course_days(span: object, trade: Trade, first_day: date | None) -> Period:
    """The days of one of STOCK_SPANS, ending with today or a quiet shop's last day of trade.

    `first_day`: when the product was first stocked; one that is newer than all trade is shown up to today.
    Raises InvalidInput for anything else than a known choice.
    """
    if span not in STOCK_SPANS:
        raise InvalidInput("Choose one of the spans shown.", "span")
    anchor = trade.anchor
    if first_day is not None and first_day > anchor:
        anchor = trade.today
    start = (first_day or anchor) if span == "all" else anchor - timedelta(days=int(str(span)) - 1)
    return Period(start, anchor + timedelta(days=1))


def days_around(day: date, days: int, today: date) -> Period:
    """As many `days` as wanted around `day`, ending today at the latest."""
    end = min(day + timedelta(days=days // 2 + 1), max(today, day) + timedelta(days=1))
    return Period.ending(end, days)


def _custom(start: object, end: object) -> Period:
    try:
        first, last = (numbers.day(str(value)[:10]) for value in (start, end))
    except ValueError:
        years = f"from {numbers.FIRST_YEAR} to {numbers.LAST_YEAR}"
        raise InvalidInput(f"Enter the first and the last day of the period, {years}.", "period") from None
    return days_between(first, last)


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)
