"""While the database that knows sessions is away: who stays known, for what, and what comes of it afterwards."""

from __future__ import annotations

import pytest

from app.addresses import product_path
from app.domain import Role
from app.errors import StoreUnavailable
from app.web.identity.session_memory import KEPT_SECONDS, SessionMemory
from app.web.identity.sessions import MEMORY
from app.web.streams.live_routes import _still_allowed
from tests.support.dash_calls import navigate
from tests.support.shop import APPROVED, PASSWORD, add_product, forget_attempts

HTML = {"Accept": "text/html"}


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def shop(wired_app, monkeypatch, clock):
    forget_attempts(wired_app.database)
    monkeypatch.setitem(wired_app.server.extensions, MEMORY, SessionMemory(clock=lambda: clock[0]))
    return wired_app


@pytest.fixture
def product(shop):
    return add_product(shop.services, "Outage mug", 1_500, 50)


@pytest.fixture
def away(shop):
    """`away()` takes the people's part of the database away, `away.over()` brings it back."""

    class Away:
        def __init__(self):
            self.patch = pytest.MonkeyPatch()

        def __call__(self):
            def refuse(*_args, **_named):
                raise StoreUnavailable("The shop's database cannot be reached right now. Try again in a moment.")

            for service, method in (
                (shop.services.sessions, "find"),
                (shop.services.sessions, "end"),
                (shop.services.accounts, "get"),
                (shop.services.sign_ins, "password"),
                (shop.services.throttle, "take"),
                (shop.services.outages, "_ask_database"),
            ):
                self.patch.setattr(service, method, refuse)
            # As with the catalogue and the carts on DynamoDB.
            self.patch.setattr(shop.services.outages, "_shares_database", False)
            shop.services.outages._asked_at = float("-inf")

        def over(self):
            self.patch.undo()
            shop.services.outages._asked_at = float("-inf")

    away = Away()
    yield away
    away.over()


def another_process(shop):
    """One that never saw anybody."""
    shop.server.extensions[MEMORY] = SessionMemory()


def cart_of(shop, user):
    return {line.product.product_id: line.quantity for line in shop.services.cart.view(f"user#{user.user_id}").lines}


class TestKnown:
    def test_a_shopper_stays_known_and_the_cart_works(self, shop, away, product):
        client, user = shop.client(Role.CUSTOMER), shop.people[Role.CUSTOMER]
        client.get("/api/current_user")
        away()
        seen = navigate(client, "/")
        assert user.full_name.split()[0] in seen.text
        assert "Checkout and sign-in are paused for a moment." in seen.text
        assert client.post("/api/cart", json={"id": product.product_id}).status_code == 200
        assert cart_of(shop, user)[product.product_id] >= 1

    @pytest.mark.parametrize("role", [Role.OPS, Role.ANALYST, Role.ADMIN])
    def test_staff_are_known_as_customers_only(self, shop, away, role):
        client = shop.client(role)
        assert client.get("/admin", headers=HTML).status_code == 200
        away()
        assert client.get("/api/current_user").json["role"] == "customer"
        assert client.get("/admin", headers=HTML).status_code == 503
        seen = navigate(client, "/admin")
        assert "This has to wait a moment" in seen.text
        assert "kpi" not in seen.text
        assert client.get("/api/get_users").status_code == 503
        assert client.get("/live/stream").status_code == 503
        away.over()
        assert client.get("/admin", headers=HTML).status_code == 200

    @pytest.mark.parametrize("path", ["/api/orders", "/api/orders/1", "/api/account/data"])
    def test_what_is_theirs_alone_waits(self, shop, away, path):
        client = shop.client(Role.CUSTOMER)
        client.get("/api/current_user")
        away()
        refused = client.get(path)
        assert (refused.status_code, refused.json["code"]) == (503, "store_unavailable")
        assert "You stay signed in" in refused.json["message"]

    @pytest.mark.parametrize("path", ["/account", "/account/security", "/orders", "/orders/1"])
    def test_pages_about_them_wait(self, shop, away, path):
        client, user = shop.client(Role.CUSTOMER), shop.people[Role.CUSTOMER]
        client.get("/api/current_user")
        away()
        assert client.get(path, headers=HTML).status_code in (200, 503)
        seen = navigate(client, path).text
        assert "This has to wait a moment" in seen
        assert "login" not in client.get(path, headers=HTML).headers.get("Location", "")
        assert f'value": "{user.full_name}' not in seen

    def test_nobody_pays_on_a_remembered_session(self, shop, away, product):
        client = shop.client(Role.CUSTOMER)
        client.post("/api/cart", json={"id": product.product_id})
        away()
        refused = client.post("/api/record_payment", json={"payment": APPROVED}, headers={"Idempotency-Key": "k"})
        assert refused.status_code == 503

    def test_a_live_stream_that_runs_goes_on(self, shop, away):
        client = shop.client(Role.OPS)
        client.get("/api/current_user")
        with shop.server.test_request_context("/live/stream", headers={"Cookie": cookie_of(client)}):
            assert _still_allowed()
            away()
            assert _still_allowed()

    def test_not_for_longer_than_a_quarter_of_an_hour(self, shop, away, clock):
        client = shop.client(Role.CUSTOMER)
        client.get("/api/current_user")
        away()
        clock[0] = KEPT_SECONDS - 1
        assert client.get("/api/current_user").json["is_logged_in"] is True
        clock[0] = KEPT_SECONDS + 1
        assert client.get("/api/current_user").json["is_logged_in"] is False

    def test_a_session_that_ended_is_not_remembered(self, shop, away):
        client = shop.client(Role.CUSTOMER)
        kept = client.get_cookie("retail_session").value
        client.post("/api/logout")
        client.set_cookie("retail_session", kept)
        away()
        assert client.get("/api/current_user").json["is_logged_in"] is False


