"""GET /live/stream: the live snapshots as server-sent events."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import flask

from app.auth import require
from app.domain import Access
from app.errors import ShopError, StoreUnavailable
from app.metrics import LIVE_VIEWERS
from app.services import services
from app.services.live import StreamClosed, Subscription

log = logging.getLogger(__name__)
blueprint = flask.Blueprint("live", __name__, url_prefix="/live")

HEARTBEAT_SECONDS = 10.0
RECHECK_SECONDS = 15.0
RETRY_MILLISECONDS = 2000

# A comment keeps proxies awake; browsers do not show comments to scripts, so the page gets an event too.
HEARTBEAT = ": beat\nevent: beat\ndata: 1\n\n"
# The session ended or lost its role: the browser asks again and learns which.
DENIED = "event: denied\ndata: 1\n\n"

HEADERS = {"Cache-Control": "no-cache, no-store", "X-Accel-Buffering": "no"}


@blueprint.get("/stream")
def stream() -> flask.Response:
    """Events without end, for who may watch. HEAD only says whether the caller may."""
    require(Access.WATCH)
    if flask.request.method == "HEAD":
        return flask.Response(status=204, headers=HEADERS)
    try:
        subscription = services().live.subscribe()
    except StreamClosed:
        raise StoreUnavailable("The server is restarting. Try again in a moment.") from None
    events = flask.stream_with_context(_events(subscription))
    return flask.Response(events, mimetype="text/event-stream", headers=HEADERS)


def _events(subscription: Subscription) -> Iterator[str]:
    with subscription, LIVE_VIEWERS.track_inprogress():
        yield f"retry: {RETRY_MILLISECONDS}\n\n"
        checked_at = beat_at = time.monotonic()
        while True:
            try:
                event = subscription.get(timeout=HEARTBEAT_SECONDS / 2)
            except StreamClosed:
                return
            now = time.monotonic()
            if now - checked_at >= RECHECK_SECONDS:
                if not _still_allowed():
                    yield DENIED
                    return
                checked_at = now
            if event is not None:
                yield f"data: {event}\n\n"
            if now - beat_at >= HEARTBEAT_SECONDS:
                beat_at = now
                yield HEARTBEAT


def _still_allowed() -> bool:
    """Load the session's user anew; a store that cannot answer right now ends no stream."""
    flask.g.pop("_login_user", None)  # where flask-login keeps the user for the length of a request
    try:
        require(Access.WATCH)
    except ShopError as error:
        return error.status not in (401, 403)
    return True
