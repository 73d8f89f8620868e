"""Counted searches, on each database."""

from __future__ import annotations

from datetime import date, timedelta

from app.services.catalog.ports import SearchedDay
from app.stores.sql.catalog.searches import SqlSearchCounts
from app.stores.sql.engine.database import Database

DAY = date(2026, 11, 20)
LAST = 1 << 511


def test_maps_are_laid_over_each_other_however_often(database: Database):
    store = SqlSearchCounts(database)
    for _ in range(2):
        store.add(DAY, {"mug": (0b11, 0b01), "bowl": (LAST, 0)}, 10)
        store.add(DAY, {"mug": (0b100, 0)}, 10)
    store.add(DAY - timedelta(days=1), {"mug": (1, 1)}, 10)
    kept = sorted(store.since(DAY), key=lambda one: one.words)
    assert kept == [SearchedDay(DAY, "bowl", LAST, 0), SearchedDay(DAY, "mug", 0b111, 0b01)]
    assert len(store.since(DAY - timedelta(days=1))) == 3
    assert (store.forget(DAY), store.forget(DAY)) == (1, 0)


def test_a_full_day_forgets_what_the_fewest_visits_asked(database: Database):
    store = SqlSearchCounts(database)
    store.add(DAY, {"mug": (0b111, 0), "bowl": (0b11, 0)}, 3)
    store.add(DAY, {f"rubbish {n}": (1, 1) for n in range(700)}, 3)
    words = {one.words for one in store.since(DAY)}
    assert len(words) == 3
    assert {"mug", "bowl"} < words
