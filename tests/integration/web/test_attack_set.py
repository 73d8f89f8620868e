"""What one stranger sent to bring the shop down, all of it at once, against two real workers."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.integration.limits.test_slow_bodies import begun
from tests.support.health_watch import HealthWatch
from tests.support.server import RunningServer

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]

DISPATCH = "/_dash-update-component"
MARKS = "\u0315\u0300"
HALF_REQUESTS = 1_100
PASSWORD = "seven wild geese fly"


def post(server: RunningServer, path: str, body: Any) -> int:
    data = json.dumps(body, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json"}
    return requests.post(server.url + path, data=data, headers=headers, timeout=120).status_code


def router(search: str) -> dict[str, Any]:
    values = {"pathname": "/", "search": search}
    return {
        "output": ".._pages_content.children..._pages_store.data..",
        "outputs": [{"id": "_pages_content", "property": "children"}, {"id": "_pages_store", "property": "data"}],
        "inputs": [{"id": "_pages_location", "property": name, "value": value} for name, value in values.items()],
        "changedPropIds": ["_pages_location.pathname"],
        "state": [],
    }


def long_texts(server: RunningServer) -> list[int]:
    """Composing them takes the square of their length."""
    texts = ["a" + MARKS * 180_000, "a" + MARKS * 12_000]
    return [
        post(server, path, {"email": text, "password": PASSWORD, "fullname": text})
        for path in ("/api/login", "/api/signup")
        for text in texts
    ]


def long_callbacks(server: RunningServer) -> list[int]:
    many = [{"id": {"type": "x", "key": number}, "property": "n_clicks", "value": 1} for number in range(60_000)]
    bodies = [router("?" + "a=1&" * 1_900_000), router("?" + "a=1&" * 10_000), {**router(""), "inputs": [many, many]}]
    return [post(server, DISPATCH, body) for body in bodies]


def half_requests(server: RunningServer) -> list[int]:
    held = [begun(server) for _ in range(HALF_REQUESTS)]
    for connection in held:
        connection.settimeout(60)
        try:
            while connection.recv(65536):
                pass
        except ConnectionResetError:
            pass
        connection.close()
    return []


def orders(server: RunningServer) -> list[int]:
    """Forty of one buyer, as fast as they go."""
    with requests.Session() as buyer:
        person = {"fullname": "A Buyer", "email": "buyer@shop.example", "password": PASSWORD}
        with contextlib.suppress(requests.ConnectionError):
            buyer.post(f"{server.url}/api/signup", json=person, timeout=60)
            buyer.post(f"{server.url}/api/login", json=person, timeout=60)
        product = next(one for one in buyer.get(f"{server.url}/api/products", timeout=60).json() if one["stock"] > 0)
        found = []
        for _ in range(40):
            for path, body in (("/api/cart", {"id": product["product_id"]}), ("/api/record_payment", None)):
                with contextlib.suppress(requests.ConnectionError):  # too many from this address are waited for
                    found.append(buyer.post(server.url + path, json=body, timeout=60).status_code)
        return found


def numbers(server: RunningServer) -> list[int]:
    searches = ("?price_min=1e999999", "?price_max=-1e-999999", "?price_min=NaN&price_max=Infinity", "?page=1e9")
    found = [requests.get(f"{server.url}/{search}", timeout=60).status_code for search in searches]
    return found + [post(server, DISPATCH, router(search)) for search in searches]


def test_one_stranger_stops_no_worker(tmp_path, record_property):
    attacks: tuple[Callable[[RunningServer], list[int]], ...] = (
        long_texts,
        long_callbacks,
        half_requests,
        orders,
        numbers,
    )
    answers: dict[str, list[int]] = {}
    with RunningServer(tmp_path, workers=2, SECRET_KEY="one key for both of the processes") as server:
        server.command("demo", "--orders", "100", "--products", "10")

        def run(attack: Callable[[RunningServer], list[int]]) -> None:
            answers[attack.__name__] = attack(server)

        with HealthWatch(server.url) as health:
            threads = [threading.Thread(target=run, args=(attack,)) for attack in attacks]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert requests.get(f"{server.url}/healthz", timeout=10).status_code == 200
    assert answers.keys() == {attack.__name__ for attack in attacks}
    broken = {name: found for name, found in answers.items() if any(status >= 500 for status in found)}
    assert not broken
    assert health.answers
    record_property("proved", f"the attack set: /healthz waited for {health.longest:.2f} s at the longest")
