"""Parts of long lists, and spans of days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Generic, Literal, TypeVar, get_args

T = TypeVar("T")
Grain = Literal["day", "week", "month"]
GRAINS: tuple[Grain, ...] = get_args(Grain)


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list that is counted; `page` counts from 1, `pages` is at least 1."""

    items: tuple[T, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class LongPage(Generic[T]):
    """One page of a list too long to count: `total` is None while more pages follow.

    `searched`: how many of the latest were looked through, on the last page, when there are older ones that were not.
    """

    items: tuple[T, ...]
    total: int | None
    page: int
    pages: int  # the last page known to exist
    searched: int | None = None


@dataclass(frozen=True)
class Period:
    """Store days `[start, end)`: `end` is exclusive."""

    start: date
    end: date
    label: str = field(default="", compare=False)

    @classmethod
    def of_day(cls, day: date) -> Period:
        return cls(day, day + timedelta(days=1))

    @classmethod
    def ending(cls, end: date, days: int) -> Period:
        """So many days before `end`."""
        return cls(end - timedelta(days=days), end)

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def address(self) -> dict[str, str]:
        """The days as addresses name them, both included."""
        return {"from": self.start.isoformat(), "to": self.last_day.isoformat()}


def is_whole(first: date, last: date, grain: Grain) -> bool:
    """Whether these days, both included, are all of a day, of a week (from Monday) or of a calendar month."""
    after = last + timedelta(days=1)
    if grain == "month":
        return first.day == 1 and after.day == 1 and (last.year, last.month) == (first.year, first.month)
    return first == first_day_of(first, grain) and (after - first).days == (7 if grain == "week" else 1)


def first_day_of(day: date, grain: Grain) -> date:
    """The first day of the day itself, of its week (Monday) or of its calendar month."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day
