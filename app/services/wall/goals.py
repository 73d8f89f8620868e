"""The day's goal: gross sales to reach, for each weekday and for single days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from app.domain import WEEKDAYS, Actor, AuditAction, Goals
from app.errors import InvalidInput
from app.money import Formats
from app.services.audit.log import differing, entry_of
from app.services.checks import whole
from app.services.edit_clashes import changed_fields
from app.services.wall.ports import GoalStore

MOST = 10**13  # minor units
FARTHEST = timedelta(days=366)


class GoalService:
    """`is_closed`: whether the calendar has a closed day there, of which nothing is expected."""

    def __init__(
        self,
        store: GoalStore,
        formats: Formats,
        today: Callable[[], date] | None = None,
        is_closed: Callable[[date], bool] = lambda day: False,
    ) -> None:
        self._store = store
        self._is_closed = is_closed
        self._today = today or formats.today

    def goals(self) -> Goals:
        """As they are set, without single days that are over."""
        found = self._store.goals(self._today())
        return Goals(found.weekdays, dict(sorted(found.days.items())))

    def of(self, day: date) -> int | None:
        """The goal of a store day, minor units; that of the day itself comes before its weekday's.

        None on a closed day, unless somebody set one for this very day.
        """
        found = self._store.goals(day)
        goal = found.days.get(day.isoformat(), found.weekdays[day.weekday()])
        return goal if goal is None or day.isoformat() in found.days or not self._is_closed(day) else None

    def set_weekdays(self, amounts: Mapping[str, int | None], actor: Actor, seen: Mapping[str, int | None]) -> None:
        """By "monday" to "sunday"; None takes a goal away. Days that are as `seen` stay as somebody else set them.

        Raises EditClash for days that somebody else has set to something else since, InvalidInput.
        """
        if not set(amounts) <= set(WEEKDAYS):
            raise InvalidInput("Goals are set for the days of the week.", "goal")
        checked = {day: _checked(amount) for day, amount in amounts.items()}
        present = dict(zip(WEEKDAYS, self._store.goals(self._today()).weekdays, strict=True))
        before, after = differing(present, changed_fields(seen, checked, present))
        if after:
            entry = entry_of(actor, AuditAction.GOAL_SET, "goal", "week", "Week", before, after)
            self._store.set({day: checked[day] for day in after}, actor.name, entry, present)

    def set_day(self, day: date, amount: int | None, actor: Actor, seen: int | None) -> None:
        """One day's own goal; None: its weekday's holds again.

        Raises EditClash when somebody else has set it to something else than was `seen`, InvalidInput for days gone
        or far away.
        """
        if not self._today() <= day <= self._today() + FARTHEST:
            raise InvalidInput("Choose a day from today on, within a year.", "day")
        key, amount = day.isoformat(), _checked(amount)
        before = self._store.goals(day).days.get(key)
        if amount != before and changed_fields({key: seen}, {key: amount}, {key: before}):
            entry = entry_of(actor, AuditAction.GOAL_SET, "goal", key, key, {"goal": before}, {"goal": amount})
            self._store.set({key: amount}, actor.name, entry, {key: before})


def _checked(amount: int | None) -> int | None:
    return None if amount is None else whole(amount, "goal", 1, MOST)
