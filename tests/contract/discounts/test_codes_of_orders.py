"""What an order and its discount code promise each other, on SQLite and MariaDB, with carts there and on DynamoDB."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain import Actor, AuditAction, Order, OrderStatus
from app.domain.discounts import CodeSums
from app.errors import DiscountRefused, PaymentDeclined
from app.services.audit.log import entry_of
from app.services.orders.ports import Counts, ReturnItem
from app.stores.sql.tables import demo_charges, discount_codes, orders
from tests.contract.checkout.test_checkout_races import at_once
from tests.contract.conftest import Backend
from tests.support.checkout_shop import OWNER, PRICE, Killed, Shop, assert_books_are_right, count
from tests.support.shop import DECLINED

LIST = 2 * PRICE


@pytest.fixture
def shop(backend: Backend) -> Shop:
    return Shop(backend.database, stores=backend.elsewhere)


def fill(shop: Shop, *owners: str, code: str = "TEN") -> None:
    shop.stock_up(*owners)
    for owner in owners:
        shop.carts.set_code(owner, code)


def used(shop: Shop) -> int:
    """As the code counts it, which is as many as there are orders that hold a use."""
    counted = shop.database.read(lambda c: c.execute(select(func.sum(discount_codes.c.used))).scalar())
    assert count(shop, orders, orders.c.code_use.is_not(None)) == counted
    return int(counted or 0)


def test_an_order_is_cheaper_by_its_code_and_says_which(shop: Shop):
    code_id = shop.add_code()
    fill(shop, OWNER)
    order = shop.place()
    assert (order.subtotal, order.discount, order.code) == (LIST, 4_000, "TEN")
    assert [line.discount for line in order.lines] == [4_000]
    assert order.total == LIST - 4_000 + 1_800
    assert shop.orders.get(order.order_id).code == "TEN"
    assert used(shop) == 1
    assert shop.carts.get(OWNER).code == ""
    known = shop.discount_codes.standing(code_id, None, "asha@shop.example")
    assert (known.used, known.has_bought) == (1, True)
    assert shop.discount_codes.standing(code_id, None, None) == (1, False, False)
    assert shop.discount_codes.sums() == {code_id: CodeSums(1, 4_000, LIST - 4_000)}


def test_of_eight_at_once_one_gets_the_last_use(shop: Shop):
    shop.add_code(limit=1)
    owners = [f"guest#{n}" for n in range(8)]
    fill(shop, *owners)
    results = at_once([lambda owner=owner: shop.place(owner) for owner in owners])
    won = [one for one in results if isinstance(one, Order)]
    assert [order.discount for order in won] == [4_000]
    assert sum(isinstance(one, DiscountRefused) and "used up" in one.message for one in results) == 7, results
    assert count(shop, demo_charges) == 1
    assert used(shop) == 1
    shop.later()
    assert_books_are_right(shop)


def test_a_customer_uses_it_once_though_two_browsers_try_at_once(shop: Shop):
    shop.add_code(once=True)
    fill(shop, "guest#a", "guest#b")
    emails = {"guest#a": "Zoe@shop.example", "guest#b": "zoe+more@shop.example"}
    results = at_once([lambda owner=owner: shop.place(owner, email=emails[owner]) for owner in emails])
    assert sum(isinstance(one, Order) for one in results) == 1, results
    assert count(shop, demo_charges) == used(shop) == 1
    (refused,) = (one for one in results if not isinstance(one, Order))
    assert isinstance(refused, DiscountRefused)


def test_a_first_order_is_one_before_which_there_is_none(shop: Shop):
    shop.add_code(first=True)
    shop.stock_up("guest#a", "guest#b", "guest#c")
    shop.place("guest#a")
    for owner in ("guest#b", "guest#c"):
        shop.carts.set_code(owner, "TEN")
    with pytest.raises(DiscountRefused, match="first order"):
        shop.place("guest#b")
    assert shop.place("guest#c", email="new@shop.example").discount == 4_000
    assert used(shop) == 1


@pytest.mark.parametrize("way", ["declined", "swept"])
def test_an_order_that_fails_gives_its_use_back_once(shop: Shop, way: str):
    shop.add_code(limit=1, once=True)
    fill(shop, OWNER)
    if way == "declined":
        with pytest.raises(PaymentDeclined):
            shop.place(number=DECLINED["number"])
    else:
        with pytest.raises(Killed):
            shop.dying("orders", "start_charging", after=False).place()
        assert used(shop) == 1
        shop.later()
    assert used(shop) == 0
    (order_id,) = shop.database.read(lambda c: c.execute(select(orders.c.order_id)).scalars().all())
    assert shop.place(key="again").discount == 4_000
    # Told another reason once it is over, it has nothing to give back any more.
    assert shop.orders.fail(order_id, OrderStatus.PAYMENT_FAILED, "late", counts=Counts.NOTHING)
    assert used(shop) == 1


def test_a_code_that_is_another_one_by_now_is_no_surprise(shop: Shop):
    code_id = shop.add_code()
    fill(shop, OWNER)
    known = shop.discount_codes.get(code_id)
    begin = shop.orders.begin

    def changed_between(new: Any) -> Any:
        entry = entry_of(Actor("Owner"), AuditAction.DISCOUNT_CHANGE, "discount", code_id, "TEN")
        assert shop.discount_codes.change(known, "Owner", entry)
        return begin(new)

    shop.orders.begin = changed_between
    with pytest.raises(DiscountRefused, match="changed just now"):
        shop.place()
    assert count(shop, orders) == used(shop) == 0
    assert not shop.discount_codes.change(
        known, "Owner", entry_of(Actor("B"), AuditAction.DISCOUNT_CHANGE, "d", 1, "T")
    )


def test_goods_that_come_back_take_their_share_of_the_discount_along(shop: Shop):
    shop.add_code(value=3_333)
    fill(shop, OWNER)
    order = shop.place()
    first, second = (
        shop.returns.begin(order.order_id, [ReturnItem(1, 1, True)], "broken", "Ravi", f"k{n}") for n in range(2)
    )
    assert first.amount + second.amount == order.subtotal - order.discount
    assert first.refund + second.refund == order.total
    for one in (first, second):
        assert shop.returns.complete(one.return_id)
    assert shop.orders.get(order.order_id).refunded == order.total


def test_an_order_that_is_cancelled_gives_its_use_back_once(shop: Shop):
    shop.add_code(limit=1)
    fill(shop, OWNER)
    order = shop.place()
    for n in range(2):
        assert used(shop) == 1, n
        begun = shop.returns.begin(
            order.order_id, [ReturnItem(1, 1, True)], "changed my mind", "Ravi", f"k{n}", before_shipping=True
        )
        assert shop.returns.complete(begun.return_id)
        assert not shop.returns.complete(begun.return_id)
    assert used(shop) == 0
