"""API tokens in the relational store; of a secret only its hash comes here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from app.domain import ApiToken, AuditEntry, Scope
from app.errors import Conflict
from app.stores.sql.accounts.mail import enqueue_notice
from app.stores.sql.accounts.users import read_user
from app.stores.sql.audit.log import append
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import api_tokens, users

_COLUMNS: list[Any] = [column for column in api_tokens.c if column.name != "secret_hash"]


class SqlApiTokens:
    """Implements `app.services.accounts.api_tokens.ApiTokens`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        user_id: int,
        name: str,
        scopes: frozenset[Scope],
        secret_hash: str,
        hint: str,
        expires_at: datetime | None,
        session_version: int,
        entry: AuditEntry | None = None,
    ) -> ApiToken:
        def work(connection: Connection) -> ApiToken:
            # Locked as by what revokes them all: of the two at once, the second sees what the first did.
            owner = read_user(connection, users.c.user_id == user_id, for_update=True)
            if owner is None or owner.deactivated_at is not None or owner.session_version != session_version:
                raise Conflict("Your account was changed just now. Load the page again.")
            now = database_now(connection)
            values = {
                "user_id": user_id,
                "name": name,
                "scopes": " ".join(sorted(scopes)),
                "secret_hash": secret_hash,
                "hint": hint,
                "created_at": now,
                "expires_at": expires_at,
            }
            key = connection.execute(insert(api_tokens).values(values)).inserted_primary_key
            assert key is not None
            if entry is not None:
                append(connection, replace(entry, target_id=str(key[0])))
            enqueue_notice(connection, user_id, "token_created", now, about=name)
            return _token(connection.execute(select(*_COLUMNS).where(api_tokens.c.token_id == key[0])).one())

        return self._database.write(work)

    def find(self, token_id: int) -> tuple[ApiToken, str] | None:
        query = select(*_COLUMNS, api_tokens.c.secret_hash).where(api_tokens.c.token_id == token_id)
        row = self._database.read(lambda connection: connection.execute(query).first())
        return None if row is None else (_token(row), row.secret_hash)

    def of(self, user_id: int) -> tuple[ApiToken, ...]:
        query = (
            select(*_COLUMNS)
            .where(api_tokens.c.user_id == user_id, api_tokens.c.revoked_at.is_(None))
            .order_by(api_tokens.c.token_id.desc())
        )
        return tuple(_token(row) for row in self._database.read(lambda connection: connection.execute(query).all()))

    def revoke(self, user_id: int, token_id: int, entry: AuditEntry | None = None) -> bool:
        mine = (api_tokens.c.token_id == token_id) & (api_tokens.c.user_id == user_id)

        def work(connection: Connection) -> bool:
            ended = connection.execute(
                update(api_tokens)
                .where(mine, api_tokens.c.revoked_at.is_(None))
                .values(revoked_at=database_now(connection))
            )
            if ended.rowcount and entry is not None:
                append(connection, replace(entry, target_id=str(token_id)))
            return connection.execute(select(api_tokens.c.token_id).where(mine)).first() is not None

        return self._database.write(work)

    def used(self, token_id: int, pause: timedelta) -> bool:
        def work(connection: Connection) -> bool:
            now = database_now(connection)
            last = api_tokens.c.last_used_at
            marked = connection.execute(
                update(api_tokens)
                .where(api_tokens.c.token_id == token_id, or_(last.is_(None), last <= now - pause))
                .values(last_used_at=now)
            )
            return marked.rowcount == 1

        return self._database.write(work)

    def note_networks(
        self, token_id: int, known: tuple[str, ...], networks: tuple[str, ...], entry: AuditEntry | None
    ) -> bool:
        kept = api_tokens.c.networks
        is_as_known = kept == " ".join(known) if known else kept.is_(None)

        def work(connection: Connection) -> bool:
            noted = connection.execute(
                update(api_tokens)
                .where(api_tokens.c.token_id == token_id, is_as_known)
                .values(networks=" ".join(networks))
            )
            if noted.rowcount and entry is not None:
                append(connection, entry)
            return noted.rowcount == 1

        return self._database.write(work)


def _token(row: Any) -> ApiToken:
    return ApiToken(
        token_id=row.token_id,
        user_id=row.user_id,
        name=row.name,
        scopes=frozenset(Scope(word) for word in row.scopes.split()),
        hint=row.hint,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        networks=tuple((row.networks or "").split()),
    )
