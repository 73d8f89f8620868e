"""The catalogue over the API, page by page, cacheable."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from bisect import bisect_right
from collections.abc import Sequence
from urllib.parse import urlencode

import flask

from app.api.answers import Products
from app.api.reading import read_query
from app.api.requests import ProductQuery
from app.api.routing import Doc, Tokens, route
from app.api.writing import product_json
from app.domain import Access, Product
from app.errors import InvalidInput
from app.services import services
from app.services.catalog import MOST_PAGE_SIZE

_FARTHEST = 10_000_000


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
    version = f"{services().catalog.version()}|{query.model_dump_json()}"
    etag = hashlib.sha256(version.encode()).hexdigest()[:32]
    if flask.request.if_none_match.contains_weak(etag):
        return _cacheable(flask.Response(status=304), etag)
    page, follows = _ranked_page(query) if query.q.strip() or query.sort else _listed_page(query)
    response = flask.jsonify([product_json(product) for product in page])
    if follows is not None:
        response.headers["Link"] = f'<{_next_url(query, page[-1], follows)}>; rel="next"'
    return _cacheable(response, etag)


def _listed_page(query: ProductQuery) -> tuple[Sequence[Product], int | None]:
    """By id, so that going through all pages misses nothing while products come and go."""
    known = [p for p in services().catalog.all() if query.category is None or p.category == query.category]
    known.sort(key=lambda product: product.product_id)
    start = 0
    if query.cursor is not None:
        last_id, _ = _decoded(query.cursor)
        start = bisect_right(known, last_id, key=lambda product: product.product_id)
    end = start + query.limit
    return known[start:end], end if end < len(known) else None


def _ranked_page(query: ProductQuery) -> tuple[Sequence[Product], int | None]:
    """By relevance or the asked order, from the position where the page before ended."""
    start = 0 if query.cursor is None else _decoded(query.cursor)[1]
    end = start + query.limit
    found: list[Product] = []
    total = 0
    first = start // MOST_PAGE_SIZE
    for number in range(first, (end - 1) // MOST_PAGE_SIZE + 1):
        result = services().catalog.search(
            q=query.q,
            category=query.category,
            sort=query.sort or "popular",
            page=number + 1,
            page_size=MOST_PAGE_SIZE,
        )
        total = result.total
        if result.page != number + 1:  # beyond the last page it answers with the last
            break
        found.extend(result.items)
    offset = start - first * MOST_PAGE_SIZE
    page = found[offset : offset + query.limit]
    return page, end if page and end < total else None


def _next_url(query: ProductQuery, last: Product, position: int) -> str:
    token = base64.urlsafe_b64encode(json.dumps([last.product_id, position]).encode()).decode().rstrip("=")
    given = query.model_dump(exclude_defaults=True, exclude={"cursor"})
    return f"/api/products?{urlencode({**given, 'cursor': token})}"


def _decoded(cursor: str) -> tuple[str, int]:
    try:
        last_id, position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise _bad_cursor() from None
    if not isinstance(last_id, str) or type(position) is not int or not 0 <= position < _FARTHEST:
        raise _bad_cursor()
    return last_id, position


def _bad_cursor() -> InvalidInput:
    return InvalidInput("cursor must be taken from the Link header of the page before.", "cursor")


def _cacheable(response: flask.Response, etag: str) -> flask.Response:
    # Weak: compression changes the bytes, not the meaning.
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    return response
