"""The store day of a time, in SQL: a zone is a few spans of constant distance from UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case

from app.stores.sql.engine.time_parts import ShiftedDay

_STEP = timedelta(days=7)  # no zone has changed its clocks twice within a week
_SECOND = timedelta(seconds=1)


class Offset(NamedTuple):
    """Clocks are `seconds` ahead of UTC in `[start, end)`."""

    start: datetime
    end: datetime
    seconds: int


def offsets(zone: tzinfo, start: datetime, end: datetime) -> Iterator[Offset]:
    """The spans of constant distance from UTC that `[start, end)` is made of, ascending."""
    began, at = start, start
    while at < end:
        following = min(at + _STEP, end)
        if _ahead(zone, following) != _ahead(zone, at):
            change = _change_between(zone, at, following)
            yield Offset(began, change, _ahead(zone, at))
            began = change
        at = following
    if began < end:
        yield Offset(began, end, _ahead(zone, began))


def store_day(at: ColumnElement[Any], zone: tzinfo, start: datetime, end: datetime) -> ColumnElement[Any]:
    """The day of `at`, a time from `start` to before `end`, by the store's clocks."""
    *earlier, last = list(offsets(zone, start, end)) or [Offset(start, end, _ahead(zone, start))]
    if not earlier:
        return ShiftedDay(at, last.seconds)
    return case(*((at < one.end, ShiftedDay(at, one.seconds)) for one in earlier), else_=ShiftedDay(at, last.seconds))


def _ahead(zone: tzinfo, at: datetime) -> int:
    offset = at.astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def _change_between(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    """The first second with the distance of `after`."""
    before, after = before.astimezone(UTC), after.astimezone(UTC)
    was = _ahead(zone, before)
    while after - before > _SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle <= before:
            break
        if _ahead(zone, middle) == was:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
