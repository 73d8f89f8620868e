"""Scripts and styles of libraries, compressed once per process and as well as can be done in passing.

They are the same for a whole release, so that doing it at every request would be the server's time and, as it has to be
quick then, the visitors' bytes.
"""

from __future__ import annotations

import hashlib
from threading import Lock

import brotli
import flask
from cachetools import LRUCache

from app.blocking import offload

MOST_BYTES = 16 * 1024 * 1024
LEAST = 500  # below it the head of the answer is most of it
SMALL = 150 * 1024  # up to here the best quality, 11, takes a quarter of a second; for the chart library it is seconds
_KINDS = frozenset({"text/javascript", "application/javascript", "text/css", "application/json", "image/svg+xml"})

_lock = Lock()  # never held while something is compressed
_packed: LRUCache[bytes, bytes] = LRUCache(MOST_BYTES, getsizeof=len)


def pack(response: flask.Response) -> None:
    """Compress a file's whole answer where its client takes brotli; other ways are left to what follows."""
    if response.status_code != 200 or response.mimetype not in _KINDS or flask.request.method != "GET":
        return
    response.vary.add("Accept-Encoding")
    if "Content-Encoding" in response.headers or flask.request.accept_encodings["br"] <= 0:
        return
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) < LEAST:
        return
    key = hashlib.sha256(data).digest()
    with _lock:
        packed = _packed.get(key)
    if packed is None:
        quality = 11 if len(data) <= SMALL else 9
        packed = offload(lambda: bytes(brotli.compress(data, quality=quality)))
        with _lock:
            _packed[key] = packed
    response.set_data(packed)
    response.headers["Content-Encoding"] = "br"
    if (tag := response.get_etag()[0]) is not None:
        response.set_etag(tag, weak=True)  # of the file, not of these bytes
