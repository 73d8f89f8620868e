"""The id of the request, effect or command in hand: every line of log and every effect that it causes carries it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

LENGTH = 64  # at most, as the outbox keeps it

Header = Literal["", "X-Request-Id", "X-Amzn-Trace-Id"]

_WELL_FORMED = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{7,{LENGTH - 1}}}")
_AMAZON = re.compile(r"1-[0-9a-f]{8}-[0-9a-f]{24}")

_current: ContextVar[str | None] = ContextVar("request_id", default=None)


def current() -> str | None:
    """None outside of any request, effect and command."""
    return _current.get()


def begin(request_id: str | None) -> None:
    """From here on this thread works for `request_id`; None: for nobody in particular."""
    _current.set(request_id)


@contextmanager
def under(request_id: str | None) -> Iterator[None]:
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)


def new() -> str:
    """Sixteen characters: people read it out on the telephone."""
    return secrets.token_hex(8)


def of_headers(header: Header, get: Callable[[str], str | None]) -> str:
    """The id that our own proxy gave in `header`, else a new one; "": nobody's headers count."""
    given = get(header) or "" if header else ""
    if header == "X-Amzn-Trace-Id":
        return _of_load_balancer(given) or new()
    return given if _WELL_FORMED.fullmatch(given) else new()


def _of_load_balancer(given: str) -> str | None:
    """`Self` is always the load balancer's own; `Root` only without it, else a caller may have chosen it."""
    fields = dict(part.strip().partition("=")[::2] for part in given.split(";"))
    found = fields.get("Self") or fields.get("Root") or ""
    return found if _AMAZON.fullmatch(found) else None
