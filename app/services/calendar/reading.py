"""The calendar as its page shows it: the weeks of a month, or what there is on the days of a year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app import numbers
from app.domain import KnownDay, Period, ShopNote
from app.money import Formats
from app.services.analytics import utc_now
from app.services.calendar.known_days import DaysKnown
from app.services.calendar.shop_notes import ShopNotes

WEEK = 7
LISTED_DAYS = 365
MOST_YEARS = 50  # before and after the present one


@dataclass(frozen=True)
class CalendarDay:
    """`known` None: a day like others, as far as anybody knows. `is_outside` the month that is shown."""

    day: date
    known: KnownDay | None
    notes: tuple[ShopNote, ...] = ()
    is_today: bool = False
    is_outside: bool = False

    @property
    def is_empty(self) -> bool:
        return self.known is None and not self.notes


@dataclass(frozen=True)
class CalendarMonth:
    """`weeks` from Monday; `before` and `after`: the first days of the months beside it."""

    first: date
    before: date
    after: date
    weeks: tuple[tuple[CalendarDay, ...], ...]

    @property
    def days(self) -> list[CalendarDay]:
        """Those of the month itself on which there is something."""
        return [day for week in self.weeks for day in week if not day.is_outside and not day.is_empty]


class CalendarReader:
    def __init__(
        self, known: DaysKnown, notes: ShopNotes, formats: Formats, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._known = known
        self._notes = notes
        self._formats = formats
        self._now = now

    def month(self, asked: str) -> CalendarMonth:
        """The month of an address, "2026-12"; the present one for anything else."""
        first = self._first(asked)
        after = (first + timedelta(days=31)).replace(day=1)
        start = first - timedelta(days=first.weekday())
        weeks = -(-(after - start).days // WEEK)
        days = self._days(Period(start, start + timedelta(weeks=weeks)), first)
        cut = tuple(tuple(days[at : at + WEEK]) for at in range(0, len(days), WEEK))
        return CalendarMonth(first, (first - timedelta(days=1)).replace(day=1), after, cut)

    def listed(self, asked: str) -> list[CalendarDay]:
        """What there is on the days of the year that begins with a month."""
        first = self._first(asked)
        return [day for day in self._days(Period(first, first + timedelta(days=LISTED_DAYS))) if not day.is_empty]

    def _first(self, asked: str) -> date:
        today = self._formats.today(self._now())
        try:
            first = numbers.day(f"{asked}-01")
        except ValueError:
            return today.replace(day=1)
        return first if abs(first.year - today.year) <= MOST_YEARS else today.replace(day=1)

    def _days(self, period: Period, month: date | None = None) -> list[CalendarDay]:
        known = self._known.known_days(period.start, period.end)
        notes: defaultdict[date, list[ShopNote]] = defaultdict(list)
        today = self._formats.today(self._now())
        if period.start <= today:
            for note in self._notes.of(Period(period.start, min(period.end, today + timedelta(days=1)))):
                notes[note.day].append(note)
        return [
            CalendarDay(
                day,
                known.get(day),
                tuple(notes[day]),
                is_today=day == today,
                is_outside=month is not None and (day.year, day.month) != (month.year, month.month),
            )
            for day in (period.start + timedelta(days=number) for number in range(period.days))
        ]
