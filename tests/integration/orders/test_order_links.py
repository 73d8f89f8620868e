"""A receipt's link opens one order in the browser that follows it, and nothing else."""

from __future__ import annotations

import secrets
import time

import pytest
from flask.testing import FlaskClient

from app.domain import Actor, Address, Order, OutboxState
from app.services.checkout.checkout import CheckoutRequest
from tests.conftest import WiredApp
from tests.support.account_calls import RUBBISH, arrive, mailed_token, press, update, words
from tests.support.dash_calls import navigate
from tests.support.shop import APPROVED, add_product

STREET = "8 Quiet Mango Lane"
SIGN_IN_FIRST = 401


@pytest.fixture
def order(wired_app: WiredApp) -> Order:
    """A guest's, paid, in a browser that is gone."""
    return buy(wired_app, f"guest-{secrets.token_hex(4)}@shop.example")


def buy(app: WiredApp, email: str) -> Order:
    owner = f"guest#{secrets.token_hex(8)}"
    product = add_product(app.services, f"Bowl {secrets.token_hex(4)}", 25_000, 50)
    app.services.cart.add(owner, product.product_id, 1)
    address = Address("Meera Shah", STREET, "Pune", "411001", "IN", region="Maharashtra")
    placed = app.services.checkout.place(CheckoutRequest(owner, None, email, address, APPROVED, None))
    app.services.invoices.give_numbers()
    return placed


def follow(app: WiredApp, token: str, client: FlaskClient | None = None) -> FlaskClient:
    client = client or app.server.test_client()
    press(client, "shop.receipt.look", pressed=f"#{token}")
    return client


def sees(client: FlaskClient, order: Order) -> tuple[bool, bool]:
    """The order on its page, and as a file."""
    on_page = STREET in navigate(client, f"/orders/{order.order_id}").text
    return on_page, client.get(f"/orders/{order.order_id}/invoice.pdf").status_code == 200


def test_the_link_opens_its_order_and_its_file_and_its_token_leaves_the_address(wired_app, order):
    client = wired_app.server.test_client()
    assert sees(client, order) == (False, False)
    answer = press(client, "shop.receipt.look", pressed=f"#{mailed_token(wired_app, order.email, '/receipt')}")
    assert update(answer, "receipt-used", "data") == {"href": f"/orders/{order.order_id}"}
    assert sees(client, order) == (True, True)
    assert sees(wired_app.server.test_client(), order) == (False, False), "only in the browser that followed it"


def test_it_shows_that_order_alone(wired_app, order):
    other = buy(wired_app, order.email)
    client = follow(wired_app, wired_app.services.order_links.token(order))
    assert sees(client, other) == (False, False)
    assert order.number not in navigate(client, "/orders").text
    assert STREET not in navigate(client, "/checkout").text
    assert client.get(f"/api/orders/{order.order_id}").status_code == SIGN_IN_FIRST
    assert client.get("/api/account/data").status_code == SIGN_IN_FIRST
    assert not client.get("/api/current_user").json["is_logged_in"]
    assert f"In an account with {order.email}" in navigate(client, f"/orders/{order.order_id}").text


def test_somebody_signed_in_sees_it_beside_their_own_but_gets_nothing_with_it(wired_app, order):
    visitor = arrive(wired_app)
    follow(wired_app, wired_app.services.order_links.token(order), visitor.client)
    assert sees(visitor.client, order) == (True, True)
    assert visitor.client.get("/api/orders").json == []
    assert order.number not in navigate(visitor.client, "/orders").text


def test_it_ends_with_the_session_and_after_twelve_hours(wired_app, order, monkeypatch):
    visitor = arrive(wired_app)
    token = wired_app.services.order_links.token(order)
    follow(wired_app, token, visitor.client)
    visitor.client.post("/api/logout")
    assert sees(visitor.client, order) == (False, False)
    client = follow(wired_app, token)
    began = time.time()
    monkeypatch.setattr("app.web.identity.guests.time.time", lambda: began + 12 * 3600 + 5)
    assert sees(client, order) == (False, False)


def test_a_cookie_holds_the_latest_ten(wired_app, order):
    client = wired_app.server.test_client()
    orders = [order, *(buy(wired_app, order.email) for _ in range(10))]
    for one in orders:
        follow(wired_app, wired_app.services.order_links.token(one), client)
    assert [sees(client, one)[0] for one in orders] == [False, *[True] * 10]


@pytest.mark.parametrize("value", [*RUBBISH, "#", "#x.y"])
def test_any_other_link_says_how_to_get_in_and_opens_nothing(wired_app, order, value):
    client = wired_app.server.test_client()
    answer = press(client, "shop.receipt.look", pressed=value)
    assert answer.status_code == 200
    if value is not None:  # the browser has not told yet
        assert "sign in with the e-mail address that the receipt went to" in words(answer)
    assert sees(client, order) == (False, False)


def test_a_receipt_that_is_sent_again_has_a_link_that_works(wired_app, order):
    first = mailed_token(wired_app, order.email, "/receipt")
    deliveries = wired_app.services.notifications.deliveries(OutboxState.DONE, 500)
    entry = next(one for one in deliveries if one.payload.get("order_id") == order.order_id and one.kind == "receipt")
    time.sleep(1.1)  # a link says until when, in seconds
    wired_app.services.notifications.resend(entry.entry_id, Actor("admin"))
    again = mailed_token(wired_app, order.email, "/receipt")
    assert again != first
    assert sees(follow(wired_app, again), order) == (True, True)
