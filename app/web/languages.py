"""The language of a request, by the first step of its address and nothing else.

`/de/cart` is `/cart` in German. The step is taken away before the application sees the address, so routes, pages and
guards know one address of each page; `app.addresses.to` puts it before the addresses that the answer leads to. Dash
sends its callbacks below the same step (`requests_pathname_prefix` in the document): they know their page's language.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import flask

from app import words
from app.errors import NotFound
from app.words import BY_CODE, ENGLISH, Language

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_BY_PREFIX = {language.prefix: language for language in BY_CODE.values() if language is not ENGLISH}
_SENT = ("RAW_URI", "REQUEST_URI")
# What else than documents there is in every language. Files and the API have one address.
_ROUTES = (
    "/",
    "/<path:path>",
    "/cart/change",
    "/checkout/return",
    "/orders/<order_id>/invoice.pdf",
    "/orders/<order_id>/pay",
    "/suggest",
    "/suggest/products",
)


class Languages:
    """WSGI middleware, next to the application."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        prefix, path = split(environ["PATH_INFO"])
        if prefix:
            environ["PATH_INFO"] = path
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
            for name in _SENT:
                if str(environ.get(name, "")).startswith(f"{prefix}/"):
                    environ[name] = environ[name][len(prefix) :]
        with words.speaking(_BY_PREFIX.get(prefix, ENGLISH)):
            return self._application(environ, start_response)


def split(path: str) -> tuple[str, str]:
    """The language's step of an address, "" in English, and the rest."""
    prefix = path[:3]
    return (prefix, path[3:]) if path[3:4] == "/" and prefix in _BY_PREFIX else ("", path)


def without_prefix(path: str) -> str:
    return split(path)[1]


def spelt(path: str) -> str | None:
    """The address of a language that is asked for in capitals or without its slash; None: another address."""
    first, slash, rest = path.removeprefix("/").partition("/")
    prefix = f"/{first.lower()}"
    return f"{prefix}/{rest}" if prefix in _BY_PREFIX and (not slash or prefix[1:] != first) else None


def refuse_others() -> None:
    """Before a request: what is not in several languages has no address in one. Raises NotFound."""
    rule = flask.request.url_rule.rule if flask.request.url_rule else ""
    if words.language() is not ENGLISH and not rule.startswith("/_dash-") and rule not in _ROUTES:
        raise NotFound(words.mark("There is nothing at this address."))


def same_page(language: Language, address: str) -> str:
    """The page at `address`, which has no prefix, in that language."""
    return f"{language.prefix}/{address.lstrip('/')}"
