"""Finished pages that are equal for everybody, as bytes: made once per version of the catalogue and compressed once.

They hold for callers without a session only; their answers begin none, so that a cache on the way may keep them. It has
to ask each time whether they still hold, as a price and a stock count are true for the moment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from threading import Lock

import flask
from cachetools import LRUCache

from app.errors import Busy, StoreUnavailable
from app.services import services
from app.web.api.ready_bodies import ReadyBody, respond
from app.web.build_id import BUILD

MOST_BYTES = 16 * 1024 * 1024
LONGEST_KEPT = 300  # characters of an address; a longer one is nobody's link


class ReadyPages:
    def __init__(self) -> None:
        self._lock = Lock()
        self._pages: LRUCache[str, ReadyBody] = LRUCache(MOST_BYTES, getsizeof=lambda body: 2 * len(body.plain))

    def answer(self, address: str, make: Callable[[], str], is_there: Callable[[], bool]) -> flask.Response:
        """The page at `address`, path and query. `make` gives its document; `is_there`: it is one of the shop's."""
        try:
            version = _version(address)
        except (StoreUnavailable, Busy):  # the page says so
            return flask.Response(make(), mimetype="text/html")
        if flask.request.if_none_match.contains_weak(version):
            return _public(flask.Response(status=304), version)
        with self._lock:
            body = self._pages.get(version)
        if body is None:
            body = ReadyBody(make().encode())
            if flask.g.get("has_to_wait") or not is_there() or _version(address) != version:
                return flask.Response(body.plain, mimetype="text/html")
            if len(address) <= LONGEST_KEPT:
                with self._lock:
                    self._pages[version] = body
        return _public(respond(body, flask.request, "text/html"), version)


def _version(address: str) -> str:
    """The same for the same page, in every process of this build."""
    built = services()
    named = f"{built.settings.store_name}|{built.settings.base_url}"
    shown = f"{BUILD}|{named}|{built.catalog.version()}|{built.outages.now()}|{address}"
    return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _public(response: flask.Response, version: str) -> flask.Response:
    response.set_etag(version, weak=True)  # compression changes the bytes, not the meaning
    response.vary.update(("Accept-Encoding", "Cookie"))
    response.headers["Cache-Control"] = "public, no-cache"
    return response
