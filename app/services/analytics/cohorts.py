"""Retention: customers by the store month of their first order, and how many of them came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.services.analytics.buckets import next_first_day

MonthState = Literal["over", "in part", "no sales"]
STOPPED_DAYS = 7  # without a sale at a month's end, and none in the whole next month: sales had stopped


@dataclass(frozen=True)
class TradeMonths:
    """Months ("2026-11") in which the shop sold something, guests' orders too, and which of them are `complete`.

    A month is complete when it is over, and when sales did not stop in it: what an old shop's last nine days brought
    back says nothing of a month.
    """

    sold: frozenset[str]
    complete: frozenset[str]


@dataclass(frozen=True)
class Cohort:
    """Customers by the store month of their first order: how many ordered in it, in the next month, and so on.

    `complete` and `sold` stand beside `retained`: whether that month is complete, and whether it had a sale at all.
    """

    month: str
    retained: tuple[int, ...]
    complete: tuple[bool, ...]
    sold: tuple[bool, ...]

    @property
    def size(self) -> int:
        return self.retained[0]

    @property
    def rates(self) -> tuple[float | None, ...]:
        """`retained` as shares of the cohort; None of a cohort of nobody, and in a month in which nothing was sold."""
        return tuple(
            count / self.size if self.size and sold else None
            for count, sold in zip(self.retained, self.sold, strict=True)
        )

    @property
    def states(self) -> tuple[MonthState, ...]:
        """Of each month: over, counted in part (it is not over, or sales stopped in it), or nothing was sold in it."""
        return tuple(
            "over" if complete else "in part" if sold else "no sales"
            for complete, sold in zip(self.complete, self.sold, strict=True)
        )

    @property
    def months(self) -> tuple[str, ...]:
        """The months that `retained` counts, as "2026-11"."""
        return tuple(months_from(self.month, len(self.retained)))


@dataclass(frozen=True)
class CameBack:
    """Of `customers`, those of all cohorts whose next month is complete, `again` ordered in it."""

    again: int
    customers: int

    @property
    def rate(self) -> float | None:
        """None before there are any."""
        return self.again / self.customers if self.customers else None


@dataclass(frozen=True)
class Retention:
    cohorts: tuple[Cohort, ...]
    next_month: CameBack


def retention(cohorts: Sequence[Cohort]) -> Retention:
    return Retention(tuple(cohorts), next_month(cohorts))


def next_month(cohorts: Sequence[Cohort]) -> CameBack:
    over = [c for c in cohorts if c.complete[1:2] == (True,)]
    return CameBack(sum(c.retained[1] for c in over), sum(c.size for c in over))


def cohort_of(month: str, counts: Mapping[str, int], last: str, trade: TradeMonths) -> Cohort:
    """`counts`: customers by the month in which they ordered; followed through `last`."""
    months = months_through(month, last)
    return Cohort(
        month,
        tuple(counts.get(one, 0) for one in months),
        tuple(one in trade.complete for one in months),
        tuple(one in trade.sold for one in months),
    )


def trade_months(last_sales: Sequence[date], end: date) -> TradeMonths:
    """`last_sales`: the last day with a sale of each month that has one; `end`: the day after the last full day."""
    sold = frozenset(month_of(day) for day in last_sales)

    def is_complete(day: date) -> bool:
        after = next_first_day(day.replace(day=1), "month")
        has_stopped = (
            (after - day).days > STOPPED_DAYS and month_of(after) not in sold and next_first_day(after, "month") <= end
        )
        return after <= end and not has_stopped

    return TradeMonths(sold, frozenset(month_of(day) for day in last_sales if is_complete(day)))


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
