"""GET /metrics, for Prometheus."""

from __future__ import annotations

import flask

from app.domain import Access, Scope
from app.ops.metrics import CONTENT_TYPE_LATEST, exposition
from app.services import services
from app.web.api.routing import Doc, route


@route(
    "/metrics",
    Access.ADMIN,
    scope=Scope.METRICS,
    only_token=True,
    doc=Doc(
        "Numbers about the service, for Prometheus",
        "service",
        description="Requests, callbacks and stores with their latency, checkouts by outcome, the outbox, viewers.",
        media="text/plain",
    ),
)
def metrics() -> flask.Response:
    text = exposition(services().vitals.read())
    return flask.Response(text, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
