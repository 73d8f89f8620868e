"""The store's public pages are whole before any script runs, and work without it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.addresses import product_path
from app.domain import Role
from app.errors import StoreUnavailable, TooManyCartChanges
from app.services.stock.product_drafts import ProductDraft
from app.web.finished.ready_pages import ReadyPages
from app.web.page import PAGES
from tests.conftest import WiredApp
from tests.support.dash_calls import navigate
from tests.support.shop import TESTER, add_product

Clients = Callable[..., FlaskClient]


def texts(answer) -> str:
    """What a person reads of the page, without what its scripts bring along."""
    body = re.sub(r"(?s)<script.*?</script>|<head>.*?</head>", "", answer.text)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def test_the_grid_and_a_product_are_read_without_script(wired_app: WiredApp, app_client: Clients) -> None:
    product = add_product(wired_app.services, "Walnut tray, oiled", 129_900, 3, "Trays")
    for address in ("/?category=Trays", "/?q=walnut+tray", product_path(product.product_id, product.name)):
        shown = texts(app_client().get(address))
        assert "Walnut tray, oiled" in shown
        assert "₹1,299.00" in shown
        assert "Only 3 left" in shown


def test_stock_and_price_are_those_of_the_moment(wired_app: WiredApp, app_client: Clients) -> None:
    product, client = add_product(wired_app.services, "Teak stool", 500_000, 9), app_client()
    address = product_path(product.product_id, product.name)
    assert "In stock" in texts(client.get(address))
    wired_app.services.catalog.refresh()
    wired_app.services.inventory.correct(product.product_id, 2, TESTER, "counted")
    wired_app.services.catalog.refresh()
    assert "Only 2 left" in texts(client.get(address))


def test_what_a_product_is_sold_by_is_said_once(wired_app: WiredApp, app_client: Clients) -> None:
    sold_by = [("Weight", "250 g"), ("Cut", "Fine")]
    draft = ProductDraft("Chai, 250 g", 34_900, "Tea", stock=3, weight=265, family_id="CHAI", options=sold_by)
    product = wired_app.services.inventory.add_product(draft, TESTER)
    data = texts(app_client().get(product_path(product.product_id, product.name)))
    assert [data.count(f"Weight {weight}") for weight in ("250 g", "265 g")] == [1, 0]
    assert "Cut Fine" in data


def test_every_finished_page_can_be_made_for_everybody_and_for_each_role(
    wired_app: WiredApp, app_client: Clients
) -> None:
    product = add_product(wired_app.services, "Copper jug", 39_900, 3)
    finished = [page for page in PAGES.values() if page.is_finished]
    assert {page.name for page in finished} >= {"home", "product", "cart", "not_found_404"}
    for role in (None, *Role):
        client = app_client(role)
        client.post("/cart/change", data={"add": product.product_id})
        for page in finished:
            address = page.path or product_path(product.product_id, product.name)
            answer = client.get(address)
            assert answer.status_code in (200, 404), (role, address)
            assert 'id="page-at-first"><div class="store-frame' in answer.text, (role, address)


def test_a_hostile_name_stays_a_text(wired_app: WiredApp, app_client: Clients) -> None:
    name = "</div><script>alert(1)</script><b title=\"'x"
    product = add_product(wired_app.services, name, 39_900, 3, "<i>Evil")
    for address in (
        product_path(product.product_id, product.name),
        "/?q=alert",
        "/?q=%3Cscript%3Ealert(1)",
        "/?category=%3Ci%3EEvil",
    ):
        answer = app_client().get(address)
        assert "<script>alert" not in answer.text
        assert "<i>Evil" not in answer.text
    assert name in html.unescape(answer.text)


class TestForms:
    def test_a_cart_is_filled_and_read_without_script(self, wired_app: WiredApp, app_client: Clients) -> None:
        product, client = add_product(wired_app.services, "Cane basket", 39_900, 4), app_client()
        key = product.product_id
        for sent in ({"add": key}, {"more": key}, {"buy": key, "units": "2"}, {"less": key}):
            answer = client.post("/cart/change", data=sent)
            assert (answer.status_code, answer.headers["Location"]) == (303, "/cart"), answer.text
        cart = client.get("/cart")
        assert "Cane basket" in texts(cart)
        assert 'value="3"' in cart.text
        client.post("/cart/change", data={"set": key, "units": "2"})
        assert 'value="2"' in client.get("/cart").text
        client.post("/cart/change", data={"remove": key})
        assert "Your cart is empty" in texts(client.get("/cart"))

    def test_another_site_changes_no_cart(self, wired_app: WiredApp, app_client: Clients) -> None:
        product, client = add_product(wired_app.services, "Cane tray", 39_900, 4), app_client()
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = client.post("/cart/change", data={"add": product.product_id}, headers=headers)
            assert answer.status_code == 403
        assert "Your cart is empty" in texts(client.get("/cart"))

    @pytest.mark.parametrize(
        ("sent", "status"),
        [
            ({}, 422),
            ({"steal": "x"}, 422),
            ({"add": "no-such-product"}, 404),
            ({"add": "x" * 5_000}, 422),
            ({"buy": "x", "units": "two"}, 422),
            ({"buy": "x", "units": "-1"}, 422),
            ({"add": "%00%ed%a0%80"}, 404),
        ],
    )
    def test_what_makes_no_sense_is_a_clear_error(self, app_client: Clients, sent: dict[str, str], status: int) -> None:
        body = "&".join(f"{name}={value}" for name, value in sent.items())
        answer = app_client().post(
            "/cart/change", data=body, content_type="application/x-www-form-urlencoded", headers={"Accept": "text/html"}
        )
        assert answer.status_code == status, answer.text
        assert "Back to the shop" in answer.text

    def test_changes_are_counted_like_those_of_the_pages(
        self, wired_app: WiredApp, app_client: Clients, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counted: list[str] = []

        def refuse(owner: str, network: str = "") -> None:
            counted.append(network)
            raise TooManyCartChanges(5)

        monkeypatch.setattr(wired_app.services.cart_budget, "count", refuse)
        answer = app_client().post("/cart/change", data={"add": "x"})
        assert (answer.status_code, counted) == (429, ["127.0.0.1"])


class TestCaching:
    ADDRESSES = ("/", "/?q=cane", "/cart")

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_without_a_session_a_page_begins_none_and_may_be_kept(self, app_client: Clients, address: str) -> None:
        answer = app_client().get(address, headers={"Accept": "text/html"})
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "public, no-cache"
        assert {"Cookie", "Accept-Encoding"} <= set(answer.vary)

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_with_a_session_every_page_is_private(self, app_client: Clients, address: str) -> None:
        guest = app_client()
        navigate(guest, "/")  # what Dash asks for first begins a session
        for client in (guest, app_client(Role.CUSTOMER), app_client(Role.ADMIN)):
            answer = client.get(address, headers={"Accept": "text/html"})
            assert "private" in answer.headers["Cache-Control"]
            assert "public" not in answer.headers["Cache-Control"]

    def test_a_token_is_nobody_either(self, app_client: Clients) -> None:
        answer = app_client().get("/", headers={"Authorization": "Bearer x"})
        assert "public" not in answer.headers.get("Cache-Control", "")

    @pytest.mark.parametrize("address", ["/nothing", "/product/none", "/login", "/orders", "/checkout", "/register"])
    def test_other_pages_are_for_one_caller(self, app_client: Clients, address: str) -> None:
        assert "public" not in app_client().get(address).headers["Cache-Control"]

    def test_nobodys_page_shows_nobodys_things(self, wired_app: WiredApp, app_client: Clients) -> None:
        product, shopper = add_product(wired_app.services, "Cane chair", 39_900, 4), app_client(Role.CUSTOMER)
        shopper.post("/cart/change", data={"add": product.product_id})
        name = wired_app.people[Role.CUSTOMER].full_name.split()[0]
        assert name in texts(shopper.get("/cart"))
        for address in self.ADDRESSES:
            stranger = app_client().get(address)
            assert name not in stranger.text
            assert "Cane chair" not in texts(stranger) or address != "/cart"
            assert "Sign in" in texts(stranger)

    @pytest.mark.parametrize("way", ["br", "gzip", "identity"])
    def test_what_was_kept_is_asked_for_by_its_tag(self, wired_app: WiredApp, app_client: Clients, way: str) -> None:
        client, headers = app_client(), {"Accept-Encoding": way}
        wired_app.services.catalog.refresh()
        first = client.get("/", headers=headers)
        assert first.headers.get("Content-Encoding", "identity") == way
        again = client.get("/", headers={**headers, "If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data, again.headers["Cache-Control"]) == (304, b"", "public, no-cache")
        add_product(wired_app.services, f"Cane thing {way}", 39_900, 4)
        wired_app.services.catalog.refresh()
        changed = client.get("/", headers={**headers, "If-None-Match": first.headers["ETag"]})
        assert changed.status_code == 200
        assert changed.headers["ETag"] != first.headers["ETag"]

    def test_what_says_something_else_is_another_page_to_who_kept_it(self, wired_app: WiredApp) -> None:
        """As after a restart with another tax rate or another library: nothing changed in the catalogue."""
        with wired_app.server.test_request_context("/"):
            before = ReadyPages().answer("/", lambda: "plus 5% tax", lambda: True)
        tag = before.headers["ETag"]
        with wired_app.server.test_request_context("/", headers={"If-None-Match": tag}):
            kept = ReadyPages().answer("/", lambda: "plus 5% tax", lambda: True)
            changed = ReadyPages().answer("/", lambda: "plus 8% tax", lambda: True)
        assert (kept.status_code, changed.status_code) == (304, 200)
        assert changed.headers["ETag"] != tag

    def test_a_page_that_has_to_wait_is_not_kept(self, wired_app: WiredApp, app_client: Clients, monkeypatch) -> None:
        def away(*_: object, **__: object) -> None:
            raise StoreUnavailable("The catalogue cannot be read.")

        with monkeypatch.context() as patch:
            patch.setattr(wired_app.services.catalog, "search", away)
            waiting = app_client().get("/?q=away")
            assert "public" not in waiting.headers["Cache-Control"]
            assert "has to wait" in texts(waiting)
        assert "has to wait" not in texts(app_client().get("/?q=away"))
