"""Sessions: in which browsers somebody is signed in, for how long, and ending one of them.

A session is a row; its key is random and stands in the browser's signed cookie, of which only a hash is kept here.
Whoever comes with a key without a row is not signed in: also a copy of a cookie, once its owner signed out.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta

from app.domain import LONGEST_REST, LONGEST_SESSION, Session, User, longest_session
from app.errors import NotFound, ShopError
from app.services.accounts.ports import Browser, SessionStore
from app.words import mark

log = logging.getLogger(__name__)

MOST_SESSIONS = 50  # of one account: a program that signs in over and over ends its own oldest ones
SEEN_EVERY = timedelta(minutes=10)
PURGE_LIMIT = 200  # few enough to be found one by one in a table that is mostly old


class SessionService:
    def __init__(self, store: SessionStore) -> None:
        self._store = store

    def begin(
        self, user: User, key: str, browser: Browser, *, is_remembered: bool, instead_of: str | None = None
    ) -> None:
        """Keep a session that begins now, or goes on from the one with the key `instead_of` and ends with it."""
        old = None if instead_of is None else _hash(instead_of)
        self._store.begin(user, _hash(key), browser, is_remembered, old, MOST_SESSIONS)

    def find(self, user_id: int, key: str | None, browser: Browser) -> tuple[User | None, Session | None]:
        """Whose account this is, and the session with that key, unless it has ended; notes that it is used."""
        found = self._store.find(user_id, "" if key is None else _hash(key))
        if found is None:
            return None, None
        session = found.session
        if session is None or _is_over(found.user, session, found.now):
            return found.user, None
        if found.now - session.seen_at >= SEEN_EVERY:
            self._note_seen(session, browser)
        return found.user, session

    def of(self, user: User) -> list[Session]:
        """Where the account is signed in now, latest seen first."""
        sessions, now = self._store.of(user)
        return [one for one in sessions if not _is_over(user, one, now) and not _is_left_alone(one, now)]

    def end(self, key: str) -> None:
        """Safe to run twice."""
        self._store.end(_hash(key))

    def end_one(self, user_id: int, session_id: int) -> Session:
        """End a session of that account. Raises NotFound for one that is not its own, or has ended."""
        ended = self._store.end_one(user_id, session_id)
        if ended is None:
            raise NotFound(mark("This session has ended already."))
        return ended

    def purge(self) -> int:
        """For the worker: forget those that are too old for anybody; how many."""
        return self._store.purge(LONGEST_SESSION, PURGE_LIMIT)

    def _note_seen(self, session: Session, browser: Browser) -> None:
        try:
            self._store.seen(session.session_id, browser, SEEN_EVERY)
        except ShopError as error:  # a shop that cannot write right now can still be read
            log.warning("a session's use was not noted: %s", error.code)


def _is_over(user: User, session: Session, now: datetime) -> bool:
    return now - session.created_at >= longest_session(user.role)


def _is_left_alone(session: Session, now: datetime) -> bool:
    """Whether its cookie, which knows to the second when a page was loaded, is good for nothing any more."""
    return not session.is_remembered and now - session.seen_at > LONGEST_REST + SEEN_EVERY


def _hash(key: str) -> str:
    """The key is 96 random bits: a plain hash of it is as good at rest as a slow one."""
    return hashlib.sha256(f"session\0{key}".encode("utf-8", "replace")).hexdigest()
