"""What the order page offers an admin."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from app.domain import Actor, Address, Principal, Role
from app.domain.orders import refunded_of
from app.services.checkout.checkout import CheckoutRequest
from app.stores.sql.tables import payments
from tests.conftest import WiredApp
from tests.support.dash_calls import call, callback_map, navigate, payload
from tests.support.shop import APPROVED, add_product


@pytest.fixture
def order_id(wired_app: WiredApp) -> int:
    built, buyer = wired_app.services, wired_app.people[Role.CUSTOMER]
    product = add_product(built, "Clay tumbler", 24_900, 5)
    principal = Principal(f"user#{buyer.user_id}", buyer.user_id, buyer.full_name, buyer.email, buyer.role)
    built.cart.clear(principal.owner)
    built.cart.add(principal.owner, product.product_id)
    placed = built.checkout.place(
        CheckoutRequest(
            owner=principal.owner,
            user_id=principal.user_id,
            email=principal.email,
            address=Address(
                name=buyer.full_name,
                line1="1 Lake Road",
                city="Pune",
                postcode="411001",
                country="IN",
                region="Maharashtra",
            ),
            details=APPROVED,
            idempotency_key=None,
        )
    )
    return placed.order_id


def shown(app: WiredApp, order_id: int, role: Role = Role.ADMIN) -> str:
    return navigate(app.client(role), f"/admin/orders/{order_id}").text


def test_a_paid_order_offers_a_return(wired_app: WiredApp, order_id: int) -> None:
    assert "Record return" in shown(wired_app, order_id)


def test_it_leads_to_its_customer_and_papers_and_tells_of_refunds(wired_app: WiredApp, order_id: int) -> None:
    built = wired_app.services
    order = built.orders.get(order_id)
    page = shown(wired_app, order_id)
    for href in (f"/admin/customers/{order.user_id}", f"/orders/{order_id}", f"/orders/{order_id}/invoice.pdf"):
        assert f'"href":"{href}"' in page.replace('": "', '":"')
    assert "Send receipt again" in page
    assert ("refunded" in page, built.orders.search(str(order_id + 10_000)).items[0].refund_state) == (False, "none")
    (line,) = order.lines
    built.orders.record_return(order_id, [(line.line_no, 1, True)], "chipped", Actor("admin"), f"all of {order_id}")
    assert "Refunded" in shown(wired_app, order_id)
    assert built.orders.search(str(order_id + 10_000)).items[0].refund_state == "wholly"


@pytest.mark.parametrize(("refunded", "state"), [(0, "none"), (1, "partly"), (99, "partly"), (100, "wholly")])
def test_how_much_of_an_order_went_back(refunded: int, state: str) -> None:
    assert refunded_of(refunded, 100) == state


def test_an_order_paid_elsewhere_says_where_to_refund_it_instead(wired_app: WiredApp, order_id: int) -> None:
    wired_app.database.write(
        lambda c: c.execute(update(payments).where(payments.c.order_id == order_id).values(provider="import"))
    )
    assert "Record return" not in shown(wired_app, order_id)
    assert "refund it where it was paid" in shown(wired_app, order_id)


def test_who_packs_sees_what_to_send_and_no_money(wired_app: WiredApp, order_id: int) -> None:
    order = wired_app.services.orders.get(order_id)
    page = shown(wired_app, order_id, Role.FULFILMENT)
    assert "To ship" in page
    assert "Edit address" in page
    total = wired_app.services.formats.money(order.total)
    for words in (total, "Record return", "Cancel order", "Send receipt again", "/admin/customers/"):
        assert words not in page, words
        assert words in shown(wired_app, order_id), words


def test_who_packs_learns_nobodys_address_by_a_number_and_no_total_by_asking(
    wired_app: WiredApp, order_id: int
) -> None:
    ada = wired_app.services.accounts.register("Ada", "ada@shop.example", "plum orbit kettle 93 dawn", verified=True)
    order = wired_app.services.orders.get(order_id)
    wired_app.services.orders.keep_words()
    for role, is_told in ((Role.ADMIN, True), (Role.FULFILMENT, False)):
        with wired_app.client(role) as client:
            page = navigate(client, "/admin/orders", f"?customer={ada.user_id}")
            assert ("ada@shop.example" in page.text) is is_told
            key = next(key for key in callback_map(client) if "admin-orders-table.children" in key)
            asked = [str(order.total // 100), "any", None, None, None, None, None, "any", "", 1]
            found = call(client, payload(key, callback_map(client)[key], asked, 0))
            assert found.status_code == 200, found.text
            assert (order.number in found.text) is is_told


def test_papers_of_chosen_orders(wired_app: WiredApp, order_id: int) -> None:
    client = wired_app.client(Role.FULFILMENT)
    for paper in ("pick-list", "packing-slips"):
        answer = client.get(f"/admin/orders/{paper}.pdf?orders={order_id}")
        assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", b"%PDF-")
        many = ",".join(str(n) for n in range(1, 102))
        for wrong, status in (("", 422), ("x", 422), (many, 422), ("999999", 409)):
            assert client.get(f"/admin/orders/{paper}.pdf?orders={wrong}").status_code == status, wrong
