"""What admins do over the API: products, stock, the customer list, and everything that can be wrong with it."""

from __future__ import annotations

import base64
import io
import itertools
import json
import struct
import zlib

import pytest
from PIL import Image
from sqlalchemy import func, select

from app.domain import AuditAction, MovementKind, ProductStatus, Role
from app.stores.sql.tables import products
from tests.support.shop import PASSWORD, add_product, refused

_numbers = itertools.count(1)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def admin(app_client):
    return app_client(Role.ADMIN)


@pytest.fixture
def product(wired_app):
    return add_product(wired_app.services, f"Jug {next(_numbers)}", price=19_999, stock=10)


def wanted(**changes):
    return {"name": f"Bowl {next(_numbers)}", "price": 249.5, "stock": 12, **changes}


def picture(kind="PNG", size=(40, 30)):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(out.getvalue()).decode()}"


def bomb():
    """A PNG of a few kilobytes that says it is 50,000 pixels wide and high."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000)) + chunk(b"IEND", b"")
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def data_url(data, kind="png"):
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


class TestNearMisses:
    @pytest.mark.parametrize(
        ("path", "body", "field", "meant"),
        [
            ("/api/products", {"name": "Jug", "Price": 5, "stock": 1}, "Price", "price"),
            ("/api/products", {"productName": "Jug", "price": 5, "stock": 1}, "productName", "name"),
            ("/api/products", {"name": "Jug", "price": 5, "qty": 1}, "qty", "stock"),
            ("/api/products", {"name": "Jug", "price": 5, "stock": 1, "Stock": 2}, "Stock", "stock"),
            ("/api/products", {"name": "Jug", "price": 5, "stock": 1, "thresold": 2}, "thresold", "threshold"),
            ("/api/products", {"name": "Jug", "price": 5, "stock": 1, "image_url": "x"}, "image_url", "image"),
            ("/api/products", {"name": "Jug", "price": 5, "stock": 1, "catagory": "x"}, "catagory", "category"),
            ("/api/update_stock", {"product_id": "x", "stock": 1}, "product_id", "id"),
            ("/api/update_stock", {"id": "x", "quantity": 1}, "quantity", "stock"),
            ("/api/cart", {"productId": "x"}, "productId", "id"),
            ("/api/cart/update_qty", {"id": "x", "quantity": 2}, "quantity", "qty"),
            ("/api/cart/update_qty", {"id": "x", "Action": "inc"}, "Action", "action"),
            ("/api/cart/remove", {"ID": "x"}, "ID", "id"),
            ("/api/record_payment", {"Payment": {}}, "Payment", "payment"),
            ("/api/signup", {"full_name": "A", "email": "a@b.example", "password": "x"}, "full_name", "fullname"),
            ("/api/login", {"username": "a@b.example", "password": "x"}, "username", "email"),
            ("/api/login", {"email": "a@b.example", "password": "x", "Role": "admin"}, "Role", "role"),
        ],
    )
    def test_a_field_that_looks_like_a_known_one_is_named_and_nothing_is_done(
        self, wired_app, admin, path, body, field, meant
    ):
        before = wired_app.database.read(lambda c: c.execute(select(func.count()).select_from(products)).scalar())
        answer = refused(admin.post(path, json=body), 422, "invalid_input", field)
        assert answer["message"] == f"{field} is not a field here: write {meant}."
        after = wired_app.database.read(lambda c: c.execute(select(func.count()).select_from(products)).scalar())
        assert after == before

    def test_of_a_card_it_is_named_too(self, admin):
        card = {"number": "4242", "expiry": "12/30", "cvv": "123"}
        answer = refused(admin.post("/api/record_payment", json={"payment": card}), 422, "invalid_input", "payment")
        assert answer["message"] == "payment cvv is not a field here: write cvc."

    def test_what_an_older_client_sends_besides_is_ignored(self, admin, product):
        extra = {"created_at": "now", "brand": "Acme", "unit": "piece", "id": "7", "product_id": "7", "mode": "x"}
        assert admin.post("/api/products", json=wanted(**extra)).status_code == 200
        bought = {"id": product.product_id, "name": "Gold", "price": 1, "image": "x", "qty": 3, "product_id": "x"}
        assert admin.post("/api/cart", json=bought).status_code == 200
        changed = {"id": product.product_id, "action": "inc", "quantity": 7}
        assert admin.post("/api/cart/update_qty", json=changed).status_code == 200

    def test_very_many_fields_cost_little(self, admin):
        body = wanted() | {f"x{number}": 1 for number in range(200_000)}
        assert admin.post("/api/products", json=body).status_code == 200


class TestAddProduct:
    def test_the_picture_may_come_by_the_name_that_answers_give_it(self, admin):
        answer = admin.post("/api/products", json=wanted(name="Pictured vase", image_data=picture()))
        assert answer.status_code == 200
        (shown,) = [
            p for p in admin.get("/api/products?q=Pictured+vase").json if p["product_id"] == answer.json["product_id"]
        ]
        assert shown["image_data"].startswith("/api/media/products/")

    def test_two_pictures_are_refused(self, admin):
        both = wanted(image=picture(), image_data=picture())
        refused(admin.post("/api/products", json=both), 422, "invalid_input", "image")
        refused(admin.post("/api/products", json=wanted(image_data="/api/media/x")), 422, "invalid_input", "image_data")

    def test_it_is_in_the_store_at_once_with_its_stock_in_the_ledger(self, wired_app, admin):
        answer = admin.post("/api/products", json=wanted(name="Bread board", category="Kitchen", cost="90"))
        assert answer.status_code == 200
        product_id = answer.json["product_id"]
        assert answer.json == {"success": True, "product_id": product_id}
        (shown,) = [p for p in admin.get("/api/products?q=Bread+board").json if p["product_id"] == product_id]
        assert (shown["price"], shown["stock"], shown["category"]) == (249.5, 12, "Kitchen")
        assert shown["threshold"] == wired_app.services.settings.default_threshold(24_950)
        (movement,) = wired_app.services.inventory.movements(product_id)
        assert (movement.kind, movement.quantity) == (MovementKind.RECEIPT, 12)
        assert wired_app.services.catalog.get(product_id).cost == 9_000

    def test_numbers_may_be_text_as_the_original_form_sends_them(self, wired_app, admin):
        body = wanted(price=" 249.50 ", stock="7", threshold="3", cost="", image="", description=None)
        product = wired_app.services.catalog.get(admin.post("/api/products", json=body).json["product_id"])
        assert (product.price, product.stock, product.threshold, product.threshold_manual) == (24_950, 7, 3, True)
        assert (product.category, product.cost, product.image) == ("Other", None, None)

    def test_what_it_is_known_by_comes_back(self, wired_app, admin):
        sent = {
            "brand": "Loom", "barcode": "4006381333931", "tags": ["rot", "gift"], "weight": 180, "family_id": "TEE/1",
            "ships_alone": True, "options": {"Size": "M", "Colour": "Rot"},
        }  # fmt: skip
        body = wanted(**sent, sku="TEE 1/2 #ü", image=picture(), image_alt="A red shirt", supplier="Sharma")
        assert admin.post("/api/products", json=body).json == {"success": True, "product_id": "TEE 1/2 #ü"}
        for query in ("Loom", "4006381333931", "TEE+1/2", "gift"):
            shown = next(p for p in admin.get(f"/api/products?q={query}").json if p["product_id"] == "TEE 1/2 #ü")
        assert {name: shown[name] for name in sent} == sent
        assert shown["sku"] == "TEE 1/2 #ü"
        assert wired_app.services.catalog.get("TEE 1/2 #ü").supplier == "Sharma"
        assert "Sharma" not in repr(shown), "shoppers are not told"
        assert shown["pictures"] == [{"url": shown["image_data"], "alt": "A red shirt"}]
        again = refused(admin.post("/api/products", json=body), 409, "conflict")
        assert "has the SKU TEE 1/2 #ü already" in again["message"]
        assert wired_app.services.catalog.get("TEE 1/2 #ü").stock == 12
        other = wanted(family_id="TEE/1", options={"Size": "M", "Colour": "Rot"})
        refused(admin.post("/api/products", json=other), 422, "invalid_input", "options")

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    def test_its_picture_is_encoded_anew(self, admin, kind):
        product_id = admin.post("/api/products", json=wanted(name="Pictured", image=picture(kind))).json["product_id"]
        (shown,) = [p for p in admin.get("/api/products").json if p["product_id"] == product_id]
        sent = admin.get(shown["image_data"])
        assert sent.mimetype == "image/webp"
        assert Image.open(io.BytesIO(sent.data)).size == (40, 30)

    def test_it_is_in_the_audit_log(self, wired_app, admin):
        product_id = admin.post("/api/products", json=wanted()).json["product_id"]
        (entry,) = wired_app.services.audit.search(target=("product", product_id)).entries
        assert (entry.action, entry.actor.via) == (AuditAction.PRODUCT_ADD, "api")
        assert entry.actor.user_id == wired_app.people[Role.ADMIN].user_id

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"barcode": "4006381333932"}, "barcode"),
            ({"weight": "1.5"}, "weight"),
            ({"ships_alone": "often"}, "ships_alone"),
            ({"tax_class": "luxury"}, "tax_class"),
            ({"tags": "one, two"}, "tags"),
            ({"sku": "x" * 65}, "sku"),
            ({"sku": ".."}, "sku"),
            ({"options": {"Size": "M"}}, "family_id"),
            ({"family_id": "TEE", "options": {"Size": ["M"]}}, "options.Size"),
            ({"name": ""}, "name"),
            ({"name": "   "}, "name"),
            ({"name": None}, "name"),
            ({"name": "x" * 201}, "name"),
            ({"name": "a\x00b"}, "name"),
            ({"name": ["Jug"]}, "name"),
            ({"price": 0}, "price"),
            ({"price": -1}, "price"),
            ({"price": "-0.01"}, "price"),
            ({"price": 1.234}, "price"),
            ({"price": "1.234"}, "price"),
            ({"price": float("nan")}, "price"),
            ({"price": float("inf")}, "price"),
            ({"price": float("-inf")}, "price"),
            ({"price": "NaN"}, "price"),
            ({"price": "1e3"}, "price"),
            ({"price": "1e999999999"}, "price"),
            ({"price": "1,000"}, "price"),
            ({"price": 10**13}, "price"),
            ({"price": 10**40}, "price"),
            ({"price": 1e300}, "price"),
            ({"price": True}, "price"),
            ({"price": None}, "price"),
            ({"price": {}}, "price"),
            ({"price": "२४९"}, "price"),
            ({"stock": -1}, "stock"),
            ({"stock": 1.5}, "stock"),
            ({"stock": "1.5"}, "stock"),
            ({"stock": ""}, "stock"),
            ({"stock": float("nan")}, "stock"),
            ({"stock": 10**9}, "stock"),
            ({"stock": 10**30}, "stock"),
            ({"stock": False}, "stock"),
            ({"threshold": -1}, "threshold"),
            ({"threshold": "many"}, "threshold"),
            ({"cost": "cheap"}, "cost"),
            ({"cost": -5}, "cost"),
            ({"category": "x" * 65}, "category"),
            ({"description": "x" * 10_001}, "description"),
            ({"image": "jug.png"}, "image"),
            ({"image": 7}, "image"),
            ({"image": "https://elsewhere.example/jug.png"}, "image"),
            ({"image": "data:image/png;base64,no base64!"}, "image"),
            ({"image": data_url(b"GIF89a" + b"\0" * 50, "gif")}, "image"),
            ({"image": data_url(b"not a picture")}, "image"),
            ({"image": data_url(SVG)}, "image"),
            ({"image": data_url(SVG, "svg+xml")}, "image"),
            ({"image": bomb()}, "image"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_names_its_field_and_changes_nothing(self, wired_app, admin, change, field):
        before = {product.product_id for product in wired_app.services.catalog.all()}
        body = json.dumps(wanted(**change))  # with NaN and Infinity, as a careless client writes them
        refused(admin.post("/api/products", data=body, content_type="application/json"), 422, "invalid_input", field)
        wired_app.services.catalog.refresh()
        assert {product.product_id for product in wired_app.services.catalog.all()} == before

    def test_a_number_beyond_all_floats_is_no_price(self, admin):
        body = json.dumps(wanted()).replace("249.5", "1e400")
        refused(admin.post("/api/products", data=body, content_type="application/json"), 422, "invalid_input", "price")

    @pytest.mark.parametrize("missing", ["name", "price", "stock"])
    def test_missing_fields_are_named(self, admin, missing):
        body = {name: value for name, value in wanted().items() if name != missing}
        refused(admin.post("/api/products", json=body), 422, "invalid_input", missing)

    def test_fifty_megabytes_are_too_large(self, admin):
        body = b'{"name": "' + b"x" * (50 * 1024 * 1024) + b'"}'
        refused(admin.post("/api/products", data=body, content_type="application/json"), 413, "too_large")

    @pytest.mark.parametrize("body", ['{"name":' * 50_000, "[" * 200_000, '{"price": 1' + "0" * 9_000 + "}"])
    def test_what_is_too_deep_or_too_long_is_no_json(self, admin, body):
        refused(admin.post("/api/products", data=body, content_type="application/json"), 400, "invalid_json")

    def test_a_form_is_no_json(self, admin):
        refused(admin.post("/api/products", data=wanted()), 415, "unsupported_media_type")


class TestStock:
    @pytest.mark.parametrize("stock", [3, "3", 3.0])
    def test_the_count_is_set_by_one_correction(self, wired_app, admin, product, stock):
        assert admin.post("/api/update_stock", json={"id": product.product_id, "stock": stock}).json == {
            "success": True
        }
        assert wired_app.services.catalog.get(product.product_id).stock == 3
        corrections = [
            movement.quantity
            for movement in wired_app.services.inventory.movements(product.product_id)
            if movement.kind is MovementKind.CORRECTION
        ]
        assert corrections == [-7]

    @pytest.mark.parametrize("stock", [-1, 2.5, "2.5", "many", float("nan"), float("inf"), 10**9, 10**30, None, True])
    def test_wrong_counts_change_nothing(self, wired_app, admin, product, stock):
        body = {"id": product.product_id, "stock": stock}
        refused(admin.post("/api/update_stock", json=body), 422, "invalid_input", "stock")
        assert wired_app.services.catalog.get(product.product_id).stock == 10

    def test_an_unknown_product_is_not_found(self, admin):
        refused(admin.post("/api/update_stock", json={"id": "no-such-product", "stock": 1}), 404, "not_found")


class TestRemove:
    def test_it_leaves_the_store_and_its_history_stays(self, wired_app, admin, product):
        for _ in range(2):  # repeating it changes nothing
            assert admin.delete(f"/api/delete_product/{product.product_id}").json == {"success": True}
        assert product.product_id not in {p["product_id"] for p in admin.get("/api/products").json}
        assert wired_app.services.catalog.get(product.product_id).status is ProductStatus.REMOVED
        assert wired_app.services.inventory.movements(product.product_id)
        removals = wired_app.services.audit.search(
            action=AuditAction.PRODUCT_REMOVE, target=("product", product.product_id)
        )
        assert len(removals.entries) == 1

    @pytest.mark.parametrize("product_id", ["no-such-product", "x" * 500, "%00", "%F0%9F%90%9F"])
    def test_an_unknown_product_is_not_found(self, admin, product_id):
        refused(admin.delete(f"/api/delete_product/{product_id}"), 404, "not_found")


class TestCustomers:
    def test_units_and_gross_sales_before_tax(self, wired_app, app_client, admin, product):
        number = next(_numbers)
        person = {"fullname": f"Buyer {number}", "email": f"buys{number}@shop.example", "password": PASSWORD}
        buyer = app_client()
        assert buyer.post("/api/signup", json=person).status_code == 200
        buyer.post("/api/cart/update_qty", json={"id": product.product_id, "qty": 2})
        assert buyer.post("/api/record_payment").status_code == 200
        while wired_app.services.worker.tick():  # the rollups
            pass
        (row,) = admin.get(f"/api/get_users?q=buys{number}@").json
        assert row == {
            "user_id": row["user_id"],
            "full_name": person["fullname"],
            "email": person["email"],
            "total_qty": 2,
            "total_amount": 399.98,
        }

    def test_pages_follow_the_link_and_miss_nobody(self, app_client, admin):
        number = next(_numbers)
        for name in ("Uma", "Una", "Ute"):
            person = {"fullname": f"{name} Link{number}", "email": f"{name}{number}@shop.example", "password": PASSWORD}
            assert app_client().post("/api/signup", json=person).status_code == 200
        seen, address = [], f"/api/get_users?q=link{number}&limit=2"
        while address:
            page = admin.get(address)
            seen += [row["full_name"] for row in page.json]
            address = page.headers.get("Link", "").partition(">")[0].lstrip("<")
        assert seen == [f"{name} Link{number}" for name in ("Uma", "Una", "Ute")]

    def test_it_is_one_query_however_many_customers(self, wired_app, admin):
        from sqlalchemy import event

        asked = []
        engine = wired_app.database.engine

        def note(_connection, _cursor, statement, *_):
            if "rollup_customers" in statement:
                asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            assert admin.get("/api/get_users").status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert len(asked) == 1

    @pytest.mark.parametrize(
        ("query", "field"),
        [("limit=0", "limit"), ("limit=10001", "limit"), ("limit=x", "limit"), ("cursor=-1", "cursor"),
         ("cursor=1e9", "cursor"), ("q=" + "x" * 101, "q")],
    )  # fmt: skip
    def test_malformed_queries_name_the_field(self, admin, query, field):
        refused(admin.get(f"/api/get_users?{query}"), 422, "invalid_input", field)


@pytest.mark.parametrize("role", [None, Role.CUSTOMER, Role.OPS, Role.ANALYST])
def test_none_of_it_is_for_others(app_client, product, role):
    client = app_client(role)
    for answer in (
        client.post("/api/products", json=wanted()),
        client.post("/api/update_stock", json={"id": product.product_id, "stock": 0}),
        client.delete(f"/api/delete_product/{product.product_id}"),
        client.get("/api/get_users"),
    ):
        refused(answer, *((401, "not_signed_in") if role is None else (403, "forbidden")))
