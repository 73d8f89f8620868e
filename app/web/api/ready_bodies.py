"""Bodies of public answers, ready to be sent: made once per version of what they show, and compressed once per way.

A body is a list of entries. What made an entry is remembered, so that after a sale one product is encoded and not a
thousand.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

import brotli
from cachetools import LRUCache
from flask import Request, Response

from app.blocking import offload

T = TypeVar("T")

MOST_BYTES = 32 * 1024 * 1024
MOST_ENTRIES = 100_000
LEAST_COMPRESSED = 500  # below it the head of the answer is most of it
_COMPRESS: dict[str, Callable[[bytes, bool], bytes]] = {
    "br": lambda body, is_lasting: bytes(brotli.compress(body, quality=11 if is_lasting else 5)),
    "gzip": lambda body, is_lasting: gzip.compress(body, 9 if is_lasting else 6, mtime=0),
}


@dataclass(frozen=True)
class ReadyBody:
    """`following`: where the next page is, "" on the last one. `is_lasting`: worth the time to make it smallest."""

    plain: bytes
    following: str = ""
    is_lasting: bool = False
    packed: dict[str, bytes] = field(default_factory=dict)


class ReadyBodies(Generic[T]):
    def __init__(self, encode: Callable[[T], bytes], key_of: Callable[[T], Hashable]) -> None:
        """`encode` makes one entry's JSON; `key_of` names the thing that an entry shows."""
        self._encode = encode
        self._key_of = key_of
        self._lock = Lock()  # never held while something is made
        self._entries: LRUCache[Hashable, tuple[T, bytes]] = LRUCache(MOST_ENTRIES)
        self._bodies: LRUCache[Hashable, ReadyBody] = LRUCache(MOST_BYTES, getsizeof=lambda body: 2 * len(body.plain))

    def get(
        self, version: Hashable, make: Callable[[], tuple[Sequence[T], str]], is_current: Callable[[], bool]
    ) -> ReadyBody:
        """The body of `version`; `make` gives its entries and where the next page is.

        It is kept if `is_current` says so once it is made: versions may come back, and what changed meanwhile is of
        another.
        """
        with self._lock:
            known = self._bodies.get(version)
        if known is not None:
            return known
        entries, following = make()
        body = ReadyBody(b"[%s]\n" % b",".join(map(self._entry, entries)), following)
        if 2 * len(body.plain) <= MOST_BYTES and is_current():
            with self._lock:
                self._bodies[version] = body
        return body

    def _entry(self, shown: T) -> bytes:
        key = self._key_of(shown)
        with self._lock:
            known = self._entries.get(key)
        if known is not None and known[0] == shown:
            return known[1]
        made = self._encode(shown)
        with self._lock:
            self._entries[key] = (shown, made)
        return made


def respond(body: ReadyBody, request: Request, mimetype: str = "application/json") -> Response:
    """In the smallest way that the client takes."""
    response = Response(body.plain, mimetype=mimetype)
    response.vary.add("Accept-Encoding")
    way = next((name for name in _COMPRESS if request.accept_encodings[name] > 0), "")
    if not way or len(body.plain) < LEAST_COMPRESSED:
        return response
    packed = body.packed.get(way)
    if packed is None:
        packed = body.packed[way] = offload(_COMPRESS[way], body.plain, body.is_lasting)
    response.set_data(packed)
    response.headers["Content-Encoding"] = way
    return response
