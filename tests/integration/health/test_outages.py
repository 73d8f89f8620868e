"""Servers stopped, killed, hung and started again under load: what shoppers are answered, how soon all is well
again, and that nothing is lost or doubled: orders = payments = stock moved = receipts."""

from __future__ import annotations

import time

import pytest
import requests

from app.domain import Role
from tests.support.load import Load, page, summary, words_of
from tests.support.production import production, until
from tests.support.shop import add_people, add_product, assert_books_balance

pytestmark = [pytest.mark.soak, pytest.mark.server, pytest.mark.timeout(400)]

BUYERS = 6
BEFORE, AWAY, AFTER = 4.0, 7.0, 4.0
PAUSED = {"checkout_paused", "store_unavailable", "payment_unclear", "in_progress", "busy"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with production(tmp_path_factory.mktemp("outage"), with_dynamodb=True) as shop, shop.server:
        shop.product = add_product(shop.built, "Sturdy pan", 4_999, 100_000)
        people = add_people(shop.database, BUYERS)
        admin = add_people(shop.database, 1, prefix="admin", role=Role.ADMIN)[0]
        shop.buyers = [shop.buyer(person.email) for person in people]
        shop.admin = shop.buyer(admin.email)
        workers = [shop.worker() for _ in range(2)]
        until(lambda: all("Worker is running" in worker.log() for worker in workers), 60, "workers")
        yield shop


def ready(shop):
    return requests.get(f"{shop.server.url}/readyz", timeout=30)


def outage(shop, end, begin, record_property, what, meanwhile, away_for=AWAY):
    """Load before, during and after; `meanwhile` looks at the shop in the middle. The answers of the outage."""
    before = shop.counts()
    with Load(shop, shop.product.product_id) as load:
        load.run(shop.buyers)
        started = time.monotonic()
        time.sleep(BEFORE)
        assert load.between(started, time.monotonic(), "checkout"), "nobody bought anything"
        end()
        gone = time.monotonic()
        time.sleep(1.0)
        meanwhile()
        time.sleep(max(0.0, away_for - (time.monotonic() - gone)))
        returning = time.monotonic()
        begin()
        back = time.monotonic()
        recovered = until(lambda: ready(shop).status_code == 200, 20, "ready again")
        until(
            lambda: any(a.status == 200 for a in load.between(back, time.monotonic(), "checkout")), 40, "orders again"
        )
        ordering = (
            min(a.at + a.seconds for a in load.between(back, time.monotonic(), "checkout") if a.status == 200) - back
        )
        time.sleep(AFTER)
    for session, key in load.unpaid:  # whoever was told to try again does, with the same key
        until(lambda s=session, k=key: shop.pay(s, k).status_code in (200, 400, 402, 409), 60, key)
    settle(shop)
    counts = shop.counts()
    away = [a for a in load.between(gone + 0.5, returning) if a.at + a.seconds < returning]
    words = (
        f"{what}: {counts['paid'] - before['paid']} orders, none lost or doubled; ready {recovered:.1f} s and ordering "
        f"{ordering:.1f} s after it was back. While away: {summary(away)}"
    )
    record_property("proved", words)
    return away, load.between(back + recovered + 1, time.monotonic())


def settle(shop):
    def left():
        counts = shop.counts()
        return {"waiting": shop.effects()["waiting"], "unfinished": counts["unfinished"], "held": counts["held"]}

    try:
        until(lambda: not any(left().values()), 100, "settled")
    except AssertionError as error:
        raise AssertionError(f"{left()} {shop.waiting_effects()}") from error
    counts, effects = shop.counts(), shop.effects()
    assert_books_balance(counts)
    assert effects["receipts"] == effects["receipted"] == effects["rolled_up"] == counts["paid"], (counts, effects)
    assert effects["rolled_up_gross"] == effects["paid_net"]
    assert effects["failed"] == 0


def statuses(answers, kind):
    return {a.status for a in answers if a.kind == kind}


def assert_nobody_waits_long(answers, seconds):
    slow = [a for a in answers if a.seconds > seconds]
    assert not slow, slow


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_without_mysql_people_browse_and_fill_carts_and_checkout_is_paused(shop, end, record_property):
    def meanwhile():
        answer = ready(shop)
        assert answer.status_code == 503
        assert answer.json()["dependencies"] == {"catalogue": "ok", "database": "unavailable"}
        said = "Checkout and sign-in are paused for a moment."
        until(lambda: said in words_of(page(requests.Session(), shop.server.url, "/")), 15, "said")
        seen = words_of(page(requests.Session(), shop.server.url, "/"))
        assert "Sturdy pan" in seen
        assert "Stock unknown" not in seen
        assert "This has to wait a moment" in words_of(page(shop.admin, shop.server.url, "/admin"))
        refused = requests.post(
            f"{shop.server.url}/api/login", json={"email": "buyer0@shop.example", "password": "x" * 12}, timeout=30
        )
        assert (refused.status_code, refused.json()["code"]) == (503, "store_unavailable")

    away, after = outage(
        shop, getattr(shop.mariadb, end), shop.mariadb.start, record_property, f"MariaDB {end}", meanwhile
    )
    assert statuses(away, "products") == statuses(away, "page") == statuses(away, "alive") == {200}
    assert statuses(away, "cart") == {200}
    assert statuses(away, "checkout") == {503}
    assert {a.code for a in away if a.kind == "checkout"} <= PAUSED
    assert_nobody_waits_long(away, 10)
    assert statuses(after, "checkout") <= {200, 409}
    assert statuses(after, "page") == statuses(after, "cart") == {200}


def test_a_mysql_that_hangs_holds_nobody_up(shop, record_property):
    stop, go_on = shop.mariadb.freeze, shop.mariadb.thaw
    away, _ = outage(shop, stop, go_on, record_property, "MariaDB hung", lambda: None, away_for=2 * AWAY)
    assert statuses(away, "alive") == {200}
    assert statuses(away, "products") == {200}
    assert_nobody_waits_long(away, 15)


def test_without_dynamodb_the_last_known_catalog_is_shown_and_nothing_can_be_ordered(shop, record_property):
    def meanwhile():
        until(lambda: "Stock unknown" in words_of(page(requests.Session(), shop.server.url, "/")), 15, "said")
        answer = ready(shop)
        assert answer.json()["dependencies"] == {"catalogue": "unavailable", "database": "ok"}
        seen = words_of(page(requests.Session(), shop.server.url, "/"))
        assert "The cart and checkout are paused for a moment." in seen
        assert "You see the shop as it was at" in seen
        assert "Sturdy pan" in seen
        said = "The catalogue's database cannot be reached."
        until(lambda: said in words_of(page(shop.admin, shop.server.url, "/admin")), 15, "said to the staff")
        assert "Best sellers" in words_of(page(shop.admin, shop.server.url, "/admin"))

    away, after = outage(shop, shop.dynoxide.kill, shop.dynoxide.start, record_property, "DynamoDB killed", meanwhile)
    assert statuses(away, "products") == statuses(away, "page") == statuses(away, "alive") == {200}
    assert statuses(away, "cart") == {503}
    assert statuses(away, "checkout") <= {503}
    assert_nobody_waits_long(away, 10)
    assert statuses(after, "cart") == {200}
