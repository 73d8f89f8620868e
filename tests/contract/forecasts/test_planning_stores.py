"""Forecasts, what is on order and noted events on each database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain import Actor, AuditEntry, EventKind, Forecast, LeftOut, MovementKind, OnOrder, ShopEvent
from app.errors import Forbidden, NotFound, StaleEdit
from app.money import Formats
from app.services.analytics.noted_events import EventService
from app.services.audit.log import entry_of
from app.stores.sql.analytics.noted_events import SqlEvents
from app.stores.sql.engine.database import Database
from app.stores.sql.forecasts.forecasts import SqlForecasts
from app.stores.sql.stock.ledger import NewMovement, book
from app.stores.sql.tables import audit_log
from tests.support.concurrency import at_once
from tests.support.trade import ZONE

WHO = Actor("asha@shop.example")
DAY = date(2026, 11, 2)
NOW = datetime.now(UTC)


def entry(name: str) -> AuditEntry:
    return entry_of(WHO, "stock.plan", "product", name, name)


def actions(database: Database) -> list[str]:
    return database.read(lambda c: list(c.execute(select(audit_log.c.action).order_by(audit_log.c.audit_id)).scalars()))


def test_a_forecast_is_read_as_it_was_kept_and_replaced_by_the_next(database: Database) -> None:
    store = SqlForecasts(database)
    days, spans = ((0.0, 1.25, 3.5), (0.0, 2.0, 4.0)), {7: (8.0, *[9.5] * 7)}
    left = (LeftOut(7, DAY, 4_000, 310, 8), LeftOut(9, DAY, 3))
    whole = Forecast(DAY, "Theta", days, {"Theta": 1.5, "SES": 2.0}, 84, ((1.0, 4.0), (2.0, 5.0)), spans, left)
    made = replace(whole, middle=(), left_out=())
    sales = Forecast(DAY, "ETS", ((1e12, 2e12, 3e12),), {}, 0)
    store.keep({"mug": whole, "": sales})
    assert store.get() == {"mug": made, "": sales}
    assert store.get(["mug", "jug"]) == {"mug": whole}
    assert store.left_out() == {"mug": left}
    later = Forecast(date(2026, 11, 3), "Seasonal naive", ((0.0, 0.0, 0.0),), {}, 0)
    store.keep({"mug": later})
    assert store.get(["mug"]) == {"mug": later}
    assert store.left_out() == {}
    assert store.made_for() == {"mug": date(2026, 11, 3), "": DAY}


def test_one_run_at_a_time_until_its_lease_is_over_or_given_back(database: Database) -> None:
    store, lease = SqlForecasts(database), timedelta(minutes=5)
    assert at_once(8, lambda number: store.claim_run(str(number), lease)).count(True) == 1
    assert not store.claim_run("late", lease)
    (holder,) = [n for n in map(str, range(8)) if store.claim_run(n, lease)]
    store.end_run("late")
    assert not store.claim_run("late", lease)
    store.end_run(holder)
    assert store.claim_run("late", timedelta(0))
    assert store.claim_run("later", lease)


def test_receipts_take_down_what_is_on_order(database: Database) -> None:
    store = SqlForecasts(database)

    def receive(units: int, uid: str, at: datetime) -> None:
        movement = NewMovement(uid, "mug", MovementKind.RECEIPT, units, "x", "x")
        database.write(lambda c: book(c, [movement], at))

    receive(50, "before", NOW - timedelta(days=1))
    store.set_on_order("mug", OnOrder(20, DAY), entry("mug"), None)
    assert store.on_order() == {"mug": OnOrder(20, DAY)}
    receive(12, "a", NOW + timedelta(days=3650))
    assert store.on_order() == {"mug": OnOrder(8, DAY)}
    with pytest.raises(StaleEdit):
        store.set_on_order("mug", OnOrder(5), entry("mug"), OnOrder(20, DAY))
    receive(30, "b", NOW + timedelta(days=3650))
    assert store.on_order() == {}
    assert at_once(8, lambda n: _noted(store, n)).count(True) == 1
    store.set_on_order("jug", OnOrder(3), entry("jug"), None)
    store.set_on_order("jug", None, entry("jug"), OnOrder(3))
    assert "jug" not in store.on_order()


def _noted(store: SqlForecasts, number: int) -> bool:
    try:
        store.set_on_order("cup", OnOrder(number + 1), entry("cup"), None)
    except StaleEdit:
        return False
    return True


class TestEvents:
    @pytest.fixture
    def events(self, database: Database) -> EventService:
        return EventService(SqlEvents(database), Formats("INR", 2, "en_IN", ZONE))

    def test_are_read_by_their_days_the_latest_of_very_many(self, events: EventService, database: Database) -> None:
        for day, words in ((1, "a"), (3, "b"), (3, "c"), (9, "d")):
            events.note(date(2026, 11, day), "promotion", words, WHO)
        store = SqlEvents(database)
        assert [e.words for e in store.between(date(2026, 11, 1), date(2026, 11, 9), 10)] == ["a", "b", "c"]
        assert [e.words for e in store.between(date(2026, 11, 1), date(2026, 12, 1), 2)] == ["c", "d"]
        first = store.between(date(2026, 11, 1), date(2026, 11, 2), 1)[0]
        assert first == ShopEvent(first.event_id, date(2026, 11, 1), EventKind.PROMOTION, "a", WHO.name)

    def test_nobody_removes_another_s_but_who_may_remove_anybody_s(self, events: EventService, database) -> None:
        noted, other = events.note(DAY, "outage", "No payments", WHO), Actor("somebody else", 8)
        with pytest.raises(Forbidden):
            events.remove(noted.event_id, other)
        assert len(SqlEvents(database).between(DAY, DAY + timedelta(days=1), 10)) == 1
        events.remove(noted.event_id, other, of_anybody=True)
        assert SqlEvents(database).between(DAY, DAY + timedelta(days=1), 10) == []

    def test_removed_ones_are_gone_and_both_are_in_the_log(self, events: EventService, database: Database) -> None:
        noted = events.note(DAY, "outage", "  No   payments ", WHO)
        assert noted.words == "No payments"
        events.remove(noted.event_id, WHO)
        with pytest.raises(NotFound):
            events.remove(noted.event_id, WHO)
        assert events.note(DAY, "other", "x", WHO).event_id != noted.event_id, "the log names it by its number"
        assert actions(database) == ["event.add", "event.remove", "event.add"]
