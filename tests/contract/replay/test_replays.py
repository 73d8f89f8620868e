"""Replays that were asked for: kept once, run one at a time, and begun again when a run dies; on each database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.stores.sql.engine.database import Database
from app.stores.sql.replay.replays import KEPT, MOST_BEGUN, SqlReplays
from tests.support.concurrency import at_once

LEASE = timedelta(minutes=3)
REQUEST = {"lead_days": 7, "names": ["mug"]}


def state_of(store: SqlReplays, replay_id: int | None) -> Any:
    found = store.get(replay_id or 0)
    assert found is not None
    return found.state, found.steps, found.of, found.words


def test_the_same_is_asked_for_once_and_run_by_one(database: Database) -> None:
    store = SqlReplays(database)
    assert len(set(at_once(6, lambda _: store.ask("key", REQUEST, "past", 5)))) == 1
    number = store.latest(9)[0].replay_id
    assert store.waits("a")
    taken = at_once(4, lambda holder: store.take(f"run {holder}", LEASE))
    assert [one.replay_id for one in taken if one] == [number]
    (holder,) = [f"run {n}" for n, one in enumerate(taken) if one]
    assert not store.waits("late"), "another process has it"
    assert store.step(number, holder, 2, 9, LEASE)
    assert not store.step(number, "late", 8, 9, LEASE)
    assert state_of(store, number) == ("running", 2, 9, "")
    assert store.result(number) is None
    store.finish(number, "late", {"none": 1}, "")
    store.finish(number, holder, {"units": 3}, "")
    assert state_of(store, number)[0] == "done"
    assert store.result(number) == {"units": 3}
    assert store.ask("key", REQUEST, "past", 5) == number
    assert not store.waits(holder), "what is done is not run again"


def test_one_that_died_is_begun_again_and_given_up_in_the_end(database: Database) -> None:
    store = SqlReplays(database)
    number = store.ask("key", REQUEST, "past", 5)
    for _ in range(MOST_BEGUN):
        assert store.take("mine", LEASE) is not None  # and it dies
    assert store.waits("mine")
    assert store.take("mine", LEASE) is None
    assert state_of(store, number)[0] == "failed"
    assert store.ask("key", REQUEST, "past", 5) == number
    assert store.take("other", LEASE) is not None, "whoever asks again has it run again"


def test_the_last_ones_are_kept(database: Database) -> None:
    store = SqlReplays(database)
    for key in range(KEPT + 3):
        store.ask(f"key {key}", REQUEST, "past", 5)
        taken = store.take("mine", LEASE)
        assert taken is not None
        store.finish(taken.replay_id, "mine", None, "No product.")
    assert len(store.latest(99)) == KEPT + 1
    assert store.latest(1)[0].words == "No product."


def test_no_more_than_so_many_wait_for_whoever_asks(database: Database) -> None:
    store = SqlReplays(database)
    first = store.ask("a", REQUEST, "past", 2)
    assert store.ask("b", REQUEST, "past", 2) != first
    assert store.ask("c", REQUEST, "past", 2) is None
    assert store.ask("a", REQUEST, "past", 2) == first, "what waits already is found"
    assert len(store.latest(9)) == 2
    assert store.take("mine", LEASE) is not None
    assert store.ask("c", REQUEST, "past", 2) is None, "one that runs counts"
    store.finish(first or 0, "mine", None, "No product.")
    assert store.ask("c", REQUEST, "past", 2) is not None
    assert store.ask("a", REQUEST, "past", 2) is None, "it would wait again"
