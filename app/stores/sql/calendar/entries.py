"""The calendar's entries in the relational store: the rows of noted events, with the days that they last."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date, timedelta, tzinfo
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from app.domain import LONGEST_ENTRY, AuditEntry, CalendarEntry, EntryKind
from app.stores.sql.audit.log import append
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new
from app.stores.sql.tables import calendar_countries, events

_e, _c = events.c, calendar_countries.c


class SqlCalendar:
    """The `CalendarStore` port."""

    def __init__(self, database: Database, zone: tzinfo) -> None:
        self._database = database
        self._zone = zone

    def add(self, entry: CalendarEntry, audited: Callable[[int], AuditEntry]) -> int:
        def work(connection: Connection) -> int:
            row = {**_row(entry), "actor": entry.actor, "at": database_now(connection)}
            key = connection.execute(insert(events).values(row)).inserted_primary_key
            assert key is not None
            append(connection, audited(int(key[0])))
            return int(key[0])

        return self._database.write(work)

    def change(self, entry: CalendarEntry, audited: AuditEntry) -> bool:
        def work(connection: Connection) -> bool:
            here = (_e.event_id == entry.entry_id) & (_e.revision == entry.revision)
            row = {**_row(entry), "revision": entry.revision + 1}
            if connection.execute(update(events).where(here).values(row)).rowcount != 1:
                return False
            append(connection, audited)
            return True

        return self._database.write(work)

    def remove(self, entry: CalendarEntry, audited: AuditEntry) -> bool:
        def work(connection: Connection) -> bool:
            here = (_e.event_id == entry.entry_id) & (_e.revision == entry.revision)
            if connection.execute(delete(events).where(here)).rowcount != 1:
                return False
            append(connection, audited)
            return True

        return self._database.write(work)

    def get(self, entry_id: int) -> CalendarEntry | None:
        found = self._database.read(lambda c: c.execute(select(events).where(_e.event_id == entry_id)).first())
        return None if found is None else self._entry(found)

    def between(self, start: date, end: date, limit: int) -> list[CalendarEntry]:
        query = (
            select(events)
            .where(
                _e.day >= start - timedelta(days=LONGEST_ENTRY),  # by the index; none lasts longer
                _e.day < end,
                func.coalesce(_e.last_day, _e.day) >= start,
            )
            .order_by(_e.day.desc(), _e.event_id.desc())
            .limit(limit)
        )
        rows = self._database.read(lambda c: list(c.execute(query)))
        return [self._entry(row) for row in reversed(rows)]

    def version(self) -> Hashable:
        """By sums alone: an added one has the highest id yet, a changed one a higher revision, one less are fewer."""
        entries = select(func.count(), func.max(_e.event_id), func.sum(_e.revision)).select_from(events)
        added = select(func.count(), func.max(_c.added_at)).select_from(calendar_countries)

        def work(connection: Connection) -> Hashable:
            found = (connection.execute(query).one() for query in (entries, added))
            return tuple(str(value) for row in found for value in row)

        return self._database.read(work)

    def countries(self) -> list[str]:
        query = select(_c.country).order_by(_c.country)
        return list(self._database.read(lambda c: c.execute(query).scalars().all()))

    def set_country(self, country: str, is_kept: bool, by: str, audited: AuditEntry) -> bool:
        def work(connection: Connection) -> bool:
            if is_kept:
                row = {"country": country, "actor": by, "added_at": database_now(connection)}
                is_done = insert_new(connection, calendar_countries, row)
            else:
                gone = delete(calendar_countries).where(_c.country == country)
                is_done = connection.execute(gone).rowcount == 1
            if is_done:
                append(connection, audited)
            return is_done

        return self._database.write(work)

    def _entry(self, row: Any) -> CalendarEntry:
        kind = EntryKind.CLOSED if row.closes else EntryKind(row.kind)
        return CalendarEntry(
            row.event_id, kind, row.day, row.last_day or row.day, row.words, row.actor, row.percent,
            row.category or "", row.at.astimezone(self._zone).date(), row.revision,
        )  # fmt: skip


def _row(entry: CalendarEntry) -> dict[str, object]:
    closes = entry.kind is EntryKind.CLOSED
    return {
        "day": entry.first,
        "last_day": None if entry.last == entry.first else entry.last,
        "kind": (EntryKind.OTHER if closes else entry.kind).value,
        "closes": closes or None,
        "words": entry.words,
        "percent": entry.percent,
        "category": entry.category or None,
    }
