"""Orders that are paid by transfer, from the setting to the sale, on the pages of shopper and admin."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from app.domain import Actor, Address, Order, OrderStatus, Principal, Role
from app.services.checkout.checkout import CheckoutRequest
from app.stores.sql.tables import carts, orders, outbox, payments, rollup_days
from tests.conftest import WiredApp
from tests.support.account_calls import press
from tests.support.dash_calls import changes, navigate
from tests.support.shop import add_product

ACCOUNT = "Bank of Pune\nIBAN XX12 3456"
ON = {"pay_transfer": "on", "transfer_text": ACCOUNT}
OFF = {"pay_transfer": "off", "transfer_text": ""}
BOSS = Actor("boss")


@pytest.fixture
def shop(wired_app: WiredApp) -> Iterator[WiredApp]:
    wired_app.services.shop_settings.save("Payment", ON, OFF, BOSS)
    yield wired_app
    wired_app.services.shop_settings.save("Payment", OFF, ON, BOSS)


def place(app: WiredApp, email: str = "meera@shop.example") -> Order:
    product = add_product(app.services, "Clay jar", 24_900, 5)
    owner = f"guest#{secrets.token_hex(8)}"
    app.services.cart.add(owner, product.product_id, 2)
    address = Address("Meera", "1 Lake Road", "Pune", "411001", "IN", region="Maharashtra")
    request = CheckoutRequest(owner, None, email, address, None, None, method="transfer")
    return app.services.checkout.place(request)


def one(app: WiredApp, query: object) -> int:
    return int(app.database.read(lambda c: c.execute(query).scalar()) or 0)  # type: ignore[call-overload]


def done(app: WiredApp) -> None:
    """Until nothing is due: other tests leave work behind."""
    while app.services.worker.tick():
        pass


def test_the_checkout_offers_what_is_set(shop: WiredApp):
    assert shop.services.payments.offered() == ("demo", "transfer")
    shop.services.shop_settings.save("Payment", {"transfer_text": ""}, {"transfer_text": ACCOUNT}, BOSS)
    assert shop.services.payments.offered() == ("demo",), "nobody can pay into an account that is not named"
    shop.services.shop_settings.save("Payment", {"transfer_text": ACCOUNT}, {"transfer_text": ""}, BOSS)


def test_it_is_a_sale_when_it_is_marked_as_paid(shop: WiredApp):
    sold = select(func.sum(rollup_days.c.units))
    done(shop)
    before = one(shop, sold)
    order = place(shop)
    done(shop)
    assert order.is_accepted
    assert one(shop, select(func.count()).select_from(payments).where(payments.c.order_id == order.order_id)) == 0
    assert one(shop, sold) == before
    admin = shop.client(Role.ADMIN)
    page = navigate(admin, f"/admin/orders/{order.order_id}").text
    assert "Mark as paid" in page
    assert "Awaiting payment" in page
    answer = press(admin, "admin._order_payment.decide_payment", "paid", order.order_id)
    assert changes(answer)["redirect"]["href"].startswith(f"/admin/orders/{order.order_id}")
    again = press(admin, "admin._order_payment.decide_payment", "paid", order.order_id)
    assert again.status_code == 200
    done(shop)
    assert shop.services.orders.get(order.order_id).status is OrderStatus.PAID
    assert one(shop, sold) == before + 2
    assert one(shop, select(func.count()).select_from(payments).where(payments.c.order_id == order.order_id)) == 1


def test_the_buyer_is_told_where_the_money_goes(shop: WiredApp):
    order = place(shop)
    done(shop)
    mails = shop.services.notifications.mailbox("receipt", 1, 50).items
    sent = next(mail for mail in mails if mail.message.order_id == order.order_id)
    text = shop.services.notifications.message(sent.message_id).message.text
    assert "IBAN XX12 3456" in text
    assert order.number in text
    client = shop.server.test_client()
    client.get(f"/checkout/return?{shop.services.order_links.return_path(order).partition('?')[2]}")
    page = navigate(client, f"/orders/{order.order_id}").text
    assert "IBAN XX12 3456" in page
    assert "Not paid yet" in page
    assert one(shop, select(func.count()).select_from(carts).where(carts.c.emptied_by == order.order_id)) == 1


def test_given_up_its_units_are_free_again_and_it_cannot_be_paid(shop: WiredApp):
    order = place(shop)
    admin = shop.client(Role.ADMIN)
    press(admin, "admin._order_payment.decide_payment", "give-up", order.order_id)
    answer = press(admin, "admin._order_payment.decide_payment", "paid", order.order_id)
    assert "was given up" in changes(answer)["admin-order-confirm-error"]["children"]
    assert shop.services.catalog.get(order.lines[0].product_id).stock == 5
    assert one(shop, select(orders.c.paid_at).where(orders.c.order_id == order.order_id)) == 0
    receipt = select(func.count()).select_from(outbox).where(outbox.c.key == f"receipt:{order.order_id}")
    assert one(shop, receipt) == 0


@pytest.mark.parametrize(
    "values", [{"transfer_days": "0"}, {"transfer_days": "91"}, {"transfer_days": "x"}, {"pay_transfer": "maybe"}]
)
def test_a_wrong_setting_is_refused_by_its_name(shop: WiredApp, values: dict[str, str]):
    from app.errors import InvalidInput

    with pytest.raises(InvalidInput) as caught:
        shop.services.shop_settings.save("Payment", values, dict.fromkeys(values, ""), BOSS)
    assert list(caught.value.wrong or {caught.value.field: ""}) == list(values)


def test_what_its_buyer_cancels_is_paid_back_by_hand_and_both_are_told(shop: WiredApp):
    order = place(shop, "asha@shop.example")
    shop.services.payments.confirm(order.order_id, BOSS)
    me = Principal(order.owner)
    client = shop.server.test_client()
    client.get(f"/checkout/return?{shop.services.order_links.return_path(order).partition('?')[2]}")
    assert "back to you by hand" in navigate(client, f"/orders/{order.order_id}").text
    shop.services.own_orders.cancel(me, order.order_id)
    done(shop)
    page = navigate(client, f"/orders/{order.order_id}", "?cancelled=1").text
    assert "We pay the money back by hand" in page
    assert "on its way back" not in page
    mail = mail_about(shop, "refund", order)
    assert "We pay it back by hand" in mail
    assert "we refunded" not in mail
    assert "Your bank" not in mail
    alert = mail_about(shop, "rule", order)
    amount = shop.services.formats.money(order.total)
    assert f"Order {order.number}: pay {amount} back by hand" in alert
    assert "bank transfer" in alert


def mail_about(app: WiredApp, kind: str, order: Order) -> str:
    (sent,) = (m for m in app.services.notifications.mailbox(kind, 1, 50).items if m.message.order_id == order.order_id)
    return app.services.notifications.message(sent.message_id).message.text
