"""The wall's own routes: a screen's pairing, its stream, and the busiest hour to play again.

A screen is known by its token, in a cookie that opens the wall and nothing else.
"""

from __future__ import annotations

import flask

from app import numbers
from app.blocking import offload
from app.domain import Access, Screen, WallView
from app.errors import NotSignedIn, ShopError
from app.services import services
from app.services.qr_codes import qr_code
from app.services.wall.screen_view import for_screen
from app.web.identity import cookies
from app.web.identity.caller import client_address
from app.web.identity.principal import require
from app.web.streams import live_routes
from components.wall.rows import order

blueprint = flask.Blueprint("wall", __name__, url_prefix="/wall")

SCREEN_COOKIE = "retail_screen"
_COOKIE_SECONDS = 2 * 365 * 24 * 3600
_RECHECK_SECONDS = 5.0
_NO_STORE = {"Cache-Control": "no-store"}


def current_screen() -> Screen | None:
    """The screen whose cookie this request brought, while it is one of the shop's."""
    token = cookies.read(SCREEN_COOKIE)
    if not token:
        return None
    try:
        return services().screens.of_token(token)
    except NotSignedIn:
        return None


def view_of(screen: Screen) -> WallView:
    return WallView(hides_names=screen.settings.hides_names, hides_money=screen.settings.hides_money)


def entry_url() -> str:
    """Where staff enter the code of a screen: at the shop's address, else at the one by which the screen came."""
    settings = services().settings
    return f"{settings.base_url if settings.public_url else flask.request.host_url.rstrip('/')}/admin/screens"


@blueprint.post("/pairing")
def begin() -> flask.Response:
    """A new code for this screen to show, also as a QR code for a phone, with its token as a cookie."""
    pairing = services().screens.begin(client_address())
    entry = f"{entry_url()}?code={pairing.code}"
    response = _json({"code": pairing.code, "ends_at": pairing.ends_at.isoformat(), "qr": offload(qr_code, entry)})
    cookies.keep(response, SCREEN_COOKIE, pairing.token, _COOKIE_SECONDS)
    return response


@blueprint.get("/pairing")
def state() -> flask.Response:
    """`waiting`, `paired` or `over`."""
    token = cookies.read(SCREEN_COOKIE)
    return _json({"state": services().screens.state(token) if token else "over"})


@blueprint.get("/stream")
def stream() -> flask.Response:
    """The wall's events for a paired screen; it ends when the screen is revoked or is to show something else.

    Staff get here what they get at /live/stream?of=wall.
    """
    screen = current_screen()
    if screen is None:
        return live_routes.to_staff(WallView())
    token, settings = cookies.read(SCREEN_COOKIE), screen.settings

    def is_unchanged() -> bool:
        try:
            return services().screens.of_token(token).settings == settings
        except ShopError as error:  # a store that cannot answer right now ends no stream
            return error.status not in (401, 403)

    return live_routes.answer(view_of(screen), is_unchanged, _RECHECK_SECONDS)


@blueprint.get("/peak")
def peak() -> flask.Response:
    """The busiest hour of today with its orders' rows, as the caller may see them."""
    screen = current_screen()
    view = WallView() if screen is None else view_of(screen)
    if screen is None:
        require(Access.WATCH)
    found, snapshot, formats = services().peak(), services().live.snapshot(), services().formats
    shown = for_screen({**snapshot, "latest": found["latest"]}, view)["latest"]
    day = numbers.day(snapshot["day"])
    return _json(
        {"start": found["start"], "orders": [{"at": one["at"], "row": order(one, day, formats)} for one in shown]}
    )


def _json(values: dict[str, object]) -> flask.Response:
    response = flask.jsonify(values)
    response.headers.update(_NO_STORE)
    return response
