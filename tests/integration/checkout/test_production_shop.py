"""The whole shop served from MariaDB: two web processes, workers as processes of their own."""

from __future__ import annotations

import random
import threading
import time
from datetime import timedelta

import pytest
import requests
from sqlalchemy import func, select

from app.addresses import product_path
from app.domain import Address, OrderLine, Quantity
from app.services.checkout.checkout import CheckoutRequest
from app.services.jobs.worker import MANY_LIMIT
from app.services.orders.ports import NewOrder
from app.stores.sql.catalog.catalog import SqlCatalog
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.tables import orders, outbox
from tests.support.concurrency import at_once
from tests.support.order_money import flat_money
from tests.support.production import production, until
from tests.support.shop import APPROVED, add_people, add_product, assert_books_balance

pytestmark = [pytest.mark.soak, pytest.mark.server]

BUYERS = 12
HERE = Address("Zoë Żółw 🐢", "1 Long Street", "Pune", "411001", "IN", region="Maharashtra")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with production(tmp_path_factory.mktemp("production")) as shop:
        yield shop


@pytest.fixture(scope="module")
def product(shop):
    return add_product(shop.built, "Lamp „Żółw“ 🐢", 4_999, 5_000)


def place_orders(shop, product, count, owner):
    """A backlog: paid orders whose receipts and rollups nobody has done yet."""
    for number in range(count):
        who = f"guest#{owner}{number}"
        shop.built.cart.add(who, product.product_id, 1)
        shop.built.checkout.place(
            CheckoutRequest(
                owner=who,
                user_id=None,
                email=f"{owner}{number}@shop.example",
                address=HERE,
                details=APPROVED,
                idempotency_key=None,
            )
        )


def assert_effects_are_exact(shop):
    until(lambda: shop.effects()["waiting"] == 0, 120, "everything is done")
    counts, effects = shop.counts(), shop.effects()
    assert_books_balance(counts)
    assert effects["receipts"] == effects["receipted"] == effects["rolled_up"] == counts["paid"], (counts, effects)
    assert effects["rolled_up_gross"] == effects["paid_net"]
    assert effects["failed"] == 0
    return counts["paid"]


def test_orders_over_http_are_paid_mailed_and_counted(shop, product, record_property):
    people = add_people(shop.database, BUYERS)
    with shop.server:
        worker = shop.worker()
        began = time.monotonic()
        buyers = at_once(BUYERS, lambda n: shop.buyer(people[n].email))
        assert all(answer.ok for answer in at_once(BUYERS, lambda n: shop.add(buyers[n], product.product_id)))
        paid = at_once(BUYERS, lambda n: shop.pay(buyers[n], "the-click"))
        assert [answer.status_code for answer in paid] == [200] * BUYERS, [a.text for a in paid if not a.ok]
        assert assert_effects_are_exact(shop) == BUYERS
        listed = buyers[0].get(f"{shop.server.url}/api/orders", timeout=30).json()
        assert [order["status"] for order in listed] == ["paid"]
        ready = requests.get(f"{shop.server.url}/readyz", timeout=30)
        assert (ready.status_code, ready.json()["status"]) == (200, "ok")
        for path in ("/", product_path(product.product_id, product.name), "/cart", "/checkout", "/orders", "/login"):
            page = buyers[0].get(f"{shop.server.url}{path}", headers={"Accept": "text/html"}, timeout=30)
            assert page.status_code == 200, path
        assert worker.stop() == 0
        words = f"{BUYERS} orders over HTTP on MariaDB, with receipts and rollups, in {time.monotonic() - began:.1f} s"
        record_property("proved", words)


def test_web_processes_leave_the_work_to_workers(shop, product):
    """Any number of each: a web process beside a database server does no worker's work."""
    shop.server.start()
    try:
        place_orders(shop, product, 1, "alone")
        waiting = shop.effects()["waiting"]
        assert waiting > 0
        time.sleep(3)
        assert shop.effects()["waiting"] == waiting
    finally:
        shop.server.kill()
    worker = shop.worker()
    assert_effects_are_exact(shop)
    assert worker.stop() == 0


