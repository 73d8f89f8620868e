"""The policy replay's page: asked for once, followed while it runs, shown and taken away when it is done."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from app.domain import Role, Trade
from app.services.analytics.answer_cache import AnswerCache
from app.services.replay.policy import ReplayRequest
from app.services.replay.replays import ReplayService
from app.services.replay.result import CurvePoint, Figures, ProductReplay, Replay
from app.stores.sql.tables import replays
from tests.conftest import WiredApp
from tests.support.dash_calls import call, callback_map, navigate, payload
from tests.support.shop import add_product

TODAY = date(2026, 11, 25)
FIRST, LAST = TODAY - timedelta(days=40), TODAY - timedelta(days=1)
LEASE = timedelta(minutes=3)


@pytest.fixture
def service(wired_app: WiredApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReplayService]:
    class Anchor:
        def trade(self) -> Trade:
            return Trade(TODAY - timedelta(days=200), LAST, TODAY)

    monkeypatch.setattr(wired_app.services.replays, "_anchor", Anchor())
    yield wired_app.services.replays
    wired_app.database.write(lambda c: c.execute(delete(replays)))


def answered(client: FlaskClient, output: str, values: list[Any]) -> Any:
    key, entry = next((key, entry) for key, entry in callback_map(client).items() if output in key)
    found = call(client, payload(key, entry, values, 0))
    assert found.status_code == 200, found.text
    return json.loads(found.data)


def fired(client: FlaskClient, output: str, values: list[Any]) -> dict[str, Any]:
    return dict(answered(client, output, values)["response"])


def ask(client: FlaskClient, **more: Any) -> dict[str, Any]:
    values = {
        "lead": 7, "review": 7, "service": "95", "budget": "", "first": FIRST.isoformat(), "last": LAST.isoformat(),
        "which": "all", "start": None, "products": None,
    }  # fmt: skip
    return fired(client, "admin-replay-error.children", [1, *(values | more).values()])


def found(request: ReplayRequest) -> Replay:
    played = Figures(40, 2, 90, 4, 4_000, 123_456, 5, 95, 95, 10, 15)
    real = Figures(40, 40, 80, 14, 14_000, 110_000, 4, 90, 90, 10, 20)
    return Replay(request, [ProductReplay("mug", played, real)], [CurvePoint(95, 0.95, 123_456, 4_000)], 150_000, 6, 2)


def test_asked_for_once_followed_and_shown(wired_app: WiredApp, service: ReplayService) -> None:
    client, store = wired_app.client(Role.ANALYST), service._store
    first, again = ask(client), ask(client)
    number = first["admin-replay-number"]["data"]
    assert again["admin-replay-number"]["data"] == number
    assert "Replaying" in json.dumps(first["admin-replay-result"])
    taken = store.take("run", LEASE)
    assert taken is not None
    store.step(number, "run", 3, 6, LEASE)
    shown = fired(client, "admin-replay-again.disabled@", [1, number])
    assert "Day 3 of 6" in json.dumps(shown)
    assert shown["admin-replay-again"]["disabled"] is False
    store.finish(number, "run", found(ReplayRequest.of_dict(taken.request)).as_dict(), "")
    shown = fired(client, "admin-replay-again.disabled@", [2, number])
    words = "At 95% you would have been out of stock 38 product-days less and had 12% more money in stock."
    assert words in json.dumps(shown, ensure_ascii=False)
    assert shown["admin-replay-again"]["disabled"] is True
    assert words in navigate(client, "/admin/replay", f"?run={number}").get_data(as_text=True)
    file = client.get(f"/admin/export/replay.csv?run={number}").data.decode("utf-8-sig")
    (row,) = csv.DictReader(file.splitlines())
    assert (row["Days out of stock"], row["Really: days out of stock"]) == ("2", "40")


def test_an_admin_applies_it_to_its_products_once(wired_app: WiredApp, service: ReplayService) -> None:
    client, store = wired_app.client(Role.ADMIN), service._store
    product_id = add_product(wired_app.services, "Replayed jug", 24_900, 5).product_id
    number = ask(client, lead=9)["admin-replay-number"]["data"]
    taken = store.take("run", LEASE)
    assert taken is not None
    one = replace(found(ReplayRequest.of_dict(taken.request)).products[0], product_id=product_id)
    done = replace(found(ReplayRequest.of_dict(taken.request)), products=[one])
    store.finish(number, "run", done.as_dict(), "")
    said = answered(client, "admin-replay-confirm-error.children@", [1, number])
    assert "1 product changed" in json.dumps(said)
    product = wired_app.services.catalog.get(product_id)
    holds = wired_app.services.reorder.of(product)
    assert (holds.lead_days, holds.review_days, holds.service) == (9, 7, 95)
    assert "all set so already" in json.dumps(answered(client, "admin-replay-confirm-error.children@", [2, number]))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"lead": 99}, "from 0 to 28 days"),
        ({"budget": "plenty"}, "an amount such as"),
        ({"first": (FIRST - timedelta(days=250)).isoformat()}, "28 days after the first sale"),
        ({"last": TODAY.isoformat()}, f"must not be after {LAST}"),
        ({"first": None}, "the first and the last day"),
        ({"which": "class:Z"}, "which products"),
    ],
)
def test_what_cannot_be_replayed_is_said_beside_the_form(
    wired_app: WiredApp, service: ReplayService, more: dict[str, Any], words: str
) -> None:
    assert words in ask(wired_app.client(Role.ANALYST), **more)["admin-replay-error"]["children"]
    assert service.latest(1) == []


def test_what_it_was_made_of_makes_it_out_of_date(
    wired_app: WiredApp, service: ReplayService, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ask(wired_app.client(Role.ANALYST))["admin-replay-number"]["data"]
    assert not service.is_outdated(service.get(number))
    monkeypatch.setattr(service._inputs, "_calendar", lambda: "a closed day more")
    monkeypatch.setattr(service, "_made_of", AnswerCache())  # what was so a moment ago is not asked again
    assert service.is_outdated(service.get(number))
    assert ask(wired_app.client(Role.ANALYST))["admin-replay-number"]["data"] != number, "it is run anew"
