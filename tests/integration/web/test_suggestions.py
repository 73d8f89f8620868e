"""What the search field is told while somebody types, and what a browser asks of products that it kept the ids of."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from app.domain import Role
from app.services.limits.memory import SUGGESTIONS, MemoryBudget
from app.stores.sql.catalog.catalog import SqlCatalog
from tests.conftest import WiredApp
from tests.support.shop import TESTER, add_product

Clients = Callable[..., FlaskClient]
HOSTILE = "</script><b>Zarathu \u2028 कप"


def test_products_and_categories_fit_what_is_typed(wired_app: WiredApp, app_client: Clients) -> None:
    bowl = add_product(wired_app.services, "Wexford bowl", 39_900, 4, "Wexford ware")
    gone = add_product(wired_app.services, "Wexford plate", 9_900, 0, "Wexford ware")
    found = app_client().get("/suggest?q=wexf").json
    assert [one["name"] for one in found["products"]] == ["Wexford bowl", "Wexford plate"]
    assert found["products"][0]["price"] == "₹399.00"
    assert found["products"][0]["href"].startswith(f"/product/{bowl.product_id}/")
    assert [one["sold_out"] for one in found["products"]] == [False, True]
    assert found["categories"] == [{"name": "Wexford ware", "href": "/?category=Wexford+ware", "count": "2"}]
    assert [one["id"] for one in app_client().get("/suggest?q=wexfrod").json["products"]][:1] == [bowl.product_id]
    wired_app.services.inventory.remove(gone.product_id, TESTER)
    ids = urlencode([("id", gone.product_id), ("id", "never-was"), ("id", bowl.product_id), ("id", bowl.product_id)])
    seen = app_client().get(f"/suggest/products?{ids}").json
    assert [one["id"] for one in seen["products"]] == [bowl.product_id]


def test_what_is_suggested_keeps_the_language_of_the_address(wired_app: WiredApp, app_client: Clients) -> None:
    bowl = add_product(wired_app.services, "Yarrowby bowl", 39_900, 4, "Yarrowby ware")
    client = app_client()
    english, german = client.get("/suggest?q=yarrow").json, client.get("/de/suggest?q=yarrow").json
    assert english["products"][0]["href"].startswith(f"/product/{bowl.product_id}/")
    assert german["products"][0]["href"] == f"/de{english['products'][0]['href']}"
    assert german["categories"][0]["href"] == "/de/?category=Yarrowby+ware"
    seen = client.get(f"/de/suggest/products?id={bowl.product_id}").json
    assert seen["products"][0]["href"] == german["products"][0]["href"]
    refused = client.get("/de/suggest?q=" + "x" * 201)
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_input")


@pytest.mark.parametrize("query", ["", "q=", "q=%20", "q=a", "q=%00", "q=%F0%9F%8D%B5", "q=" + "x" * 200])
def test_rubbish_finds_nothing_and_breaks_nothing(app_client: Clients, query: str) -> None:
    answer = app_client().get(f"/suggest?{query}")
    assert (answer.status_code, answer.json) == (200, {"products": [], "categories": []})


def test_bytes_that_are_no_text_break_nothing(app_client: Clients) -> None:
    assert app_client().get("/suggest?q=%ff").status_code == 200


@pytest.mark.parametrize("address", ["/suggest?q=" + "x" * 201, "/suggest/products?" + "id=x&" * 13])
def test_more_than_a_person_asks_for_is_refused(app_client: Clients, address: str) -> None:
    answer = app_client().get(address)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")


def test_an_answer_stays_small_whatever_things_are_called(wired_app: WiredApp, app_client: Clients) -> None:
    for n in range(9):
        add_product(wired_app.services, f"Quillon {'x' * 150} {n}", 39_900, 4, f"Quillon {n} {'y' * 50}")
    answer = app_client().get("/suggest?q=quillon")
    assert (len(answer.json["products"]), len(answer.json["categories"])) == (6, 3)
    assert len(answer.data) < 6_000


def test_names_stay_texts(wired_app: WiredApp, app_client: Clients) -> None:
    add_product(wired_app.services, HOSTILE, 39_900, 4)
    answer = app_client().get("/suggest?q=zarathu")
    assert answer.mimetype == "application/json"
    assert answer.json["products"][0]["name"] == " ".join(HOSTILE.split())


def test_caches_keep_it_only_where_nobody_is_known(app_client: Clients) -> None:
    nobody = app_client().get("/suggest?q=mug")
    assert nobody.headers["Cache-Control"] == "max-age=60, public"
    assert "Set-Cookie" not in nobody.headers
    somebody = app_client(Role.CUSTOMER).get("/suggest?q=mug")
    assert "private" in somebody.headers["Cache-Control"]
    assert "public" not in somebody.headers["Cache-Control"]


def test_no_store_is_asked(app_client: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    client = app_client()
    client.get("/suggest?q=mug")

    def refuse(*_: object) -> None:
        raise AssertionError("asked")

    for name in ("get", "get_many"):
        monkeypatch.setattr(SqlCatalog, name, refuse)
    assert client.get("/suggest?q=mug").status_code == 200
    assert client.get("/suggest/products?id=unknown").json == {"products": []}


def test_an_address_has_a_budget(wired_app: WiredApp, app_client: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    budget, client = MemoryBudget(clock=lambda: 0.0), app_client()
    monkeypatch.setattr(wired_app.services.budget, "take", budget.take)
    for _ in range(SUGGESTIONS.burst):
        budget.take(SUGGESTIONS, "127.0.0.1")
    answer = client.get("/suggest?q=mug")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert client.get("/?q=mug").status_code == 200
