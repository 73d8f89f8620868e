"""The shop's own cookies: for this site, for no script, and over TLS bound to this very host.

A cookie whose name begins with `__Host-` comes from this host and over TLS: no subdomain, and nobody on the way of a
plain request, can plant one. Browsers refuse such a name without TLS, so on a loopback address the names are plain.
"""

from __future__ import annotations

import flask

PREFIX = "__Host-"


def name_of(cookie: str, is_secure: bool) -> str:
    return f"{PREFIX}{cookie}" if is_secure else cookie


def read(cookie: str) -> str:
    """What this request brought under the cookie's name, or ""."""
    return flask.request.cookies.get(name_of(cookie, _is_secure()), "")


def keep(response: flask.Response, cookie: str, value: str, seconds: int) -> None:
    """Let the browser keep it for so long."""
    response.set_cookie(
        name_of(cookie, _is_secure()),
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=_is_secure(),
    )


def _is_secure() -> bool:
    return bool(flask.current_app.config["SESSION_COOKIE_SECURE"])
