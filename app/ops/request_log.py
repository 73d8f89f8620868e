"""What is written and counted of every request: one line in the log, and the metrics."""

from __future__ import annotations

import logging
import time

import flask

from app.ops import metrics, request_id
from app.ops.cloudwatch_feed import TALLY
from app.ops.logs import ACCESS

log = logging.getLogger(ACCESS)

HEADER = "X-Request-Id"
CALLBACK = "dash_callback"  # of flask.g: the output of the registered callback that is asked for

UNKNOWN_CALLBACK = "unknown"

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Asked by machines all day: told of at level debug only, and no part of what people asked for.
_PROBES = frozenset({"api.healthz", "api.readyz", "api.metrics"})


def init_request_log(server: flask.Flask, trusted: request_id.Header) -> None:
    """Give each request of `server` its id, and tell of each. Call it before anything else asks to see requests.

    `trusted`: the header in which a proxy of our own gives ids.
    """
    server.before_request(lambda: _begin(trusted))
    server.after_request(_tell)
    server.teardown_request(lambda _: request_id.begin(None))


def _begin(trusted: request_id.Header) -> None:
    flask.g.started_at = time.perf_counter()
    request_id.begin(request_id.of_headers(trusted, flask.request.headers.get))


def _tell(response: flask.Response) -> flask.Response:
    response.headers[HEADER] = request_id.current() or ""
    now = time.perf_counter()
    # An endpoint is one of our own names; a path could be anything, and so could a method.
    endpoint = flask.request.endpoint or "none"
    method = flask.request.method if flask.request.method in _METHODS else "other"
    tell(method, endpoint, response.status_code, now - flask.g.get("started_at", now), flask.g.get(CALLBACK))
    return response


def tell(method: str, endpoint: str, status: int, seconds: float, callback: str | None = None) -> None:
    """Count and log an answer; all names are our own."""
    milliseconds = round(seconds * 1000, 1)
    metrics.request_answered(endpoint, status, seconds, callback)
    if endpoint not in _PROBES:
        TALLY.now.request(status, milliseconds)
    seen = {"method": method, "endpoint": endpoint, "status": status, "ms": milliseconds, "callback": callback}
    level = logging.DEBUG if endpoint in _PROBES else logging.INFO
    log.log(level, "%s %s %s in %s ms", method, endpoint, status, milliseconds, extra=seen)
