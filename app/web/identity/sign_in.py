"""Signing in and out: the guest's cart merges into the account's, and the browser's session starts or ends."""

from __future__ import annotations

import secrets
import time

import flask
from flask_login import login_user, logout_user

from app.domain import User
from app.errors import (
    NotSignedIn,
    WrongCode,
    WrongCredentials,
)
from app.services import services
from app.web.identity.caller import client_address, current_browser
from app.web.identity.devices import current_device, know_device
from app.web.identity.guests import GUEST, guest_owner
from app.web.identity.session_memory import SessionName
from app.web.identity.sessions import (
    KEY,
    SEEN,
    SessionUser,
    end_session,
    session_memory,
    signed_in_user,
    user_of_session,
)
from app.words import mark

PENDING = "pending"  # whose password was right and whose code is still missing


PENDING_SECONDS = 10 * 60


def check_password(email: str, password: str) -> User:
    """The account of this pair, throttled; a wrong one is written down. Raises WrongCredentials, Throttled."""
    built = services()
    try:
        return built.sign_ins.password(email, password, client_address(), current_device())
    except WrongCredentials:
        built.sign_in_log.wrong_password(built.accounts.by_email(email), current_browser())
        raise


def check_code(user: User, code: str) -> str:
    """Use up a code of the second factor, and say which kind it was; a wrong one is written down.

    Raises WrongCode, Throttled.
    """
    try:
        return services().second_factor.check(user.user_id, code)
    except WrongCode:
        services().sign_in_log.wrong_code(user, current_browser())
        raise


def sign_in(user: User, remember: bool = False, second_factor: str = "") -> None:
    """Start the user's session; the guest's cart and orders of this browser become the user's.

    With `remember` it lasts 30 days, else until the browser is closed or no page was loaded for 12 hours; for staff
    12 hours in any case. Nothing of an earlier session stays, and the device is known to the account from now on.
    `second_factor`: the kind of code that was given, for the audit log.
    """
    _start(user, remember)
    services().sign_in_log.signed_in(user, current_browser(), second_factor)


def renew_session(user: User) -> None:
    """Go on in this session after `user`, as stored now, got a new session version; others have ended.

    It lasts no longer for that: what counts is when its owner signed in.
    """
    _start(user, flask.session.permanent, instead_of=flask.session.get(KEY))


def _start(user: User, remember: bool, instead_of: str | None = None) -> None:
    session, key = flask.session, secrets.token_urlsafe(12)
    if GUEST in session:  # without a key there is nothing that the guest could have left
        guest = guest_owner()
        services().cart.merge(guest, f"user#{user.user_id}")
        services().orders.adopt(guest, user)
    services().orders.ask_to_join(user)  # for an address that was confirmed before orders were joined
    if instead_of is None:
        end_session(session)
    services().sessions.begin(user, key, current_browser(), is_remembered=remember, instead_of=instead_of)
    session.clear()
    flask.g.pop("unchecked_session", None)  # who this is was just checked
    login_user(SessionUser(user))
    session.pop("_id", None)  # a hash of address and browser, which nothing here compares
    session[KEY] = key
    session.permanent = remember
    if not remember:
        session[SEEN] = int(time.time())
    know_device(user)


def start_second_factor(user: User, remember: bool = False) -> None:
    """Note that the password was right; `finish_second_factor` may follow within ten minutes."""
    flask.session[PENDING] = {"user": SessionUser(user).get_id(), "remember": remember, "at": int(time.time())}


def pending_second_factor() -> User | None:
    """Whose code this session is waiting for, or None (any more)."""
    pending = flask.session.get(PENDING)
    if pending is None:
        return None
    user, _ = user_of_session(pending["user"]) if time.time() - pending["at"] <= PENDING_SECONDS else (None, None)
    if user is None or not user.has_second_factor:
        flask.session.pop(PENDING)
        return None
    return user


def finish_second_factor(code: str) -> User:
    """Sign in whoever `start_second_factor` noted. Raises WrongCode, Throttled, and NotSignedIn when too late."""
    user = pending_second_factor()
    if user is None:
        raise NotSignedIn(mark("That took too long. Sign in with your password again."))
    remember = bool(flask.session[PENDING]["remember"])
    sign_in(user, remember, check_code(user, code))
    return user


def sign_out() -> None:
    """End the session, also for copies of its cookie; the device stays known to its accounts."""
    ended, user = dict(flask.session), signed_in_user()
    logout_user()
    flask.session.clear()  # first: this browser forgets it also when the database cannot be written right now
    flask.g.pop("unchecked_session", None)
    session_memory().forget(SessionName(str(ended.get("_user_id")), str(ended.get(KEY))))
    end_session(ended)
    if user is not None:
        services().sign_in_log.signed_out(user, current_browser())
