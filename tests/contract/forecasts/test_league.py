"""Forecasts that wait until their days have passed, and their scores, on each database."""

from __future__ import annotations

from datetime import date, timedelta

from app.domain.forecast_scores import OURS, PRODUCT, SHOP, SHOWN, TESTED, Score
from app.services.forecasts.league_ports import Miss, ScoredDay, Shown
from app.stores.sql.engine.database import Database
from app.stores.sql.forecasts.league import SqlLeague

DAY = date(2026, 11, 2)
CUP, MUG = Shown(1.5, 2.0, 2.5, 0.0, 3.0, 4.0, 500.0), Shown(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def scored(day: date, error: float) -> ScoredDay:
    score = Score(2, 3.0, 4.0, error, 2, {"0.9": 1}, {"0.9": 0.25}, 1.5, 2, 9.0, 3.0)
    return ScoredDay(day, {(PRODUCT, OURS): score, (SHOP, OURS): Score()}, [Miss("cup", 3.0, 1.0)])


def test_what_is_shown_waits_in_parts_until_it_is_scored(database: Database) -> None:
    store = SqlLeague(database)
    store.keep_shown(DAY, "a", {"cup": CUP})
    store.keep_shown(DAY, "a", {"cup": CUP})  # the part again, by a run that was killed after it
    store.keep_shown(DAY, "b", {"mug": MUG})
    store.keep_shown(DAY + timedelta(days=1), "a", {"cup": MUG})
    assert store.waiting(DAY) == []
    assert store.waiting(DAY + timedelta(days=2)) == [DAY, DAY + timedelta(days=1)]
    assert store.shown(DAY) == {"cup": CUP, "mug": MUG}
    store.keep_scores(TESTED, scored(DAY, 1.0))
    assert store.waiting(DAY + timedelta(days=1)) == [DAY], "a back-test scores nothing that was shown"
    store.keep_scores(SHOWN, scored(DAY, 2.0))
    assert store.waiting(DAY + timedelta(days=2)) == [DAY + timedelta(days=1)]
    assert store.shown(DAY) == {}


def test_scores_are_read_as_they_were_kept_and_replaced(database: Database) -> None:
    store = SqlLeague(database)
    for day, error in ((DAY + timedelta(days=9), 5.0), (DAY, 1.0), (DAY, 2.0)):
        store.keep_scores(TESTED, scored(day, error))
    assert store.scores(TESTED) == [scored(DAY, 2.0), scored(DAY + timedelta(days=9), 5.0)]
    assert store.scores(SHOWN) == []
