"""What is known of days before they come: feasts, closed days, promotions. Forecasts, goals and anomalies ask it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from app.domain import CalendarEntry, EntryKind, Holiday, KnownDay, Period, SameFeast
from app.errors import InvalidInput
from app.money import Formats
from app.services.analytics.answer_cache import AnswerCache
from app.services.analytics.ports import SalesReader
from app.services.calendar.feasts import learned
from app.services.calendar.ports import CalendarStore, HolidayBook

MOST_DAYS = 800
MOST_ENTRIES = 1000
YEARS_BACK = 3
NEAR = timedelta(days=14)  # of some days without a feast, to one that they are compared by
FEAST_MOVES = 40  # days at the most, from year to year: Easter by five weeks
AROUND = timedelta(days=21)  # a feast closes a shop for so long at the most

UNTIL = timedelta(weeks=10)  # after some days: what feasts before them, and the weeks around those, can reach


class Feasts(NamedTuple):
    """How much of a usual day days sell by feasts, and which are of the home country and were never seen before."""

    effects: Mapping[date, float]
    first: frozenset[date]


NONE = Feasts({}, frozenset())


class DaysKnown:
    """The `KnownDays` port. `home`: the shop's own country."""

    def __init__(
        self, store: CalendarStore, book: HolidayBook, sales: SalesReader, home: str, formats: Formats
    ) -> None:
        self._store = store
        self._book = book
        self._sales = sales
        self._home = home
        self._formats = formats
        self._feasts: AnswerCache[Feasts] = AnswerCache(share=0.002)

    def countries(self) -> list[str]:
        """The shop's own, then those that were added."""
        return [self._home, *(country for country in self._store.countries() if country != self._home)]

    def holidays(self, start: date, end: date) -> list[Holiday]:
        """Of the days `[start, end)`, ascending, of all of the shop's countries."""
        return self._book.between(self.countries(), start, end)

    def same_feast(self, period: Period) -> SameFeast | None:
        """The feast by which `period` can be compared with the year before: one that falls into it, or is near.

        Of several the one that moves most against the weekdays of the year before, for which the calendar is no
        measure; then the one nearest to the period's last day.
        """
        year = timedelta(days=366 + FEAST_MOVES)
        near = self.holidays(period.start - NEAR, period.end + NEAR)
        inside = [one for one in near if period.start <= one.day < period.end]
        earlier = self.holidays(period.start - NEAR - year, period.end + NEAR)
        found = [
            SameFeast(one.name, one.day, before)
            for one in inside or near
            if (before := _year_before(one, earlier)) is not None
        ]
        last = period.end - timedelta(days=1)
        return max(found, key=lambda one: (_moved(one), -abs((one.day - last).days), one.name), default=None)

    def is_closed(self, day: date) -> bool:
        """Whether people put a closed day there."""
        entries = self._store.between(day, day + timedelta(days=1), MOST_ENTRIES)
        return any(entry.kind is EntryKind.CLOSED for entry in entries)

    def version(self) -> Hashable:
        return self._store.version()

    def known_days(self, start: date, end: date, as_of: date | None = None) -> Mapping[date, KnownDay]:
        if end < start or (end - start).days > MOST_DAYS:
            raise InvalidInput(f"At most {MOST_DAYS} days are known at once.", "period")
        entries = self._store.between(start, end, MOST_ENTRIES)
        if as_of is not None:
            entries = [one for one in entries if one.first < as_of or (one.noted_on and one.noted_on < as_of)]
        countries = tuple(self.countries())
        holidays = self._book.between(countries, start, end)
        until = as_of or self._formats.today()
        key = (start, end, until, countries)
        feasts = self._feasts.get(key, lambda: self._learned(start, end, until, countries))
        return _days(start, end, entries, holidays, feasts)

    def _learned(self, start: date, end: date, until: date, countries: tuple[str, ...]) -> Feasts:
        """How much of a usual day each of these days sells because of a feast, as it was seen before `until`."""
        bounds = self._sales.day_bounds()
        coming = self._book.between(countries, start - AROUND, end + AROUND)
        if bounds is None or end <= bounds[0] or not coming:
            return NONE
        until = min(until, end + UNTIL)
        oldest = max(bounds[0], min(one.day for one in coming) - timedelta(days=366 * YEARS_BACK))
        before = self._book.between(countries, oldest, until) if oldest < until else []
        rows = self._sales.days(oldest - timedelta(weeks=5), until)
        sold = {row.day: row.gross for row in rows}
        first = min(sold, default=until)
        seen = sorted({one.day for one in before})
        by_name: defaultdict[str, list[date]] = defaultdict(list)
        for one in before:
            by_name[one.name].append(one.day)
        found: dict[date, float] = {}
        unseen: set[date] = set()
        for feast in coming:
            days = sorted({day for day in by_name[feast.name] if first <= day < feast.day})
            if not days and feast.country == self._home:
                unseen.add(feast.day)
            for offset, effect in learned(sold, days, seen, first, until).items():
                day = feast.day + timedelta(days=offset)
                if start <= day < end:  # two feasts next to each other: the one that closes
                    found[day] = min(found.get(day, effect), effect) if 0.0 in (effect, found.get(day)) else effect
        return Feasts(found, frozenset(day for day in unseen if start <= day < end))


def _year_before(feast: Holiday, earlier: Iterable[Holiday]) -> date | None:
    same = (one.day for one in earlier if (one.country, one.name) == (feast.country, feast.name))
    return max((day for day in same if abs((feast.day - day).days - 365) <= FEAST_MOVES), default=None)


def _moved(one: SameFeast) -> int:
    """Days by which the feast is elsewhere in the year than it was."""
    distance = abs((one.day - one.before).days - 365)
    return 0 if distance <= 1 else distance


def _days(
    start: date, end: date, entries: Iterable[CalendarEntry], holidays: Iterable[Holiday], feasts: Feasts
) -> dict[date, KnownDay]:
    of_day: defaultdict[date, list[CalendarEntry]] = defaultdict(list)
    for entry in entries:
        for number in range(entry.days):
            day = entry.first + timedelta(days=number)
            if start <= day < end:
                of_day[day].append(entry)
    named: defaultdict[date, list[Holiday]] = defaultdict(list)
    for one in holidays:
        named[one.day].append(one)
    return {
        day: _day(day, of_day[day], named[day], feasts)
        for day in sorted({*of_day, *named, *feasts.effects})
    }  # fmt: skip


def _day(day: date, entries: list[CalendarEntry], holidays: list[Holiday], feasts: Feasts) -> KnownDay:
    planned, own = 1.0, dict[str, float]()
    for entry in entries:
        if entry.percent is None:
            continue
        if entry.category:
            own[entry.category] = own.get(entry.category, 1.0) * entry.percent / 100
        else:
            planned *= entry.percent / 100
    return KnownDay(
        day,
        is_closed=any(entry.kind is EntryKind.CLOSED for entry in entries),
        planned=planned,
        feast=feasts.effects.get(day, 1.0),
        by_category=tuple(sorted(own.items())),
        holidays=tuple(holidays),
        entries=tuple(entries),
        is_first_feast=day in feasts.first,
    )
