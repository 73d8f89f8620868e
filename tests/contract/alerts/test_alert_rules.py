"""Alert rules and the weekly report, on each database: one alert an episode, one report a week and reader."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from app.domain import Actor, AlertRule, AuditEntry, Comparison
from app.services.audit.log import entry_of
from app.stores.sql.alerts.rules import SqlAlertRules
from app.stores.sql.engine.database import Database
from app.stores.sql.messages.report_readers import SqlReportReaders
from app.stores.sql.tables import audit_log, outbox, users

WHO = Actor("asha@shop.example", 1)
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def entry(rule_id: object = 0) -> AuditEntry:
    return entry_of(WHO, "rule.add", "rule", rule_id, "Dry")


@pytest.fixture
def store(database: Database) -> SqlAlertRules:
    return SqlAlertRules(database)


@pytest.fixture
def rule_id(store: SqlAlertRules) -> int:
    return store.add(AlertRule(0, "Dry", "gross", Comparison.BELOW, 500_000, "24h", actor=WHO.name), entry)


def queued(database: Database, kind: str) -> list[str]:
    query = select(outbox.c.key).where(outbox.c.kind == kind).order_by(outbox.c.entry_id)
    return database.read(lambda c: list(c.execute(query).scalars()))


def test_a_rule_is_read_as_it_was_written(store: SqlAlertRules, rule_id: int) -> None:
    (rule,) = store.rules()
    assert rule == AlertRule(rule_id, "Dry", "gross", Comparison.BELOW, 500_000, "24h", True, None, WHO.name)


def test_of_many_who_see_that_a_rule_holds_one_opens_its_episode_and_one_alert_is_queued(
    store: SqlAlertRules, rule_id: int, database: Database
) -> None:
    found: list[int | None] = []
    workers = [threading.Thread(target=lambda: found.append(store.open(rule_id, 7, "Little."))) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    (episode,) = [one for one in found if one is not None]
    assert queued(database, "rule_alert") == [f"rule:{episode}"]
    assert store.open_rules() == {rule_id}


def test_the_next_time_is_another_episode_with_its_alert(
    store: SqlAlertRules, rule_id: int, database: Database
) -> None:
    first = store.open(rule_id, 7, "Little.")
    assert store.close(rule_id)
    assert not store.close(rule_id)
    second = store.open(rule_id, 8, "Little again.")
    assert [one.episode_id for one in store.episodes(10)] == [second, first]
    assert queued(database, "rule_alert") == [f"rule:{first}", f"rule:{second}"]


def test_one_person_looks_after_an_episode(store: SqlAlertRules, rule_id: int) -> None:
    episode_id = store.open(rule_id, 7, "Little.")
    assert episode_id is not None
    assert store.acknowledge(episode_id, entry())
    assert not store.acknowledge(episode_id, entry())
    episode = store.episode(episode_id)
    assert episode is not None
    assert episode.acknowledged_by == WHO.name
    assert not store.acknowledge(10**9, entry())


def test_switched_off_or_removed_its_episode_ends(store: SqlAlertRules, rule_id: int, database: Database) -> None:
    store.open(rule_id, 7, "Little.")
    assert store.change(rule_id, entry(), is_on=False, snoozed_until=None)
    assert store.open_rules() == set()
    store.open(rule_id, 7, "Little.")
    assert store.remove(rule_id, entry())
    assert not store.remove(rule_id, entry())
    assert not store.change(rule_id, entry(), is_on=True)
    assert (store.rules(), store.open_rules()) == ([], set())
    written = database.read(lambda c: len(c.execute(select(audit_log.c.audit_id)).all()))
    assert written == 3, "what changed nothing is not in the log"


class TestReaders:
    @pytest.fixture
    def readers(self, database: Database) -> SqlReportReaders:
        people = [
            {"user_id": n, "full_name": f"P{n}", "email": f"p{n}@x.example", "role": role, "session_version": 1,
             "created_at": NOW}
            for n, role in ((1, "admin"), (2, "analyst"), (3, "customer"))
        ]  # fmt: skip
        database.write(lambda c: c.execute(insert(users), people))
        return SqlReportReaders(database)

    def test_only_those_of_the_staff_who_want_it(self, readers: SqlReportReaders, database: Database) -> None:
        for user_id in (1, 2, 3):
            readers.set_reading(user_id, True, entry())
            readers.set_reading(user_id, True, entry())
        assert [reader.user_id for reader in readers.readers()] == [1, 2]
        readers.set_reading(1, False, entry())
        gone = update(users).where(users.c.user_id == 2).values(deactivated_at=NOW)
        database.write(lambda c: c.execute(gone))
        assert list(readers.readers()) == []
        assert (readers.reads(1), readers.reads(2)) == (False, True)

    def test_a_week_is_queued_once_for_each(self, readers: SqlReportReaders, database: Database) -> None:
        assert readers.queue("2026-11-16", [1, 2], NOW) == 2
        assert readers.queue("2026-11-16", [1, 2], NOW + timedelta(minutes=5)) == 0
        assert readers.queue("2026-11-23", [1], NOW) == 1
        assert readers.queue("2026-11-23", [], NOW) == 0
        assert queued(database, "report") == ["report:2026-11-16:1", "report:2026-11-16:2", "report:2026-11-23:1"]
