"""Rules of which people are told, and the times in which they held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Comparison(StrEnum):
    BELOW = "below"
    ABOVE = "above"
    FALLS_BY = "falls_by"  # per cent against the same span a week before
    RISES_BY = "rises_by"


@dataclass(frozen=True)
class AlertRule:
    """A rule that raises an alert.

    `threshold` in minor units, a count, or per cent; `span` of time that is measured, such as "24h".

    `endpoint_id`: of a webhook that hears of its alerts too.
    """

    rule_id: int
    name: str
    metric: str
    comparison: Comparison
    threshold: int
    span: str
    is_on: bool = True
    snoozed_until: datetime | None = None
    actor: str = ""
    endpoint_id: int | None = None

    def is_snoozed(self, now: datetime) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > now


@dataclass(frozen=True)
class AlertEpisode:
    """A time in which a rule held; `words` say with which value."""

    episode_id: int
    rule_id: int
    value: int | None
    words: str
    opened_at: datetime
    closed_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
