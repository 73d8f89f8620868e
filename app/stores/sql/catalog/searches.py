"""Counted searches, in the relational store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, delete, func, select

from app.services.catalog.ports import SearchedDay
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import upsert
from app.stores.sql.tables import search_days

_BYTES = 64
_s = search_days.c


class SqlSearchCounts:
    """The `SearchCounts` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, day: date, words: Mapping[str, tuple[int, int]], most: int) -> None:
        def work(connection: Connection) -> None:
            for some in chunks(sorted(words)):
                _add(connection, day, {one: words[one] for one in some})
            _make_room(connection, day, most)

        self._database.write(work)

    def since(self, day: date) -> Sequence[SearchedDay]:
        query = select(_s.day, _s.words, _s.asked, _s.unfound).where(_s.day >= day)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [
            SearchedDay(at, words, int.from_bytes(asked), int.from_bytes(nothing)) for at, words, asked, nothing in rows
        ]

    def forget(self, before: date) -> int:
        old = delete(search_days).where(_s.day < before)
        return self._database.write(lambda connection: connection.execute(old).rowcount)


def _add(connection: Connection, day: date, words: Mapping[str, tuple[int, int]]) -> None:
    present = (
        select(_s.words, _s.asked, _s.unfound)
        .where(_s.day == day, _s.words.in_(list(words)))
        .order_by(_s.words)
        .with_for_update()
    )
    known = {
        key: (int.from_bytes(asked), int.from_bytes(nothing)) for key, asked, nothing in connection.execute(present)
    }
    rows = []
    for key, (asked, nothing) in words.items():
        before = known.get(key, (0, 0))
        asked, nothing = asked | before[0], nothing | before[1]
        maps = {"asked": asked.to_bytes(_BYTES), "unfound": nothing.to_bytes(_BYTES)}
        rows.append({"day": day, "words": key, "visits": asked.bit_count(), **maps})
    upsert(connection, search_days, rows, ["day", "words"])


def _numbers(asked: bytes, nothing: bytes) -> tuple[int, int]:
    return int.from_bytes(asked), int.from_bytes(nothing)


def _make_room(connection: Connection, day: date, most: int) -> None:
    held = connection.execute(select(func.count()).select_from(search_days).where(_s.day == day)).scalar_one()
    if held <= most:
        return
    rarest = select(_s.words).where(_s.day == day).order_by(_s.visits, _s.words).limit(held - most)
    for some in chunks(connection.execute(rarest).scalars().all()):
        connection.execute(delete(search_days).where(_s.day == day, _s.words.in_(some)))
