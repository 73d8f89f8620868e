"""The shop's own country: where orders go that name none, and what the checkout starts with."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from app.services import install
from app.stores.sql.tables import orders
from tests.support.dash_calls import navigate
from tests.support.shop import PASSWORD, add_product

_numbers = itertools.count(1)

Open = Callable[..., None]


@pytest.fixture
def shop_with(wired_app) -> Iterator[Open]:
    """The shop with other settings."""

    def swap(**changes: str) -> None:
        settings = wired_app.services.settings.model_copy(update=changes)
        install(replace(wired_app.services, settings=settings))

    yield swap
    install(wired_app.services)


@pytest.fixture
def buyer(wired_app):
    """Signed in, with something in the cart."""
    number = next(_numbers)
    client = wired_app.server.test_client()
    person = {"fullname": "Buyer", "email": f"buyer.somewhere{number}@shop.example", "password": PASSWORD}
    assert client.post("/api/signup", json=person).status_code == 200
    product = add_product(wired_app.services, f"Atlas {number}", price=19_999, stock=10)
    assert client.post("/api/cart", json={"id": product.product_id}).status_code == 200
    return client


def _props_of(tree: Any, component_id: str) -> Iterator[dict[str, Any]]:
    """Those of the components with that id in a page's answer."""
    if isinstance(tree, dict) and tree.get("id") == component_id:
        yield tree
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _props_of(part, component_id)


@pytest.mark.parametrize(
    ("settings", "country"),
    [
        ({"store_locale": "en_IN"}, "IN"),
        ({"store_locale": "de"}, "DE"),
        ({"store_locale": "es_419", "store_country": "MX"}, "MX"),
        ({"store_locale": "en_001", "store_country": "IE"}, "IE"),
    ],
    ids=lambda value: value if isinstance(value, str) else value["store_locale"],
)
def test_an_order_by_the_api_goes_there_and_the_checkout_starts_there(
    wired_app, shop_with: Open, buyer, settings: dict[str, str], country: str
):
    shop_with(**settings)
    (choice,) = _props_of(navigate(buyer, "/checkout").json, "checkout-country")
    assert choice["value"] == country
    answer = buyer.post("/api/record_payment")
    assert answer.status_code == 200, answer.json
    placed = select(orders.c.ship_country).where(orders.c.order_id == answer.json["order_id"])
    assert wired_app.database.read(lambda c: c.execute(placed).scalar_one()) == country
