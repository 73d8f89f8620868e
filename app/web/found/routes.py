"""Files that search engines, browsers and comparison services ask for by their names. Public, and the same for all."""

from __future__ import annotations

import json

import flask

from app.errors import NotFound
from app.services import services
from app.web.found import icons

DAY = 24 * 3600

blueprint = flask.Blueprint("found", __name__)


@blueprint.get("/favicon.ico")
def favicon() -> flask.Response:
    return _picture(icons.favicon())


@blueprint.get("/apple-touch-icon.png")
def touch_icon() -> flask.Response:
    return _picture(icons.icon(180))


@blueprint.get("/icons/<int:size>.png")
def icon(size: int) -> flask.Response:
    """Raises NotFound for a size that nothing asks for."""
    if size not in icons.SIZES:
        raise NotFound("There is nothing at this address.")
    return _picture(icons.icon(size))


@blueprint.get("/site.webmanifest")
def manifest() -> flask.Response:
    """How the shop looks on a home screen."""
    name = services().settings.store_name
    sizes = [size for size in icons.SIZES if size != 180]
    about = {
        "name": name,
        "short_name": name[:12].strip(),
        "start_url": "/",
        "display": "browser",
        "background_color": "#ffffff",
        "theme_color": icons.GROUND,
        "icons": [{"src": f"/icons/{n}.png", "sizes": f"{n}x{n}", "type": "image/png"} for n in sizes],
    }
    return _kept(flask.Response(json.dumps(about), mimetype="application/manifest+json"))


def _picture(picture: icons.Picture) -> flask.Response:
    response = flask.Response(picture.content, mimetype=picture.mimetype)
    response.set_etag(picture.tag)
    return _kept(response)


def _kept(response: flask.Response) -> flask.Response:
    """For a day, and asked for by its tag after that."""
    response.cache_control.public = True
    response.cache_control.max_age = DAY
    if not response.get_etag()[0]:
        response.add_etag()
    response.make_conditional(flask.request)
    return response
