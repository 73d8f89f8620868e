"""SIGKILL of the whole server at every step of checkout, and of the sweeper that repairs it; then nothing is
lost or doubled: stock + sold + held = received, payments = paid orders = approved charges, and nothing hangs."""

from __future__ import annotations

import contextlib
import itertools
import logging
import time

import pytest
import requests
from sqlalchemy import func, select, update

from app.stores.sql.tables import orders, outbox
from tests.support.server import RunningServer
from tests.support.shop import (
    APPROVED,
    DECLINED,
    PASSWORD,
    SECRET_KEY,
    UNFINISHED,
    add_people,
    add_product,
    assert_books_balance,
    books,
    build,
    settings_for,
)

log = logging.getLogger(__name__)
pytestmark = pytest.mark.server

DEADLY = "tests.support.killing:create_app()"

# Where the checkout dies, with which card, and whether the order must come out paid after the restart.
# Until the charge, nothing was taken: the order is given up. From the charge on, it is completed.
# `make test` kills once in a checkout and once more in its sweeper, `make soak` at all steps; test_crash.py dies at
# each of them within its own process.
CHECKOUT_STEPS = [
    pytest.param("before:SqlOrders.begin", APPROVED, False, marks=pytest.mark.soak),
    pytest.param("after:SqlOrders.begin", APPROVED, False, marks=pytest.mark.soak),
    ("after:SqlCatalog.reserve", APPROVED, False),
    pytest.param("after:SqlOrders.start_charging", APPROVED, False, marks=pytest.mark.soak),
    pytest.param("after:DemoPayments.start", APPROVED, True, marks=pytest.mark.soak),
    pytest.param("after:SqlOrders.complete", APPROVED, True, marks=pytest.mark.soak),
    pytest.param("after:SqlSettlement.settle_and_take", APPROVED, True, marks=pytest.mark.soak),
    pytest.param("after:DemoPayments.start", DECLINED, False, marks=pytest.mark.soak),
    pytest.param("after:SqlCatalog.release", DECLINED, False, marks=pytest.mark.soak),
    pytest.param("after:SqlOrders.fail", DECLINED, False, marks=pytest.mark.soak),
]
# The checkout died at the first step; the sweeper of the next start dies at the second.
SWEEPER_STEPS = [
    pytest.param("after:SqlCatalog.reserve", "after:SqlOrders.claim_unfinished", False, marks=pytest.mark.soak),
    pytest.param("after:SqlCatalog.reserve", "after:DemoPayments.void", False, marks=pytest.mark.soak),
    pytest.param("after:SqlOrders.start_charging", "after:SqlCatalog.release", False, marks=pytest.mark.soak),
    pytest.param("after:DemoPayments.start", "after:DemoPayments.state", True, marks=pytest.mark.soak),
    ("after:DemoPayments.start", "after:SqlOrders.complete", True),
]

_buyers = itertools.count()


class Shop:
    """One shop that is killed and started again and again."""

    def __init__(self, data_dir):
        self.built, self.database = build(settings_for(data_dir))
        add_people(self.database, len(CHECKOUT_STEPS) + len(SWEEPER_STEPS))
        self.product = add_product(self.built, "Sturdy pan", 4_999, 100)
        self.server = RunningServer(data_dir, workers=1, SECRET_KEY=SECRET_KEY)

    def buyer(self):
        session = requests.Session()
        pair = {"email": f"buyer{next(_buyers)}@shop.example", "password": PASSWORD}
        assert session.post(f"{self.server.url}/api/login", json=pair, timeout=30).ok
        assert session.post(f"{self.server.url}/api/cart", json={"id": self.product.product_id}, timeout=30).ok
        return session

    def pay(self, session, card):
        return session.post(
            f"{self.server.url}/api/record_payment",
            json={"payment": card},
            headers={"Idempotency-Key": "the-click"},
            timeout=30,
        )

    def die_at(self, step, card):
        """Start a server that dies at `step`, and let a new buyer pay until it does."""
        self.server.start(DEADLY, KILL_AT=step)
        buyer = self.buyer()
        with pytest.raises(requests.RequestException):
            self.pay(buyer, card)
        assert self.server.wait_for_death(), f"{step} was never reached"
        self.server.kill()
        self.let_leases_end()
        return buyer

    def die_sweeping_at(self, step):
        with contextlib.suppress(AssertionError):  # it may die before it answers for the first time
            self.server.start(DEADLY, KILL_AT=step)
            assert self.server.wait_for_death(), f"{step} was never reached"
        self.server.kill()
        self.let_leases_end()

    def let_leases_end(self):
        """As if the server had been down for a while."""

        def work(connection):
            unfinished = orders.c.status.in_(UNFINISHED)
            connection.execute(update(orders).where(unfinished).values(leased_until=None))
            waiting = outbox.c.state == "pending"
            connection.execute(update(outbox).where(waiting).values(leased_until=None, next_try_at=outbox.c.created_at))

        self.database.write(work)

    def effects_waiting(self):
        """Left for the next start, they would lead a server that is to die at one of them to die too early."""
        query = select(func.count()).select_from(outbox).where(outbox.c.state == "pending")
        return self.database.read(lambda connection: connection.execute(query).scalar())

    def recovered(self, seconds=20):
        """The counts once nothing is unfinished, held or waiting any more."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            counts = books(self.database)
            if counts["unfinished"] == counts["held"] == self.effects_waiting() == 0:
                return counts
            time.sleep(0.1)
        raise AssertionError(f"still hanging: {counts}\n{self.server.log()}")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    shop = Shop(tmp_path_factory.mktemp("kill"))
    yield shop
    shop.server.kill()
    shop.database.dispose()


def check_recovery(shop, before, buyer, card, paid):
    """Restart for good: the order comes to its end, and the buyer's same click again pays once or is declined."""
    start = time.perf_counter()
    shop.server.start()
    after = shop.recovered()
    log.info("recovered %.1f s after the restart: %s", time.perf_counter() - start, after)
    assert_books_balance(after)
    assert after["paid"] - before["paid"] == int(paid)
    again = shop.pay(buyer, card)
    assert again.status_code == (200 if card is APPROVED else 402), again.text
    final = shop.recovered()
    assert_books_balance(final)
    assert final["paid"] - before["paid"] == int(again.ok)
    assert final["stock"] - before["stock"] == -int(again.ok)
    listed = buyer.get(f"{shop.server.url}/api/orders", timeout=30).json()
    assert [o["status"] for o in listed].count("paid") == int(again.ok)
    shop.server.kill()


@pytest.mark.parametrize(("step", "card", "paid"), CHECKOUT_STEPS, ids=lambda value: str(value)[:40])
def test_killed_in_the_middle_of_a_checkout(shop, step, card, paid):
    before = books(shop.database)
    buyer = shop.die_at(step, card)
    assert_units_balance(books(shop.database))
    check_recovery(shop, before, buyer, card, paid)


@pytest.mark.parametrize(("step", "sweeper_step", "paid"), SWEEPER_STEPS)
def test_killed_again_while_sweeping_up(shop, step, sweeper_step, paid):
    before = books(shop.database)
    buyer = shop.die_at(step, APPROVED)
    shop.die_sweeping_at(sweeper_step)
    assert_units_balance(books(shop.database))
    check_recovery(shop, before, buyer, APPROVED, paid)


def assert_units_balance(counts):
    """Also in the moment of death no unit is lost; one that is paid but not settled yet counts as held and sold."""
    unsettled = counts["stock"] + counts["sold"] + counts["held"] - counts["received"]
    assert 0 <= unsettled <= counts["held"], counts
