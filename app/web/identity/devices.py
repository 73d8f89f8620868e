"""Known devices: a signed cookie says which accounts a browser has signed in to."""

from __future__ import annotations

import secrets

import flask
from itsdangerous import BadData, URLSafeTimedSerializer

from app.domain import User
from app.services.accounts.sign_in import Device
from app.web.identity import cookies

DAY = 24 * 60 * 60


DEVICE_COOKIE = "retail_device"


DEVICE_SECONDS = 365 * DAY


DEVICE_ACCOUNTS = 10


def current_device() -> Device:
    """What this browser's signed cookie says of it; one without a cookie, or with somebody else's, is new."""
    key, accounts = _device()
    return Device(key, frozenset(accounts))


def _device() -> tuple[str, list[int]]:
    try:
        known = _device_signer().loads(cookies.read(DEVICE_COOKIE), max_age=DEVICE_SECONDS)
    except BadData:
        return "", []
    return known["key"], known["accounts"]


def know_device(user: User) -> None:
    """Make this browser known to the account for a year: guesses from elsewhere do not slow its sign-ins down.

    For who has just proved to be the owner, by signing in or by a link from an e-mail.
    """
    key, accounts = _device()
    latest = [user.user_id, *(one for one in accounts if one != user.user_id)][:DEVICE_ACCOUNTS]
    value = _device_signer().dumps({"key": key or secrets.token_urlsafe(18), "accounts": latest})

    @flask.after_this_request
    def send(response: flask.Response) -> flask.Response:
        cookies.keep(response, DEVICE_COOKIE, str(value), DEVICE_SECONDS)
        return response


def _device_signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(flask.current_app.secret_key), salt="device")
