"""The catalogue over the API, page by page, cacheable."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from urllib.parse import urlencode

import flask

from app.api.reading import ProductQuery, read_query
from app.api.routing import route
from app.api.writing import product_json
from app.domain import Access, Product
from app.errors import InvalidInput
from app.services import services

_WHOLE_CATALOGUE = 10_000_000


@route("/api/products", Access.PUBLIC)
def products() -> flask.Response:
    query = read_query(ProductQuery)
    version = f"{services().catalog.version()}|{query.model_dump_json()}"
    etag = hashlib.sha256(version.encode()).hexdigest()[:32]
    if flask.request.if_none_match.contains_weak(etag):
        return _cacheable(flask.Response(status=304), etag)
    found = _matching(query)
    start = _start(found, query.cursor)
    page = found[start : start + query.limit]
    response = flask.jsonify([product_json(product) for product in page])
    if start + query.limit < len(found):
        response.headers["Link"] = f'<{_next_url(query, page[-1], start + query.limit)}>; rel="next"'
    return _cacheable(response, etag)


def _matching(query: ProductQuery) -> Sequence[Product]:
    """All that match, in a fixed order: by id, unless a search or a sort asks for another."""
    catalog = services().catalog
    if not query.q.strip() and query.sort is None:
        known = sorted(catalog.all(), key=lambda product: product.product_id)
        return [p for p in known if query.category is None or p.category == query.category]
    result = catalog.search(
        q=query.q, category=query.category, sort=query.sort or "popular", page=1, page_size=_WHOLE_CATALOGUE
    )
    return result.items


def _start(found: Sequence[Product], cursor: str | None) -> int:
    """Where the page begins: after the cursor's product, or where it was if it has gone since."""
    if cursor is None:
        return 0
    last_id, position = _decoded(cursor)
    for index, product in enumerate(found):
        if product.product_id == last_id:
            return index + 1
    return position


def _next_url(query: ProductQuery, last: Product, position: int) -> str:
    token = base64.urlsafe_b64encode(json.dumps([last.product_id, position]).encode()).decode().rstrip("=")
    given = query.model_dump(exclude_defaults=True, exclude={"cursor"})
    return f"/api/products?{urlencode({**given, 'cursor': token})}"


def _decoded(cursor: str) -> tuple[str, int]:
    try:
        last_id, position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise _bad_cursor() from None
    if not isinstance(last_id, str) or type(position) is not int or not 0 <= position < _WHOLE_CATALOGUE:
        raise _bad_cursor()
    return last_id, position


def _bad_cursor() -> InvalidInput:
    return InvalidInput("cursor must be taken from the Link header of the page before.", "cursor")


def _cacheable(response: flask.Response, etag: str) -> flask.Response:
    # Weak: compression changes the bytes, not the meaning.
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "no-cache"
    return response