def test_workers_killed_in_the_middle_do_everything_once(shop, product, record_property):
    backlog, kills, seeded = 240, 0, random.Random(11)
    workers = [shop.worker() for _ in range(3)]
    until(lambda: all(worker.is_at_work() for worker in workers), 60, "they started")
    # Meanwhile: of what waits three workers do more in a second than is placed in one.
    placing = threading.Thread(target=place_orders, args=(shop, product, backlog, "crowd"))
    placing.start()
    while (placing.is_alive() or shop.effects()["waiting"] > 20) and kills < 8:
        time.sleep(seeded.uniform(0.0, 0.4))
        victim = seeded.choice(workers)
        victim.kill()
        victim.start()
        kills += 1
        time.sleep(1.5)
    placing.join()
    # What a killed one had claimed comes back with its lease; nobody waits a minute for that here.
    waiting = outbox.update().where(outbox.c.state == "pending").values(leased_until=None)
    shop.database.write(lambda c: c.execute(waiting))
    paid = assert_effects_are_exact(shop)
    assert kills >= 3
    until(lambda: all(worker.is_at_work() for worker in workers), 30, "the last ones started")
    assert [worker.stop() for worker in workers] == [0] * 3
    record_property("proved", f"3 workers, {kills} of them killed: {paid} receipts and rolled-up orders, each once")


def test_a_worker_told_to_stop_finishes_what_is_in_hand(shop, product):
    place_orders(shop, product, 4 * MANY_LIMIT, "patient")
    before = shop.effects()["receipts"]
    worker = shop.worker()
    until(lambda: shop.effects()["receipts"] > before, 30)
    began = time.monotonic()
    assert worker.stop() == 0
    assert time.monotonic() - began < 10
    waiting = shop.effects()["waiting"]
    assert waiting > 0, "it had done everything: this shows nothing"
    assert leased(shop) == 0  # given back, not left to a lease
    other = shop.worker()
    assert_effects_are_exact(shop)
    assert other.stop() == 0


def leased(shop):
    is_leased = outbox.c.leased_until.is_not(None) & (outbox.c.state == "pending")
    query = select(func.count()).select_from(outbox).where(is_leased)
    return shop.database.read(lambda c: c.execute(query).scalar_one())


def test_an_idle_worker_stops_at_once(shop):
    worker = shop.worker()
    until(lambda: "Worker is running" in worker.log(), 30)
    began = time.monotonic()
    assert worker.stop() == 0
    assert time.monotonic() - began < 3


SKEWED = ("-m", "tests.support.skewed", "worker")


def test_clocks_that_are_hours_wrong_lose_no_event(shop, product, record_property):
    """One worker's clock is five hours ahead, one's five behind, and the web process's a day ahead."""
    person = add_people(shop.database, 1, prefix="skewed")[0]
    shop.server.start("tests.support.skewed:create_app()", SKEW_HOURS="24")
    try:
        buyer = shop.buyer(person.email)
        assert shop.add(buyer, product.product_id).ok
        # Somebody's checkout is under way: no clock that is ahead may take it for dead.
        slow = add_people(shop.database, 1, prefix="slow")[0]
        pending = begun(shop, product, slow)
        workers = [shop.worker(SKEWED, SKEW_HOURS=hours) for hours in ("5", "-5")]
        assert shop.pay(buyer, "the-click").ok
        place_orders(shop, product, 20, "skew")
        until(lambda: shop.effects()["waiting"] == 0, 60)
        assert status_of(shop, pending) == "pending"
        end_lease(shop, pending)
        until(lambda: status_of(shop, pending) == "payment_failed", 20)
        assert_effects_are_exact(shop)
        days = select(func.count(orders.c.paid_day.distinct())).where(orders.c.status == "paid")
        assert shop.database.read(lambda c: c.execute(days).scalar_one()) <= 2  # midnight may pass, not a day
        assert [worker.stop() for worker in workers] == [0, 0]
        record_property("proved", "workers 5 hours ahead and behind, a web process a day ahead: each event once")
    finally:
        shop.server.kill()


def begun(shop, product, person):
    """A checkout that holds its units and is thinking about the payment, for ten minutes yet."""
    owner, price = f"user#{person.user_id}", product.price
    store = SqlOrders(shop.database, shop.built.settings.zone, checkout_lease=timedelta(minutes=10))
    attempt, _ = store.begin(
        NewOrder(
            owner=owner,
            user_id=person.user_id,
            email=person.email,
            address=HERE,
            lines=(OrderLine(1, product.product_id, product.name, price, 1),),
            currency="INR",
            money=flat_money(price, rate="0"),
            cart_revision="thinking",
            idempotency_key=None,
            fingerprint=None,
        )
    )
    SqlCatalog(shop.database).reserve(attempt.order.order_id, [Quantity(product.product_id, 1)])
    return attempt.order.order_id


def end_lease(shop, order_id):
    ended = orders.update().where(orders.c.order_id == order_id).values(leased_until=None)
    shop.database.write(lambda c: c.execute(ended))


def status_of(shop, order_id):
    query = select(orders.c.status).where(orders.c.order_id == order_id)
    return shop.database.read(lambda c: c.execute(query).scalar_one())
