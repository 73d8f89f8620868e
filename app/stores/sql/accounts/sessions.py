"""Sessions in the relational store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from app.domain import Session, User
from app.services.accounts.ports import Browser, FoundSession
from app.stores.sql.accounts.users import USER_COLUMNS, user_of
from app.stores.sql.engine.clock import NowBeside, database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import sessions, users

_COLUMNS = [sessions.c[field.name] for field in fields(Session)]
_ITS_COLUMNS = [column.label(f"its_{column.name}") for column in _COLUMNS]
_THEIRS = and_(sessions.c.user_id == users.c.user_id, sessions.c.session_key == bindparam("key_hash"))
# Every request of somebody signed in asks this: it is built once.
_FOUND = (
    select(NowBeside().label("now"), *USER_COLUMNS, *_ITS_COLUMNS)
    .select_from(users.outerjoin(sessions, _THEIRS))
    .where(users.c.user_id == bindparam("whose"))
)


class SqlSessions:
    """Implements `app.services.accounts.ports.SessionStore`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def begin(
        self, user: User, key_hash: str, browser: Browser, is_remembered: bool, instead_of: str | None, most: int
    ) -> None:
        def work(connection: Connection) -> None:
            now = database_now(connection)
            began = _sign_in_of(connection, user.user_id, instead_of) if instead_of else None
            _make_room(connection, user, instead_of, most)
            row = {
                "session_key": key_hash,
                "user_id": user.user_id,
                "version": user.session_version,
                "created_at": began or now,
                "seen_at": now,
                "is_remembered": is_remembered,
                "address": browser.address,
                "agent": browser.agent,
            }
            connection.execute(insert(sessions).values(row))

        self._db.write(work)

    def find(self, user_id: int, key_hash: str) -> FoundSession | None:
        def look(connection: Connection) -> FoundSession | None:
            row = connection.execute(_FOUND, {"whose": user_id, "key_hash": key_hash}).first()
            return None if row is None else _found(row._asdict())

        return self._db.read(look)

    def of(self, user: User) -> tuple[Sequence[Session], datetime]:
        query = (
            select(*_COLUMNS)
            .where(sessions.c.user_id == user.user_id, sessions.c.version == user.session_version)
            .order_by(sessions.c.seen_at.desc(), sessions.c.session_id.desc())
        )

        def look(connection: Connection) -> tuple[list[Session], datetime]:
            return [Session(**row._asdict()) for row in connection.execute(query)], database_now(connection)

        return self._db.read(look)

    def seen(self, session_id: int, browser: Browser, pause: timedelta) -> bool:
        def work(connection: Connection) -> bool:
            now = database_now(connection)
            marked = connection.execute(
                update(sessions)
                .where(sessions.c.session_id == session_id, sessions.c.seen_at <= now - pause)
                .values(seen_at=now, address=browser.address, agent=browser.agent)
            )
            return marked.rowcount == 1

        return self._db.write(work)

    def end(self, key_hash: str) -> None:
        self._db.write(lambda c: c.execute(delete(sessions).where(sessions.c.session_key == key_hash)))

    def end_one(self, user_id: int, session_id: int) -> Session | None:
        its = and_(sessions.c.session_id == session_id, sessions.c.user_id == user_id)

        def work(connection: Connection) -> Session | None:
            row = connection.execute(select(*_COLUMNS).where(its).with_for_update()).first()
            connection.execute(delete(sessions).where(its))
            return None if row is None else Session(**row._asdict())

        return self._db.write(work)

    def purge(self, longest: timedelta, limit: int) -> int:
        def find(connection: Connection) -> Sequence[int]:
            old = sessions.c.created_at < database_now(connection) - longest
            return connection.execute(select(sessions.c.session_id).where(old).limit(limit)).scalars().all()

        old = self._db.read(find)
        if old:
            self._db.write(lambda c: c.execute(delete(sessions).where(sessions.c.session_id.in_(old))))
        return len(old)


def _sign_in_of(connection: Connection, user_id: int, key_hash: str) -> datetime | None:
    its = and_(sessions.c.session_key == key_hash, sessions.c.user_id == user_id)
    began: datetime | None = connection.execute(select(sessions.c.created_at).where(its)).scalar()
    return began


def _make_room(connection: Connection, user: User, instead_of: str | None, most: int) -> None:
    """Delete the one that this goes on from, those that the account ended all at once, and the oldest of too many."""
    mine = sessions.c.user_id == user.user_id
    over = or_(sessions.c.version != user.session_version, sessions.c.session_key == (instead_of or ""))
    connection.execute(delete(sessions).where(mine, over))
    kept = select(sessions.c.session_id).where(mine).order_by(sessions.c.session_id.desc())
    oldest = connection.execute(kept.offset(most - 1).limit(most)).scalars().all()
    if oldest:
        connection.execute(delete(sessions).where(sessions.c.session_id.in_(oldest)))


def _found(values: dict[str, Any]) -> FoundSession:
    now = values.pop("now")
    its = {field.name: values.pop(f"its_{field.name}") for field in fields(Session)}
    return FoundSession(user_of(values), None if its["session_id"] is None else Session(**its), now)
