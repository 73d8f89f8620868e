"""Every page, every file and every call of the analytics, on shops that no ordinary trade makes: all of them answer.

Pages, files and calls are found in their registries: a new one is opened here without a line of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, get_args

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain import Access
from app.services import install
from app.stores.sql.tables import orders, products
from app.web.api import ROUTES
from app.web.exports.sheets import SHEETS
from app.web.page import PAGES
from tests.conftest import WiredApp
from tests.support.odd_shops import NOW, SHOPS, OddShops
from tests.support.page_loads import components_of, open_page
from tests.support.shop import PASSWORD

PERIODS = ("", "from={last_year}&to={today}&grain=month", "from=2099-01-01&to=2099-01-02")
DAYS = {"today": NOW.date(), "last_year": NOW.date() - timedelta(days=600)}
FIRST_SHOPPER = 100
HUGE = "eight_thousand_products"
ANSWERS = (200, 204, 404, 422)  # also what there is not, and what cannot be, is said
MOST_COMPONENTS, MOST_BYTES = 2_000, 4_000_000  # of one page of a shop with eight thousand products


@pytest.fixture(scope="module")
def odd_shops(tmp_path_factory: pytest.TempPathFactory, built_app: WiredApp) -> OddShops:
    return OddShops(tmp_path_factory.mktemp("odd"))


@pytest.fixture(params=SHOPS)
def shop(request: pytest.FixtureRequest, odd_shops: OddShops, built_app: WiredApp) -> Iterator[dict[str, str]]:
    """The ids that its pages' addresses may name; the shop stands behind `services()`."""
    built, database = odd_shops.build(request.param, SHOPS[request.param]())
    install(built)
    first = database.read(
        lambda c: (
            c.execute(select(products.c.product_id).limit(1)).scalar(),
            c.execute(select(orders.c.order_id)).scalar(),
        )
    )
    yield {
        "name": request.param,
        "product_id": first[0] or "none",
        "order_id": str(first[1] or 1),
        "user_id": str(FIRST_SHOPPER),
    }
    built.live.close()
    database.dispose()
    install(built_app.services)


@pytest.fixture
def admin(shop: dict[str, str], odd_shops: OddShops, built_app: WiredApp) -> FlaskClient:
    client = built_app.server.test_client()
    answer = client.post("/api/login", json={"email": odd_shops.admin.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return client


def path_of(pattern: str, shop: dict[str, str]) -> str:
    for name, value in shop.items():
        pattern = pattern.replace(f"<{name}>", value)
    return pattern


def failures(answers: list[tuple[str, Any]]) -> list[str]:
    return [f"{words}: {answer.status_code}" for words, answer in answers if answer.status_code not in ANSWERS]


def test_every_page_every_file_and_every_analytics_call_answers(
    shop: dict[str, str], admin: FlaskClient, record_property: Any
) -> None:
    answers = [*pages(shop, admin), *files(shop, admin), *calls(shop, admin)]
    assert failures(answers) == []
    asked = sum(answer.status_code == 200 for _, answer in answers)
    record_property("proved", f"odd shop {shop['name']}: {asked} of {len(answers)} answers are 200, none is a failure")


def pages(shop: dict[str, str], admin: FlaskClient) -> list[tuple[str, Any]]:
    found = []
    for name, page in PAGES.items():
        path = path_of(page.path or page.path_template or "", shop)
        answers = open_page(admin, name, path)
        found += answers
        if shop["name"] == HUGE:
            assert_bounded(path, answers[0][1])
    return found


def assert_bounded(path: str, layout: Any) -> None:
    """However many products there are; the grids, which draw what is in view, get a row of each."""
    assert len(layout.data) <= MOST_BYTES, (path, len(layout.data))
    assert sum(1 for _ in components_of(layout.json["response"])) <= MOST_COMPONENTS, path


def files(shop: dict[str, str], admin: FlaskClient) -> list[tuple[str, Any]]:
    """Each name as CSV of every period, and as XLSX, which holds the same rows; of very many rows one of them."""
    kinds = [*(("csv", period) for period in PERIODS), ("xlsx", PERIODS[0])]
    found = []
    for name, (kind, period) in itertools.product(SHEETS, kinds[:1] if shop["name"] == HUGE else kinds):
        asked = f"{name}.{kind}?{period.format(**DAYS)}&product={shop['product_id']}"
        found.append((asked, admin.get(f"/admin/export/{asked}")))
    return found


def calls(shop: dict[str, str], admin: FlaskClient) -> list[tuple[str, Any]]:
    found = []
    for route in ROUTES.values():
        if route.access is not Access.ANALYTICS:
            continue
        path = path_of(route.rule, shop)
        found += [(f"{path}?{query}", admin.get(f"{path}?{query}")) for query in queries(route.doc.query)]  # type: ignore[union-attr]
    assert found
    return found


def queries(model: Any) -> list[str]:
    """Without anything, and each of its periods with each of its choices."""
    if model is None:
        return [""]
    fields = model.model_fields
    periods = (
        [template.format(**DAYS) for template in ("start={last_year}&end={today}", "start={today}&end={today}")]
        if "start" in fields
        else [""]
    )
    choices = [f"{name}={value}" for name, one in fields.items() for value in get_args(one.annotation) if value in
               ("day", "week", "month")] or [""]  # fmt: skip
    moments = [f"as_of={NOW:%Y-%m-%dT00:00:00}Z"] if "as_of" in fields else []
    return ["", *(f"{period}&{choice}" for period in periods for choice in choices), *moments]