class TestUnknown:
    """A process that did not see the session: a guest for that time, whose cookie is left alone."""

    def test_the_session_goes_on_afterwards(self, shop, away):
        client = shop.client(Role.CUSTOMER)
        before = client.get_cookie("retail_session").value
        another_process(shop)
        away()
        for path in ("/", "/cart", "/login", "/account"):
            answer = client.get(path, headers=HTML)
            assert "Set-Cookie" not in answer.headers, path
            assert "/login" not in answer.headers.get("Location", "")
            assert navigate(client, path).status_code == 200
        assert client.get_cookie("retail_session").value == before
        away.over()
        assert client.get("/api/current_user").json["is_logged_in"] is True

    def test_what_it_puts_into_the_cart_joins_its_own_cart_afterwards(self, shop, away, product):
        client, user = shop.client(Role.CUSTOMER), shop.people[Role.CUSTOMER]
        held = cart_of(shop, user).get(product.product_id, 0)
        another_process(shop)
        away()
        with shop.server.test_request_context("/", headers={"Cookie": cookie_of(client)}):
            from app.web.identity.principal import current_principal

            stranger = current_principal()
        assert stranger.user_id is None
        assert stranger.is_unchecked
        shop.services.cart.add(stranger.owner, product.product_id, 2)
        assert "Outage mug" in navigate(client, "/cart").text
        assert client.get("/api/cart").status_code == 503  # an empty one would be a lie
        away.over()
        assert client.get("/api/current_user").json["is_logged_in"] is True
        assert cart_of(shop, user)[product.product_id] == held + 2
        assert shop.services.cart.view(stranger.owner).lines == ()

    def test_a_cart_that_cannot_be_known_is_not_called_empty(self, shop, away):
        client = shop.client(Role.CUSTOMER)
        another_process(shop)
        away()
        for path in ("/cart", "/checkout"):
            seen = navigate(client, path).text
            assert "Your cart is empty" not in seen
            assert "You stay signed in, and your cart is kept." in seen
        assert "head-sign-in" not in navigate(client, "/").text

    def test_signing_out_meanwhile_forgets_the_session_in_this_browser(self, shop, away):
        client = shop.client(Role.CUSTOMER)
        away()
        client.post("/api/logout")
        away.over()
        assert client.get("/api/current_user").json["is_logged_in"] is False

    def test_a_guest_is_a_guest_as_ever(self, shop, away, product):
        client = shop.client()
        away()
        assert client.get("/", headers=HTML).status_code == 200
        assert client.get("/account", headers=HTML).status_code == 302
        refused = client.post("/api/login", json={"email": "buyer0@shop.example", "password": PASSWORD})
        assert (refused.status_code, refused.json["code"]) == (503, "store_unavailable")


def cookie_of(client):
    return f"retail_session={client.get_cookie('retail_session').value}"


class TestEverythingAway:
    """The catalogue is a part of the database: the shop is shown as it was."""

    @pytest.fixture
    def gone(self, shop, product, monkeypatch):
        shop.services.catalog.refresh()

        def refuse(*_args):
            raise StoreUnavailable("The shop's database cannot be reached right now. Try again in a moment.")

        for method in ("read", "write"):
            monkeypatch.setattr(shop.database, method, refuse)
        monkeypatch.setattr(shop.services.outages, "_ask_database", refuse)
        shop.services.outages._asked_at = float("-inf")
        yield
        monkeypatch.undo()
        shop.services.outages._asked_at = float("-inf")
        shop.services.outages.now()

    def test_the_last_known_catalog_can_be_browsed(self, shop, gone, product):
        client = shop.client()
        for path, asked in (("/", "?q=Outage+mug"), (product_path(product.product_id, product.name), "")):
            assert client.get(path, headers=HTML).status_code == 200
            seen = navigate(client, path, asked).text
            assert product.name in seen
            assert "The cart, checkout and sign-in are paused for a moment." in seen
            assert "You see the shop as it was at" in seen
            assert "Stock unknown" in seen
            assert "Paused" in seen

    def test_the_cart_and_the_checkout_say_that_they_wait(self, shop, gone):
        client = shop.client()
        assert "The cart is paused for a moment." in navigate(client, "/cart").text
        assert "This has to wait a moment" in navigate(client, "/checkout").text

    def test_health_says_what_is_away(self, shop, gone):
        client = shop.client()
        assert client.get("/healthz").status_code == 200
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert ready.json["dependencies"] == {"database": "unavailable", "catalogue": "unavailable"}

    def test_no_page_is_an_error(self, shop, gone):
        client = shop.client()
        for path in ("/", "/cart", "/checkout", "/orders", "/login", "/register", "/forgot", "/product/nothing"):
            assert client.get(path, headers=HTML).status_code in (200, 503), path
            assert navigate(client, path).status_code == 200, path
