"""Links sent by e-mail: making them with their mail, and using each once, together with its effect.

Whatever uses or voids a link locks the account's row first, so that what happens to one account at the same
time happens one after the other.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from app.domain import AccountLink, LinkPurpose, Notice, User, effects
from app.errors import LinkInvalid
from app.stores.sql.accounts.ending_sessions import ends_every_session
from app.stores.sql.accounts.mail import TAKEOVER, enqueue_notice, issue, release_receipts, void_links
from app.stores.sql.accounts.users import read_user, revoke_tokens, taking_an_address
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.jobs.outbox import enqueue
from app.stores.sql.orders.guest_orders import ask_to_join
from app.stores.sql.tables import account_links, recovery_codes, users
from app.stores.sql.tables.base import plain_or_none

KEPT_AFTER_EXPIRY = timedelta(days=30)
OTHER_ACCOUNT = "There is already another account with this e-mail address."


class SqlAccountLinks:
    """Implements `app.services.accounts.ports.AccountLinks`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, link_id: int) -> tuple[AccountLink, User] | None:
        def work(connection: Connection) -> tuple[AccountLink, User] | None:
            link = _read_link(connection, link_id)
            user = read_user(connection, users.c.user_id == link.user_id) if link else None
            if link is None or user is None or not _is_open(link, user, database_now(connection)):
                return None
            return link, user

        return self._database.read(work)

    def request(self, user_id: int, purpose: LinkPurpose, email: str) -> bool:
        def work(connection: Connection) -> bool:
            user = _locked_user(connection, user_id)
            if user is None or user.deactivated_at is not None:
                return False
            issue(connection, user_id, email, purpose, database_now(connection))
            return True

        return self._database.write(work)

    def request_reset(self, email: str) -> None:
        request = secrets.token_hex(16)
        self._database.write(lambda c: enqueue(c, effects.password_reset(email, request), database_now(c)))

    def answer_reset(self, email: str, request: str) -> None:
        def work(connection: Connection) -> None:
            user = read_user(connection, users.c.email == email)
            if user is None or user.email is None or user.deactivated_at is not None:
                return
            purpose = LinkPurpose.INVITE if user.is_invited else LinkPurpose.RESET
            issue(connection, user.user_id, user.email, purpose, database_now(connection), f"reset:{request}")

        self._database.write(work)

    def notify(self, user_id: int, notice: Notice) -> None:
        self._database.write(lambda c: enqueue_notice(c, user_id, notice, database_now(c)))

    def verify(self, link_id: int) -> User:
        def work(connection: Connection) -> User:
            _, user, now = _use(connection, link_id, LinkPurpose.VERIFY)
            return _confirmed(connection, user, _verified(now))

        return self._database.write(work)

    def change_email(self, link_id: int) -> User:
        def work(connection: Connection) -> User:
            link, user, now = _use(connection, link_id, LinkPurpose.CHANGE_EMAIL)
            void_links(connection, user.user_id, TAKEOVER, now)
            if user.email is not None:
                is_confirmed = user.email_verified_at is not None
                enqueue_notice(connection, user.user_id, "email_changed", now, to=user.email, confirmed=is_confirmed)
            return _confirmed(connection, user, {"email": link.email, "email_verified_at": now})

        return taking_an_address(lambda: self._database.write(work), OTHER_ACCOUNT)

    def reset_password(self, link_id: int, password_hash: str) -> User:
        def work(connection: Connection) -> User:
            _, user, now = _use(connection, link_id, LinkPurpose.RESET)
            void_links(connection, user.user_id, TAKEOVER, now)
            revoke_tokens(connection, user.user_id, now)
            values = _new_password(password_hash) | _verified(now)
            if user.email_verified_at is None:
                values |= _without_second_factor(connection, user.user_id)
            enqueue_notice(connection, user.user_id, "password_changed", now)
            return _confirmed(connection, user, values)

        return self._database.write(work)

    def accept_invite(self, link_id: int, full_name: str, password_hash: str) -> User:
        def work(connection: Connection) -> User:
            _, user, now = _use(connection, link_id, LinkPurpose.INVITE)
            void_links(connection, user.user_id, (LinkPurpose.INVITE,), now)
            name = {"full_name": full_name, "plain_name": plain_or_none(full_name)}
            return _confirmed(connection, user, _new_password(password_hash) | _verified(now) | name)

        return self._database.write(work)

    def purge(self, limit: int) -> int:
        def work(connection: Connection) -> int:
            old = account_links.c.expires_at < database_now(connection) - KEPT_AFTER_EXPIRY
            ids = connection.execute(select(account_links.c.link_id).where(old).limit(limit)).scalars().all()
            connection.execute(delete(account_links).where(account_links.c.link_id.in_(ids)))
            return len(ids)

        return self._database.write(work)


def _use(connection: Connection, link_id: int, purpose: LinkPurpose) -> tuple[AccountLink, User, datetime]:
    """Mark an open link used, with its account's row locked. Raises LinkInvalid."""
    link = _read_link(connection, link_id)
    user = _locked_user(connection, link.user_id) if link else None
    now = database_now(connection)
    if link is None or user is None or link.purpose is not purpose or not _is_open(link, user, now):
        raise LinkInvalid()
    # Also against a use that was committed between reading the link and locking the account.
    used = connection.execute(
        update(account_links)
        .where(account_links.c.link_id == link_id, account_links.c.used_at.is_(None))
        .values(used_at=now)
    )
    if used.rowcount != 1:
        raise LinkInvalid()
    return link, user, now


def _is_open(link: AccountLink, user: User, now: datetime) -> bool:
    is_ours = link.email == user.email or link.purpose is LinkPurpose.CHANGE_EMAIL
    is_wanted = link.purpose is not LinkPurpose.INVITE or user.is_invited
    is_fresh = link.used_at is None and now < link.expires_at
    return is_fresh and is_ours and is_wanted and user.deactivated_at is None


def _locked_user(connection: Connection, user_id: int) -> User | None:
    return read_user(connection, users.c.user_id == user_id, for_update=True)


def _verified(now: datetime) -> dict[str, Any]:
    return {"email_verified_at": func.coalesce(users.c.email_verified_at, now)}


def _new_password(password_hash: str) -> dict[str, Any]:
    return {"password_hash": password_hash, **ends_every_session()}


def _without_second_factor(connection: Connection, user_id: int) -> dict[str, Any]:
    connection.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    return {"totp_secret": None, "totp_enabled_at": None, "totp_last_step": None}


def _confirmed(connection: Connection, user: User, values: dict[str, Any]) -> User:
    """The user after a change by a link: whoever followed it reads the address's mail."""
    connection.execute(update(users).where(users.c.user_id == user.user_id).values(values))
    changed = read_user(connection, users.c.user_id == user.user_id)
    assert changed is not None
    ask_to_join(connection, changed)
    release_receipts(connection, changed.email or "", database_now(connection))
    return changed


def _read_link(connection: Connection, link_id: int) -> AccountLink | None:
    row = connection.execute(select(account_links).where(account_links.c.link_id == link_id)).first()
    return None if row is None else _link(row)


def _link(row: Row[Any]) -> AccountLink:
    return AccountLink(
        link_id=row.link_id,
        purpose=LinkPurpose(row.purpose),
        user_id=row.user_id,
        email=row.email,
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )
