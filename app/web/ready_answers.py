"""Whole answers that are the same for everybody, sent again without asking the application.

Of a public address that looks at nobody's session or token, an answer of the same version to the same question is the
same but for its request id. It is still checked for its version, counted and logged as any other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache

from app.errors import ShopError
from app.ops import request_id, request_log

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES = 16 * 1024 * 1024
LONGEST_QUESTION = 500  # its query and what encodings it takes
# What makes a question one of its own: who asks, what is known already, a part of the answer, or a body.
_OWN = ("HTTP_AUTHORIZATION", "HTTP_IF_NONE_MATCH", "HTTP_RANGE", "HTTP_TRANSFER_ENCODING")

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    version: Hashable
    headers: Headers
    body: bytes


class ReadyAnswers:
    """WSGI middleware. `endpoints` by path; `version` changes whenever one of their answers may."""

    def __init__(
        self,
        application: WSGIApplication,
        endpoints: Mapping[str, str],
        version: Callable[[], Hashable],
        trusted: request_id.Header,
    ) -> None:
        self._application = application
        self._endpoints = endpoints
        self._version = version
        self._trusted = trusted
        self._answers: LRUCache[Hashable, Answer] = LRUCache(MOST_BYTES, getsizeof=lambda one: len(one.body) + 1000)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        endpoint = self._endpoints.get(environ["PATH_INFO"])
        question = _question(environ) if endpoint is not None else None
        if endpoint is None or question is None:
            return self._application(environ, start_response)
        began = time.perf_counter()
        try:
            version = self._version()
        except ShopError:  # the application has the words for it
            return self._application(environ, start_response)
        known = self._answers.get(question)
        if known is None or known.version != version:
            return self._asked(environ, start_response, question, version)
        with request_id.under(request_id.of_headers(self._trusted, lambda name: environ.get(_variable(name)))):
            headers = [*known.headers, (request_log.HEADER, request_id.current() or "")]
            start_response("200 OK", headers)
            request_log.tell("GET", endpoint, 200, time.perf_counter() - began)
        return [known.body]

    def _asked(
        self, environ: WSGIEnvironment, start_response: StartResponse, question: Hashable, version: Hashable
    ) -> Iterable[bytes]:
        """The application's answer, kept if it is for everybody and nothing changed while it was made."""
        said: list[tuple[str, Headers]] = []

        def note(status: str, headers: Headers, error: Any = None) -> Any:
            said.append((status, headers))
            return start_response(status, headers, error) if error else start_response(status, headers)

        answer = self._application(environ, note)
        if isinstance(answer, list | tuple) or not said:
            pieces = answer
        else:
            try:
                pieces = list(answer)
            finally:
                if hasattr(answer, "close"):
                    answer.close()
        status, headers = said[-1]
        names = {name.lower() for name, _ in headers}
        if status.startswith("200 ") and "set-cookie" not in names and self._version() == version:
            kept = [(name, value) for name, value in headers if name != request_log.HEADER]
            body = b"".join(pieces)
            if len(body) + 1000 <= MOST_BYTES:
                self._answers[question] = Answer(version, kept, body)
        return pieces


def _question(environ: WSGIEnvironment) -> Hashable | None:
    """What tells it from others of its path; None for one that only the application can answer."""
    if environ["REQUEST_METHOD"] != "GET" or any(name in environ for name in _OWN) or environ.get("CONTENT_LENGTH"):
        return None
    query, encodings = environ.get("QUERY_STRING", ""), environ.get("HTTP_ACCEPT_ENCODING", "")
    if len(query) + len(encodings) > LONGEST_QUESTION:
        return None
    return environ["PATH_INFO"], query, encodings


def _variable(header: str) -> str:
    return f"HTTP_{header.upper().replace('-', '_')}"
