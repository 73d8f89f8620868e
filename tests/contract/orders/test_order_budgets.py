"""Budgets of checkout in the order's own transactions: under threads, after deaths, on every store."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from app.domain import Order, OrderStatus
from app.errors import OutOfStock, PaymentDeclined, ShopError, TooManyDeclines, TooManyOrders
from app.services.checkout.budget import CheckoutBudgets
from app.services.checkout.request import CheckoutRequest
from app.services.limits.throttle import (
    DECLINES_ADDRESS,
    DECLINES_OWNER,
    GUEST_ORDERS_ADDRESS,
    ORDERS_OWNER,
    ThrottleService,
)
from app.stores.sql.engine.clock import database_now
from app.stores.sql.limits.throttles import SqlThrottles, count
from app.stores.sql.tables import orders, throttles
from tests.contract.conftest import Backend
from tests.support.checkout_shop import ADDRESS, CARD, OWNER, Killed, Shop
from tests.support.checkout_shop import count as rows
from tests.support.concurrency import at_once

DECLINED = "4000000000000002"
HERE, ELSEWHERE = "203.0.113.9", "198.51.100.7"
LEFT = 3  # of a budget, before the test


class Budgeted(Shop):
    """A shop whose checkouts come from a network address."""

    network = HERE

    def __post_init__(self) -> None:
        super().__post_init__()
        self.throttle = ThrottleService(SqlThrottles(self.database), "a key of the tests")
        self.checkout._budgets = lambda request: CheckoutBudgets(self.throttle).of(
            replace(request, network=self.network)
        )

    def spend(self, rule: Any, value: str, times: int | None = None) -> None:
        """As if so many, or all but LEFT, had been counted a moment ago."""
        limit = self.throttle.limit(rule, value)
        for _ in range(rule.burst - LEFT if times is None else times):
            self.database.write(lambda connection: count(connection, [limit]))

    def used(self, rule: Any, value: str) -> int:
        """How many are counted now; what has come back since the test began is less than half of one."""
        wanted = select(throttles.c.quiet_at).where(throttles.c.throttle_key == self.throttle.key(rule, value))
        quiet_at, now = self.database.read(lambda c: (c.execute(wanted).scalar(), database_now(c)))
        return round((quiet_at - now).total_seconds() / rule.every_seconds) if quiet_at and quiet_at > now else 0

    def buy(self, owner: str = OWNER, number: str = CARD["number"], key: str | None = None) -> Order:
        self.carts.add(owner, "mug", 1, 19_999, 99)
        return self.place(owner, number, key)

    def try_to_buy(self, owner: str, number: str = CARD["number"]) -> str:
        try:
            return self.buy(owner, number).status
        except ShopError as error:
            return type(error).__name__

    def dying(self, store: str, method: str, after: bool, call: int = 1) -> Budgeted:
        mortal = super().dying(store, method, after, call)
        return Budgeted(self.database, mortal.replaced, stores=self.stores)


@pytest.fixture
def shop(backend: Backend) -> Budgeted:
    shop = Budgeted(backend.database, stores=backend.elsewhere)
    shop.stock_up("guest#nobody")
    return shop


def strangers(count: int) -> list[str]:
    return [f"guest#{secrets.token_hex(8)}" for _ in range(count)]


class TestOrders:
    def test_sixteen_fresh_guests_at_the_limit_of_their_address_are_as_many_orders_as_it_has_left(self, shop: Budgeted):
        shop.spend(GUEST_ORDERS_ADDRESS, HERE)
        owners = strangers(16)
        told = Counter(at_once(16, lambda n: shop.try_to_buy(owners[n])))
        assert told == {OrderStatus.PAID: LEFT, TooManyOrders.__name__: 16 - LEFT}
        assert rows(shop, orders) == LEFT, "who is refused leaves no order"

    def test_an_owner_at_the_limit_gets_what_is_left_and_is_told_when_to_come_back(self, shop: Budgeted):
        shop.spend(ORDERS_OWNER, OWNER)
        told = [shop.try_to_buy(OWNER) for _ in range(LEFT + 2)]
        assert told == [OrderStatus.PAID] * LEFT + [TooManyOrders.__name__] * 2
        with pytest.raises(TooManyOrders) as refused:
            shop.buy()
        assert 1 <= refused.value.retry_after <= ORDERS_OWNER.every_seconds

    @pytest.mark.parametrize("key", [None, "one-key"])
    def test_sixteen_clicks_on_the_last_order_of_a_budget_are_answered_with_it(self, shop: Budgeted, key: str | None):
        shop.spend(ORDERS_OWNER, OWNER, ORDERS_OWNER.burst - 1)
        shop.carts.add(OWNER, "mug", 1, 19_999, 99)
        told = at_once(16, lambda _: shop.place(key=key).order_id)
        assert len(set(told)) == 1
        assert shop.used(ORDERS_OWNER, OWNER) == ORDERS_OWNER.burst

    def test_an_account_is_not_counted_by_its_address(self, shop: Budgeted):
        shop.spend(GUEST_ORDERS_ADDRESS, HERE, GUEST_ORDERS_ADDRESS.burst)
        assert shop.try_to_buy("guest#b") == TooManyOrders.__name__
        shop.carts.add("user#7", "mug", 1, 19_999, 99)
        request = CheckoutRequest("user#7", 7, "ada@shop.example", ADDRESS, CARD, None)
        assert shop.checkout.place(request).status is OrderStatus.PAID


class TestDeclines:
    def test_an_owner_with_ten_declined_cards_pays_with_none(self, shop: Budgeted):
        shop.spend(DECLINES_OWNER, OWNER)
        told = [shop.try_to_buy(OWNER, DECLINED) for _ in range(LEFT + 1)]
        assert told == [PaymentDeclined.__name__] * LEFT + [TooManyDeclines.__name__]
        assert shop.try_to_buy(OWNER) == TooManyDeclines.__name__

    def test_fresh_guests_share_the_declines_of_their_address(self, shop: Budgeted):
        shop.spend(DECLINES_ADDRESS, HERE)
        told = [shop.try_to_buy(owner, DECLINED) for owner in strangers(LEFT + 1)]
        assert told == [PaymentDeclined.__name__] * LEFT + [TooManyDeclines.__name__]
        shop.network = ELSEWHERE
        assert shop.try_to_buy("guest#c") == OrderStatus.PAID

    def test_what_was_on_its_way_when_the_budget_ended_is_waited_for(self, shop: Budgeted):
        shop.spend(DECLINES_ADDRESS, HERE)
        owners = strangers(16)
        told = Counter(at_once(16, lambda n: shop.try_to_buy(owners[n], DECLINED)))
        assert set(told) <= {PaymentDeclined.__name__, TooManyDeclines.__name__}
        with pytest.raises(TooManyDeclines) as refused:
            shop.buy("guest#c")
        debt = told[PaymentDeclined.__name__] - LEFT
        assert refused.value.retry_after > debt * DECLINES_ADDRESS.every_seconds

    def test_what_is_sold_out_is_an_order_of_its_owner_alone_and_no_decline(self, shop: Budgeted):
        shop.carts.add(OWNER, "mug", 99, 19_999, 99)
        with pytest.raises(OutOfStock):
            shop.place()
        assert shop.used(ORDERS_OWNER, OWNER) == 1
        assert shop.used(GUEST_ORDERS_ADDRESS, HERE) == 0
        assert shop.used(DECLINES_OWNER, OWNER) == 0


DEATHS = [("orders", "begin"), ("orders", "start_charging")]


class TestAfterADeath:
    """`later` is the sweeper, which brings what died to its end."""

    @pytest.mark.parametrize(("store", "step"), DEATHS)
    def test_before_the_charge_nothing_is_counted_and_its_repeat_counts_once(
        self, shop: Budgeted, store: str, step: str
    ):
        with pytest.raises(Killed):
            shop.dying(store, step, after=True).buy(key="k")
        shop.later()
        assert shop.place(key="k").status is OrderStatus.PAID
        assert shop.used(ORDERS_OWNER, OWNER) == 1
        assert shop.used(GUEST_ORDERS_ADDRESS, HERE) == 1

    def test_after_a_charge_it_is_the_order_that_it_became(self, shop: Budgeted):
        with pytest.raises(Killed):
            shop.dying("payments", "start", True).buy(key="k")
        shop.later()
        assert shop.place(key="k").status is OrderStatus.PAID
        assert shop.used(ORDERS_OWNER, OWNER) == 1

    def test_a_decline_that_the_sweeper_finds_counts_once_by_owner_and_address(self, shop: Budgeted):
        with pytest.raises(Killed):
            shop.dying("payments", "start", True).buy(number=DECLINED)
        shop.later()
        assert shop.used(DECLINES_OWNER, OWNER) == 1
        assert shop.used(DECLINES_ADDRESS, HERE) == 1

    def test_nothing_of_where_it_came_from_stays_with_an_order_that_is_over(self, shop: Budgeted):
        shop.buy()
        shop.try_to_buy(OWNER, DECLINED)
        assert rows(shop, orders, orders.c.budget.is_not(None)) == 0
