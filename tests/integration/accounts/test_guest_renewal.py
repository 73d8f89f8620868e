"""A guest's key changes with a paid order: who planted the old one sees nothing, and no answer is lost by it."""

from __future__ import annotations

import re
import secrets
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.errors import StoreUnavailable
from app.stores.sql.tables import order_lines
from app.web.identity.guests import GUEST
from components.shop.checkout_form import FIELDS
from tests.conftest import WiredApp
from tests.support.account_calls import press, update
from tests.support.browsers import SESSION
from tests.support.dash_calls import navigate
from tests.support.shop import APPROVED, add_product, forget_attempts

STREET = "17 Planted Lane"
TYPED = {
    "email": "guest@shop.example", "name": "Meera", "country": "IN", "line1": STREET, "city": "Pune",
    "area": "Maharashtra", "region": "Maharashtra", "postcode": "411001", "number": APPROVED["number"],
    "expiry": APPROVED["expiry"], "cvc": APPROVED["cvc"],
}  # fmt: skip


class Shopper:
    """A guest's browser with something in the cart; `planter` keeps a copy of its first cookie."""

    def __init__(self, app: WiredApp) -> None:
        forget_attempts(app.database)
        self.app = app
        self.planter = app.client()
        with self.planter.session_transaction() as session:
            session[GUEST] = f"planted-{secrets.token_hex(4)}"
            session.permanent = True
            self.planted = f"guest#{session[GUEST]}"
        self.client = self.copy()
        self.product = add_product(app.services, "Planted mug", 1_000, 50)
        self.put(self.planted)
        cart = app.services.cart.view(self.planted)
        self.shown = {"total": cart.total, "revision": cart.revision, "user_id": None}

    def copy(self) -> FlaskClient:
        """Another browser with the cookie that was planted."""
        client = self.app.client()
        client.set_cookie(SESSION, self.planter.get_cookie(SESSION).value)
        return client

    def put(self, owner: str) -> None:
        self.app.services.cart.add(owner, self.product.product_id)

    def pay(self, client: FlaskClient | None = None, key: str = "a page's key") -> TestResponse:
        values = [TYPED.get(name, "") for name in FIELDS]
        return press(client or self.client, "shop.checkout.pay", key, self.shown, *values)

    def owner(self, client: FlaskClient | None = None) -> str:
        with (client or self.client).session_transaction() as session:
            return f"guest#{session[GUEST]}"

    def orders(self) -> int:
        """How many were made of the product, whoever owns them."""
        mine = select(func.count()).select_from(order_lines).where(order_lines.c.product_id == self.product.product_id)
        return self.app.database.read(lambda c: c.execute(mine).scalar_one())


@pytest.fixture
def shopper(wired_app: WiredApp) -> Shopper:
    return Shopper(wired_app)


def number(answer: TestResponse) -> str:
    href = update(answer, "redirect", "href")
    assert href, answer.text
    return re.search(r"/orders/(\d+)", href)[1]


def sees(client: FlaskClient, order: str) -> bool:
    return STREET in navigate(client, f"/orders/{order}").text


def test_who_planted_the_key_sees_neither_order_nor_cart_and_the_guest_both(shopper):
    order = number(shopper.pay())
    shopper.put(shopper.planted)  # added meanwhile, in another tab
    assert sees(shopper.client, order)
    assert not sees(shopper.planter, order)
    assert "Planted mug" in navigate(shopper.client, "/cart").text
    assert "Planted mug" not in navigate(shopper.planter, "/cart").text
    assert shopper.owner() != shopper.planted


def test_who_planted_the_key_learns_nothing_by_paying_themselves(shopper):
    shown = shopper.shown
    order = number(shopper.pay())
    assert sees(shopper.client, order)
    for seen in (shown, {**shown, "revision": None}):  # with what the planter saw of the cart before, and without
        shopper.shown = seen
        answer = shopper.pay(shopper.copy(), key="the planter's own page")
        assert not update(answer, "redirect", "href")
    shopper.put(shopper.planted)
    cart = shopper.app.services.cart.view(shopper.planted)
    shopper.shown = {"total": cart.total, "revision": cart.revision, "user_id": None}
    number(shopper.pay(shopper.planter, key="the planter's own page"))
    assert not sees(shopper.planter, order)
    assert shopper.owner(shopper.planter) != shopper.owner()


def test_who_planted_the_key_gets_no_new_one_before_the_guest_is_back(shopper):
    order = number(shopper.pay())
    shopper.pay(shopper.planter, key="the planter's own page")
    assert sees(shopper.client, order)
    assert not sees(shopper.planter, order)
    assert shopper.owner(shopper.planter) == shopper.planted


def test_a_double_click_pays_once_and_leaves_one_key(shopper):
    twin = shopper.copy()
    first, second = shopper.pay(), shopper.pay(twin)
    assert number(first) == number(second)
    assert shopper.orders() == 1
    assert shopper.owner() == shopper.owner(twin)
    for client in (shopper.client, twin, shopper.client):
        assert sees(client, number(first))


def test_a_click_that_arrives_when_all_has_moved_gets_the_first_answer(shopper):
    late = shopper.copy()
    order = number(shopper.pay())
    assert sees(shopper.client, order)
    assert number(shopper.pay(late)) == order
    assert number(shopper.pay(shopper.client)) == order
    assert shopper.orders() == 1
    assert sees(late, order)


def test_an_answer_that_was_lost_leaves_the_order_with_the_old_key_and_is_given_again(shopper):
    lost = shopper.copy()
    order = number(shopper.pay(lost))
    assert sees(shopper.client, order), "the browser never got the new key"
    assert number(shopper.pay()) == order
    assert shopper.orders() == 1
    assert sees(shopper.client, order)
    assert not sees(shopper.planter, order)


def test_while_a_store_is_away_the_guest_goes_on_under_the_old_key(shopper, monkeypatch):
    order = number(shopper.pay())

    def refuse(*_: Any) -> None:
        raise StoreUnavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(shopper.app.services.checkout._carts, "merge", refuse)
        assert navigate(shopper.client, "/cart").status_code == 200
    assert sees(shopper.client, order)
    assert not sees(shopper.planter, order)


def test_what_was_bought_does_not_come_along_when_its_process_died_before_it_left_the_cart(shopper, monkeypatch):
    def die(*_: Any) -> None:
        raise StoreUnavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(shopper.app.services.checkout.finishing, "run_effects", die)
        shopper.pay()
    order = number(shopper.pay())
    assert sees(shopper.client, order)
    while shopper.app.services.worker.tick():
        pass
    assert shopper.app.services.cart.view(shopper.owner()).lines == ()


def test_a_second_order_is_under_a_third_key_and_both_are_seen(shopper):
    first = number(shopper.pay())
    sees(shopper.client, first)
    shopper.put(shopper.owner())
    cart = shopper.app.services.cart.view(shopper.owner())
    shopper.shown = {"total": cart.total, "revision": cart.revision, "user_id": None}
    second = number(shopper.pay(key="another page's key"))
    assert sees(shopper.client, first)
    assert sees(shopper.client, second)
    assert second != first
