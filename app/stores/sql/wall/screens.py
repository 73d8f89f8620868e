"""Screens of the wall and the codes that pair them, in the relational store."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Delete, Update, delete, insert, select, update

from app.domain import AuditEntry, Scene, Screen, ScreenSettings
from app.errors import StaleEdit
from app.services.wall.ports import PairingState
from app.stores.sql.audit.log import append
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import insert_new
from app.stores.sql.tables import pairings, screens

_s, _p = screens.c, pairings.c


class SqlScreens:
    """The `Screens` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, code_hash: str, token_hash: str, lifetime: timedelta) -> datetime | None:
        def work(connection: Connection) -> datetime | None:
            now = database_now(connection)
            connection.execute(delete(pairings).where(_p.expires_at <= now))
            row = {"code_hash": code_hash, "token_hash": token_hash, "expires_at": now + lifetime}
            return now + lifetime if insert_new(connection, pairings, row) else None

        return self._database.write(work)

    def pair(
        self, code_hash: str, settings: ScreenSettings, by: str, audited: Callable[[int], AuditEntry]
    ) -> Screen | None:
        def work(connection: Connection) -> Screen | None:
            now = database_now(connection)
            waiting = (_p.code_hash == code_hash) & (_p.expires_at > now)
            found = connection.execute(select(_p.token_hash).where(waiting)).first()
            # Whoever deletes the row has the code: the other of two finds nothing to delete.
            if found is None or connection.execute(delete(pairings).where(waiting)).rowcount != 1:
                return None
            row = {"token_hash": found[0], **_row(settings), "paired_by": by, "paired_at": now}
            key = connection.execute(insert(screens).values(row)).inserted_primary_key
            assert key is not None
            append(connection, audited(int(key[0])))
            return Screen(int(key[0]), settings, by, now)

        return self._database.write(work)

    def state(self, token_hash: str) -> PairingState:
        def work(connection: Connection) -> PairingState:
            if connection.execute(select(_s.screen_id).where(_s.token_hash == token_hash)).first():
                return "paired"
            waiting = (_p.token_hash == token_hash) & (_p.expires_at > database_now(connection))
            return "waiting" if connection.execute(select(_p.code_hash).where(waiting)).first() else "over"

        return self._database.read(work)

    def all(self) -> list[Screen]:
        return sorted(self.by_token().values(), key=lambda screen: (screen.settings.name.lower(), screen.screen_id))

    def by_token(self) -> dict[str, Screen]:
        query = select(screens)
        rows = self._database.read(lambda connection: list(connection.execute(query)))
        return {row.token_hash: _screen(row) for row in rows}

    def change(self, screen_id: int, settings: ScreenSettings, audited: AuditEntry, present: ScreenSettings) -> bool:
        return self._done(screen_id, audited, update(screens).values(_row(settings)), present)

    def revoke(self, screen_id: int, audited: AuditEntry) -> bool:
        return self._done(screen_id, audited, delete(screens))

    def seen(self, screen_ids: Collection[int]) -> None:
        def work(connection: Connection) -> None:
            now = database_now(connection)
            for ids in chunks(sorted(screen_ids)):
                connection.execute(update(screens).where(_s.screen_id.in_(ids)).values(seen_at=now))

        self._database.write(work)

    def _done(
        self, screen_id: int, audited: AuditEntry, change: Update | Delete, present: ScreenSettings | None = None
    ) -> bool:
        def work(connection: Connection) -> bool:
            here = _s.screen_id == screen_id
            row = connection.execute(select(screens).where(here).with_for_update()).first()
            if row is None:
                return False
            if present is not None and _screen(row).settings != present:
                raise StaleEdit()
            connection.execute(change.where(here))
            append(connection, audited)
            return True

        return self._database.write(work)


def _row(settings: ScreenSettings) -> dict[str, Any]:
    values = asdict(settings)
    return {"name": values.pop("name"), "settings": values | {"scenes": [s.value for s in settings.scenes]}}


def _screen(row: Any) -> Screen:
    values = row.settings | {"scenes": tuple(Scene(name) for name in row.settings["scenes"])}
    return Screen(row.screen_id, ScreenSettings(row.name, **values), row.paired_by, row.paired_at, row.seen_at)
