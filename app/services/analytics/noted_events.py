"""Events that people note: promotions, outages, changes of prices. They show on every chart over time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

from app.domain import Actor, AuditAction, AuditEntry, EventKind, Period, ShopEvent
from app.errors import Forbidden, InvalidInput, NotFound
from app.money import Formats
from app.services.analytics import utc_now
from app.services.audit.log import entry_of
from app.services.checks import line

LONGEST_WORDS = 120
MOST_SHOWN = 200


class EventStore(Protocol):
    def add(self, event: ShopEvent, audited: Callable[[int], AuditEntry]) -> int:
        """Write it, its id given by the store, with the entry of the audit log; the id."""

    def remove(self, event_id: int, audited: AuditEntry) -> bool:
        """False when there is none."""

    def get(self, event_id: int) -> ShopEvent | None: ...

    def between(self, start: date, end: date, limit: int) -> list[ShopEvent]:
        """Of the days `[start, end)`, the latest `limit`, ascending."""


class EventService:
    def __init__(self, store: EventStore, formats: Formats, now: Callable[[], datetime] = utc_now) -> None:
        self._store = store
        self._formats = formats
        self._now = now

    def note(self, day: date, kind: str, words: str, actor: Actor) -> ShopEvent:
        """Raises InvalidInput for an unknown kind, no words, or a day more than a year ahead."""
        words = line(words, "words", LONGEST_WORDS, required="Say in a few words what happened.")
        if kind not in set(EventKind):
            raise InvalidInput("Choose one of the kinds shown.", "kind")
        if (day - self._formats.today(self._now())).days > 366 or day.year < 1970:
            raise InvalidInput("Choose a day within the next year, or an earlier one.", "day")
        event = ShopEvent(0, day, EventKind(kind), words, actor.name)

        def audited(event_id: int) -> AuditEntry:
            after = {"day": day.isoformat(), "kind": kind}
            return entry_of(actor, AuditAction.EVENT_ADD, "event", event_id, words, after=after)

        return ShopEvent(self._store.add(event, audited), day, event.kind, words, actor.name)

    def remove(self, event_id: int, actor: Actor, *, of_anybody: bool = False) -> None:
        """Remove the actor's own note, or `of_anybody`. Raises NotFound for one that is gone, Forbidden."""
        event = self._store.get(event_id)
        if event is None:
            raise NotFound("This event was removed already.")
        if not of_anybody and event.actor != actor.name:
            raise Forbidden("Somebody else noted this event. An admin can remove it.")
        before = {"day": event.day.isoformat(), "kind": event.kind.value}
        entry = entry_of(actor, AuditAction.EVENT_REMOVE, "event", event_id, event.words, before=before)
        if not self._store.remove(event_id, entry):
            raise NotFound("This event was removed already.")

    def of(self, period: Period) -> list[ShopEvent]:
        """Those of a period, ascending; of very many the latest 200."""
        return self._store.between(period.start, period.end, MOST_SHOWN)
