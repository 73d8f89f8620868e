"""Delivery on the pages of the shop: what is offered, what follows the address, and what is told of what changed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain import Actor
from app.domain.shipping import Method, PriceBy, Step
from app.services.shipping.drafts import method_fields, zone_fields
from components.shop.checkout_form import FIELDS
from pages.shop._checkout_totals import TOTAL_FIELDS
from tests.conftest import WiredApp
from tests.support.dash_calls import call, callback_map, changes, function_of, navigate, payload
from tests.support.shop import APPROVED, PASSWORD, add_people, add_product

MAKER = Actor("somebody else")
TYPED = {
    "email": "zoe@mail.example", "name": "Zoe", "line1": "1 Lake Road", "postcode": "411001", "city": "Pune",
    "area": "Maharashtra", "country": "IN", **{name: APPROVED[name] for name in ("number", "expiry", "cvc")},
}  # fmt: skip
INDIA, NEPAL = {"name": "India", "places": ["IN"]}, {"name": "Nepal", "places": ["NP"]}


def method(name: str, price: int, **others: Any) -> dict[str, Any]:
    return {**method_fields(Method(0, name, PriceBy.ITEM, (Step(None, price),))), **others}


class Shopper:
    """A guest with a cup in the cart, in a shop that ships by Post and Courier to India and by Air to Nepal."""

    def __init__(self, app: WiredApp) -> None:
        self.zones = app.services.shipping_zones
        for fields, methods in ((INDIA, {"Post": 4_900, "Courier": 19_900}), (NEPAL, {"Air": 90_000})):
            zone = self.zones.add_zone(fields, MAKER)
            for name, price in methods.items():
                self.zones.add_method(zone.zone_id, method(name, price), MAKER)
        self.ids = {one.name: str(one.method_id) for zone in self.zones.plan().zones for one in zone.methods}
        self.app, self.client = app, app.server.test_client()
        product = add_product(app.services, f"Cup {secrets.token_hex(3)}", 25_000, 9)
        assert self.press("add_to_cart", [1, product.product_id, 1])

    def press(self, name: str, values: list[Any], prefix: str = "") -> dict[str, dict[str, Any]]:
        (found,) = [
            (output, entry) for output, entry in callback_map(self.client).items()
            if function_of(entry).__qualname__.split(".")[-1] == name and "shop" in function_of(entry).__module__
        ]  # fmt: skip
        return changes(call(self.client, payload(*found, values, 0), prefix))

    def pay(self, shown: Any, **typed: Any) -> dict[str, dict[str, Any]]:
        values = TYPED | typed
        return self.press("pay", [1, secrets.token_hex(8), shown, *(values.get(name, "") for name in FIELDS)])

    def total(self, **typed: Any) -> dict[str, Any]:
        """What the shopper agrees to."""
        values = TYPED | typed
        found = self.press("show_total", [*(values.get(name, "") for name in TOTAL_FIELDS), {"user_id": None}])
        shown: dict[str, Any] = found["checkout-shown"]["data"]
        return shown

    def remove(self, name: str) -> None:
        zone = next(one for one in self.zones.plan().zones if one.name == name)
        self.zones.remove_zone(zone.zone_id, zone_fields(zone), len(zone.methods), MAKER)

    def drop(self, name: str) -> None:
        found = self.zones.plan().method(int(self.ids[name]))
        assert found is not None
        self.zones.remove_method(found.method_id, method_fields(found), MAKER)


@pytest.fixture
def shopper(wired_app: WiredApp) -> Iterator[Shopper]:
    shopper = Shopper(wired_app)
    yield shopper
    for zone in shopper.zones.plan().zones:  # other tests order from anywhere
        shopper.remove(zone.name)


def test_only_what_is_shipped_to_is_offered_with_price_and_day(shopper: Shopper):
    page = shopper.client.get("/checkout").text
    assert 'value="IN"' in page
    assert 'value="NP"' in page
    assert 'value="FR"' not in page
    assert page.index(">Post<") < page.index(">Courier<")
    assert ">Air<" not in page
    assert "₹49.00" in page
    assert "Arrives " in page
    for prefix, words in (("/de", "Kommt an"), ("/hi", "के बीच पहुँचेगा"), ("/ar", "يصل")):
        assert words in shopper.client.get(f"{prefix}/checkout").text
    assert "Delivery to India: ₹49.00." in shopper.client.get("/cart").text


def test_methods_and_total_follow_the_address_and_the_choice(shopper: Shopper):
    found = shopper.press("show_deliveries", ["NP", "", shopper.ids["Post"]])
    assert found["checkout-delivery"]["value"] == shopper.ids["Air"]
    assert "Delivery to Nepal: ₹900.00." in shopper.client.get("/cart").text
    totals = [
        shopper.total(**typed)["total"]
        for typed in ({}, {"delivery": shopper.ids["Courier"]}, {"country": "NP", "area": "", "delivery": "gone"})
    ]
    assert totals == [(25_000 + price) * 105 // 100 for price in (4_900, 19_900, 90_000)]
    lost = shopper.press("show_deliveries", ["FR", "", None])
    assert lost["checkout-delivery"]["options"] == []
    assert "do not deliver to this country" in lost["checkout-delivery-note"]["children"]


def test_what_was_chosen_stands_on_the_order(shopper: Shopper):
    chosen = {"delivery": shopper.ids["Courier"]}
    href = shopper.pay(shopper.total(**chosen), **chosen)["redirect"]["href"]
    page = navigate(shopper.client, href.partition("?")[0]).get_data(as_text=True)
    assert "Courier" in page
    assert "Arrives " in page
    assert "199.00" in page
    found = shopper.app.services.orders.get(int(href.split("/")[2].partition("?")[0]))
    assert found.delivery is not None
    assert (found.delivery.name, found.shipping, found.total) == ("Courier", 19_900, 47_145)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        (lambda shopper: shopper.remove("India"), "country", "do not deliver to this country"),
        (lambda shopper: shopper.drop("Post"), "delivery", "no longer offered"),
        (lambda shopper: None, "delivery", "no longer offered"),
    ],
)
def test_what_is_gone_meanwhile_is_said_at_its_field(shopper: Shopper, change: Any, field: str, words: str):
    shown = shopper.total()
    change(shopper)
    chosen = shopper.ids["Post"] if shopper.zones.plan().method(int(shopper.ids["Post"])) is None else "x"
    found = shopper.pay(shown, delivery=chosen)
    assert words in found[f"checkout-{field}-error"]["children"]
    assert "href" not in found.get("redirect", {})


def test_another_price_meanwhile_is_shown_and_not_charged(shopper: Shopper):
    shown = shopper.total()
    (found,) = [one for zone in shopper.zones.plan().zones for one in zone.methods if one.name == "Post"]
    shopper.zones.change_method(found.method_id, method("Post", 5_900), method_fields(found), MAKER)
    answer = shopper.pay(shown, delivery=shopper.ids["Post"])
    assert "by delivery, tax or prices" in str(answer["checkout-problem"])
    assert answer["checkout-shown"]["data"]["total"] == (25_000 + 5_900) * 105 // 100


def test_the_api_takes_the_cheapest_without_a_word(shopper: Shopper):
    person = add_people(shopper.app.database, 1, f"c{secrets.token_hex(4)}")[0]
    client: FlaskClient = shopper.app.server.test_client()
    assert client.post("/api/login", json={"email": person.email, "password": PASSWORD}).status_code == 200
    product = add_product(shopper.app.services, f"Pot {secrets.token_hex(3)}", 10_000, 9)
    client.post("/api/cart", json={"id": product.product_id})
    assert client.post("/api/record_payment").json["total"] == 156.45  # (100 + 49) × 1.05
