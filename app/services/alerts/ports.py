"""Where alert rules, their episodes and the readers of the report are kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from app.domain import AlertEpisode, AlertRule, AuditEntry
from app.services.analytics.ports import MinuteSales


class RuleStore(Protocol):
    def rules(self) -> list[AlertRule]:
        """By name."""

    def add(self, rule: AlertRule, audited: Callable[[int], AuditEntry]) -> int:
        """Write it, its id given by the store; the id."""

    def change(self, rule_id: int, audited: AuditEntry, **values: object) -> bool:
        """Set some of its fields; False when there is none. Switched off, its episode ends."""

    def remove(self, rule_id: int, audited: AuditEntry) -> bool:
        """With its open episode; False when there is none."""

    def open(self, rule_id: int, value: int, words: str) -> int | None:
        """Open an episode and queue its alert in one transaction; None when one is open already."""

    def close(self, rule_id: int) -> bool:
        """End the open episode, if there is one."""

    def open_rules(self) -> set[int]: ...

    def episodes(self, limit: int) -> list[AlertEpisode]:
        """The latest, open ones first."""

    def episode(self, episode_id: int) -> AlertEpisode | None: ...

    def acknowledge(self, episode_id: int, audited: AuditEntry) -> bool:
        """Once; False when somebody has, or there is none."""


class HourReader(Protocol):
    def hours(self, start: datetime, end: datetime) -> list[MinuteSales]:
        """The sales of each hour of UTC in `[start, end)` that has some, ascending; tax and returns are not kept so."""
