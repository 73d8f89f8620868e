"""People in the relational store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.domain import AuditEntry, LinkPurpose, Role, User
from app.errors import EmailTaken
from app.stores.sql.accounts.ending_sessions import ends_every_session
from app.stores.sql.accounts.mail import TAKEOVER, enqueue_notice, issue, void_links
from app.stores.sql.audit.log import append
from app.stores.sql.engine.chunks import chunks
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.engine.upsert import is_duplicate
from app.stores.sql.tables import api_tokens, users
from app.stores.sql.tables.base import plain_or_none

T = TypeVar("T")

USER_COLUMNS = [users.c[field.name] for field in fields(User)]


class SqlUsers:
    """Implements `app.services.accounts.ports.Users`. E-mail addresses arrive normalised."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, user_id: int) -> User | None:
        return self._db.read(lambda c: read_user(c, users.c.user_id == user_id))

    def get_many(self, user_ids: Collection[int]) -> dict[int, User]:
        def work(connection: Connection) -> dict[int, User]:
            parts = (read_users(connection, users.c.user_id.in_(ids)) for ids in chunks(sorted(user_ids)))
            return {user.user_id: user for part in parts for user in part}

        return self._db.read(work) if user_ids else {}

    def by_email(self, email: str) -> User | None:
        return self._db.read(lambda c: read_user(c, users.c.email == email))

    def add(self, user: User, link: LinkPurpose | None = None) -> User:
        return taking_an_address(lambda: self._db.write(lambda c: insert_user(c, user, link)))

    def set_name(self, user_id: int, full_name: str) -> None:
        values = {"full_name": full_name, "plain_name": plain_or_none(full_name)}
        self._db.write(lambda c: c.execute(_update(user_id).values(values)))

    def set_password(self, user_id: int, password_hash: str, instead_of: str | None = None) -> bool:
        def work(connection: Connection) -> bool:
            user = read_user(connection, users.c.user_id == user_id, for_update=True)
            if user is None or (instead_of is not None and user.password_hash != instead_of):
                return False
            now = database_now(connection)
            connection.execute(_update(user_id).values(password_hash=password_hash, **ends_every_session()))
            void_links(connection, user_id, TAKEOVER, now)
            if instead_of is None:  # set for the owner, perhaps to get the account back from somebody
                revoke_tokens(connection, user_id, now)
            else:
                enqueue_notice(connection, user_id, "password_changed", now)
            return True

        return self._db.write(work)

    def set_tax_exempt(self, user_id: int, seen: str, reason: str, audited: AuditEntry) -> bool:
        def work(connection: Connection) -> bool:
            change = _update(user_id).where(users.c.tax_exempt == seen).values(tax_exempt=reason)
            if connection.execute(change).rowcount != 1:
                return False
            append(connection, audited)
            return True

        return self._db.write(work)

    def end_sessions(self, user_id: int) -> None:
        self._db.write(lambda c: c.execute(_update(user_id).values(ends_every_session())))


def revoke_tokens(connection: Connection, user_id: int, now: datetime) -> int:
    """End every API token of a user, in the caller's transaction; how many."""
    unrevoked = (api_tokens.c.user_id == user_id) & api_tokens.c.revoked_at.is_(None)
    return connection.execute(update(api_tokens).where(unrevoked).values(revoked_at=now)).rowcount


def read_user(connection: Connection, which: ColumnElement[bool], for_update: bool = False) -> User | None:
    """The one user that a unique condition names; `for_update` also locks the row."""
    query = select(*USER_COLUMNS).where(which)
    row = connection.execute(query.with_for_update() if for_update else query).first()
    return None if row is None else user_of(row._asdict())


def read_users(connection: Connection, which: ColumnElement[bool]) -> tuple[User, ...]:
    """The users that a condition names, in no order."""
    return tuple(user_of(row._asdict()) for row in connection.execute(select(*USER_COLUMNS).where(which)))


def insert_user(connection: Connection, user: User, link: LinkPurpose | None = None) -> User:
    """Add a user, and the mail with that link, to the caller's transaction; see `taking_an_address`."""
    result = connection.execute(insert(users).values(_values(user)))
    assert result.inserted_primary_key is not None
    user_id = int(result.inserted_primary_key[0])
    if link is not None and user.email is not None:
        issue(connection, user_id, user.email, link, database_now(connection))
    stored = read_user(connection, users.c.user_id == user_id)
    assert stored is not None
    return stored


def taking_an_address(work: Callable[[], T], words: str = "") -> T:
    """`work`, in which no unique key can break but that of the e-mail address: raises EmailTaken then.

    The index decides between two at once, not a look beforehand.
    """
    try:
        return work()
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        raise (EmailTaken(words) if words else EmailTaken()) from error


def _update(user_id: int) -> Any:
    return update(users).where(users.c.user_id == user_id)


def _values(user: User) -> dict[str, Any]:
    return {
        "full_name": user.full_name,
        "email": user.email,
        "role": user.role.value,
        "password_hash": user.password_hash,
        "session_version": user.session_version,
        "created_at": user.created_at,
        "external_id": user.external_id,
        "country": user.country,
        "deactivated_at": user.deactivated_at,
        "email_verified_at": user.email_verified_at,
    }


def user_of(values: Mapping[str, Any]) -> User:
    return User(**{**values, "role": _role(values["role"])})


def _role(stored: str) -> Role:
    """One that a later release made gives no rights in this one, which runs beside it during a rollout."""
    return Role(stored) if stored in list(Role) else Role.CUSTOMER
