"""Which days are not like others, and how much they are expected to sell."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain import CalendarEntry, EntryKind, Holiday, Period
from app.errors import InvalidInput
from app.money import Formats
from app.services.analytics.ports import DaySales
from app.services.calendar.known_days import DaysKnown
from app.services.calendar.public_holidays import PublicHolidays

FORMATS = Formats("GBP", 2, "en_GB", ZoneInfo("Europe/London"))
TODAY = FORMATS.today()
FIRST = date(2025, 1, 1)
FEASTS = (Holiday(date(2025, 12, 25), "GB", "Christmas Day"), Holiday(date(2026, 12, 25), "GB", "Christmas Day"))


class Entries:
    def __init__(self, *entries: CalendarEntry, countries: Collection[str] = ()) -> None:
        self.entries, self.kept = entries, list(countries)

    def between(self, start: date, end: date, limit: int) -> list[CalendarEntry]:
        return [one for one in self.entries if one.first < end and one.last >= start][:limit]

    def countries(self) -> list[str]:
        return self.kept


class Book:
    def __init__(self) -> None:
        self.asked: list[tuple[date, date]] = []

    def between(self, countries: Collection[str], start: date, end: date) -> list[Holiday]:
        self.asked.append((start, end))
        return [one for one in FEASTS if one.country in countries and start <= one.day < end]


class Sales:
    """1,000 on each weekday but for `factors`, nothing at weekends."""

    def __init__(self, factors: Mapping[date, float]) -> None:
        self.factors = factors

    def day_bounds(self) -> tuple[date, date]:
        return FIRST, TODAY

    def days(self, start: date, end: date) -> list[DaySales]:
        start = max(start, FIRST)
        days = [start + timedelta(days=number) for number in range((end - start).days)]
        sold = {day: round(1000 * self.factors.get(day, 1)) for day in days if day.weekday() < 5}
        return [DaySales(day, 1, 1, gross, 0, 0) for day, gross in sold.items() if gross]


def known(*entries: CalendarEntry, sold: Mapping[date, float] | None = None, home: str = "GB") -> DaysKnown:
    return DaysKnown(Entries(*entries), Book(), Sales(sold or {}), home, FORMATS)  # type: ignore[arg-type]


def entry(
    kind: EntryKind, first: date, last: date, percent: int | None = None, category: str = "", noted: date = FIRST
) -> CalendarEntry:
    return CalendarEntry(1, kind, first, last, "words", "asha", percent, category, noted)


NOV = date(2026, 11, 1)


def test_a_usual_day_is_left_out() -> None:
    assert known().known_days(NOV, NOV + timedelta(days=30)) == {}


def test_an_entry_holds_on_each_of_its_days_within_the_range() -> None:
    sale = entry(EntryKind.PROMOTION, NOV, NOV + timedelta(days=9), 150)
    found = known(sale).known_days(NOV + timedelta(days=8), NOV + timedelta(days=30))
    assert {day: one.factor for day, one in found.items()} == {date(2026, 11, 9): 1.5, date(2026, 11, 10): 1.5}


def test_what_is_said_of_one_category_leaves_the_others() -> None:
    sale = entry(EntryKind.PROMOTION, NOV, NOV, 200, "Lighting")
    day = known(sale).known_days(NOV, NOV + timedelta(days=1))[NOV]
    assert (day.factor, day.factor_of("Lighting"), day.factor_of("Garden")) == (1.0, 2.0, 1.0)


def test_a_closed_day_sells_nothing_whatever_else_is_planned() -> None:
    both = (entry(EntryKind.CLOSED, NOV, NOV), entry(EntryKind.PROMOTION, NOV, NOV, 200))
    calendar = known(*both)
    assert calendar.known_days(NOV, NOV + timedelta(days=1))[NOV].factor == 0
    assert [calendar.is_closed(NOV + timedelta(days=number)) for number in (-1, 0, 1)] == [False, True, False]


def test_a_feast_sells_as_it_did_the_year_before() -> None:
    found = known(sold={date(2025, 12, 25): 0.25}).known_days(NOV, date(2027, 1, 1), as_of=NOV)
    assert {day: one.factor for day, one in found.items()} == {date(2026, 12, 25): pytest.approx(0.5)}


def test_a_shop_that_was_closed_over_a_feast_will_be_again() -> None:
    off = {date(2025, 12, 24) + timedelta(days=number): 0.0 for number in range(9)}
    found = known(sold=off).known_days(NOV, date(2027, 2, 1), as_of=NOV)
    assert [day for day, one in found.items() if one.factor == 0] == [
        date(2026, 12, 24) + timedelta(days=number) for number in range(9)
    ]


def test_what_comes_later_changes_nothing_that_was_known_before() -> None:
    """A back-test must not see the future: neither sales nor entries of it."""
    as_of = date(2025, 12, 1)
    span = (as_of, date(2026, 3, 1))
    late = entry(EntryKind.CLOSED, date(2026, 1, 5), date(2026, 1, 6), noted=date(2026, 1, 5))
    before = known().known_days(*span, as_of=as_of)
    after = known(late, sold={date(2025, 12, 25): 0.0, date(2025, 12, 24): 5.0}).known_days(*span, as_of=as_of)
    assert before == after
    assert set(before) == {date(2025, 12, 25)}
    early = entry(EntryKind.CLOSED, date(2026, 1, 5), date(2026, 1, 6), noted=date(2025, 11, 30))
    assert date(2026, 1, 5) in known(early).known_days(*span, as_of=as_of)


def test_a_country_that_is_not_the_shops_has_no_feast_here() -> None:
    assert known(home="IN").known_days(NOV, date(2027, 1, 1)) == {}


def test_a_feast_that_the_shop_never_traded_at_is_told_apart_in_its_own_country() -> None:
    for home, is_first in (("GB", [True, False]), ("IN", [False, False])):
        calendar = DaysKnown(Entries(countries=["GB"]), Book(), Sales({}), home, FORMATS)  # type: ignore[arg-type]
        found = calendar.known_days(date(2025, 11, 1), date(2027, 1, 1), as_of=NOV)
        assert [found[day].is_first_feast for day in (FEASTS[0].day, FEASTS[1].day)] == is_first


def test_days_before_the_first_sale_are_not_learned_and_holidays_before_it_not_read_to_learn() -> None:
    for start, reach in ((date(1977, 5, 1), 0), (date(2025, 12, 1), 365)):
        book = Book()
        calendar = DaysKnown(Entries(), book, Sales({}), "GB", FORMATS)  # type: ignore[arg-type]
        calendar.known_days(start, start + timedelta(days=31))
        near = timedelta(days=21)
        assert all(one >= min(start - near, FIRST) for one, _ in book.asked)
        assert sum((end - begin).days for begin, end in book.asked) <= 31 + 31 + 42 + reach + 31 + 70


def test_a_country_that_is_added_has_its_feasts_at_once() -> None:
    entries = Entries()
    calendar = DaysKnown(entries, Book(), Sales({date(2025, 12, 25): 0.0}), "IN", FORMATS)  # type: ignore[arg-type]
    span = (date(2026, 12, 1), date(2027, 1, 1), NOV)
    assert calendar.known_days(*span) == {}
    entries.kept = ["GB"]
    assert calendar.known_days(*span)[date(2026, 12, 25)].factor == 0


def test_ten_years_are_not_worked_out_at_once() -> None:
    with pytest.raises(InvalidInput, match="800 days"):
        known().known_days(NOV, date(2036, 11, 1))


class TestSameFeast:
    def of(self, start: date, end: date) -> tuple[str, date, date] | None:
        found = DaysKnown(Entries(), PublicHolidays(), Sales({}), "GB", FORMATS).same_feast(Period(start, end))  # type: ignore[arg-type]
        return found and (found.name, found.day, found.before)

    def test_easter_is_compared_with_easter(self) -> None:
        found = self.of(date(2026, 3, 30), date(2026, 4, 6))
        assert found == ("Good Friday", date(2026, 4, 3), date(2025, 4, 18))

    def test_days_near_a_feast_are_compared_by_it(self) -> None:
        assert self.of(date(2026, 3, 23), date(2026, 3, 30)) == ("Good Friday", date(2026, 4, 3), date(2025, 4, 18))

    def test_far_from_any_there_is_none(self) -> None:
        assert self.of(date(2026, 7, 1), date(2026, 7, 8)) is None

    def test_one_that_was_never_before_is_none(self) -> None:
        assert self.of(date(2011, 6, 20), date(2011, 6, 27)) is None
