"""Finished pages that are equal for everybody, as bytes: made once per version of the catalogue and compressed once.

They hold for callers without a session only; their answers begin none, so that a cache on the way may keep them. It has
to ask each time whether they still hold, as a price and a stock count are true for the moment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import flask
from cachetools import LRUCache

from app.errors import Busy, StoreUnavailable
from app.services import services
from app.web.api.ready_bodies import ReadyBody, respond

MOST_BYTES = 16 * 1024 * 1024
LONGEST_KEPT = 300  # characters of an address; a longer one is nobody's link


@dataclass(frozen=True)
class ReadyPage:
    """`tag` is of what it says: whatever pages are made from, a kept one that says something else is not kept on."""

    body: ReadyBody
    tag: str

    @classmethod
    def of(cls, document: str) -> ReadyPage:
        plain = document.encode()
        return cls(ReadyBody(plain), hashlib.sha256(plain).hexdigest()[:32])


class ReadyPages:
    def __init__(self) -> None:
        self._lock = Lock()
        self._pages: LRUCache[str, ReadyPage] = LRUCache(MOST_BYTES, getsizeof=lambda page: 2 * len(page.body.plain))

    def answer(self, address: str, make: Callable[[], str], is_there: Callable[[], bool]) -> flask.Response:
        """The page at `address`, path and query. `make` gives its document; `is_there`: it is one of the shop's."""
        try:
            version = _version(address)
        except (StoreUnavailable, Busy):  # the page says so
            return flask.Response(make(), mimetype="text/html")
        with self._lock:
            page = self._pages.get(version)
        if page is None:
            page = ReadyPage.of(make())
            if flask.g.get("has_to_wait") or not is_there() or _version(address) != version:
                return flask.Response(page.body.plain, mimetype="text/html")
            if len(address) <= LONGEST_KEPT:
                with self._lock:
                    self._pages[version] = page
        return _public(page)


def _version(address: str) -> str:
    """The same as long as this process would make the same page."""
    built = services()
    outage = built.outages.now()  # first: it takes up what admins changed
    named = f"{built.settings.store_name}|{built.settings.base_url}|{built.shop.revision}"
    shown = f"{named}|{built.catalog.version()}|{outage}|{address}"
    return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _public(page: ReadyPage) -> flask.Response:
    if flask.request.if_none_match.contains_weak(page.tag):
        response = flask.Response(status=304)
    else:
        response = respond(page.body, flask.request, "text/html")
    response.set_etag(page.tag, weak=True)  # compression changes the bytes, not the meaning
    response.vary.update(("Accept-Encoding", "Cookie"))
    response.headers["Cache-Control"] = "public, no-cache"
    return response
