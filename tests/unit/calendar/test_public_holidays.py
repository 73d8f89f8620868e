"""Public holidays of countries, from the library."""

from __future__ import annotations

from datetime import date

import pytest
from cachetools import LRUCache

from app.domain import Holiday
from app.services.calendar import public_holidays
from app.services.calendar.public_holidays import PublicHolidays

BOOK = PublicHolidays()


def names(country: str, start: date, end: date) -> list[tuple[str, str]]:
    return [(one.day.isoformat(), one.name) for one in BOOK.between([country], start, end)]


def test_the_same_feast_has_one_name_in_every_year() -> None:
    assert [day for day, name in names("IN", date(2025, 1, 1), date(2027, 1, 1)) if name == "Diwali"] == [
        "2025-10-20",
        "2026-11-08",
    ]


def test_a_range_is_half_open() -> None:
    assert names("DE", date(2026, 12, 25), date(2026, 12, 26)) == [("2026-12-25", "Christmas Day")]


def test_easter_monday_is_kept_where_most_of_a_country_keeps_it() -> None:
    assert ("2011-04-25", "Easter Monday") in names("GB", date(2011, 4, 1), date(2011, 5, 1))


def test_of_two_feasts_on_one_day_each_has_its_name_and_estimates_are_not_part_of_it() -> None:
    found = BOOK.between(["AE", "IN"], date(2026, 1, 1), date(2027, 1, 1))
    assert not [one for one in found if "estimated" in one.name or ";" in one.name]
    assert [one.country for one in found if one.name == "Eid al-Fitr"] == ["AE", "IN"]


def test_a_country_that_is_not_known_has_none() -> None:
    assert not BOOK.knows("XX")
    assert BOOK.between(["XX"], date(2026, 1, 1), date(2027, 1, 1)) == []
    assert {"IN", "GB", "DE"} <= set(BOOK.known_countries())


def test_a_century_of_all_countries_that_may_count_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str, int]] = []

    def year(country: str, number: int) -> tuple[Holiday, ...]:
        made.append((country, number))
        return ()

    monkeypatch.setattr(public_holidays, "_year", year)
    monkeypatch.setattr(public_holidays, "_kept", LRUCache(public_holidays._kept.maxsize))
    countries = BOOK.known_countries()[:21]
    for _ in range(2):
        BOOK.between(countries, date(1926, 1, 1), date(2026, 12, 31))
    assert len(made) == 21 * 101
