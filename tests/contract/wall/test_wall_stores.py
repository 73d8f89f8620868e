"""Screens, goals, visitors and what stands in carts, on every store that keeps them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain import Actor, AuditEntry, Goals, Scene, ScreenSettings
from app.errors import StaleEdit
from app.services.audit.log import entry_of
from app.stores.sql.engine.database import Database
from app.stores.sql.wall.goals import SqlGoals
from app.stores.sql.wall.screens import SqlScreens
from app.stores.sql.wall.visitors import SqlVisitorSketches
from tests.contract.conftest import Backend
from tests.support.concurrency import at_once

WHO = Actor("ravi@shop.example", 3)
FIVE_MINUTES = timedelta(minutes=5)
DOOR = ScreenSettings("Door", (Scene.TODAY, Scene.NOW), 15, True, False, True, "22:00", "06:30")


def entry(screen_id: object = 0) -> AuditEntry:
    return entry_of(WHO, "screen.pair", "screen", screen_id, "Door")


@pytest.fixture
def screens(database: Database) -> SqlScreens:
    return SqlScreens(database)


class TestPairing:
    def test_a_code_that_is_entered_makes_its_token_a_screen_with_what_it_shows(self, screens: SqlScreens):
        screens.begin("code", "token", FIVE_MINUTES)
        assert screens.state("token") == "waiting"
        paired = screens.pair("code", DOOR, WHO.name, entry)
        assert paired is not None
        assert screens.state("token") == "paired"
        assert screens.by_token()["token"] == paired
        assert (paired.settings, paired.paired_by, paired.seen_at) == (DOOR, WHO.name, None)

    def test_of_many_who_enter_a_code_at_once_one_gets_the_screen(self, screens: SqlScreens):
        screens.begin("code", "token", FIVE_MINUTES)
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: screens.pair("code", DOOR, WHO.name, entry), range(8)))
        assert len([one for one in found if one is not None]) == 1
        assert len(screens.all()) == 1

    def test_a_code_is_good_until_its_time_is_over_and_free_again_afterwards(self, screens: SqlScreens):
        screens.begin("code", "token", timedelta(seconds=-1))
        assert screens.pair("code", DOOR, WHO.name, entry) is None
        assert screens.state("token") == "over"
        assert screens.begin("code", "another", FIVE_MINUTES) is not None

    def test_two_screens_never_show_one_code(self, screens: SqlScreens):
        screens.begin("code", "token", FIVE_MINUTES)
        assert screens.begin("code", "another", FIVE_MINUTES) is None

    def test_a_revoked_screen_is_none_any_more(self, screens: SqlScreens):
        screens.begin("code", "token", FIVE_MINUTES)
        paired = screens.pair("code", DOOR, WHO.name, entry)
        assert paired is not None
        assert screens.revoke(paired.screen_id, entry())
        assert (screens.state("token"), screens.all(), screens.by_token()) == ("over", [], {})
        assert not screens.revoke(paired.screen_id, entry())
        assert not screens.change(paired.screen_id, DOOR, entry(), DOOR)

    def test_a_change_and_the_last_look_are_kept(self, screens: SqlScreens):
        screens.begin("code", "token", FIVE_MINUTES)
        paired = screens.pair("code", DOOR, WHO.name, entry)
        assert paired is not None
        assert screens.change(paired.screen_id, ScreenSettings("Gate"), entry(), DOOR)
        screens.seen({paired.screen_id})
        (kept,) = screens.all()
        assert kept.settings == ScreenSettings("Gate")
        assert kept.seen_at is not None

    def test_of_eight_who_change_a_screen_at_once_one_does(self, screens: SqlScreens):
        screens.begin("code", "token", FIVE_MINUTES)
        paired = screens.pair("code", DOOR, WHO.name, entry)
        assert paired is not None
        wanted = [replace(DOOR, name=f"Door {number}") for number in range(8)]
        done = at_once(8, lambda n: was_new(lambda: screens.change(paired.screen_id, wanted[n], entry(), DOOR)))
        assert done.count(True) == 1
        assert screens.all()[0].settings == wanted[done.index(True)]


def was_new(change: Callable[[], object]) -> bool:
    try:
        change()
    except StaleEdit:
        return False
    return True


class TestGoals:
    def test_are_kept_by_weekday_and_day_until_they_are_taken_away(self, database: Database):
        store = SqlGoals(database)
        store.set({"monday": 500, "2026-12-24": 900}, "asha", entry(), {"monday": None, "2026-12-24": None})
        store.set({"monday": 700, "friday": 800}, "asha", entry(), {"monday": 500, "friday": None})
        assert store.goals(date(2026, 12, 24)) == Goals((700, None, None, None, 800, None, None), {"2026-12-24": 900})
        assert store.goals(date(2026, 12, 25)) == Goals((700, None, None, None, 800, None, None))
        store.set({"monday": None, "2026-12-24": None}, "asha", entry(), {"monday": 700, "2026-12-24": 900})
        assert store.goals(date(2026, 12, 1)) == Goals((None, None, None, None, 800, None, None), {})

    @pytest.mark.parametrize("present", [None, 500])
    def test_of_eight_who_set_a_day_at_once_one_does(self, database: Database, present: int | None):
        store = SqlGoals(database)
        if present is not None:
            store.set({"monday": present}, "asha", entry(), {"monday": None})
        done = at_once(
            8, lambda n: was_new(lambda: store.set({"monday": 600 + n}, "asha", entry(), {"monday": present}))
        )
        assert done.count(True) == 1
        assert store.goals(date(2026, 12, 1)).weekdays[0] == 600 + done.index(True)


class TestVisitors:
    def test_what_a_process_saw_of_a_minute_replaces_what_it_said_before(self, database: Database):
        store = SqlVisitorSketches(database)
        store.add(100, "a", b"\x01" * 512)
        store.add(100, "a", b"\x03" * 512)
        store.add(101, "b", b"\x04" * 512)
        assert sorted(store.since(100)) == [(100, b"\x03" * 512), (101, b"\x04" * 512)]
        assert store.since(101) == [(101, b"\x04" * 512)]
        assert store.forget(101) == 1
        assert store.since(0) == [(101, b"\x04" * 512)]


class TestCartDemand:
    def test_counts_units_of_carts_that_were_changed_lately(self, backend: Backend):
        carts, before = backend.carts, datetime.now(UTC) - timedelta(minutes=1)
        carts.add("guest#a", "mug", 2, 500, 99)
        carts.add("user#1", "mug", 3, 500, 99)
        carts.add("user#1", "bowl", 1, 500, 99)
        carts.add("user#2", "bowl", 4, 500, 99)
        carts.clear("user#2")
        found = carts.demand(before)
        assert (found.carts, dict(found.units)) == (2, {"mug": 5, "bowl": 1})
        assert carts.demand(datetime.now(UTC) + timedelta(minutes=1)).carts == 0
