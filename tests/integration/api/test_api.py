"""The JSON API's shopping path on the wired application: its contract, and everything a client can get wrong."""

from __future__ import annotations

import gzip
import itertools
import json

import brotli
import pytest

from app.domain import Role
from app.errors import Busy
from app.services.catalog.products import SORTS
from app.services.stock.product_drafts import ProductDraft, edited_fields
from app.stores.local.demo_payments import DemoPayments
from app.stores.sql.catalog.catalog import SqlCatalog
from tests.support.shop import APPROVED, DECLINED, PASSWORD, TESTER, add_product, assert_books_balance, books, refused

_numbers = itertools.count(1)


@pytest.fixture
def product(wired_app):
    return add_product(wired_app.services, f"Kettle {next(_numbers)}", price=19_999, stock=10)


@pytest.fixture
def client(wired_app):
    """A new customer, signed in by signing up."""
    client = wired_app.server.test_client()
    answer = client.post("/api/signup", json=new_person())
    assert (answer.status_code, answer.json) == (200, {"success": True, "redirect": "/"})
    return client


def new_person() -> dict[str, str]:
    number = next(_numbers)
    return {"fullname": f"Person {number}", "email": f"person{number}@shop.example", "password": PASSWORD}


class TestPeople:
    def test_sign_up_signs_in(self, client):
        who = client.get("/api/current_user").json
        assert who["is_logged_in"] is True
        assert who["role"] == "customer"
        assert who["name"].startswith("Person")

    def test_a_stranger_is_nobody_and_gets_no_cookie(self, app_client):
        answer = app_client().get("/api/current_user")
        assert answer.json == {"is_logged_in": False}
        assert "Set-Cookie" not in answer.headers

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_signing_out(self, client, method):
        assert getattr(client, method)("/api/logout").json == {"success": True}
        assert client.get("/api/current_user").json == {"is_logged_in": False}

    def test_a_slow_answer_does_not_undo_signing_out(self, client):
        """It carries the session of its start, and would arrive after the answer that ended that one."""
        assert "Set-Cookie" not in client.get("/api/current_user").headers
        assert "retail_session" in client.get("/", headers={"Accept": "text/html"}).headers["Set-Cookie"]

    def test_an_address_is_taken(self, app_client):
        person = new_person()
        app_client().post("/api/signup", json=person)
        again = app_client().post("/api/signup", json={**person, "email": person["email"].upper()})
        refused(again, 409, "email_taken")

    @pytest.mark.parametrize("role", list(Role))
    def test_signing_in_leads_to_the_original_s_page_for_the_role(self, wired_app, role):
        pair = {"email": wired_app.people[role].email, "password": PASSWORD}
        home = "/user_dashboard.html" if role is Role.CUSTOMER else "/admin_dashboard.html"
        assert wired_app.client().post("/api/login", json=pair).json == {"success": True, "redirect": home}

    def test_every_wrong_sign_in_gets_the_same_answer(self, wired_app):
        customer = wired_app.people[Role.CUSTOMER].email
        wrong = [
            {"email": customer, "password": "wrong wrong wrong"},
            {"email": "nobody@shop.example", "password": PASSWORD},
            {"email": "no address", "password": PASSWORD},
            {"email": customer, "password": PASSWORD, "role": "admin"},
            {"email": wired_app.people[Role.ADMIN].email, "password": PASSWORD, "role": "customer"},
        ]
        answers = [wired_app.client().post("/api/login", json=pair) for pair in wrong]
        assert {a.status_code for a in answers} == {401}
        assert len({a.text for a in answers}) == 1

    def test_a_new_password_ends_other_sessions(self, wired_app):
        person = new_person()
        old = wired_app.client()
        old.post("/api/signup", json=person)
        user = wired_app.services.accounts.by_email(person["email"])
        wired_app.services.accounts.set_password(user.user_id, "eight tame ducks")
        assert old.get("/api/current_user").json == {"is_logged_in": False}
        refused(old.post("/api/record_payment"), 401, "not_signed_in")

    def test_a_guest_s_cart_merges_on_sign_in(self, wired_app, product):
        person = new_person()
        wired_app.client().post("/api/signup", json=person)
        guest = wired_app.client()
        with guest.session_transaction() as session:
            session["guest"] = f"browser-{person['email']}"
        wired_app.services.cart.add(f"guest#browser-{person['email']}", product.product_id, 2)
        guest.post("/api/login", json={"email": person["email"], "password": PASSWORD})
        assert [line["qty"] for line in guest.get("/api/cart").json] == [2]

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"fullname": ""}, "fullname"),
            ({"fullname": None}, "fullname"),
            ({"fullname": "x" * 121}, "fullname"),
            ({"fullname": "\ud800"}, "fullname"),
            ({"email": "ada"}, "email"),
            ({"email": ["a@b.com"]}, "email"),
            ({"email": f"{'x' * 300}@shop.example"}, "email"),
            ({"password": "short"}, "password"),
            ({"password": "password123"}, "password"),
            ({"password": "x" * 9_000}, "password"),
            ({"password": 12345678901}, "password"),
        ],
    )
    def test_malformed_sign_ups_name_the_field(self, app_client, change, field):
        refused(app_client().post("/api/signup", json={**new_person(), **change}), 422, "invalid_input", field)

    @pytest.mark.parametrize("missing", ["fullname", "email", "password"])
    def test_missing_fields_are_named(self, app_client, missing):
        person = {k: v for k, v in new_person().items() if k != missing}
        body = refused(app_client().post("/api/signup", json=person), 422, "invalid_input", missing)
        assert body["message"] == f"{missing} is required."

    def test_an_unknown_role_is_named(self, app_client):
        pair = {"email": "a@shop.example", "password": PASSWORD, "role": "root"}
        refused(app_client().post("/api/login", json=pair), 422, "invalid_input", "role")


