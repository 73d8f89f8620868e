"""Second factors in the relational store: the secret with its user, recovery codes beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, update

from app.services.accounts.ports import SecondFactor
from app.stores.sql.accounts.ending_sessions import ends_every_session
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import recovery_codes, users

_OFF: dict[str, Any] = {"totp_secret": None, "totp_enabled_at": None, "totp_last_step": None}


class SqlSecondFactors:
    """Implements `app.services.accounts.ports.SecondFactors`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, user_id: int) -> SecondFactor | None:
        wanted = select(users.c.totp_secret, users.c.totp_enabled_at).where(users.c.user_id == user_id)
        row = self._db.read(lambda c: c.execute(wanted).first())
        return None if row is None else SecondFactor(row.totp_secret, row.totp_enabled_at)

    def propose(self, user_id: int, secret: str, instead_of: str | None) -> bool:
        kept = users.c.totp_secret
        is_as_seen = kept.is_(None) if instead_of is None else kept == instead_of
        change = update(users).where(users.c.user_id == user_id, users.c.totp_enabled_at.is_(None), is_as_seen)
        return self._db.write(lambda c: c.execute(change.values(totp_secret=secret)).rowcount == 1)

    def enable(self, user_id: int, secret: str, step: int, code_hashes: Sequence[str]) -> bool:
        def work(connection: Connection) -> bool:
            turned_on = connection.execute(
                update(users)
                .where(users.c.user_id == user_id, users.c.totp_enabled_at.is_(None), users.c.totp_secret == secret)
                .values(
                    totp_enabled_at=database_now(connection),
                    totp_last_step=step,
                    **ends_every_session(),
                )
            )
            if turned_on.rowcount != 1:
                return False
            _replace_codes(connection, user_id, code_hashes)
            return True

        return self._db.write(work)

    def take_step(self, user_id: int, step: int) -> bool:
        # One statement decides: of two that bring the same code at once, the second finds it used.
        unused = or_(users.c.totp_last_step.is_(None), users.c.totp_last_step < step)
        change = update(users).where(_is_on(user_id), unused).values(totp_last_step=step)
        return self._db.write(lambda c: c.execute(change).rowcount == 1)

    def take_recovery_code(self, user_id: int, code_hash: str) -> bool:
        def work(connection: Connection) -> bool:
            is_on = select(users.c.user_id).where(_is_on(user_id))
            used = connection.execute(
                update(recovery_codes)
                .where(
                    recovery_codes.c.user_id.in_(is_on),
                    recovery_codes.c.code_hash == code_hash,
                    recovery_codes.c.used_at.is_(None),
                )
                .values(used_at=database_now(connection))
            )
            return used.rowcount == 1

        return self._db.write(work)

    def replace_recovery_codes(self, user_id: int, code_hashes: Sequence[str]) -> bool:
        def work(connection: Connection) -> bool:
            # The user's row is locked: of two sets made at once one stays, whole.
            is_on = connection.execute(select(users.c.user_id).where(_is_on(user_id)).with_for_update()).first()
            if is_on is None:
                return False
            _replace_codes(connection, user_id, code_hashes)
            return True

        return self._db.write(work)

    def remaining(self, user_id: int) -> int:
        unused = recovery_codes.c.used_at.is_(None)
        count = select(func.count()).where(recovery_codes.c.user_id == user_id, unused)
        return int(self._db.read(lambda c: c.execute(count).scalar_one()))

    def clear(self, user_id: int) -> bool:
        def work(connection: Connection) -> bool:
            was_on = connection.execute(select(users.c.user_id).where(_is_on(user_id)).with_for_update()).first()
            connection.execute(update(users).where(users.c.user_id == user_id).values(**_OFF))
            connection.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
            return was_on is not None

        return self._db.write(work)


def _is_on(user_id: int) -> ColumnElement[bool]:
    return (users.c.user_id == user_id) & users.c.totp_enabled_at.is_not(None)


def _replace_codes(connection: Connection, user_id: int, code_hashes: Sequence[str]) -> None:
    connection.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    connection.execute(
        insert(recovery_codes), [{"user_id": user_id, "code_hash": code_hash} for code_hash in code_hashes]
    )
