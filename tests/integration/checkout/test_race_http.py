"""A rush over HTTP on two gunicorn workers: what is sold is what there was, and a double click pays once."""

from __future__ import annotations

import logging
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import requests

from app.wiring import stores
from tests.support.dynoxide import CannotStart, aws_environment, running_dynoxide
from tests.support.missing_part import missing_part
from tests.support.server import RunningServer
from tests.support.shop import PASSWORD, add_people, add_product, assert_books_balance, books, build, settings_for

BUYERS = 60
UNITS = 20

log = logging.getLogger(__name__)
pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def dynamo_environment():
    """What points boto3 at a DynamoDB for this module's servers."""
    try:
        with running_dynoxide() as url:
            yield aws_environment(url)
    except CannotStart as error:
        missing_part("DynamoDB", error)


@pytest.fixture(scope="module", params=["sql", "dynamodb"])
def rush(request, tmp_path_factory):
    """A running server, its services, its books, and 60 people with accounts."""
    backend, environment = request.param, {}
    if backend == "dynamodb":
        environment = request.getfixturevalue("dynamo_environment")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        data_dir = tmp_path_factory.mktemp("rush")
        settings = settings_for(data_dir, catalog_backend=backend)
        built, database = build(settings)
        catalog = stores.catalog_stores(settings, database).catalog if environment else None
        add_people(database, BUYERS)
        variables = {"SECRET_KEY": settings.secret_key, "CATALOG_BACKEND": backend, **environment}
        with RunningServer(data_dir, workers=2, **variables) as server:
            yield server, built, lambda: books(database, catalog)
        database.dispose()


def signed_in(server: RunningServer, email: str) -> requests.Session:
    session = requests.Session()
    answer = session.post(f"{server.url}/api/login", json={"email": email, "password": PASSWORD}, timeout=60)
    assert answer.json() == {"success": True, "redirect": "/user_dashboard.html"}, answer.text
    return session


def pay(server: RunningServer, session: requests.Session, barrier: Barrier) -> requests.Response:
    barrier.wait(60)
    return session.post(f"{server.url}/api/record_payment", timeout=90)


def test_sixty_buyers_get_the_twenty_units_that_there_are(rush):
    server, built, books_now = rush
    product = add_product(built, "Rushed teapot", 19_999, UNITS)
    before = books_now()
    with ThreadPoolExecutor(BUYERS) as pool:
        emails = [f"buyer{n}@shop.example" for n in range(BUYERS)]
        sessions = list(pool.map(lambda email: signed_in(server, email), emails))
        added = list(
            pool.map(
                lambda s: s.post(f"{server.url}/api/cart", json={"id": product.product_id}, timeout=60).status_code,
                sessions,
            )
        )
        assert added == [200] * BUYERS
        barrier = Barrier(BUYERS)
        start = time.perf_counter()
        answers = list(pool.map(lambda session: pay(server, session, barrier), sessions))
        seconds = time.perf_counter() - start

    kinds = Counter((a.status_code, a.json().get("code", "paid")) for a in answers)
    log.info("%d payments at once on 2 workers: %.2f s, %s", BUYERS, seconds, dict(kinds))
    assert kinds == {(200, "paid"): UNITS, (409, "out_of_stock"): BUYERS - UNITS}
    assert len({a.json()["order_id"] for a in answers if a.ok}) == UNITS
    assert all(a.json()["items"][0]["available"] == 0 for a in answers if not a.ok)
    after = books_now()
    assert after["stock"] - before["stock"] == -UNITS
    assert after["payments"] - before["payments"] == UNITS
    assert after["unfinished"] == 0
    assert_books_balance(after)


@pytest.mark.parametrize("key", [None, "one-click-1"])
def test_a_double_click_pays_once(rush, key):
    server, built, books_now = rush
    product = add_product(built, f"Clicked cup {key}", 4_950, 10)
    session = signed_in(server, "buyer0@shop.example")
    session.delete(f"{server.url}/api/cart/clear", timeout=30)
    session.post(f"{server.url}/api/cart", json={"id": product.product_id}, timeout=30)
    before = books_now()
    clicks = 6
    barrier = Barrier(clicks)
    headers = {"Idempotency-Key": key} if key else {}
    cookies = session.cookies.get_dict()

    def click(_: int) -> requests.Response:
        barrier.wait(30)
        return requests.post(f"{server.url}/api/record_payment", headers=headers, cookies=cookies, timeout=60)

    with ThreadPoolExecutor(clicks) as pool:
        answers = list(pool.map(click, range(clicks)))
    again = requests.post(f"{server.url}/api/record_payment", headers=headers, cookies=cookies, timeout=60)

    assert again.status_code == 200, again.text
    assert {a.status_code for a in answers} <= {200, 409}, [a.text for a in answers]
    assert {a.json()["code"] for a in answers if not a.ok} <= {"in_progress"}
    assert {a.json()["order_id"] for a in [*answers, again] if a.ok} == {again.json()["order_id"]}
    after = books_now()
    assert after["payments"] - before["payments"] == 1
    assert after["stock"] - before["stock"] == -1
    assert_books_balance(after)


def test_a_polite_stop_loses_nothing(rush):
    server, _, books_now = rush
    before = books_now()
    assert server.stop() == 0
    server.start()
    assert books_now() == before
    assert requests.get(f"{server.url}/readyz", timeout=30).json()["status"] == "ok"
