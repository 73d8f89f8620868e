"""Budgets of checkout on the wired shop: a flood of orders and of declined cards, over the API and on the page."""

from __future__ import annotations

import secrets
from collections import Counter
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.services.limits.throttle import DECLINES_ADDRESS, DECLINES_OWNER, GUEST_ORDERS_ADDRESS, ORDERS_OWNER, Rule
from app.stores.sql.limits import throttles
from components.shop.checkout_form import FIELDS
from tests.support.browsers import new_person, sign_in
from tests.support.dash_calls import call, callback_map, function_of, payload
from tests.support.shop import APPROVED, DECLINED, add_product, forget_attempts, refused

GUEST = {
    "email": "somebody-elses@mail.example", "name": "Zoe", "line1": "1 Lake Road", "line2": "", "postcode": "411001",
    "city": "Pune", "area": "Maharashtra", "country": "IN",
}  # fmt: skip


@pytest.fixture(autouse=True)
def nobody_has_tried(wired_app):
    forget_attempts(wired_app.database)
    yield
    forget_attempts(wired_app.database)


@pytest.fixture(scope="module")
def mug(built_app):
    return add_product(built_app.services, "Mug of many orders", 9_900, 1_000)


def order(client: FlaskClient, product_id: str, card: dict[str, str] = APPROVED, **headers: str) -> TestResponse:
    client.post("/api/cart", json={"id": product_id})
    return client.post("/api/record_payment", json={"payment": card}, headers=headers)


def spend(wired_app: Any, rule: Rule, value: str, times: int) -> None:
    """As if so many had been counted a moment ago."""
    limit = wired_app.services.throttle.limit(rule, value)
    for _ in range(times):
        wired_app.database.write(lambda connection: throttles.count(connection, [limit]))


def codes(answers: list[TestResponse]) -> Counter[str]:
    return Counter("paid" if one.status_code == 200 else one.json["code"] for one in answers)


class TestTheApi:
    def test_of_forty_orders_of_one_account_thirty_are_placed(self, wired_app, mug):
        client = sign_in(wired_app, new_person(wired_app))
        answers = [order(client, mug.product_id) for _ in range(40)]
        assert codes(answers) == {"paid": ORDERS_OWNER.burst, "throttled": 40 - ORDERS_OWNER.burst}
        body = refused(answers[-1], 429, "throttled")
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert body["message"].startswith("Many orders were placed in a short time. Try again in ")
        assert [line["id"] for line in client.get("/api/cart").json] == [mug.product_id], "the cart is kept"

    def test_of_fifteen_declined_cards_of_one_account_ten_reach_the_provider(self, wired_app, mug):
        client = sign_in(wired_app, new_person(wired_app))
        answers = [order(client, mug.product_id, DECLINED) for _ in range(15)]
        assert codes(answers) == {"payment_declined": DECLINES_OWNER.burst, "throttled": 15 - DECLINES_OWNER.burst}
        assert refused(answers[-1], 429, "throttled")["message"].startswith("Too many cards were declined. Try again")
        assert 60 < int(answers[-1].headers["Retry-After"]) <= 600

    def test_other_accounts_at_that_address_go_on_until_thirty_were_declined(self, wired_app, mug):
        spend(wired_app, DECLINES_ADDRESS, "127.0.0.1", DECLINES_ADDRESS.burst - 5)
        client = sign_in(wired_app, new_person(wired_app))
        answers = [order(client, mug.product_id, DECLINED) for _ in range(7)]
        assert codes(answers) == {"payment_declined": 5, "throttled": 2}
        elsewhere = {"json": {"payment": APPROVED}, "environ_base": {"REMOTE_ADDR": "203.0.113.9"}}
        assert client.post("/api/record_payment", **elsewhere).status_code == 200

    def test_repeats_of_one_order_never_count(self, wired_app, mug):
        person = new_person(wired_app)
        client = sign_in(wired_app, person)
        spend(wired_app, ORDERS_OWNER, f"user#{person.user_id}", ORDERS_OWNER.burst - 2)
        for click in ("first", "last"):
            told = {order(client, mug.product_id, Idempotency_Key=click).json["order_id"] for _ in range(5)}
            assert len(told) == 1
        refused(order(client, mug.product_id, Idempotency_Key="one-more"), 429, "throttled")
        again = order(client, mug.product_id, Idempotency_Key="last")
        assert again.json["order_id"] in told, "answered though the budget is used up"

    def test_people_with_accounts_are_not_counted_by_address(self, wired_app, mug):
        spend(wired_app, GUEST_ORDERS_ADDRESS, "127.0.0.1", GUEST_ORDERS_ADDRESS.burst)
        assert order(sign_in(wired_app, new_person(wired_app)), mug.product_id).status_code == 200


class Guest:
    """A browser that buys without an account, on the pages."""

    def __init__(self, wired_app: Any) -> None:
        self._client = wired_app.client()
        self._callbacks = {function_of(one).__qualname__: (key, one) for key, one in callback_map(self._client).items()}

    def buy(self, product_id: str) -> TestResponse:
        self._call("add_to_cart", [1, product_id, 1])
        card = {name: APPROVED[name] for name in ("number", "expiry", "cvc")}
        typed = [(GUEST | card).get(name, "") for name in FIELDS]
        return self._call("pay", [1, secrets.token_hex(8), {"user_id": None}, *typed])

    def _call(self, name: str, values: list[Any]) -> TestResponse:
        output, entry = self._callbacks[name]
        return call(self._client, payload(output, entry, values, 0))


class TestThePage:
    def test_fresh_guests_share_the_sixty_orders_of_their_address(self, wired_app, mug):
        spend(wired_app, GUEST_ORDERS_ADDRESS, "127.0.0.1", GUEST_ORDERS_ADDRESS.burst - 4)
        answers = [Guest(wired_app).buy(mug.product_id).text for _ in range(6)]
        assert sum("thanks=1" in text for text in answers) == 4
        assert "Many orders were placed in a short time. Try again in" in answers[-1]
        assert "your cart is kept" in answers[-1]
        assert "notice-warn" in answers[-1], "waiting is no mistake"

    def test_guests_elsewhere_are_not_held_up(self, wired_app, mug):
        spend(wired_app, GUEST_ORDERS_ADDRESS, "203.0.113.9", GUEST_ORDERS_ADDRESS.burst)
        assert "thanks=1" in Guest(wired_app).buy(mug.product_id).text
