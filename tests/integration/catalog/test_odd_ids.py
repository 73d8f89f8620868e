"""Products whose ids have slashes, blanks, signs of addresses and other scripts in them work everywhere."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from app.addresses import product_path
from app.domain import Role
from app.services.stock.product_drafts import ProductDraft
from tests.conftest import WiredApp
from tests.support.dash_calls import navigate
from tests.support.shop import TESTER

ODD = ["MUG 1/2", "50% off", "a#b", "who?", "Tasse ü", "कप", "a+b&c=d", "x%2Fy", '"<b>', "a;b,c", "dots..dots"]


@pytest.fixture(params=ODD)
def odd(request: pytest.FixtureRequest, wired_app: WiredApp) -> str:
    sku: str = request.param
    if wired_app.services.catalog._catalog.get(sku) is None:
        draft = ProductDraft(f"Odd {ODD.index(sku)} thing", 100, "Kitchen", stock=3, sku=sku)
        wired_app.services.inventory.add_product(draft, TESTER)
    return sku


def test_its_page_is_there_and_shows_it(odd, wired_app, app_client):
    client, product = app_client(), wired_app.services.catalog.find(odd)
    path = product_path(odd, product.name)
    assert client.get(path).status_code == 200
    assert client.get(f"/product/{quote(odd, safe='')}").headers["Location"] == path
    shown = navigate(client, path).get_data(as_text=True)
    assert product.name in shown
    assert client.get(f"/product/{quote(odd + '/', safe='')}").status_code == 404


def test_its_picture_is_drawn_and_its_calls_answer(odd, wired_app, app_client):
    client = app_client(Role.ADMIN)
    (shown,) = [p for p in client.get("/api/products").json if p["product_id"] == odd]
    assert client.get(shown["image_data"]).mimetype == "image/svg+xml"
    assert client.get(shown["image_data"].removeprefix("/api")).mimetype == "image/svg+xml"
    moved = client.get(f"/api/analytics/products/{quote(odd, safe='')}/movements?start=2020-01-01&end=2099-01-01")
    assert [row["quantity"] for row in moved.json["rows"]][:1] == [3]
    panel = navigate(client, "/admin/inventory", f"?product={quote(odd, safe='')}&do=details").get_data(as_text=True)
    assert f"{wired_app.services.catalog.find(odd).name}" in panel
    sheet = client.get(f"/admin/export/movements.csv?product={quote(odd, safe='')}&start=2020-01-01&end=2099-01-01")
    assert sheet.status_code == 200
    assert "Opening stock" in sheet.get_data(as_text=True)
    assert client.post("/api/cart", json={"id": odd}).status_code == 200
    assert client.post("/api/cart/remove", json={"id": odd}).status_code == 200


def test_it_is_taken_out_by_its_address(wired_app, app_client):
    client = app_client(Role.ADMIN)
    draft = ProductDraft("Gone soon", 100, "Kitchen", sku="GONE 1/2 #%")
    product = wired_app.services.inventory.add_product(draft, TESTER)
    answer = client.delete(f"/api/delete_product/{quote(product.product_id, safe='')}")
    assert answer.json == {"success": True}
    assert client.get(f"/product/{quote(product.product_id, safe='')}").status_code == 410


@pytest.mark.parametrize("sku", ["/a", "a/", "a//b", "a/../b", ".", ".."])
def test_what_no_address_can_have_is_refused(app_client, sku):
    body = {"name": "Thing", "price": "1", "stock": 1, "sku": sku}
    answer = app_client(Role.ADMIN).post("/api/products", json=body)
    assert (answer.status_code, answer.json["field"]) == (422, "sku")
