"""Who is asking: flask-login sessions, guests, and what each role may open."""

from __future__ import annotations

import secrets
from typing import Any

import flask
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, current_user, login_user, logout_user

from app.config import Settings
from app.domain import Access, Principal, Role, User
from app.errors import Forbidden, NotSignedIn
from app.services import services

GUEST = "guest"


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
        is_page = flask.request.headers.get("Accept", "").startswith("text/html")
        return session.modified or (session.permanent and is_page)

    def save_session(self, app: flask.Flask, session: SessionMixin, response: flask.Response) -> None:
        if not response.cache_control.public:
            super().save_session(app, session, response)


def init_auth(server: flask.Flask, settings: Settings) -> None:
    server.secret_key = settings.resolved_secret_key()
    server.session_interface = Sessions()
    server.config.update(
        SESSION_COOKIE_NAME="retail_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        REMEMBER_COOKIE_NAME="retail_remember",
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=settings.base_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=60 * 60 * 24 * 30,
    )
    manager = LoginManager()
    manager.init_app(server)
    manager.user_loader(_load)


def _load(session_id: str) -> SessionUser | None:
    user_id, _, version = session_id.partition(":")
    if not user_id.isdigit() or not version.isdigit():
        return None
    user = services().accounts.get(int(user_id))
    if user is None or user.deactivated_at or user.session_version != int(version):
        return None
    return SessionUser(user)


def signed_in_user() -> User | None:
    """The account of this session, or None; unlike `current_principal` it gives a guest no key."""
    session_user: Any = current_user
    return session_user.user if session_user and session_user.is_authenticated else None


def current_principal() -> Principal:
    """The signed-in user, or a guest who keeps a random owner key in the signed session cookie."""
    user = signed_in_user()
    if user is not None:
        return Principal(f"user#{user.user_id}", user.user_id, user.full_name, user.email, user.role)
    return Principal(owner=_guest_owner())


def _guest_owner() -> str:
    if GUEST not in flask.session:
        flask.session[GUEST] = secrets.token_urlsafe(18)
        flask.session.permanent = True
    return f"guest#{flask.session[GUEST]}"


def require(access: Access) -> Principal:
    """The caller, if `access` admits them. Raises NotSignedIn or Forbidden."""
    principal = current_principal()
    if principal.may(access):
        return principal
    if principal.user_id is None:
        raise NotSignedIn()
    raise Forbidden()


HOMES: dict[Role, str] = {
    Role.CUSTOMER: "/",
    Role.OPS: "/wall",
    Role.ANALYST: "/admin",
    Role.ADMIN: "/admin",
}


def home_of(role: Role) -> str:
    """Where a role starts after signing in."""
    return HOMES[role]


def sign_in(user: User, remember: bool = False) -> None:
    """Start the user's session; the guest's cart and orders of this browser become the user's."""
    if GUEST in flask.session:  # without a key there is nothing that the guest could have left
        guest = _guest_owner()
        services().cart.merge(guest, f"user#{user.user_id}")
        services().orders.adopt(guest, user)
        flask.session.pop(GUEST)
    login_user(SessionUser(user), remember=remember)
    flask.session.permanent = True


def sign_out() -> None:
    logout_user()
    flask.session.pop(GUEST, None)
