"""Files that search engines, browsers and comparison services ask for by their names. Public, and the same for all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from threading import BoundedSemaphore

import flask

from app import numbers
from app.errors import Busy, NotFound
from app.services import services
from app.services.limits.networks import network_of
from app.services.limits.throttle import PRODUCT_FEED
from app.web.build_id import BUILD
from app.web.found import icons, sitemap
from app.web.found.feed import products_feed
from app.web.identity.caller import client_address
from app.words import ENGLISH, LANGUAGES

DAY = 24 * 3600
HOUR = 3600
QUARTER = 15 * 60
MINUTE = 60
XML = "application/xml"

# What is private or leads nowhere without a person. The cart is not among them: it says itself that it is left out.
_NOT_FOR_ROBOTS = (
    "/admin",
    "/account",
    "/api/",
    "/checkout",
    "/live/",
    "/login",
    "/orders",
    "/receipt",
    "/suggest",
    "/wall",
)

# Feeds that a process sends at once: one of 50,000 products is a second's work, and slow readers hold what they hold.
MOST_FEEDS = 2
RETRY_SECONDS = 30
_sending = BoundedSemaphore(MOST_FEEDS)

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
    """How the shop looks on a home screen. Kept shortly, as admins change name and accent."""
    name, light = services().settings.store_name, services().shop.looks()[0]
    sizes = [size for size in icons.SIZES if size != 180]
    about = {
        "name": name,
        "short_name": name[:12].strip(),
        "start_url": "/",
        "display": "browser",
        "background_color": "#ffffff",
        "theme_color": light.shades.accent,
        "icons": [{"src": f"/icons/{n}.png", "sizes": f"{n}x{n}", "type": "image/png"} for n in sizes],
    }
    return _kept(flask.Response(json.dumps(about), mimetype="application/manifest+json"), MINUTE)


def _picture(picture: icons.Picture) -> flask.Response:
    response = flask.Response(picture.content, mimetype=picture.mimetype)
    response.set_etag(picture.tag)
    return _kept(response)


def _kept(response: flask.Response, seconds: int = DAY) -> flask.Response:
    """For so long, and asked for by its tag after that."""
    response.cache_control.public = True
    response.cache_control.max_age = seconds
    if not response.get_etag()[0]:
        response.add_etag()
    response.make_conditional(flask.request)
    return response


@blueprint.get("/robots.txt")
def robots() -> flask.Response:
    paths = [f"{one.prefix}{path}" for one in LANGUAGES for path in _NOT_FOR_ROBOTS]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in paths)]
    text = "\n".join([*lines, "", f"Sitemap: {services().settings.base_url}/sitemap.xml", ""])
    return _kept(flask.Response(text, mimetype="text/plain"))


@blueprint.get("/sitemap.xml")
def sitemap_index() -> flask.Response:
    return _of_catalogue(sitemap.index(services().catalog.all(), services().settings.base_url), HOUR)


@blueprint.get("/sitemaps/<name>.xml")
def sitemap_file(name: str) -> flask.Response:
    """A file of the index. Raises NotFound for another."""
    catalog, base = services().catalog, services().settings.base_url
    products = catalog.all()
    language, name = sitemap.parted(name)
    if name == sitemap.LISTS:
        categories = [category for category, _ in catalog.categories()]
        # Their texts are the same in every language, and are named once.
        pages, here = services().shop.page_names if language is ENGLISH else (), base + language.prefix
        return _of_catalogue(sitemap.of_lists(categories, pages, sitemap.newest(products), here), HOUR)
    number = numbers.natural(name.removeprefix("products-")) if name.startswith("products-") else None
    start = (number - 1) * sitemap.PRODUCTS_A_FILE if number else len(products)
    if start >= len(products):
        raise NotFound("There is no such file of the sitemap.")
    return _of_catalogue(sitemap.of_products(products[start : start + sitemap.PRODUCTS_A_FILE], base, language), HOUR)


@blueprint.get("/feeds/products.xml")
def feed() -> flask.Response:
    """All products in the store. Raises Throttled for who asks all the time, Busy while others are being answered."""
    built = services()
    response = _of_catalogue(iter(()), QUARTER)
    if response.status_code == 304 or flask.request.method == "HEAD":
        return response
    built.throttle.take(PRODUCT_FEED, network_of(client_address()))
    products = built.catalog.all()
    if not _sending.acquire(blocking=False):
        raise Busy("Others are being sent the feed. Ask again in a moment.", RETRY_SECONDS)
    held = ExitStack()
    held.callback(_sending.release)
    response.call_on_close(held.close)  # once, however often the response is closed
    response.response = products_feed(products, built.settings.store_name, built.settings.base_url, built.formats)
    return response


def _of_catalogue(pieces: Iterator[bytes], seconds: int) -> flask.Response:
    """Streamed; the same for as long as the catalogue is."""
    built = services()
    response = flask.Response(pieces, mimetype=XML)
    named = f"{built.settings.store_name}|{built.settings.base_url}|{built.shop.revision}"
    shown = f"{BUILD}|{named}|{built.catalog.version()}"
    response.set_etag(hashlib.sha256(shown.encode()).hexdigest()[:32], weak=True)
    response.cache_control.public = True
    response.cache_control.max_age = seconds
    response.make_conditional(flask.request)
    return response
