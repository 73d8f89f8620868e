"""Whether a paired screen is on, as far as its last question tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.domain import Screen, ScreenSettings

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(minutes=3)


def test_a_screen_is_on_for_three_minutes_after_it_asked():
    def screen(seen_at: datetime | None) -> Screen:
        return Screen(1, ScreenSettings("Door"), "asha", LONG_AGO, seen_at)

    assert screen(NOW - timedelta(minutes=2)).is_watching(NOW)
    assert not screen(LONG_AGO).is_watching(NOW)
    assert not screen(None).is_watching(NOW)


def test_one_that_has_not_asked_yet_is_new_for_three_minutes():
    new = Screen(1, ScreenSettings("Door"), "asha", NOW - timedelta(minutes=2))
    assert new.is_new(NOW)
    assert not new.is_new(NOW + timedelta(minutes=2))
