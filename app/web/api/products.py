"""The catalogue over the API, page by page, cacheable."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from urllib.parse import urlencode

import flask

from app.domain import Access, Product
from app.errors import InvalidInput
from app.services import services
from app.web.api.answers import Products
from app.web.api.cursors import bad_cursor, decoded, encoded
from app.web.api.reading import read_query
from app.web.api.ready_bodies import ReadyBodies, respond
from app.web.api.requests import ProductQuery
from app.web.api.routing import Doc, Tokens, route
from app.web.api.writing import product_json

REPRESENTATION = 3  # raise it when the same products are answered differently: clients keep answers by their tag


@route(
    "/api/products",
    Access.PUBLIC,
    scope=Tokens.ANY,
    doc=Doc(
        "The catalogue",
        "catalogue",
        answers=Products,
        description="By id, or by relevance or `sort` where one of them is asked for; without `limit` the first 1,000.",
        query=ProductQuery,
        request_headers=("If-None-Match",),
        has_pages=True,
        has_etag=True,
    ),
)
def products() -> flask.Response:
    query = read_query(ProductQuery)
    etag = _version(query)
    if flask.request.if_none_match.contains_weak(etag):
        return _cacheable(flask.Response(status=304), etag)
    body = _BODIES.get(etag, lambda: _page(query), lambda: _version(query) == etag)
    response = respond(body, flask.request)
    if body.following:
        response.headers["Link"] = f'</api/products?{body.following}>; rel="next"'
    return _cacheable(response, etag)


def _version(query: ProductQuery) -> str:
    """The same for the same answer, in every process."""
    shown = f"{REPRESENTATION}|{services().formats.currency}|{services().catalog.version()}|{query.model_dump_json()}"
    return hashlib.sha256(shown.encode()).hexdigest()[:32]


def _page(query: ProductQuery) -> tuple[Sequence[Product], str]:
    """Its products, and the query of the page behind it, "" when there is none."""
    page, place = _ranked_page(query) if query.q.strip() or query.sort else _listed_page(query)
    if place is None:
        return page, ""
    given = query.model_dump(exclude_defaults=True, exclude={"cursor"})
    return page, urlencode({**given, "cursor": encoded(place)})


def _encoded(product: Product) -> bytes:
    return flask.json.dumps(product_json(product), separators=(",", ":")).encode()


_BODIES: ReadyBodies[Product] = ReadyBodies(_encoded, lambda one: (services().formats.currency, one.product_id))


def _listed_page(query: ProductQuery) -> tuple[Sequence[Product], Sequence[object] | None]:
    """By id, so that going through all pages misses nothing while products come and go."""
    known = [p for p in services().catalog.all() if query.category is None or p.category == query.category]
    known.sort(key=lambda product: product.product_id)
    start = 0
    if query.cursor is not None:
        last_id, *_ = [*decoded(query.cursor), None]
        if not isinstance(last_id, str):
            raise bad_cursor()
        start = bisect_right(known, last_id, key=lambda product: product.product_id)
    page = known[start : start + query.limit]
    return page, [page[-1].product_id] if page and start + query.limit < len(known) else None


def _ranked_page(query: ProductQuery) -> tuple[Sequence[Product], Sequence[object] | None]:
    """By relevance or the asked order, from where the last product of the page before stood."""
    place = None if query.cursor is None else decoded(query.cursor)
    try:
        return services().catalog.beyond(place, query.limit, query.q, query.category, query.sort or "popular")
    except InvalidInput:
        raise bad_cursor() from None


def _cacheable(response: flask.Response, etag: str) -> flask.Response:
    # Weak: compression changes the bytes, not the meaning.
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    return response
