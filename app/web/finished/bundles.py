"""What the store's pages load: one style sheet, the icons in use and two scripts, whole, compressed once and kept by
browsers for good, as their names tell what is in them.

Neither the staff's parts nor those of the wall are in them: assets are numbered by room, the shop's below 50.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import flask

from app.errors import NotFound
from app.web.api.ready_bodies import ReadyBody, respond

_HERE = Path(__file__).parent / "sheet"
_ASSETS = Path(__file__).parents[3] / "assets"
_YEAR = 365 * 24 * 3600
_MINUTE = 60  # asked of another version than this one, during a rollout

# Run with the page, before Dash does; the theme's by itself, ahead of the first paint.
EARLY = (
    "04-words.js",
    "23-places.js",
    "26-chips.js",
    "26-pictures.js",
    "26-summary.js",
    "27-choices.js",
    "29-gallery.js",
    "29-price.js",
    "29-search.js",
    "29-viewed.js",
    "46-countdown.js",
    "08-start.js",
)
THEME = "05-theme.js"
LAST = "28-rooms.js"  # wraps what the others wrap

blueprint = flask.Blueprint("bundles", __name__, url_prefix="/store")


@dataclass(frozen=True)
class Bundle:
    mimetype: str
    body: ReadyBody
    address: str


def _bundle(kind: str, ending: str, mimetype: str, content: bytes) -> Bundle:
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Bundle(mimetype, ReadyBody(content, is_lasting=True), f"/store/{kind}-{digest}.{ending}")


@cache
def icons() -> Bundle:
    return _bundle("icons", "woff2", "font/woff2", (_HERE / "icons.woff2").read_bytes())


@cache
def style() -> Bundle:
    face = (
        f'@font-face{{font-display:block;font-family:bootstrap-icons;src:url("{icons().address}") format("woff2")}}\n'
    )
    theirs = [(_HERE / name).read_text() for name in ("bootstrap.css", "icons.css")]
    ours = [_bare(path.read_text()) for path in sorted(_ASSETS.glob("[1-4]*.css"))]
    return _bundle("shop", "css", "text/css", "".join([face, *theirs, *ours]).encode())


@cache
def theme() -> Bundle:
    return _script("theme", [THEME])


@cache
def early() -> Bundle:
    return _script("first", EARLY)


@cache
def with_dash() -> Bundle:
    known = sorted(path.name for path in _ASSETS.glob("[0-4]*.js"))
    return _script("shop", [name for name in known if name not in (*EARLY, THEME, LAST)] + [LAST])


def _script(kind: str, names: list[str] | tuple[str, ...]) -> Bundle:
    code = "\n".join((_ASSETS / name).read_text() for name in names)
    return _bundle(kind, "js", "text/javascript", code.encode())


def _bare(rules: str) -> str:
    """Without comments and the blanks around lines."""
    return re.sub(r"\n\s*", "\n", re.sub(r"/\*.*?\*/", "", rules, flags=re.DOTALL)).strip() + "\n"


_BY_KIND: dict[tuple[str, str], Callable[[], Bundle]] = {
    ("icons", "woff2"): icons,
    ("shop", "css"): style,
    ("theme", "js"): theme,
    ("first", "js"): early,
    ("shop", "js"): with_dash,
}


@blueprint.get("/<kind>-<digest>.<ending>")
def file(kind: str, digest: str, ending: str) -> flask.Response:
    """The bundle of that kind; while servers of two versions run, one that is asked for the other's gives its own."""
    make = _BY_KIND.get((kind, ending))
    if make is None:
        raise NotFound("There is nothing at this address.")
    bundle = make()
    response = respond(bundle.body, flask.request, bundle.mimetype)
    response.cache_control.public = True
    is_it = bundle.address == f"/store/{kind}-{digest}.{ending}"
    response.cache_control.max_age = _YEAR if is_it else _MINUTE
    if is_it:
        response.cache_control.immutable = True
    return response
