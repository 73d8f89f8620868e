"""What may be put into the calendar, and two who edit one entry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain import Actor, AuditEntry, CalendarEntry
from app.errors import EditClash, InvalidInput, NotFound, StaleEdit
from app.money import Formats
from app.services.calendar.entries import CalendarService, EntryDraft, facts
from app.services.calendar.public_holidays import PublicHolidays

ASHA = Actor("asha@shop.example")
FORMATS = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
NOV_27 = date(2026, 11, 27)
SALE = EntryDraft("promotion", NOV_27, date(2026, 11, 30), "Black Friday", 250)


class Kept:
    def __init__(self) -> None:
        self.entries: dict[int, CalendarEntry] = {}
        self.added: list[str] = []

    def add(self, entry: CalendarEntry, audited: Callable[[int], AuditEntry]) -> int:
        key = len(self.entries) + 1
        self.entries[key] = replace(entry, entry_id=key)
        return key

    def change(self, entry: CalendarEntry, audited: AuditEntry) -> bool:
        self.entries[entry.entry_id] = replace(entry, revision=entry.revision + 1)
        return True

    def remove(self, entry: CalendarEntry, audited: AuditEntry) -> bool:
        return self.entries.pop(entry.entry_id, None) is not None

    def get(self, entry_id: int) -> CalendarEntry | None:
        return self.entries.get(entry_id)

    def countries(self) -> list[str]:
        return self.added

    def set_country(self, country: str, is_kept: bool, by: str, audited: AuditEntry) -> bool:
        self.added.append(country)
        return True


def calendar(home: str = "IN") -> CalendarService:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    return CalendarService(Kept(), PublicHolidays(), FORMATS, home, lambda: now)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"last": date(2036, 11, 26)}, "last", "two years at most"),
        ({"last": date(2026, 11, 26)}, "last", "before the first"),
        ({"first": date(2030, 1, 1), "last": date(2030, 1, 2)}, "last", "within the next two years"),
        ({"first": date(1800, 1, 1), "last": date(1800, 1, 2)}, "last", "within the next two years"),
        ({"words": " \u200b "}, "words", "few words"),
        ({"kind": "party"}, "kind", "kinds shown"),
        ({"percent": 1001}, "percent", "at most"),
        ({"percent": -1}, "percent", "0 or more"),
        ({"kind": "closed"}, "kind", "nothing is sold"),
    ],
)
def test_what_no_entry_can_be_is_refused_by_its_field(wrong: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        calendar().add(replace(SALE, **wrong), ASHA)
    assert refused.value.field == field


def test_two_years_can_be_entered() -> None:
    first, last = date(2026, 1, 1), date(2027, 12, 31)
    assert calendar().add(replace(SALE, first=first, last=last), ASHA).days == 730


def test_what_two_people_change_in_different_fields_is_both_kept() -> None:
    service = calendar()
    entry = service.add(SALE, ASHA)
    seen = facts(entry)
    service.change(entry.entry_id, replace(SALE, percent=300), ASHA, seen)
    service.change(entry.entry_id, replace(SALE, words="Sale"), ASHA, seen)
    assert (service.get(entry.entry_id).percent, service.get(entry.entry_id).words) == (300, "Sale")


def test_a_field_that_both_changed_is_theirs_until_somebody_chooses() -> None:
    service = calendar()
    entry = service.add(SALE, ASHA)
    seen = facts(entry)
    service.change(entry.entry_id, replace(SALE, percent=300), ASHA, seen)
    with pytest.raises(EditClash) as clash:
        service.change(entry.entry_id, replace(SALE, percent=200), ASHA, seen)
    assert [(one.field, one.theirs, one.mine) for one in clash.value.clashes] == [("percent", 300, 200)]
    assert service.get(entry.entry_id).percent == 300


def test_what_somebody_changed_meanwhile_is_not_removed_by_an_old_form() -> None:
    service = calendar()
    entry = service.add(SALE, ASHA)
    seen = facts(entry)
    service.change(entry.entry_id, replace(SALE, percent=300), ASHA, seen)
    with pytest.raises(StaleEdit):
        service.remove(entry.entry_id, ASHA, seen)
    service.remove(entry.entry_id, ASHA, facts(service.get(entry.entry_id)))
    with pytest.raises(NotFound):
        service.get(entry.entry_id)


def test_one_that_was_removed_cannot_be_changed() -> None:
    with pytest.raises(NotFound):
        calendar().change(7, SALE, ASHA, {})


class TestCountries:
    def test_one_whose_holidays_are_not_known_is_refused_by_name(self) -> None:
        with pytest.raises(InvalidInput, match="holidays of XX are not known"):
            calendar().add_country("XX", ASHA)

    def test_the_shops_own_counts_already(self) -> None:
        with pytest.raises(InvalidInput, match="counts already"):
            calendar().add_country("IN", ASHA)

    def test_a_shop_of_a_country_that_is_not_known_is_told_so(self) -> None:
        assert [calendar(home).knows_home() for home in ("IN", "XX")] == [True, False]

    def test_what_counts_is_offered_no_more(self) -> None:
        service = calendar()
        service.add_country("GB", ASHA)
        assert not {"IN", "GB"} & set(service.choices())
