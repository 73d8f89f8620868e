"""GET /media/…: product pictures, drawn or uploaded. Public, and cached by browsers for a year."""

from __future__ import annotations

import re
from hashlib import sha256

import flask

from app.domain import Product
from app.errors import Busy, NotFound
from app.pictures import draw, drawing_version
from app.services import services
from app.services.limits.networks import network_of
from app.services.limits.throttle import DRAWN_PICTURE
from app.web.identity.caller import client_address

blueprint = flask.Blueprint("media", __name__, url_prefix="/media")

YEAR = 365 * 24 * 3600
# A URL without the current version may be redrawn under it soon.
MINUTES = 5 * 60
# An SVG that is opened by itself is a document: nothing in it may run or load.
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; sandbox"


@blueprint.get("/drawn/<path:product_id>.svg")
def drawn(product_id: str) -> flask.Response:
    """The drawn picture of a product, also of one that left the store: past orders still show it."""
    product = _product(product_id)
    svg = draw(product.product_id, product.name, product.category)
    response = flask.Response(svg, mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = SVG_POLICY
    return _of_drawing(response, svg, product)


@blueprint.get("/drawn/<path:product_id>.jpg")
def drawn_for_others(product_id: str) -> flask.Response:
    """The same for programs that show no SVG. Raises Throttled for who has many drawn, Busy while others do."""
    product = _product(product_id)
    svg = draw(product.product_id, product.name, product.category)
    data = services().pictures.drawn(svg, _count_drawing)
    return _of_drawing(flask.Response(data, mimetype="image/jpeg"), svg, product)


def _count_drawing() -> None:
    services().throttle.take(DRAWN_PICTURE, network_of(client_address()))


def _of_drawing(response: flask.Response, svg: str, product: Product) -> flask.Response:
    response.set_etag(sha256(svg.encode()).hexdigest()[:20])
    is_current = flask.request.args.get("v") == drawing_version(product.name, product.category)
    return _cached(response, YEAR if is_current else MINUTES, immutable=is_current)


@blueprint.get("/products/<name>")
def uploaded(name: str) -> flask.Response:
    """An uploaded picture, or one of its sizes; its name is the hash of what is in it, so it never changes."""
    size = re.fullmatch(r"([0-9a-f]+)-([1-9]\d{1,3})(\.webp)", name, re.ASCII)
    if not size:
        return _of_upload(services().pictures.uploaded(name), name)
    whole = size[1] + size[3]
    try:
        return _of_upload(services().pictures.uploaded(whole, int(size[2])), name)
    except Busy:  # too large is better than none, until the next time
        response = flask.Response(services().pictures.uploaded(whole), mimetype="image/webp")
        response.cache_control.no_store = True
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


@blueprint.get("/logo/<name>.png")
def logo(name: str) -> flask.Response:
    """The shop's logo, small, for any program. Raises NotFound for another picture: anybody may ask."""
    known = services().shop.logo
    if known != f"{name}.webp":
        raise NotFound("There is no such picture.")
    response = flask.Response(services().pictures.as_png(known), mimetype="image/png")
    response.set_etag(name)
    return _cached(response, YEAR, immutable=True)


def _of_upload(data: bytes, name: str) -> flask.Response:
    response = flask.Response(data, mimetype="image/webp")
    response.set_etag(name.partition(".")[0])
    return _cached(response, YEAR, immutable=True)


def _product(product_id: str) -> Product:
    catalog = services().catalog
    try:
        return catalog.find(product_id)  # from memory, as all pictures of a shop page are
    except NotFound:
        return catalog.get(product_id)


def _cached(response: flask.Response, seconds: int, *, immutable: bool) -> flask.Response:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.cache_control.public = True
    response.cache_control.max_age = seconds
    if immutable:
        response.cache_control.immutable = True
    response.make_conditional(flask.request)
    return response
