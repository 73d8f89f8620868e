"""GET /live/stream: what is live, as server-sent events."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator

import flask

from app.domain import Access, WallView
from app.errors import ShopError, StoreUnavailable
from app.ops.metrics import LIVE_VIEWERS
from app.services import services
from app.services.limits.networks import network_of
from app.services.limits.stream_caps import StreamCaps
from app.services.wall.live_hub import StreamClosed, Subscription
from app.web.build_id import BUILD
from app.web.identity.caller import client_address
from app.web.identity.principal import require
from app.web.identity.sessions import session_name
from app.web.streams.rechecks import Rechecks

log = logging.getLogger(__name__)
blueprint = flask.Blueprint("live", __name__, url_prefix="/live")

RECHECK_SECONDS = 15.0
RETRY_MILLISECONDS = 2000

# The session or the screen ended: the browser asks again and learns which.
DENIED = "event: denied\ndata: 1\n\n"

HEADERS = {"Cache-Control": "no-cache, no-store", "X-Accel-Buffering": "no"}

_rechecks = Rechecks(RECHECK_SECONDS)
_caps = StreamCaps()


@blueprint.get("/stream")
def stream() -> flask.Response:
    """Events without end, for who may watch: what staff pages show, or with `of=wall` what the wall does.

    HEAD only says whether the caller may, and whether there is room.
    """
    return to_staff(WallView() if flask.request.args.get("of") == "wall" else None)


def to_staff(view: WallView | None) -> flask.Response:
    """The stream of a session, within the caps of its kind."""
    require(Access.WATCH)
    session, network = session_name(), network_of(client_address())
    if flask.request.method == "HEAD":
        _caps.check(session, network)
        return _no_content()
    give_back = _caps.take(session, network)
    try:
        response = answer(view, lambda: _rechecks.still(session, _still_allowed), RECHECK_SECONDS)
    except BaseException:
        give_back()
        raise
    response.call_on_close(give_back)
    return response


def answer(view: WallView | None, is_allowed: Callable[[], bool], recheck_seconds: float) -> flask.Response:
    """The stream of what `view` allows, as long as `is_allowed`, which is asked every so many seconds."""
    if flask.request.method == "HEAD":
        return _no_content()
    try:
        subscription = services().live.subscribe(view)
    except StreamClosed:
        raise StoreUnavailable("The server is restarting. Try again in a moment.") from None
    events = flask.stream_with_context(_events(subscription, is_allowed, recheck_seconds))
    response = flask.Response(events, mimetype="text/event-stream", headers=HEADERS)
    response.call_on_close(subscription.close)  # also of a caller who left before the first event
    return response


def _no_content() -> flask.Response:
    return flask.Response(status=204, headers=HEADERS)


def _events(subscription: Subscription, is_allowed: Callable[[], bool], recheck_seconds: float) -> Iterator[str]:
    with subscription, LIVE_VIEWERS.track_inprogress():
        # A page of another build than this loads itself anew.
        yield f"retry: {RETRY_MILLISECONDS}\nevent: build\ndata: {BUILD}\n\n"
        checked_at = time.monotonic()
        while True:
            try:
                event = subscription.get()
            except StreamClosed:
                return
            now = time.monotonic()
            if now - checked_at >= recheck_seconds:
                if not is_allowed():
                    yield DENIED
                    return
                checked_at = now
            yield _beat() if event is None else f"data: {event}\n\n"


def _beat() -> str:
    """Keeps proxies awake and says how old the numbers are; while the shop cannot be read that time stands still."""
    return f"event: beat\ndata: {services().live.as_of}\n\n"


def _still_allowed() -> bool:
    """Load the session's user anew; a store that cannot answer right now ends no stream."""
    flask.g.pop("_login_user", None)  # where flask-login keeps the user for the length of a request
    try:
        require(Access.WATCH)
    except ShopError as error:
        return error.status not in (401, 403)
    return True