def buy(client, product):
    assert client.post("/api/cart", json={"id": product.product_id}).status_code == 200
    assert client.post("/api/record_payment").status_code == 200


class TestProducts:
    def test_a_product_as_the_contract_says(self, app_client, wired_app, product):
        wired_app.services.catalog.refresh()
        found = {p["product_id"]: p for p in app_client().get("/api/products").json}[product.product_id]
        assert (found["name"], found["price"], found["stock"], found["threshold"]) == (product.name, 199.99, 10, 2)
        assert found["image_data"].startswith(("/", "data:image/"))

    def test_pages_follow_the_link_and_miss_nothing(self, app_client, wired_app):
        for _ in range(3):
            add_product(wired_app.services, f"Paged {next(_numbers)}", 500, 1, category="Paged")
        wired_app.services.catalog.refresh()
        for query in ("category=Paged", "category=Paged&sort=price_asc", "q=paged"):
            url, seen = f"/api/products?limit=2&{query}", []
            while url:
                answer = app_client().get(url)
                assert len(answer.json) <= 2
                seen += [p["product_id"] for p in answer.json]
                link = answer.headers.get("Link", "")
                url = link.partition(">")[0].lstrip("<")
                assert not link or link.endswith('>; rel="next"')
            assert len(seen) == len(set(seen)) >= 3

    @pytest.mark.parametrize(
        "query", ["", "&q=lamp", *(f"&sort={sort}" for sort in SORTS), *(f"&q=lamp&sort={sort}" for sort in SORTS)]
    )
    def test_products_that_come_and_go_between_two_pages_shift_nothing(self, app_client, wired_app, query):
        category = f"Shifted {next(_numbers)}"

        def add(name: str, price: int = 500, stock: int = 1) -> str:
            return add_product(wired_app.services, f"{name} lamp", price, stock, category=category).product_id

        lamps = [("Mild", 300, 1), ("Late", 900, 0), ("Early", 500, 1), ("Mild", 500, 1), ("Low", 100, 1)]
        known = [add(*lamp) for lamp in lamps]
        url, seen, added = f"/api/products?limit=2&category={category}{query}", [], []
        while url:
            wired_app.services.catalog.refresh()
            answer = app_client().get(url)
            seen += [p["product_id"] for p in answer.json]
            url = answer.headers.get("Link", "").partition(">")[0].lstrip("<")
            if len(added) < 4:
                added += [add("Aaa", 1), add("Zzz", 10_000, 0)]
            if len(added) == 2:
                wired_app.services.inventory.remove(seen[0], TESTER)
        assert len(seen) == len(set(seen))
        assert set(known) <= set(seen)

    @pytest.mark.parametrize("sort", SORTS)
    def test_going_through_all_pages_gives_the_order_of_the_shop(self, app_client, wired_app, sort):
        wired_app.services.catalog.refresh()
        url, seen = f"/api/products?limit=7&sort={sort}", []
        while url:
            answer = app_client().get(url)
            seen += [p["product_id"] for p in answer.json]
            url = answer.headers.get("Link", "").partition(">")[0].lstrip("<")
        found = wired_app.services.catalog.search(sort=sort, page_size=200)
        assert seen[:200] == [p.product_id for p in found.items]
        assert len(seen) == found.total

    def test_what_did_not_change_is_not_sent_again(self, app_client, product):
        client = app_client()
        first = client.get("/api/products")
        assert first.headers["ETag"]
        again = client.get("/api/products", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        other = client.get("/api/products?limit=1", headers={"If-None-Match": first.headers["ETag"]})
        assert other.status_code == 200

    def test_compressed_or_not_it_is_the_same_and_a_sale_is_in_it(self, app_client, wired_app, product):
        client = app_client()
        for number in range(5):
            add_product(wired_app.services, f"Enamel jug, large, {number}", price=19_999, stock=10)
        wired_app.services.catalog.refresh()
        plain = client.get("/api/products")
        for way, unpacked in (("gzip", gzip.decompress), ("br", brotli.decompress)):
            packed = client.get("/api/products", headers={"Accept-Encoding": way})
            assert (packed.headers["Content-Encoding"], packed.headers["ETag"]) == (way, plain.headers["ETag"])
            assert json.loads(unpacked(packed.data)) == plain.json
        before = next(p["stock"] for p in plain.json if p["product_id"] == product.product_id)
        wired_app.services.inventory.correct(product.product_id, before + 3, TESTER, "counted")
        wired_app.services.catalog.refresh()
        answer = client.get("/api/products", headers={"If-None-Match": plain.headers["ETag"]})
        assert next(p["stock"] for p in answer.json if p["product_id"] == product.product_id) == before + 3

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("limit=0", "limit"),
            ("limit=1001", "limit"),
            ("limit=2.5", "limit"),
            ("limit=NaN", "limit"),
            ("limit=" + "9" * 5000, "limit"),
            ("sort=cheap", "sort"),
            ("cursor=rubbish", "cursor"),
            ("cursor=W10", "cursor"),
            ("q=" + "x" * 201, "q"),
            ("category=" + "x" * 65, "category"),
        ],
    )
    def test_malformed_queries_name_the_field(self, app_client, query, field):
        refused(app_client().get(f"/api/products?{query}"), 422, "invalid_input", field)


