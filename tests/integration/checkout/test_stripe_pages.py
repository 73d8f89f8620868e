"""A shop that is paid by Stripe, as its shoppers and Stripe see it: there and back, and what Stripe tells meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain import Order, OrderStatus
from app.services import install
from app.web.identity.principal import current_principal
from tests.conftest import WiredApp
from tests.support.account_calls import press
from tests.support.dash_calls import changes, navigate
from tests.support.fake_stripe import SECRET_KEY, WEBHOOK_SECRET, FakeStripe
from tests.support.shop import add_people, add_product, build, settings_for

PASSWORD = "seven wild geese"
TYPED = {
    "email": "ada@shop.example", "name": "Ada Rao", "country": "IN", "line1": "8 Quiet Mango Lane", "city": "Pune",
    "area": "Maharashtra", "postcode": "411001",
}  # fmt: skip


@pytest.fixture(scope="module")
def stripe() -> Iterator[FakeStripe]:
    fake = FakeStripe()
    yield fake
    fake.close()


@pytest.fixture(scope="module")
def stripe_app(built_app: WiredApp, stripe: FakeStripe, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WiredApp]:
    built, database = build(
        settings_for(
            tmp_path_factory.mktemp("stripe"),
            stripe_secret_key=SECRET_KEY,
            stripe_webhook_secret=WEBHOOK_SECRET,
            stripe_api_base=stripe.url,
            public_url="http://localhost",
        )
    )
    yield WiredApp(built_app.server, built, database, {})
    built.live.close()
    database.dispose()


@dataclass
class Shopper:
    app: WiredApp
    stripe: FakeStripe
    client: FlaskClient

    def order(self) -> Order:
        """A click on "pay" with one pan in the cart; the order that awaits its payment."""
        product = add_product(self.app.services, "Sturdy pan", 25_000, 3)
        self.app.services.cart.add(self.owner(), product.product_id, 1)
        return self.press_pay()

    def owner(self) -> str:
        with self.client:
            navigate(self.client, "/orders")
            return current_principal().owner

    def press_pay(self, key: str = "a click") -> Order:
        from pages.shop import checkout

        cart = self.app.services.cart.view(self.owner())
        typed = [(TYPED | {"method": "stripe"}).get(name, "") for name in checkout.FIELDS]
        shown = {"total": cart.total, "revision": cart.revision, "user_id": None}
        answer = press(self.client, "shop.checkout.pay", key, shown, *typed)
        went = changes(answer)["redirect-full"]["href"]
        assert went.endswith("/pay"), answer.text
        return self.app.services.orders.get(int(went.split("/")[2]))

    def page_of(self, order: Order) -> str:
        """The name of its session at Stripe."""
        went = self.client.get(f"/orders/{order.order_id}/pay")
        assert (went.status_code, went.headers["Cache-Control"]) == (303, "private, no-store")
        assert went.location.startswith(self.stripe.url)
        return went.location.rpartition("/")[2]

    def back_from(self, reference: str, client: FlaskClient | None = None) -> TestResponse:
        address = urlsplit(self.stripe.sessions[reference]["success_url"])
        return (client or self.client).get(f"{address.path}?{address.query}")

    def now(self, order: Order) -> Order:
        return self.app.services.orders.get(order.order_id)

    def tell(self, kind: str, about: dict[str, object], **signing: object) -> TestResponse:
        body, headers = self.stripe.message(kind, about, **signing)  # type: ignore[arg-type]
        return self.app.server.test_client().post("/webhooks/stripe", data=body, headers=headers)

    def hear(self, reference: str) -> int:
        return self.tell("checkout.session.completed", self.stripe.shown(reference)).status_code


@pytest.fixture
def shopper(stripe_app: WiredApp, stripe: FakeStripe, built_app: WiredApp) -> Iterator[Shopper]:
    install(stripe_app.services)
    stripe.is_away = False
    yield Shopper(stripe_app, stripe, stripe_app.server.test_client())
    install(built_app.services)


def test_the_checkout_asks_for_no_card_and_leads_to_stripe(shopper: Shopper):
    order = shopper.order()
    form = navigate(shopper.client, "/checkout").text
    assert "You pay on a secure page of Stripe" in form
    assert "Pick a test card" not in form
    assert order.is_awaiting_payment
    assert shopper.page_of(order) in shopper.stripe.sessions


def test_who_comes_back_having_paid_is_thanked(shopper: Shopper):
    order = shopper.order()
    reference = shopper.page_of(order)
    shopper.stripe.pay(reference)
    back = shopper.back_from(reference)
    assert back.location == f"/orders/{order.order_id}?thanks=1"
    page = navigate(shopper.client, f"/orders/{order.order_id}", "?thanks=1").text
    assert f"Order {order.number} is paid." in page
    assert "Card ending 4242" in page
    assert shopper.back_from(reference).location == back.location
    assert shopper.client.get(f"/orders/{order.order_id}/pay").location == f"/orders/{order.order_id}"
    assert shopper.app.services.cart.view(shopper.owner()).lines == ()


def test_who_comes_back_without_paying_is_told_until_when_the_units_are_held(shopper: Shopper):
    order = shopper.order()
    reference = shopper.page_of(order)
    assert shopper.back_from(reference).location == f"/orders/{order.order_id}"
    for path in (f"/orders/{order.order_id}", "/cart", "/checkout"):
        page = navigate(shopper.client, path).text
        assert "Your units are held until" in page
        assert f"/orders/{order.order_id}/pay" in page
    assert "Not paid yet" in navigate(shopper.client, "/orders").text
    assert "Your units are held" not in navigate(shopper.app.server.test_client(), "/cart").text


def test_who_comes_back_while_stripe_is_away_is_told_no_lie(shopper: Shopper):
    order = shopper.order()
    reference = shopper.page_of(order)
    shopper.stripe.pay(reference)
    shopper.stripe.is_away = True
    assert shopper.back_from(reference).location == f"/orders/{order.order_id}"
    shopper.stripe.is_away = False
    assert shopper.hear(reference) == 200
    assert shopper.now(order).status is OrderStatus.PAID


def test_another_browser_sees_it_by_the_link_back_and_no_other(shopper: Shopper):
    order = shopper.order()
    reference = shopper.page_of(order)
    other, stranger = shopper.app.server.test_client(), shopper.app.server.test_client()
    shopper.back_from(reference, other)
    assert TYPED["line1"] in navigate(other, f"/orders/{order.order_id}").text
    assert other.get(f"/orders/{order.order_id}/pay").location.startswith(shopper.stripe.url)
    assert TYPED["line1"] not in navigate(stranger, f"/orders/{order.order_id}").text
    assert stranger.get(f"/orders/{order.order_id}/pay").location == f"/orders/{order.order_id}"
    for token in ("", "x", "x" * 5_000, "ü"):
        assert stranger.get("/checkout/return", query_string={"order": token}).location == "/orders"


def test_a_new_checkout_of_the_cart_begins_another_payment(shopper: Shopper):
    first = shopper.order()
    second = shopper.press_pay("another click")
    assert (shopper.now(first).status, second.is_awaiting_payment) == (OrderStatus.PAYMENT_FAILED, True)
    assert not shopper.stripe.pay(shopper.stripe.session_of(first.number)["id"])
    assert shopper.stripe.pay(shopper.page_of(second))


class TestWebhooks:
    def test_the_order_is_paid_however_often_and_late_it_is_told(self, shopper: Shopper):
        order = shopper.order()
        reference = shopper.page_of(order)
        early = shopper.stripe.shown(reference)
        shopper.stripe.pay(reference)
        told = [shopper.tell(kind, early) for kind in ("checkout.session.expired", "checkout.session.completed")]
        told += [shopper.tell("checkout.session.completed", shopper.stripe.shown(reference)) for _ in range(3)]
        assert [one.status_code for one in told] == [200] * 5
        assert shopper.now(order).status is OrderStatus.PAID
        assert not shopper.stripe.refunds

    def test_one_that_says_paid_of_what_is_not_changes_nothing(self, shopper: Shopper):
        order = shopper.order()
        about = shopper.stripe.shown(shopper.page_of(order)) | {"status": "complete", "payment_status": "paid"}
        assert shopper.tell("checkout.session.completed", about).status_code == 200
        assert shopper.now(order).is_awaiting_payment

    @pytest.mark.parametrize("signing", [{"secret": "whsec_other"}, {"age": 400}])
    def test_a_forged_or_old_one_is_refused(self, shopper: Shopper, signing: dict[str, object]):
        order = shopper.order()
        reference = shopper.page_of(order)
        shopper.stripe.pay(reference)
        answer = shopper.tell("checkout.session.completed", shopper.stripe.shown(reference), **signing)
        assert (answer.status_code, answer.json["code"]) == (400, "message_refused")
        assert shopper.now(order).is_awaiting_payment

    def test_a_foreign_one_is_taken_and_changes_nothing(self, shopper: Shopper):
        about = {"id": "cs_other", "object": "checkout.session", "client_reference_id": "another shop's"}
        assert shopper.tell("checkout.session.completed", about).status_code == 200
        assert shopper.tell("invoice.paid", {"id": "in_1", "object": "invoice"}).status_code == 200

    def test_one_whose_question_gets_no_answer_is_to_be_sent_again(self, shopper: Shopper):
        order = shopper.order()
        reference = shopper.page_of(order)
        shopper.stripe.pay(reference)
        shopper.stripe.is_away = True
        assert shopper.hear(reference) == 503
        shopper.stripe.is_away = False
        assert shopper.hear(reference) == 200
        assert shopper.now(order).status is OrderStatus.PAID

    def test_a_large_body_is_not_read(self, shopper: Shopper):
        answer = shopper.client.post("/webhooks/stripe", data=b"x" * 200_000)
        assert answer.status_code == 413

    def test_a_shop_without_stripe_knows_no_such_address(self, wired_app: WiredApp):
        answer = wired_app.server.test_client().post("/webhooks/stripe", data=b"{}")
        assert answer.status_code == 404

    def test_a_dispute_is_noted_once_as_it_is_and_told_to_admins(self, shopper: Shopper):
        order = shopper.order()
        reference = shopper.page_of(order)
        shopper.stripe.pay(reference)
        shopper.hear(reference)
        first = shopper.stripe.dispute(reference)
        for status in ("needs_response", "needs_response", "lost"):
            shopper.stripe.dispute(reference, status)
            assert shopper.tell("charge.dispute.created", first).status_code == 200
        (dispute,) = shopper.app.services.payments.disputes_of(order.order_id)
        assert (dispute.amount, dispute.status) == (order.total, "lost")
        waiting = [one for one in shopper.app.services.notifications.deliveries() if one.kind == "dispute"]
        assert len(waiting) == 2


def test_money_that_comes_for_an_order_that_was_given_up_goes_back(shopper: Shopper):
    order = shopper.order()
    reference = shopper.page_of(order)
    shopper.press_pay("another click")
    session = shopper.stripe.sessions[reference]
    session["status"] = "open"  # as if Stripe had taken the money all the same
    shopper.stripe.pay(reference)
    before = len(shopper.stripe.refunds)
    assert [shopper.hear(reference) for _ in range(3)] == [200] * 3
    assert [one["amount"] for one in list(shopper.stripe.refunds.values())[before:]] == [order.total]
    assert "paid back in full" in navigate(shopper.client, f"/orders/{order.order_id}").text


def test_the_api_answers_with_where_to_pay(shopper: Shopper):
    person = add_people(shopper.app.database, 1, "payer")[0]
    client = shopper.app.server.test_client()
    assert client.post("/api/login", json={"email": person.email, "password": PASSWORD}).status_code == 200
    product = add_product(shopper.app.services, "Sturdy pot", 25_000, 3)
    client.post("/api/cart", json={"id": product.product_id})
    paying = client.post("/api/record_payment", headers={"Idempotency-Key": "k"})
    assert paying.status_code == 200
    assert paying.json["payment_url"].startswith(shopper.stripe.url)
    assert paying.json["payment_due"] > paying.json["payment_due"][:10]
    assert client.post("/api/record_payment", headers={"Idempotency-Key": "k"}).json == paying.json
    shopper.stripe.pay(paying.json["payment_url"].rpartition("/")[2])
    assert shopper.hear(paying.json["payment_url"].rpartition("/")[2]) == 200
    assert client.get(f"/api/orders/{paying.json['order_id']}").json["status"] == "paid"
    again = client.post("/api/record_payment", headers={"Idempotency-Key": "k"}).json
    assert "payment_url" not in again
