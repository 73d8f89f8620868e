"""The original front end's way of calling: a browser with a session cookie that sends no Origin on same-site GETs,
numbers as its forms hold them, names and prices of its own, and payment without a body."""

from __future__ import annotations

import base64
import io
import itertools
from datetime import UTC, datetime

import pytest
from PIL import Image
from sqlalchemy import delete, insert

from app.domain import Role
from app.stores.sql.tables import users
from tests.support.shop import PASSWORD, add_product

_numbers = itertools.count(1)
ORIGIN = "http://localhost"


class OriginalFrontEnd:
    """`fetch(..., {credentials: "same-origin"})` as a browser sends it from a page of the shop."""

    def __init__(self, client):
        self.client = client

    def get(self, path):
        return self.client.get(path, headers={"Sec-Fetch-Site": "same-origin", "Referer": f"{ORIGIN}/"})

    def post(self, path, body=None):
        headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
        return (
            self.client.post(path, headers=headers)
            if body is None
            else self.client.post(path, json=body, headers=headers)
        )

    def delete(self, path):
        return self.client.delete(path, headers={"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def browser(wired_app):
    return OriginalFrontEnd(wired_app.client())


def test_a_customer_signs_up_shops_pays_and_looks_at_the_order(wired_app, browser):
    product = add_product(wired_app.services, f"Toaster {next(_numbers)}", price=19_999, stock=5)
    email = f"original{next(_numbers)}@shop.example"

    assert browser.get("/api/current_user").json == {"is_logged_in": False}
    assert browser.get("/api/cart").json == []
    signed_up = browser.post("/api/signup", {"fullname": "Olive Oil", "email": email, "password": PASSWORD})
    assert (signed_up.status_code, signed_up.json) == (200, {"success": True, "redirect": "/"})
    assert browser.get("/api/logout").json == {"success": True}
    wrong_role = browser.post("/api/login", {"email": email, "password": PASSWORD, "role": "admin"})
    assert (wrong_role.status_code, wrong_role.json["success"]) == (401, False)
    signed_in = browser.post("/api/login", {"email": email, "password": PASSWORD, "role": "customer"})
    assert signed_in.json == {"success": True, "redirect": "/user_dashboard.html"}
    assert browser.client.get("/user_dashboard.html").location == "/"
    assert browser.get("/api/current_user").json == {"is_logged_in": True, "name": "Olive Oil", "role": "customer"}

    (shown,) = [row for row in browser.get("/api/products").json if row["product_id"] == product.product_id]
    assert {"product_id", "name", "price", "stock", "threshold", "image_data"} <= set(shown)
    assert shown["image_data"].startswith("/api/"), "a front end may forward nothing else"
    assert browser.client.get(shown["image_data"]).mimetype == "image/svg+xml"

    bogus = {"id": shown["product_id"], "name": "Gold bar", "price": "0.01", "image": shown["image_data"], "qty": 1}
    assert browser.post("/api/cart", bogus).json == {"success": True}
    for action, quantity in (("inc", 2), ("inc", 3), ("dec", 2)):
        changed = browser.post("/api/cart/update_qty", {"id": shown["product_id"], "action": action})
        assert changed.json == {"success": True}
        assert browser.get("/api/cart").json == [
            {"id": shown["product_id"], "name": product.name, "price": 199.99, "qty": quantity}
        ]

    paid = browser.post("/api/record_payment")
    assert paid.status_code == 200, paid.text
    assert paid.json == {
        "success": True,
        "order_id": paid.json["order_id"],
        "invoice_url": f"/orders/{paid.json['order_id']}",
        "total": 419.98,
    }
    assert browser.delete("/api/cart/clear").json == {"success": True}
    assert browser.get("/api/cart").json == []
    assert [order["order_id"] for order in browser.get("/api/orders").json] == [paid.json["order_id"]]
    order = browser.get(f"/api/orders/{paid.json['order_id']}").json
    assert [(line["id"], line["price"], line["qty"]) for line in order["lines"]] == [(product.product_id, 199.99, 2)]
    assert wired_app.services.catalog.get(product.product_id).stock == 3

    assert browser.post("/api/logout").json == {"success": True}
    assert browser.get("/api/current_user").json == {"is_logged_in": False}
    assert browser.post("/api/record_payment").status_code == 401


def test_an_admin_keeps_products_and_reads_customers(wired_app, browser):
    admin = wired_app.people[Role.ADMIN]
    signed_in = browser.post("/api/login", {"email": admin.email, "password": PASSWORD, "role": "admin"})
    assert signed_in.json == {"success": True, "redirect": "/admin_dashboard.html"}
    assert browser.client.get("/admin_dashboard.html").location == "/admin"

    out = io.BytesIO()
    Image.new("RGB", (60, 60), "olive").save(out, "JPEG")
    image = f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
    name = f"Kettle {next(_numbers)}"
    added = browser.post("/api/products", {"name": name, "price": "249.50", "stock": "12", "image": image})
    assert added.json["success"] is True
    product_id = added.json["product_id"]

    def shown():
        return [row for row in browser.get("/api/products").json if row["product_id"] == product_id]

    assert [(row["name"], row["price"], row["stock"]) for row in shown()] == [(name, 249.5, 12)]
    uploaded = browser.client.get(shown()[0]["image_data"])
    assert (uploaded.mimetype, uploaded.headers["Cache-Control"]) == (
        "image/webp", "public, max-age=31536000, immutable",
    )  # fmt: skip
    assert shown()[0]["threshold"] == 50  # the default rule for this price
    assert browser.post("/api/update_stock", {"id": product_id, "stock": "40"}).json == {"success": True}
    assert shown()[0]["stock"] == 40
    assert browser.delete(f"/api/delete_product/{product_id}").json == {"success": True}
    assert shown() == []

    people = browser.get("/api/get_users").json
    assert people
    assert all(set(row) == {"user_id", "full_name", "email", "total_qty", "total_amount"} for row in people)


@pytest.mark.parametrize(
    ("page", "leads_to"),
    [
        ("index", "/"), ("login", "/login"), ("signup", "/register"), ("user_dashboard", "/"), ("cart", "/cart"),
        ("checkout", "/checkout"), ("payment", "/checkout"), ("orders", "/orders"), ("admin_dashboard", "/admin"),
    ],
)  # fmt: skip
def test_the_original_s_pages_lead_to_those_of_this_shop(wired_app, page, leads_to):
    answer = wired_app.client().get(f"/{page}.html")
    assert (answer.status_code, answer.location) == (302, leads_to)


@pytest.mark.parametrize(
    ("role", "home"), [(Role.CUSTOMER, "/admin"), (Role.OPS, "/wall"), (Role.ANALYST, "/admin"), (Role.ADMIN, "/admin")]
)
def test_the_staff_s_page_leads_everybody_to_where_they_begin(wired_app, role, home):
    assert wired_app.client(role).get("/admin_dashboard.html").location == home


def test_customers_beyond_the_first_thousand_are_told(wired_app):
    now = datetime.now(UTC)
    crowd = [
        {"full_name": "One of many", "email": f"crowd{n}@shop.example", "role": "customer", "created_at": now}
        for n in range(1_001)
    ]
    wired_app.database.write(lambda c: c.execute(insert(users), crowd))
    try:
        admin = wired_app.client(Role.ADMIN)
        answer = admin.get("/api/get_users")
        assert len(answer.json) > 1_001
        assert "Link" not in answer.headers
        first = admin.get("/api/get_users?limit=1000")
        assert (len(first.json), "Link" in first.headers) == (1_000, True)
    finally:
        wired_app.database.write(lambda c: c.execute(delete(users).where(users.c.email.startswith("crowd"))))