class TestCart:
    def test_a_stranger_has_an_empty_one(self, app_client):
        assert app_client().get("/api/cart").json == []

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("post", "/api/cart"),
            ("post", "/api/cart/update_qty"),
            ("post", "/api/cart/remove"),
            ("delete", "/api/cart/clear"),
            ("post", "/api/record_payment"),
            ("get", "/api/orders"),
            ("get", "/api/orders/1"),
        ],
    )
    def test_the_rest_is_for_signed_in_people(self, app_client, method, path):
        refused(getattr(app_client(), method)(path, json={"id": "x"}), 401, "not_signed_in")

    def test_name_and_price_come_from_the_catalog(self, client, product):
        lie = {"id": product.product_id, "name": "<b>free</b>", "price": "0.01"}
        assert client.post("/api/cart", json=lie).json == {"success": True}
        assert client.get("/api/cart").json == [
            {"id": product.product_id, "name": product.name, "price": 199.99, "qty": 1}
        ]

    def test_quantities_step_and_set(self, client, product):
        client.post("/api/cart", json={"id": product.product_id})
        for change, qty in [
            ({"action": "inc"}, 2),
            ({"action": "dec"}, 1),
            ({"qty": 4}, 4),
            ({"qty": "3"}, 3),
            ({"qty": 2.0}, 2),
            ({"qty": 500}, 10),
        ]:
            answer = client.post("/api/cart/update_qty", json={"id": product.product_id, **change})
            assert answer.json == {"success": True}
            assert client.get("/api/cart").json[0]["qty"] == qty
        client.post("/api/cart/update_qty", json={"id": product.product_id, "qty": 0})
        assert client.get("/api/cart").json == []

    def test_removing_and_clearing(self, client, product):
        client.post("/api/cart", json={"id": product.product_id})
        assert client.post("/api/cart/remove", json={"id": product.product_id}).json == {"success": True}
        assert client.get("/api/cart").json == []
        client.post("/api/cart", json={"id": product.product_id})
        assert client.delete("/api/cart/clear").json == {"success": True}
        assert client.get("/api/cart").json == []

    def test_what_is_not_there(self, client, wired_app):
        refused(client.post("/api/cart", json={"id": "no-such-product"}), 404, "not_found")
        refused(client.post("/api/cart/update_qty", json={"id": "no-such", "action": "inc"}), 404, "not_found")
        gone = add_product(wired_app.services, f"Sold {next(_numbers)}", 100, 0)
        body = refused(client.post("/api/cart", json={"id": gone.product_id}), 409, "out_of_stock")
        assert body["items"] == [{"id": gone.product_id, "name": gone.name, "wanted": 1, "available": 0}]

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"qty": -1}, "qty"),
            ({"qty": 1.5}, "qty"),
            ({"qty": "1.5"}, "qty"),
            ({"qty": "many"}, "qty"),
            ({"qty": float("nan")}, "qty"),
            ({"qty": float("inf")}, "qty"),
            ({"qty": 1e30}, "qty"),
            ({"qty": 10**30}, "qty"),
            ({"qty": True}, "qty"),
            ({"qty": []}, "qty"),
            ({"qty": "9" * 400}, "qty"),
            ({"qty": None}, "action"),
            ({"action": "double"}, "action"),
            ({"action": "inc", "qty": 3}, "action"),
            ({}, "action"),
            ({"id": ""}, "id"),
            ({"id": None}, "id"),
            ({"id": {"$ne": 1}}, "id"),
            ({"id": "x" * 65}, "id"),
            ({"id": "\ud83d"}, "id"),
        ],
    )
    def test_malformed_changes_name_the_field_and_change_nothing(self, client, product, change, field):
        client.post("/api/cart", json={"id": product.product_id})
        answer = client.post("/api/cart/update_qty", json={"id": product.product_id, **change})
        body = refused(answer, 422, "invalid_input", field)
        assert "validation" not in body["message"], "written for programmers"
        assert client.get("/api/cart").json[0]["qty"] == 1


