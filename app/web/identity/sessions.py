"""Sessions: who a signed cookie says is signed in, held against the database on every request."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import flask
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, current_user

from app.domain import LONGEST_REST, LONGEST_SESSION, Session, User
from app.errors import (
    Busy,
    ShopError,
    StoreUnavailable,
)
from app.services import services
from app.settings.environment import Settings
from app.web.identity import cookies
from app.web.identity.caller import current_browser
from app.web.identity.session_memory import SessionMemory, SessionName

KEY = "key"  # the session's own name, by which the database knows it
SEEN = "seen"  # when this session last loaded a page, if it ends with the browser

REMEMBERED_SECONDS = int(LONGEST_SESSION.total_seconds())
UNREMEMBERED_SECONDS = int(LONGEST_REST.total_seconds())

MEMORY = "retail_session_memory"

SESSION_COOKIE = "retail_session"


class SessionUser:
    """What flask-login keeps of a user. The id carries the session version, so a new one ends old sessions."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, user: User) -> None:
        self.user = user

    def get_id(self) -> str:
        return f"{self.user.user_id}:{self.user.session_version}"


class Sessions(SecureCookieSessionInterface):
    """Sends the session's cookie when it changed, and on loading a page, which makes it last longer.

    On every answer, as Flask does, a slow one would bring back the session that a sign-in or sign-out beside it
    just replaced. Nor does it go with what anyone may keep: pictures, scripts and styles.
    """

    def should_set_cookie(self, app: flask.Flask, session: SessionMixin) -> bool:
        return session.modified or (session.permanent and _is_page() and _is_alive(session))

    def save_session(self, app: flask.Flask, session: SessionMixin, response: flask.Response) -> None:
        if response.cache_control.public:
            return
        if SEEN in session and _is_page() and _is_alive(session) and not _has_lapsed(session):
            session[SEEN] = int(time.time())
        if session.modified and KEY in session and session[KEY] == flask.g.get("ended_session"):
            for name in (KEY, SEEN, "_user_id", "_fresh"):  # what a guest does next stays, without who it was
                session.pop(name, None)
        super().save_session(app, session, response)
        if "Set-Cookie" in response.headers and not response.cache_control.no_store:
            response.cache_control.private = True  # no cache on the way may hand one person's cookie to the next


def _is_page() -> bool:
    return flask.request.headers.get("Accept", "").startswith("text/html")


def _is_alive(session: SessionMixin) -> bool:
    """Whether a session may be signed anew: with somebody in it, only after this request found them signed in."""
    return "_user_id" not in session or "live_session" in flask.g


def _has_lapsed(session: SessionMixin) -> bool:
    """Whether a session that ends with the browser was left alone for too long.

    Such a session is left as it is: a change would send its cookie, perhaps after that of a new sign-in.
    """
    return SEEN in session and time.time() - session[SEEN] > UNREMEMBERED_SECONDS


def init_auth(server: flask.Flask, settings: Settings) -> None:
    server.secret_key = settings.resolved_secret_key()
    server.session_interface = Sessions()
    is_secure = settings.base_url.startswith("https://")
    server.config.update(
        SESSION_COOKIE_NAME=cookies.name_of(SESSION_COOKIE, is_secure),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_secure,
        PERMANENT_SESSION_LIFETIME=REMEMBERED_SECONDS,
    )
    server.extensions[MEMORY] = SessionMemory()
    manager = LoginManager()
    # It would compare the caller's address, which changes on the way to work, as a forwarding header names it.
    manager.session_protection = None
    manager.init_app(server)
    manager.user_loader(_load)


def _load(session_id: str) -> SessionUser | None:
    if _has_lapsed(flask.session):
        return None
    key = flask.session.get(KEY)
    name, memory = SessionName(str(session_id), str(key)), session_memory()
    try:
        user, session = user_of_session(session_id, key)
    except (StoreUnavailable, Busy):
        flask.g.unchecked_session = name
        remembered = memory.recall(name)
        return SessionUser(remembered) if remembered is not None else None
    if user is None or session is None:
        memory.forget(name)
    if user is None:
        return None
    if session is None:  # it was ended or is too old, or this is a copy of its cookie that somebody kept
        flask.g.ended_session = key
        return None
    flask.g.live_session = session
    memory.remember(name, user)
    if memory.had_stand_in(name):
        _join_stand_in(name, user)
    return SessionUser(user)


def session_memory() -> SessionMemory:
    memory: SessionMemory = flask.current_app.extensions[MEMORY]
    return memory


def _join_stand_in(name: SessionName, user: User) -> None:
    try:
        services().cart.merge(name.stand_in(str(flask.current_app.secret_key)), f"user#{user.user_id}")
    except ShopError:  # the carts are away now: the next request of this session tries again
        session_memory().note_stand_in(name)


def end_session(session: Mapping[str, Any]) -> None:
    if KEY in session:
        services().sessions.end(str(session[KEY]))


def user_of_session(session_id: object, key: object = None) -> tuple[User | None, Session | None]:
    """The account of "<user id>:<session version>", while it is active and that is its version.

    And the session with that `key`, unless it has ended.
    """
    user_id, _, version = session_id.partition(":") if isinstance(session_id, str) else ("", "", "")
    if not (user_id.isascii() and user_id.isdecimal() and len(user_id) < 19):
        return None, None
    user, session = services().sessions.find(int(user_id), None if key is None else str(key), current_browser())
    if user is None or user.deactivated_at or str(user.session_version) != version:
        return None, None
    return user, session


def signed_in_user() -> User | None:
    """The account of this session or API token, or None; unlike `current_principal` it gives a guest no key."""
    token_user: User | None = flask.g.get("token_user")
    if token_user is not None:
        return token_user
    # The proxy would look three times.
    session_user: Any = current_user._get_current_object()
    return session_user.user if session_user and session_user.is_authenticated else None


def session_name() -> str:
    """What tells this session from every other one, in this process only."""
    return f"{flask.session.get('_user_id')} {flask.session.get(KEY)}"


def current_session() -> Session | None:
    """The session of this request, while somebody is signed in with one."""
    signed_in_user()
    session: Session | None = flask.g.get("live_session")
    return session


def is_session_unchecked() -> bool:
    """Whether this request's session names somebody whom the database could not be asked about."""
    signed_in_user()
    return "unchecked_session" in flask.g
