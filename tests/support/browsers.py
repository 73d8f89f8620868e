"""Browsers of test people: how they sign in, and which cookies they are left with."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from datetime import timedelta
from http.cookies import Morsel, SimpleCookie

import flask
import pyotp
from sqlalchemy import select, update

from app.domain import User
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import sessions
from tests.support.shop import PASSWORD, add_people

SESSION, DEVICE = "retail_session", "retail_device"
HTML = {"Accept": "text/html"}
HOUR = 3_600
_numbers = itertools.count()


def new_person(wired_app) -> User:
    return add_people(wired_app.database, 1, prefix=f"visitor-{next(_numbers)}-")[0]


def sign_in(wired_app, user: User):
    client = wired_app.client()
    answer = client.post("/api/login", json={"email": user.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return client


def after(wired_app, act: Callable[[], object], **cookies: str):
    """A browser with `cookies`, after a request in which `act` ran."""
    sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
    with wired_app.server.test_request_context("/api/login", method="POST", headers={"Cookie": sent}):
        act()
        response = wired_app.server.process_response(flask.Response())
    client = wired_app.client()
    for name, value in {**cookies, **{name: one.value for name, one in set_cookies(response).items()}}.items():
        client.set_cookie(name, value)
    return client, response


def set_cookies(response) -> dict[str, Morsel]:
    return {name: one for line in response.headers.getlist("Set-Cookie") for name, one in SimpleCookie(line).items()}


def age_sessions(
    database: Database, user: User, *, signed_in: timedelta = timedelta(), seen: timedelta = timedelta()
) -> None:
    """As if the user's sessions had begun, or been seen, so much earlier than they were."""
    earlier = select(sessions).where(sessions.c.user_id == user.user_id)
    for row in database.read(lambda c: c.execute(earlier).all()):
        its = update(sessions).where(sessions.c.session_id == row.session_id)
        change = its.values(created_at=row.created_at - signed_in, seen_at=row.seen_at - seen)
        database.write(lambda c, change=change: c.execute(change))


def is_signed_in(client) -> bool:
    return client.get("/api/current_user").json["is_logged_in"]


def enable_second_factor(wired_app, user: User) -> tuple[str, tuple[str, ...]]:
    """The secret of the app, and recovery codes. The code of this half minute is used up."""
    factor = wired_app.services.second_factor
    secret = factor.begin(user.user_id).secret
    return secret, factor.enable(user.user_id, pyotp.TOTP(secret).now())


def next_code(secret: str) -> str:
    return pyotp.TOTP(secret).at(int(time.time()) + 30)