class TestPayment:
    def test_paying_for_the_cart(self, client, wired_app, product):
        client.post("/api/cart", json={"id": product.product_id})
        paid = client.post("/api/record_payment")
        assert paid.status_code == 200, paid.text
        order_id = paid.json["order_id"]
        assert paid.json == {
            "success": True,
            "order_id": order_id,
            "invoice_url": f"/orders/{order_id}",
            "total": 209.99,
        }
        assert client.get("/api/cart").json == []
        order = client.get(f"/api/orders/{order_id}").json
        assert (order["status"], order["subtotal"], order["tax"], order["total"]) == ("paid", 199.99, 10.0, 209.99)
        assert [(line["id"], line["qty"], line["price"]) for line in order["lines"]] == [
            (product.product_id, 1, 199.99)
        ]
        assert [o["order_id"] for o in client.get("/api/orders").json] == [order_id]
        assert_books_balance(books(wired_app.database))

    def test_repeating_it_gives_the_first_answer(self, client, product):
        client.post("/api/cart", json={"id": product.product_id})
        first = client.post("/api/record_payment", headers={"Idempotency-Key": "k-1"})
        assert client.post("/api/record_payment", headers={"Idempotency-Key": "k-1"}).json == first.json
        assert client.post("/api/record_payment").json == first.json
        client.delete("/api/cart/clear")
        refused(client.post("/api/record_payment"), 400, "empty_cart")

    def test_a_declined_card_can_be_followed_by_another(self, client, wired_app, product):
        client.post("/api/cart", json={"id": product.product_id})
        refused(client.post("/api/record_payment", json={"payment": DECLINED}), 402, "payment_declined")
        assert wired_app.services.catalog.get(product.product_id).stock == 10
        assert client.get("/api/cart").json[0]["qty"] == 1
        paid = client.post("/api/record_payment", json={"payment": APPROVED})
        assert paid.status_code == 200, paid.text
        assert wired_app.services.catalog.get(product.product_id).stock == 9

    def test_a_provider_that_needs_a_card_asks_for_one(self, client, product, monkeypatch):
        monkeypatch.setattr(DemoPayments, "needs_details", True)
        client.post("/api/cart", json={"id": product.product_id})
        refused(client.post("/api/record_payment"), 400, "payment_required")
        assert client.get("/api/cart").json[0]["qty"] == 1

    def test_a_rush_that_outlasts_the_retries_says_when_to_come_back(self, client, wired_app, product, monkeypatch):
        def overrun(*_: object) -> None:
            raise Busy()

        client.post("/api/cart", json={"id": product.product_id})
        with monkeypatch.context() as rush:
            rush.setattr(SqlCatalog, "reserve", overrun)
            answer = client.post("/api/record_payment", headers={"Idempotency-Key": "rush"})
        refused(answer, 503, "busy")
        assert int(answer.headers["Retry-After"]) > 0
        assert client.post("/api/record_payment", headers={"Idempotency-Key": "rush"}).status_code == 200
        assert_books_balance(books(wired_app.database))

    def test_short_lines_are_named_with_what_is_left(self, client, wired_app, product):
        client.post("/api/cart/update_qty", json={"id": product.product_id, "qty": 5})
        wired_app.services.inventory.correct(product.product_id, 3, TESTER, "counted")
        body = refused(client.post("/api/record_payment"), 409, "out_of_stock")
        assert body["items"] == [{"id": product.product_id, "name": product.name, "wanted": 5, "available": 3}]

    def test_a_changed_price_is_accepted_by_looking(self, client, wired_app, product):
        client.post("/api/cart", json={"id": product.product_id})
        draft = ProductDraft(name=product.name, price=25_000, category=product.category, threshold=2)
        wired_app.services.inventory.edit_product(product.product_id, draft, TESTER, edited_fields(product))
        body = refused(client.post("/api/record_payment"), 409, "price_changed")
        assert body["items"] == [{"id": product.product_id, "name": product.name, "was": 199.99, "now": 250.0}]
        assert client.get("/api/cart").json[0]["price"] == 250.0
        assert client.post("/api/record_payment").json["total"] == 262.5

    def test_an_empty_cart_buys_nothing(self, client):
        refused(client.post("/api/record_payment"), 400, "empty_cart")

    @pytest.mark.parametrize(
        ("payment", "field"),
        [
            ("4242424242424242", "payment"),
            ([], "payment"),
            ({}, "payment.number"),
            ({**APPROVED, "cvc": None}, "payment.cvc"),
            ({**APPROVED, "number": {"a": 1}}, "payment.number"),
            ({**APPROVED, "number": "4" * 500}, "payment.number"),
        ],
    )
    def test_malformed_payments_name_the_field(self, client, product, payment, field):
        client.post("/api/cart", json={"id": product.product_id})
        refused(client.post("/api/record_payment", json={"payment": payment}), 422, "invalid_input", field)

    @pytest.mark.parametrize("number", ["1234", "4242424242424241", "abcd"])
    def test_what_is_no_card_is_refused_and_never_repeated(self, client, product, number):
        client.post("/api/cart", json={"id": product.product_id})
        answer = client.post("/api/record_payment", json={"payment": {**APPROVED, "number": number}})
        assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")
        assert number not in answer.text

    @pytest.mark.parametrize("key", ["", "x" * 129, "with space"])
    def test_malformed_keys_are_refused(self, client, key):
        answer = client.post("/api/record_payment", headers={"Idempotency-Key": key})
        refused(answer, 422, "invalid_input", "Idempotency-Key")

    def test_another_customer_s_order_is_not_there(self, client, wired_app, product):
        client.post("/api/cart", json={"id": product.product_id})
        order_id = client.post("/api/record_payment").json["order_id"]
        stranger = wired_app.client(Role.CUSTOMER)
        refused(stranger.get(f"/api/orders/{order_id}"), 404, "not_found")
        refused(stranger.get("/api/orders/999999"), 404, "not_found")
        refused(stranger.get(f"/api/orders/{10**40}"), 404, "not_found")
        refused(stranger.get("/api/orders/one"), 404, "not_found")
        assert order_id not in [order["order_id"] for order in stranger.get("/api/orders").json]

    def test_older_orders_follow_the_link(self, client, product):
        for _ in range(3):
            client.post("/api/cart", json={"id": product.product_id})
            assert client.post("/api/record_payment").status_code == 200
        first = client.get("/api/orders?limit=2")
        older = client.get(first.headers["Link"].partition(">")[0].lstrip("<"))
        assert (len(first.json), len(older.json)) == (2, 1)
        assert "Link" not in older.headers

    @pytest.mark.parametrize(
        "cursor", ["0", "-1", "rubbish", "W10", "WyJhIl0", "WzBd", "Wy0xXQ", "WzFlOV0", "W1tbXV1d", "é"]
    )
    def test_a_cursor_that_never_was_one_is_refused(self, client, cursor):
        refused(client.get("/api/orders", query_string={"cursor": cursor}), 422, "invalid_input", "cursor")

    def test_a_cursor_of_earlier_releases_is_a_page_number(self, client, product):
        for _ in range(3):
            buy(client, product)
        pages = [client.get(f"/api/orders?limit=1&cursor={number}").json for number in (1, 2, 9)]
        everything = client.get("/api/orders").json
        assert pages == [everything[:1], everything[1:2], []]

    def test_an_order_that_comes_between_two_pages_shifts_nothing(self, client, product):
        for _ in range(4):
            buy(client, product)
        known = [order["order_id"] for order in client.get("/api/orders").json]
        url, seen = "/api/orders?limit=2", []
        while url:
            answer = client.get(url)
            seen += [order["order_id"] for order in answer.json]
            url = answer.headers.get("Link", "").partition(">")[0].lstrip("<")
            buy(client, product)
        assert seen == known
