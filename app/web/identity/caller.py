"""From where a request comes: network address, browser, and by page, API or token."""

from __future__ import annotations

from collections.abc import Mapping

import flask

from app.services.accounts.ports import Browser
from app.services.checks import is_showable
from app.services.limits.networks import address_of

# What is kept of where somebody comes from.
ADDRESS_LENGTH = 64


AGENT_LENGTH = 200


def via_of_request() -> str:
    token = flask.g.get("api_token")
    if token is not None:
        return f"token {token.name}"
    return "api" if flask.request.path.startswith("/api/") else "page"


def client_address() -> str:
    """The caller's network address, without a port; through `trusted_proxies` proxies, as the first of them saw it.

    What a proxy wrote and is no address stands for the proxy itself: nobody gets a budget of their own by it.
    """
    before_proxies: Mapping[str, str] = flask.request.environ.get("werkzeug.proxy_fix.orig", {})
    return address_of(flask.request.remote_addr or "") or address_of(before_proxies.get("REMOTE_ADDR") or "")


def current_browser() -> Browser:
    """From where this request comes."""
    agent = flask.request.headers.get("User-Agent", "")[:AGENT_LENGTH]
    return Browser(client_address()[:ADDRESS_LENGTH], agent if is_showable(agent) else "", via_of_request())
