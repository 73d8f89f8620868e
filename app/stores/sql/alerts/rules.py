"""Alert rules, their episodes and the readers of the weekly report in the relational store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from app.domain import AlertEpisode, AlertRule, AuditEntry, Comparison, effects
from app.domain.webhooks import EventType
from app.stores.sql.audit.log import append
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new
from app.stores.sql.jobs.outbox import enqueue
from app.stores.sql.tables import alert_episodes, alert_rules

_r, _e = alert_rules.c, alert_episodes.c


class SqlAlertRules:
    """The `RuleStore` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rules(self) -> list[AlertRule]:
        query = select(alert_rules).order_by(_r.name, _r.rule_id)
        return [_rule(row) for row in self._database.read(lambda c: list(c.execute(query)))]

    def add(self, rule: AlertRule, audited: Callable[[int], AuditEntry]) -> int:
        def work(connection: Connection) -> int:
            row = {
                "name": rule.name,
                "metric": rule.metric,
                "comparison": rule.comparison.value,
                "threshold": rule.threshold,
                "span": rule.span,
                "is_on": rule.is_on,
                "actor": rule.actor,
                "endpoint_id": rule.endpoint_id,
                "changed_at": database_now(connection),
            }
            key = connection.execute(insert(alert_rules).values(row)).inserted_primary_key
            assert key is not None
            append(connection, audited(int(key[0])))
            return int(key[0])

        return self._database.write(work)

    def change(self, rule_id: int, audited: AuditEntry, **values: object) -> bool:
        def work(connection: Connection) -> bool:
            stamped = {**values, "changed_at": database_now(connection)}
            changed = update(alert_rules).where(_r.rule_id == rule_id).values(stamped)
            if connection.execute(changed).rowcount != 1:
                return False
            if values.get("is_on") is False:
                _close(connection, rule_id)
            append(connection, audited)
            return True

        return self._database.write(work)

    def remove(self, rule_id: int, audited: AuditEntry) -> bool:
        def work(connection: Connection) -> bool:
            if connection.execute(delete(alert_rules).where(_r.rule_id == rule_id)).rowcount != 1:
                return False
            _close(connection, rule_id)
            append(connection, audited)
            return True

        return self._database.write(work)

    def open(self, rule_id: int, value: int, words: str) -> int | None:
        def work(connection: Connection) -> int | None:
            now = database_now(connection)
            row = {"rule_id": rule_id, "open_rule": rule_id, "value": value, "words": words, "opened_at": now}
            if not insert_new(connection, alert_episodes, row):
                return None
            episode_id: int = connection.execute(select(_e.episode_id).where(_e.open_rule == rule_id)).scalar_one()
            enqueue(connection, effects.rule_alert(episode_id), now)
            endpoint_id = connection.execute(select(_r.endpoint_id).where(_r.rule_id == rule_id)).scalar()
            if endpoint_id is not None:
                about = {"episode_id": episode_id, "endpoint_id": endpoint_id}
                enqueue(connection, effects.event(EventType.ALERT_OPENED, str(episode_id), about), now)
            return episode_id

        return self._database.write(work)

    def close(self, rule_id: int) -> bool:
        return self._database.write(lambda connection: _close(connection, rule_id))

    def open_rules(self) -> set[int]:
        query = select(_e.open_rule).where(_e.open_rule.is_not(None))
        return set(self._database.read(lambda c: c.execute(query).scalars().all()))

    def episodes(self, limit: int) -> list[AlertEpisode]:
        query = select(alert_episodes).order_by(_e.open_rule.is_(None), _e.episode_id.desc()).limit(limit)
        return [_episode(row) for row in self._database.read(lambda c: list(c.execute(query)))]

    def episode(self, episode_id: int) -> AlertEpisode | None:
        query = select(alert_episodes).where(_e.episode_id == episode_id)
        row = self._database.read(lambda c: c.execute(query).first())
        return None if row is None else _episode(row)

    def acknowledge(self, episode_id: int, audited: AuditEntry) -> bool:
        def work(connection: Connection) -> bool:
            values = {"acknowledged_by": audited.actor.name, "acknowledged_at": database_now(connection)}
            waiting = (_e.episode_id == episode_id) & _e.acknowledged_at.is_(None)
            if connection.execute(update(alert_episodes).where(waiting).values(values)).rowcount != 1:
                return False
            append(connection, audited)
            return True

        return self._database.write(work)


def _close(connection: Connection, rule_id: int) -> bool:
    ended = update(alert_episodes).where(_e.open_rule == rule_id)
    return connection.execute(ended.values(open_rule=None, closed_at=database_now(connection))).rowcount == 1


def _rule(row: Any) -> AlertRule:
    return AlertRule(
        row.rule_id, row.name, row.metric, Comparison(row.comparison), row.threshold, row.span, bool(row.is_on),
        row.snoozed_until, row.actor, row.endpoint_id,
    )  # fmt: skip


def _episode(row: Any) -> AlertEpisode:
    return AlertEpisode(
        row.episode_id, row.rule_id, row.value, row.words, row.opened_at, row.closed_at, row.acknowledged_by,
        row.acknowledged_at,
    )  # fmt: skip
