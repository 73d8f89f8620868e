"""The origin check: another site may not change anything here with the visitor's session."""

from __future__ import annotations

from urllib.parse import urlsplit

import flask

from app.errors import Forbidden
from app.services import services
from app.words import mark

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_FOREIGN_FETCHES = frozenset({"cross-site", "same-site"})


def check_origin() -> None:
    """Raise Forbidden when the request was started by another site.

    A browser names the starting site in `Origin`, or in `Referer`, or at least says in
    `Sec-Fetch-Site` that it was another one. A client that says nothing at all is no browser,
    carries nobody's cookies by accident, and passes.
    """
    headers = flask.request.headers
    named = headers.get("Origin") or headers.get("Referer")
    if named:
        if not _is_own(named):
            raise _refused()
    elif headers.get("Sec-Fetch-Site", "").strip().lower() in _FOREIGN_FETCHES:
        raise _refused()


def _is_own(address: str) -> bool:
    """Whether `address` (an origin or a URL) is this shop, as asked for or as published."""
    try:
        parts = urlsplit(address)
        own = _ends(parts.scheme, parts.netloc)
    except ValueError:
        return False
    settings = services().settings
    request = flask.request
    if own == _ends(request.scheme, request.host):
        return True
    if settings.public_url:
        published = urlsplit(settings.base_url)
        return own == _ends(published.scheme, published.netloc)
    # Behind a proxy that ends TLS, the request itself looks like http; the name still has to match.
    return parts.scheme == "https" and parts.netloc.lower() == request.host.lower()


def _ends(scheme: str, netloc: str) -> tuple[str, str]:
    scheme, host = scheme.lower(), netloc.lower()
    default = {"http": ":80", "https": ":443"}.get(scheme)
    if default is None or not host or "@" in host:
        raise ValueError("not a web origin")
    return scheme, host.removesuffix(default)


def _refused() -> Forbidden:
    return Forbidden(mark("This request came from another site, so nothing was changed."))
