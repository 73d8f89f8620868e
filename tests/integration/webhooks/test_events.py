"""What happens in the shop is heard by other programs: from the click to the signature that they check."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event, func, select
from standardwebhooks.webhooks import Webhook

from app.domain import Actor, Address
from app.domain.fulfilment import Parcel
from app.domain.webhooks import SUBSCRIBABLE, DeliveryState
from app.services import Services
from app.services.checkout.checkout import CheckoutRequest
from app.services.stock.product_drafts import ProductDraft, edited_fields
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import outbox, webhook_products
from app.wiring import composition
from app.wiring.parts import Parts
from tests.support.hearing import Hearer, hearing
from tests.support.shop import APPROVED, SECRET_KEY, add_product, settings_for


def wait_for(found: Callable[[], Any], seconds: float = 6.0) -> None:
    until = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


WHO = Actor("asha@shop.example", 1)
PUNE = Address("Meera", "1 Lake Road", "Pune", "411001", "IN", region="Maharashtra")


class Shop:
    def __init__(self, parts: Parts, services: Services, database: Database, hearer: Hearer) -> None:
        self.parts, self.services, self.database, self.hearer = parts, services, database, hearer
        self.product = add_product(services, "Clay tumbler", 24_900, 60)
        self.work()

    def listen(self, *events: str, format: str = "signed", path: str = "") -> tuple[int, str]:
        wanted = events or tuple(SUBSCRIBABLE)
        endpoint, secret = self.services.webhooks.add("Books", self.hearer.url + path, format, wanted, WHO)
        return endpoint.endpoint_id, secret

    def buy(self, units: int = 1) -> int:
        owner = f"guest#{units}-{id(object())}"
        self.services.cart.add(owner, self.product.product_id, units)
        request = CheckoutRequest(owner, None, "m@shop.example", PUNE, APPROVED, None)
        return self.services.checkout.place(request).order_id

    def work(self) -> None:
        """Rounds of the worker until nothing is left, with what its lanes would do."""
        while self.services.worker.tick() or self._deliver():
            pass

    def _deliver(self) -> int:
        deliverer = self.parts.webhooks.deliverer
        return sum(deliverer.take_turn(one) for one in deliverer.due())

    def heard(self, kind: str) -> list[dict[str, Any]]:
        found = (json.loads(one.body) for one in self.hearer.heard)
        return [one["data"] for one in found if one["type"] == kind]


@pytest.fixture
def shop(tmp_path: Any, empty_database: Database) -> Iterator[Shop]:
    settings = settings_for(tmp_path, allow_local_webhooks=True)
    with hearing() as hearer:
        parts = Parts(settings, empty_database, writes_to_reserved=True)
        yield Shop(parts, composition.services_of(parts), empty_database, hearer)


def test_a_paid_order_its_parcel_a_refund_low_stock_and_a_changed_product_are_told_and_signed(shop: Shop) -> None:
    _, secret = shop.listen()
    shop.parts.webhooks.products.follow()  # from now on
    order_id = shop.buy(15)
    order = shop.services.orders.get(order_id)
    shop.services.fulfilment.ship(order_id, Parcel({1: 5}, "DHL", "JD01"), WHO, "k")
    shop.services.orders.record_return(order_id, [(1, 2, True)], "broken", WHO, "k")
    seen = edited_fields(shop.product)
    shop.services.inventory.edit_product(
        shop.product.product_id, ProductDraft("Clay cup", 25_000, category="Kitchen"), WHO, seen
    )
    shop.parts.webhooks.products.follow()
    shop.work()
    for one in shop.hearer.heard:
        Webhook(secret).verify(one.body, one.headers)
    (paid,), (shipped,), (refunded,) = (shop.heard(f"order.{kind}") for kind in ("paid", "shipped", "refunded"))
    assert (paid["number"], paid["total"], paid["currency"]) == (order.number, order.total / 100, "INR")
    assert [(line["quantity"], line["unit_price"]) for line in paid["lines"]] == [(15, 249.0)]
    assert (shipped["carrier"], shipped["tracking"], shipped["lines"][0]["quantity"]) == ("DHL", "JD01", 5)
    assert (refunded["order_id"], refunded["lines"][0]["quantity"]) == (order_id, 2)
    assert shop.heard("stock.low")[0]["product_id"] == shop.product.product_id
    assert [one["name"] for one in shop.heard("product.changed")] == ["Clay cup"]
    assert len(set(shop.hearer.ids())) == len(shop.hearer.heard) == 5


def test_nothing_of_a_person_leaves_the_shop(shop: Shop) -> None:
    shop.listen()
    shop.buy()
    shop.work()
    sent = b"".join(one.body for one in shop.hearer.heard)
    assert b"order.paid" in sent
    for secret in (b"Meera", b"m@shop.example", b"Lake Road", b"411001", b"guest#"):
        assert secret not in sent


def test_a_chat_gets_a_sentence_and_no_signature(shop: Shop) -> None:
    shop.listen("order.paid", format="chat", path="/T0/B0/key")
    shop.buy()
    shop.work()
    (one,) = shop.hearer.heard
    assert list(json.loads(one.body)) == ["text"]
    assert "was paid, ₹261.45 for 1 unit." in json.loads(one.body)["text"]
    assert "webhook-signature" not in one.headers


def test_a_rule_tells_the_endpoint_that_it_names_and_no_other(shop: Shop) -> None:
    named, _ = shop.listen("order.paid")
    shop.listen(path="/other")
    shop.services.rules.add("Dry", "orders", "below", 5, "24h", WHO, named)
    shop.services.rules.check()
    shop.work()
    (alert,) = shop.heard("alert.opened")
    assert alert["rule"] == "Dry"
    assert {one.path for one in shop.hearer.heard} == {"/hook"}


def test_a_test_is_told_at_once_and_to_one_endpoint(shop: Shop) -> None:
    first, secret = shop.listen()
    shop.listen(path="/other")
    shop.services.webhooks.test(first, WHO)
    shop.work()
    (one,) = shop.hearer.heard
    assert (one.path, Webhook(secret).verify(one.body, one.headers)["type"]) == ("/hook", "test")


def test_what_was_folded_twice_is_told_once(shop: Shop) -> None:
    """As when books are mended: the event of an order has one id for good."""
    shop.listen("order.paid")
    order_id = shop.buy()
    shop.work()
    shop.parts.webhooks.writer.tell({"type": "order.paid", "about": str(order_id), "order_id": order_id})
    shop.work()
    assert len(shop.hearer.heard) == 1


def test_an_endpoint_that_is_slow_to_answer_holds_up_no_mail(shop: Shop) -> None:
    shop.hearer.pause = 1.0
    endpoint_id, _ = shop.listen("order.paid")
    shop.services.webhooks.test(endpoint_id, WHO)
    stop = threading.Event()
    worker = threading.Thread(target=shop.services.worker.run, args=(stop,))
    worker.start()
    try:
        wait_for(lambda: shop.hearer.heard)
        shop.buy()
        wait_for(lambda: shop.services.notifications.mailbox("receipt").items)
        assert len(shop.hearer.heard) == 1  # it has not answered yet
        wait_for(lambda: not shop.services.webhooks.log(state=DeliveryState.PENDING).deliveries)
    finally:
        stop.set()
        worker.join()
    assert len(set(shop.hearer.ids())) == len(shop.hearer.heard) == 2


class TestWithoutEndpoints:
    def test_a_checkout_and_its_effects_write_nothing_for_them(self, shop: Shop) -> None:
        statements: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            statements.append(statement)

        event.listen(shop.database.engine, "before_cursor_execute", note)
        try:
            shop.buy()
            assert not any("webhook" in one for one in statements)
            shop.work()
        finally:
            event.remove(shop.database.engine, "before_cursor_execute", note)
        assert not any("webhook" in one and not one.startswith(("SELECT", "DELETE")) for one in statements)
        queued = select(func.count()).where(outbox.c.kind == "event")
        assert shop.database.read(lambda c: c.execute(queued).scalar_one()) == 0

    def test_products_are_followed_only_while_somebody_listens(self, shop: Shop) -> None:
        follow, count = shop.parts.webhooks.products.follow, select(func.count()).select_from(webhook_products)
        assert follow() == 0
        endpoint_id, _ = shop.listen("product.changed")
        assert follow() == 0
        assert shop.database.read(lambda c: c.execute(count).scalar_one()) == 1
        shop.services.webhooks.remove(endpoint_id, WHO)
        follow()
        assert shop.database.read(lambda c: c.execute(count).scalar_one()) == 0


def test_what_was_changed_while_the_worker_was_dead_is_told_by_the_next_one(shop: Shop) -> None:
    shop.listen("product.changed")
    shop.parts.webhooks.products.follow()
    shop.services.inventory.remove(shop.product.product_id, WHO)
    parts = Parts(settings_for(shop.parts.environment.data_dir), shop.database, writes_to_reserved=True)
    assert parts.webhooks.products.follow() == 1
    shop.work()
    assert [one["status"] for one in shop.heard("product.changed")] == ["removed"]
    assert SECRET_KEY not in shop.hearer.heard[0].body.decode()
