"""Retention: customers by the store month of their first order, and how many of them came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Cohort:
    """Customers by the store month of their first order: how many ordered in it, in the next month, and so on."""

    month: str
    retained: tuple[int, ...]

    @property
    def size(self) -> int:
        return self.retained[0]

    @property
    def rates(self) -> tuple[float | None, ...]:
        """`retained` as shares of the cohort; None of a cohort of nobody."""
        return tuple(count / self.size if self.size else None for count in self.retained)

    @property
    def months(self) -> tuple[str, ...]:
        """The months that `retained` counts, as "2026-11"."""
        return tuple(months_from(self.month, len(self.retained)))


@dataclass(frozen=True)
class Retention:
    """All cohorts. `next_month`: see `next_month_rate`; `present`: the month that is not over, as "2026-11"."""

    cohorts: tuple[Cohort, ...]
    next_month: float | None
    present: str


def retention(cohorts: Sequence[Cohort], today: date) -> Retention:
    return Retention(tuple(cohorts), next_month_rate(cohorts, today), month_of(today))


def next_month_rate(cohorts: Sequence[Cohort], today: date) -> float | None:
    """Of the customers whose second month is over, the share with an order in it; None before there are any.

    Not of those after whose first month there was no trade any more.
    """
    over = [c for c in cohorts if len(c.retained) > 1 and c.months[1] < month_of(today)]
    size = sum(c.size for c in over)
    return sum(c.retained[1] for c in over) / size if size else None


def month_of(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


def months_through(first: str, last: str) -> list[str]:
    """ "2026-11" and every month after it, up to `last`."""
    return months_from(first, _number(last) - _number(first) + 1)


def months_from(first: str, count: int) -> list[str]:
    """ "2026-11" and the months after it, `count` in all."""
    start = _number(first)
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(start, start + count)]


def _number(month: str) -> int:
    """Months since the year 0."""
    year, month_of_year = month.split("-")
    return int(year) * 12 + int(month_of_year) - 1
