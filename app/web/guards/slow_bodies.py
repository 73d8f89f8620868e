"""Bodies of requests that do not arrive: each has to come at some pace, and not many of one address are waited for.

A body of which nothing more comes would hold its connection, and what a worker keeps for it, for ever. How long a
whole one takes is nobody's concern: a large picture over a slow line is honest.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

import gevent

from app.blocking import is_under_gevent
from app.errors import ShopError
from app.services.limits.networks import network_of
from app.words import mark

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Every so many bytes, or the rest, within so many seconds: a phone at the edge of its network sends more.
PIECE = 8 * 1024
PIECE_SECONDS = 10.0
# Of one address (IPv6: one /64), in one process. A body that is here already is waited for by nobody.
MOST_AT_ONCE = 100


class BodyTooSlow(ShopError):
    """Not even a piece of the body came in time."""

    status = 408
    code = "too_slow"

    def __init__(self) -> None:
        super().__init__(mark("The request did not arrive in time. Try again."))


class TooManyBodies(ShopError):
    """So many bodies of one address are being waited for that no other one is."""

    status = 429
    code = "too_many_requests"
    retry_after = int(PIECE_SECONDS)

    def __init__(self) -> None:
        super().__init__(mark("Too many requests from your network are incomplete. Try again in a moment."))


class SlowBodies:
    """WSGI middleware. The caller's address must be in the environment already, as proxies passed it on."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._waited_for: Counter[str] = Counter()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if is_under_gevent():
            address = network_of(environ.get("REMOTE_ADDR") or "")
            environ["wsgi.input"] = _Body(environ["wsgi.input"], lambda: self._waiting(address))
        return self._application(environ, start_response)

    @contextmanager
    def _waiting(self, address: str) -> Iterator[None]:
        if self._waited_for[address] >= MOST_AT_ONCE:
            raise TooManyBodies()
        self._waited_for[address] += 1
        try:
            yield
        finally:
            self._waited_for[address] -= 1
            if not self._waited_for[address]:
                del self._waited_for[address]


class _Body(io.RawIOBase):
    """A request's body, read in pieces that must each come in time."""

    def __init__(self, stream: Any, waiting: Callable[[], AbstractContextManager[None]]) -> None:
        self._stream = stream
        self._waiting = waiting

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._piece(min(len(buffer), PIECE))
        buffer[: len(piece)] = piece
        return len(piece)

    def _piece(self, size: int) -> bytes:
        try:
            with self._waiting(), gevent.Timeout(PIECE_SECONDS, BodyTooSlow()):
                piece: bytes = self._stream.read(size)
                return piece
        except ShopError:
            # Where the next request would begin is unknown now; by this gunicorn knows that, and ends the connection.
            self._stream.failed = True
            raise
