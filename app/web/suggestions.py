"""What the search field suggests while somebody types, and what a browser keeps ids of: a few products each, as JSON.

From memory alone: neither asks a store, nor keeps anything of who asks. Equal for everybody who reads the language of
the address, so that a cache may keep it for a moment; not where the request has a cookie.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import flask

from app.addresses import product_path, to
from app.domain import Product, ProductStatus
from app.domain.families import Family
from app.errors import InvalidInput
from app.pictures import product_image_url
from app.services import services
from app.services.limits.memory import SUGGESTIONS
from app.services.limits.networks import network_of
from app.web.identity.caller import client_address
from app.words import mark, say

MOST_PRODUCTS = 6
MOST_CATEGORIES = 3
MOST_ASKED_FOR = 12  # products by id
LONGEST_QUESTION = 200  # characters
LONGEST_NAME = 120  # of a name as it is sent
KEPT_SECONDS = 60

blueprint = flask.Blueprint("suggestions", __name__, url_prefix="/suggest")


@blueprint.get("")
def suggest() -> flask.Response:
    """For `q`, as far as it is typed. Raises InvalidInput for one that is too long, Throttled."""
    q = flask.request.args.get("q", "")
    if len(q) > LONGEST_QUESTION:
        raise InvalidInput(mark("A search has at most {most} characters.", most=LONGEST_QUESTION), "q")
    _count()
    found = services().catalog.suggest(q.strip(), MOST_PRODUCTS)
    categories = [
        {
            "name": name[:LONGEST_NAME],
            "href": to(f"/?{urlencode({'category': name})}"),
            "count": services().formats.number(count),
        }
        for name, count in found.categories[:MOST_CATEGORIES]
    ]
    return _answer({"products": _shown(found.products, found.families), "categories": categories})


@blueprint.get("/products")
def products() -> flask.Response:
    """Those of the `id`s that are in the store, in their order. Raises InvalidInput for too many of them, Throttled."""
    ids = flask.request.args.getlist("id")
    if len(ids) > MOST_ASKED_FOR or any(len(one) > LONGEST_QUESTION for one in ids):
        raise InvalidInput(mark("At most {most} products can be asked for at once.", most=MOST_ASKED_FOR), "id")
    _count()
    known = services().catalog.in_memory(ids)
    shown = [one for one in known if one.status is ProductStatus.ACTIVE]
    return _answer({"products": _shown(shown, services().catalog.families_of(shown))})


def _count() -> None:
    services().budget.take(SUGGESTIONS, network_of(client_address()))


def _shown(found: Iterable[Product], families: Mapping[str, Family]) -> list[dict[str, Any]]:
    return [_product(one, families.get(one.product_id)) for one in found]


def _product(product: Product, family: Family | None) -> dict[str, Any]:
    formats = services().formats
    name = family.name if family else product.name
    price = formats.money(family.price_from if family else product.price)
    return {
        "id": product.product_id,
        "name": name[:LONGEST_NAME],
        "href": to(product_path(product.product_id, product.name)),
        "image": product_image_url(product),
        "price": price if family is None or family.has_one_price else say("from {price}", price=price),
        "sold_out": (family.stock if family else product.stock) <= 0,
    }


def _answer(found: dict[str, Any]) -> flask.Response:
    response = flask.jsonify(found)
    response.cache_control.max_age = KEPT_SECONDS
    if "Cookie" in flask.request.headers or "Authorization" in flask.request.headers:
        response.cache_control.private = True
    else:
        response.cache_control.public = True
    response.vary.update(("Cookie", "Authorization"))
    return response
