"""Orders after they were placed, on the real stores: who sees them, and what comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, update

from app.domain import Actor, Order, Principal, Product, Role
from app.errors import Conflict, InvalidInput, NotFound, PaymentUnclear
from app.stores.sql.engine.database import Database
from app.stores.sql.tables import demo_refunds, order_lines, payments, returns
from tests.support.checkout_shop import OWNER, RECEIVED, Shop, assert_books_are_right, count

GUEST = Principal(OWNER)
ADMIN = Principal("user#1", 1, "Ada", "ada@shop.example", Role.ADMIN)
ADMIN_ACTOR = Actor("ada@shop.example", 1)


@pytest.fixture
def shop(empty_database: Database) -> Shop:
    shop = Shop(empty_database)
    shop.stock_up()
    return shop


@pytest.fixture
def order(shop: Shop) -> Order:
    return shop.place()


class TestWhoSeesAnOrder:
    def test_its_owner_and_admins(self, shop: Shop, order: Order):
        assert shop.service.get_for(GUEST, order.order_id) == shop.service.get_for(ADMIN, order.order_id)
        assert shop.service.list_for(GUEST).total == 1

    @pytest.mark.parametrize("role", [None, Role.CUSTOMER, Role.OPS, Role.ANALYST])
    def test_to_everybody_else_it_does_not_exist(self, shop: Shop, order: Order, role: Role | None):
        with pytest.raises(NotFound):
            shop.service.get_for(replace(ADMIN, role=role), order.order_id)
        with pytest.raises(NotFound):
            shop.service.get_for(GUEST, order.order_id + 1)


class TestReturns:
    def test_back_on_sale_and_refunded_with_its_share_of_the_tax(self, shop: Shop, order: Order):
        done = shop.service.record_return(order.order_id, [(1, 1, True)], "broken", ADMIN_ACTOR, "k")
        assert (done.refund, shop.catalog.get("mug").stock) == (20_999, RECEIVED - 1)
        shop.later()
        assert_books_are_right(shop)

    @pytest.mark.parametrize(
        ("lines", "field"),
        [
            ([(1, 3, True)], "quantity"),
            ([(1, 0, True)], "quantity"),
            ([(1, 1.5, True)], "quantity"),
            ([(1, True, True)], "quantity"),
            ([("1", 1, True)], "lines"),
            ([(9, 1, True)], "lines"),
            ([], "lines"),
        ],
    )
    def test_what_cannot_come_back(self, shop: Shop, order: Order, lines: list, field: str):
        with pytest.raises(InvalidInput) as caught:
            shop.service.record_return(order.order_id, lines, "broken", ADMIN_ACTOR, "k")
        assert caught.value.field == field
        assert shop.service.returns_of(order.order_id) == ()

    def test_a_reason_is_needed(self, shop: Shop, order: Order):
        with pytest.raises(InvalidInput, match="Say why"):
            shop.service.record_return(order.order_id, [(1, 1, True)], "  ", ADMIN_ACTOR, "k")

    def test_a_refused_refund_leaves_nothing_behind(self, shop: Shop, order: Order):
        shop.payments.refund = self._raising(Conflict("More than was paid cannot be refunded."))
        with pytest.raises(Conflict):
            shop.service.record_return(order.order_id, [(1, 1, True)], "broken", ADMIN_ACTOR, "k")
        assert shop.service.returns_of(order.order_id) == ()

    def test_a_refund_of_an_amount_that_cannot_be_paid_leaves_nothing_behind(self, shop: Shop, order: Order):
        shop.payments.refund = self._raising(InvalidInput("Its last digit is too small."))
        with pytest.raises(InvalidInput):
            shop.service.record_return(order.order_id, [(1, 1, True)], "broken", ADMIN_ACTOR, "k")
        assert shop.service.returns_of(order.order_id) == ()

    def test_returns_at_a_provider_that_is_away_are_not_all_tried(self, shop: Shop, order: Order):
        now, calls = [0.0], list[str]()
        shop.service._clock = lambda: now[0]

        def away(order: Order, amount: int, refund_id: str) -> None:
            now[0] += 14.0
            calls.append(refund_id)
            raise PaymentUnclear()

        shop.payments.refund = away
        for key in ("a", "b"):
            with pytest.raises(PaymentUnclear):
                shop.service.record_return(order.order_id, [(1, 1, True)], "broken", ADMIN_ACTOR, key)
        shop.database.write(lambda c: c.execute(update(returns).values(at=datetime(2020, 1, 1, tzinfo=UTC))))
        calls.clear()
        assert shop.service.finish_returns() == 0
        assert len(calls) == 1

    def test_an_unclear_refund_is_finished_by_the_worker(self, shop: Shop, order: Order):
        refund = shop.payments.refund
        shop.payments.refund = self._raising(PaymentUnclear())
        with pytest.raises(PaymentUnclear):
            shop.service.record_return(order.order_id, [(1, 1, True)], "broken", ADMIN_ACTOR, "k")
        assert shop.service.finish_returns() == 0
        shop.payments.refund = refund
        shop.later()
        assert_books_are_right(shop)
        assert shop.service.get(order.order_id).refunded == 20_999

    def test_an_order_that_no_provider_was_paid_for_is_only_booked(self, shop: Shop, order: Order):
        shop.database.write(lambda c: c.execute(delete(payments)))
        shop.service.record_return(order.order_id, [(1, 1, True)], "broken", ADMIN_ACTOR, "k")
        assert shop.service.get(order.order_id).refunded == 20_999
        assert count(shop, demo_refunds) == 0

    def test_an_imported_order_is_not_refunded_here(self, shop: Shop, order: Order):
        shop.database.write(lambda c: c.execute(update(payments).values(provider="import")))
        begun = shop.service._returns.begin
        shop.service._returns.begin = self._raising(AssertionError("nothing may be begun"))
        with pytest.raises(Conflict, match="cannot be refunded here"):
            shop.service.record_return(order.order_id, [(1, 1, True)], "broken", ADMIN_ACTOR, "k")
        shop.service._returns.begin = begun
        assert shop.service.returns_of(order.order_id) == ()

    def test_a_product_that_the_catalog_never_had_does_not_go_on_sale(self, shop: Shop, order: Order):
        shop.database.write(lambda c: c.execute(update(order_lines).values(product_id="POST")))
        done = shop.service.record_return(order.order_id, [(1, 1, True)], "broken", ADMIN_ACTOR, "k")
        assert [line.restock for line in done.lines] == [False]

    @staticmethod
    def _raising(error: Exception):
        def refuse(*args: object) -> None:
            raise error

        return refuse


def test_what_is_added_while_paying_stays_in_the_cart(shop: Shop):
    shop.catalog.add(Product("pot", "Pot", 500, 5, 1))
    begun = shop.payments.start

    def add_another(*args: object):
        shop.carts.add(OWNER, "pot", 1, 500, 5)
        shop.carts.add(OWNER, "mug", 1, 19_999, 99)
        return begun(*args)

    shop.payments.start = add_another
    shop.place()
    assert {line.product_id: line.quantity for line in shop.carts.get(OWNER).lines} == {"mug": 1, "pot": 1}
