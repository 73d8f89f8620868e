"""The staff in the relational store: each change with its audit entry and its mail in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from app.domain import AuditEntry, LinkPurpose, Role, User
from app.errors import NotFound
from app.services.staff.ports import Decide, StaffChange, called
from app.stores.sql.accounts.ending_sessions import ends_every_session
from app.stores.sql.accounts.mail import enqueue_notice, issue
from app.stores.sql.accounts.users import insert_user, read_user, read_users, revoke_tokens, taking_an_address
from app.stores.sql.audit.log import append
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import account_links, recovery_codes, users


class SqlStaff:
    """Implements `app.services.staff.ports.StaffStore`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def people(self) -> tuple[User, ...]:
        staff = users.c.role.in_([role.value for role in Role if role is not Role.CUSTOMER])
        found = self._db.read(lambda c: read_users(c, staff))
        return tuple(sorted(found, key=lambda person: (person.full_name.casefold(), person.user_id)))

    def invited_until(self, user_ids: Collection[int]) -> Mapping[int, datetime]:
        query = (
            select(account_links.c.user_id, func.max(account_links.c.expires_at))
            .where(
                account_links.c.user_id.in_(list(user_ids)),
                account_links.c.purpose == LinkPurpose.INVITE.value,
            )
            .group_by(account_links.c.user_id)
        )
        return {row[0]: row[1] for row in self._db.read(lambda c: c.execute(query).all())}

    def invite(self, user: User, audited: AuditEntry) -> User:
        def work(connection: Connection) -> User:
            stored = insert_user(connection, user, LinkPurpose.INVITE)
            append(connection, _about(stored, replace(audited, after={"role": user.role.value})))
            return stored

        return taking_an_address(lambda: self._db.write(work))

    def change(self, user_id: int, decide: Decide, audited: AuditEntry) -> User:
        def work(connection: Connection) -> User:
            admins = _locked_admins(connection)
            person = read_user(connection, users.c.user_id == user_id, for_update=True)
            if person is None:
                raise NotFound("There is no such person.")
            change = decide(person, len(admins - {user_id}))
            if change is None:
                return person
            revoked = _apply(connection, person, change)
            entry = replace(audited, before=_copied(change.before), after=_copied(change.after))
            entry = replace(entry, note=_words_of(revoked))
            append(connection, _about(person, entry))
            changed = read_user(connection, users.c.user_id == user_id)
            assert changed is not None
            return changed

        return self._db.write(work)


def _locked_admins(connection: Connection) -> set[int]:
    """Admins who can sign in. Their rows stay locked, so that two admins cannot remove each other at once."""
    query = select(users.c.user_id).where(
        users.c.role == Role.ADMIN.value, users.c.password_hash.is_not(None), users.c.deactivated_at.is_(None)
    )
    return set(connection.execute(query.with_for_update()).scalars())


def _apply(connection: Connection, person: User, change: StaffChange) -> int:
    """Make the change; how many API tokens it ended."""
    now, revoked = database_now(connection), 0
    values: dict[str, Any] = {}
    if change.role is not None:
        values["role"] = change.role.value
    if change.is_active is not None:
        values["deactivated_at"] = None if change.is_active else now
    if change.ends_sessions:
        values |= ends_every_session()
    if change.ends_tokens:
        revoked = revoke_tokens(connection, person.user_id, now)
    if change.drops_second_factor:
        values |= {"totp_secret": None, "totp_enabled_at": None, "totp_last_step": None}
        connection.execute(delete(recovery_codes).where(recovery_codes.c.user_id == person.user_id))
    if values:
        connection.execute(update(users).where(users.c.user_id == person.user_id).values(values))
    if change.invites_again and person.email is not None:
        issue(connection, person.user_id, person.email, LinkPurpose.INVITE, now)
    if change.notice is not None and person.email is not None:
        enqueue_notice(connection, person.user_id, change.notice, now)
    return revoked


def _words_of(revoked: int) -> str:
    if not revoked:
        return ""
    return "1 API token revoked" if revoked == 1 else f"{revoked} API tokens revoked"


def _about(person: User, entry: AuditEntry) -> AuditEntry:
    return replace(entry, target_id=str(person.user_id), target_name=called(person))


def _copied(values: Mapping[str, object] | None) -> dict[str, object] | None:
    return None if values is None else dict(values)
