"""The calendar's entries and countries on each database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.domain import Actor, AuditEntry, CalendarEntry, EntryKind, EventKind, ShopEvent
from app.services.audit.log import entry_of
from app.stores.sql.analytics.noted_events import SqlEvents
from app.stores.sql.calendar.entries import SqlCalendar
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import audit_log
from tests.support.concurrency import at_once

WHO = Actor("asha@shop.example")
SALE = CalendarEntry(0, EntryKind.PROMOTION, date(2026, 11, 27), date(2026, 11, 30), "Black Friday", WHO.name, 250)
CLOSED = CalendarEntry(0, EntryKind.CLOSED, date(2026, 12, 25), date(2026, 12, 25), "Christmas", WHO.name)


def audited(entry_id: int = 0) -> AuditEntry:
    return entry_of(WHO, "event.add", "event", entry_id, "words")


@pytest.fixture
def store(database: Database) -> SqlCalendar:
    return SqlCalendar(database, ZoneInfo("Asia/Kolkata"))


def kept(store: SqlCalendar, entry: CalendarEntry) -> CalendarEntry:
    found = store.get(store.add(entry, audited))
    assert found is not None
    return found


def test_an_entry_is_read_as_it_was_written(store: SqlCalendar) -> None:
    for entry in (SALE, CLOSED, replace(SALE, category="Lighting", percent=None)):
        found = kept(store, entry)
        assert found.noted_on is not None
        assert replace(found, entry_id=0, noted_on=None) == entry


def test_a_range_has_what_holds_on_one_of_its_days(store: SqlCalendar) -> None:
    sale, closed = kept(store, SALE), kept(store, CLOSED)
    assert store.between(date(2026, 11, 30), date(2026, 12, 1), 9) == [sale]
    assert store.between(date(2026, 12, 1), date(2026, 12, 25), 9) == []
    assert store.between(date(2026, 11, 1), date(2027, 1, 1), 9) == [sale, closed]
    assert store.between(date(2026, 11, 1), date(2027, 1, 1), 1) == [closed]


def test_of_eight_changes_of_one_revision_one_is_written(store: SqlCalendar, database: Database) -> None:
    sale = kept(store, SALE)

    def change(number: int) -> bool:
        return store.change(replace(sale, words=f"Sale {number}"), audited(sale.entry_id))

    done = at_once(8, change)
    assert done.count(True) == 1
    found = store.get(sale.entry_id)
    assert found is not None
    assert (found.words, found.revision) == (f"Sale {done.index(True)}", 1)
    assert len(database.read(lambda c: list(c.execute(select(audit_log.c.audit_id))))) == 2


def test_a_closed_day_is_an_event_like_others_to_the_version_before(store: SqlCalendar, database: Database) -> None:
    closed = kept(store, CLOSED)
    assert SqlEvents(database).get(closed.entry_id) == ShopEvent(
        closed.entry_id, CLOSED.first, EventKind.OTHER, "Christmas", WHO.name
    )


def test_an_entry_is_removed_once_and_only_as_it_was_read(store: SqlCalendar) -> None:
    sale = kept(store, SALE)
    assert store.change(replace(sale, words="Cyber Monday"), audited())
    assert not store.remove(sale, audited())
    changed = store.get(sale.entry_id)
    assert changed is not None
    assert [store.remove(changed, audited()), store.remove(changed, audited())] == [True, False]
    assert store.get(sale.entry_id) is None


def test_each_change_makes_another_version(store: SqlCalendar) -> None:
    seen = [store.version()]
    assert store.version() == seen[0]

    def changed(done: object) -> None:
        assert done
        seen.append(store.version())

    changed(sale := kept(store, SALE))
    changed(store.change(replace(sale, percent=200), audited()))
    changed(store.set_country("DE", True, WHO.name, audited()))
    changed(store.remove(replace(sale, revision=1), audited()))
    changed(kept(store, SALE))
    changed(store.set_country("DE", False, WHO.name, audited()))
    assert len(set(seen)) == 7


def test_a_country_is_added_and_taken_away_once(store: SqlCalendar, database: Database) -> None:
    for country, is_kept, is_done in (("DE", True, True), ("DE", True, False), ("AE", True, True)):
        assert store.set_country(country, is_kept, WHO.name, audited()) is is_done
    assert store.countries() == ["AE", "DE"]
    assert [store.set_country("DE", False, WHO.name, audited()) for _ in range(2)] == [True, False]
    assert store.countries() == ["AE"]
    assert len(database.read(lambda c: list(c.execute(select(audit_log.c.audit_id))))) == 3
