"""People in the relational store."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.domain import Role, User
from app.errors import EmailTaken
from app.stores.sql.engine import Database
from app.stores.sql.tables import users


_COLUMNS = [users.c[field.name] for field in fields(User)]


class SqlUsers:
    """Implements `app.services.ports.Users`. E-mail addresses arrive normalised."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, user_id: int) -> User | None:
        return self._first(users.c.user_id == user_id)

    def by_email(self, email: str) -> User | None:
        return self._first(users.c.email == email)

    def add(self, user: User) -> User:
        def work(connection: Connection) -> int:
            result = connection.execute(insert(users).values(_values(user)))
            assert result.inserted_primary_key is not None
            return int(result.inserted_primary_key[0])

        try:
            user_id = self._db.write(work)
        except IntegrityError as error:
            # The unique index decides between two sign-ups at once, not a look beforehand.
            raise EmailTaken() from error
        stored = self.get(user_id)
        assert stored is not None
        return stored

    def set_password(self, user_id: int, password_hash: str) -> None:
        statement = (
            update(users)
            .where(users.c.user_id == user_id)
            .values(password_hash=password_hash, session_version=users.c.session_version + 1)
        )
        self._db.write(lambda c: c.execute(statement))

    def _first(self, condition: Any) -> User | None:
        row = self._db.read(lambda c: c.execute(select(*_COLUMNS).where(condition)).first())
        return None if row is None else _user(row)


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


def _user(row: Row[Any]) -> User:
    values = row._asdict()
    return User(**{**values, "role": Role(values["role"])})
