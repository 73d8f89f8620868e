"""One customer's sales over time in one chart: all of them, by month, or of a long history by quarter or year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.services.analytics.customer_ports import CustomerMonth

Step = Literal["month", "quarter", "year"]
LEAST_BARS, MOST_BARS = 6, 24  # of months or quarters; years are as many as they are
_MONTHS: dict[Step, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Bar:
    """What a customer bought in the step that begins on `first_day`; minor units."""

    first_day: date
    orders: int
    gross: int
    returns: int

    @property
    def is_empty(self) -> bool:
        return not (self.orders or self.gross or self.returns)


@dataclass(frozen=True)
class Course:
    """A bar for each step from the first one with trade on, ascending; those without trade hold zeros.

    `quiet_since`: the last step with trade, where the chart ends before the shop's present; None where it goes on.
    """

    step: Step
    bars: tuple[Bar, ...]
    quiet_since: date | None = None

    @property
    def best(self) -> Bar | None:
        """By gross sales, the first of equal ones; None where nothing was bought."""
        found = max(self.bars, key=lambda bar: bar.gross, default=None)
        return found if found and found.gross else None


def course_of(months: Sequence[CustomerMonth], anchor: date) -> Course:
    """`months`: those with trade, ascending; `anchor`: the day with which the shop's numbers end.

    The finest step of which 24 bars hold all of it. Where they do not reach to the anchor they end with the customer's
    own trade: somebody whose months are long ago has a chart of these, and not of empty years since.
    """
    if not months:
        return Course("month", ())
    first, last = _number(months[0].first_day), _number(months[-1].first_day)
    present = max(_number(anchor), last)
    steps: tuple[Step, ...] = ("month", "quarter")
    for step in steps:
        at = _cut(step)
        if at(present) - at(first) < MOST_BARS:
            return _drawn(step, months, min(at(first), at(present) - LEAST_BARS + 1), at(present))
        if at(last) - at(first) < MOST_BARS:
            until = max(at(last), at(first) + LEAST_BARS - 1)
            return _drawn(step, months, at(first), until, quiet_since=_day(at(last), step))
    return _drawn("year", months, _cut("year")(first), _cut("year")(present))


def _drawn(
    step: Step, months: Sequence[CustomerMonth], first: int, last: int, quiet_since: date | None = None
) -> Course:
    at = _cut(step)
    sums = {number: [0, 0, 0] for number in range(first, last + 1)}
    for month in months:
        into = sums[at(_number(month.first_day))]
        for place, amount in enumerate((month.orders, month.gross, month.returns)):
            into[place] += amount
    bars = (Bar(_day(number, step), *amounts) for number, amounts in sums.items())
    return Course(step, tuple(bars), quiet_since)


def _cut(step: Step) -> Callable[[int], int]:
    """The step, counted from the year 0, that a month counted so is in."""
    return lambda month: month // _MONTHS[step]


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _day(number: int, step: Step) -> date:
    month = number * _MONTHS[step]
    return date(month // 12, month % 12 + 1, 1)
