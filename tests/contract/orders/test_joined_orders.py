"""What guests bought with an address becomes the account's that confirmed it: once, whatever comes between."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from app.domain import LinkPurpose, Order, OrderStatus, User
from app.domain.effects import EffectKind
from app.services.orders.ports import NewOrder, ReturnItem
from app.stores.sql.engine.database import Database
from app.stores.sql.orders.orders import SqlOrders, guest_orders
from app.stores.sql.orders.returns import SqlReturns
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.tables import orders as orders_table
from app.stores.sql.tables import outbox, rollup_cohorts, rollup_customers
from tests.contract.orders.test_orders import NEW, ZONE, complete, paid
from tests.support.account_shop import OTHER, AccountShop
from tests.support.checkout_shop import Mortal, Shop
from tests.support.concurrency import at_once

ADA = "ada@shop.example"
BOUGHT = replace(NEW, email=ADA)


class _Shop(AccountShop):
    """Accounts, and a worker that does what is queued for orders."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.orders = SqlOrders(self.database, ZONE)
        self.rollups = SqlRollups(self.database, ZONE)
        self.returns = SqlReturns(self.database, ZONE)
        self.shop = Shop(self.database)

    def work(self) -> None:
        super().work()
        self.shop.later()

    def buy(self, new: NewOrder = BOUGHT, **changes: Any) -> Order:
        return paid(self.orders, replace(new, **changes))

    def owners(self) -> list[int | None]:
        """Whose account each order is in, oldest first."""
        self.work()
        return [row.user_id for row in self.rows(select(orders_table).order_by(orders_table.c.order_id))]

    def totals(self) -> list[tuple[int, int, int, int]]:
        """(user, orders, gross, returns) of every customer, as folded."""
        self.work()
        self.rollups.fold(10_000)
        rows = self.rows(select(rollup_customers).order_by(rollup_customers.c.user_id))
        return [(row.user_id, row.orders, row.gross, row.returns) for row in rows]


@pytest.fixture
def shop(database: Database) -> _Shop:
    return _Shop(database)


def confirm(shop: _Shop, user: User) -> User:
    return shop.accounts.confirm_email(shop.token(LinkPurpose.VERIFY, user.email))


class TestConfirming:
    def test_orders_of_any_browser_become_the_accounts_once_its_address_is_confirmed(self, shop: _Shop):
        shop.buy()
        shop.buy(owner="guest#b")
        shop.buy(owner="guest#c", email="ada+shop@shop.example")
        user = shop.ada(verified=False)
        assert shop.owners() == [None, None, None], "nobody has shown yet that the mailbox is theirs"
        confirm(shop, user)
        assert shop.owners() == [user.user_id, user.user_id, None]
        assert shop.orders.list_of(f"user#{user.user_id}", user.user_id, 1, 20).total == 2
        assert shop.totals() == [(user.user_id, 2, 3_998, 0)]

    def test_so_do_a_link_for_a_new_password_a_changed_address_and_an_invitation(self, shop: _Shop):
        forgetful, moving, invited = shop.ada(verified=False), shop.ada(email="moving@shop.example"), shop.invited()
        for email in (ADA, "new@shop.example", "ravi@shop.example"):
            shop.buy(owner=f"guest#{email}", email=email)
        shop.accounts.reset_password(shop.reset_token(), OTHER)
        shop.accounts.confirm_email(shop.new_address_token(moving, "new@shop.example"))
        shop.accounts.accept_invite(shop.token(LinkPurpose.INVITE), "Ravi", OTHER)
        assert shop.owners() == [forgetful.user_id, moving.user_id, invited.user_id]

    def test_an_address_that_was_confirmed_long_ago_is_looked_for_at_the_next_sign_in(self, shop: _Shop):
        shop.buy()
        user = shop.ada()
        shop.database.write(lambda c: c.execute(update(outbox).values(state="done")))
        for _ in range(3):
            shop.shop.service.ask_to_join(user)
        assert shop.owners() == [user.user_id]
        asked = outbox.c.key.like(f"{EffectKind.JOIN_ORDERS}:user:%")
        assert len(shop.rows(select(outbox).where(asked))) == 1, "once per confirmation, not per sign-in"

    def test_many_orders_are_joined_in_batches(self, shop: _Shop, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(guest_orders, "BATCH", 2)
        ids = [shop.buy(owner=f"guest#{number}").order_id for number in range(5)]
        user = shop.ada()
        assert shop.orders.join_batch(user.user_id, 0) == ids[1]
        shop.shop.service.join({"user_id": user.user_id})
        assert shop.owners() == [user.user_id] * 5
        assert shop.totals() == [(user.user_id, 5, 5 * 1_999, 0)]


class TestLaterOrders:
    def test_a_guests_order_with_a_confirmed_address_is_the_accounts_as_soon_as_it_is_paid(self, shop: _Shop):
        user = shop.ada()
        order = shop.buy()
        assert shop.owners() == [user.user_id]
        seen = shop.orders.get(order.order_id)
        assert seen is not None
        assert seen.owner == "guest#a", "the browser that placed it goes on showing it"
        assert shop.orders.list_of("guest#a", None, 1, 20).total == 1

    def test_what_is_under_way_is_joined_when_it_is_paid_and_what_failed_is_not(self, shop: _Shop):
        user = shop.ada(verified=False)
        waiting = [shop.orders.begin(replace(BOUGHT, cart_revision=str(n)))[0].order.order_id for n in range(3)]
        shop.orders.start_charging(waiting[1])
        shop.orders.start_charging(waiting[2])
        confirm(shop, user)
        AccountShop.work(shop)
        shop.shop.service.join({"user_id": user.user_id})
        assert [row.user_id for row in shop.rows(select(orders_table))] == [None] * 3
        assert complete(shop.orders, waiting[1])
        assert shop.orders.fail(waiting[2], OrderStatus.CHARGING, "declined")
        assert shop.owners() == [None, user.user_id, None]

    @pytest.mark.parametrize("given_back", ["before", "begun", "after"])
    @pytest.mark.parametrize("folded", [True, False])
    def test_its_returns_count_for_the_account_too(self, shop: _Shop, given_back: str, folded: bool):
        order = shop.buy()
        begun = given_back != "after" and shop.returns.begin(
            order.order_id, [ReturnItem(1, 1, False)], "broken", "admin", "k"
        )
        if given_back == "before":
            shop.returns.complete(begun.return_id)
        if folded:
            shop.rollups.fold(100)
        user = shop.ada()
        shop.orders.join_order(order.order_id)
        begun = begun or shop.returns.begin(order.order_id, [ReturnItem(1, 1, False)], "broken", "admin", "k")
        if given_back != "before":
            shop.returns.complete(begun.return_id)
        assert shop.totals() == [(user.user_id, 1, 1_999, 333)]

    def test_what_was_folded_without_events_counts_once_as_well(self, shop: _Shop):
        """The history of a shop that moved here has none."""
        order = shop.buy()
        shop.rollups.rebuild()
        shop.database.write(lambda c: c.execute(outbox.delete()))
        user = shop.ada()
        for _ in range(2):
            shop.orders.join_order(order.order_id)
            assert shop.totals() == [(user.user_id, 1, 1_999, 0)]


class TestWhoDoesNot:
    def test_an_address_that_nobody_confirmed_claims_nothing(self, shop: _Shop):
        user = shop.ada(verified=False)
        order = shop.buy()
        shop.shop.service.ask_to_join(user)
        shop.shop.service.join({"user_id": user.user_id})
        shop.shop.service.join({"order_id": order.order_id})
        assert shop.owners() == [None]

    def test_nor_does_a_closed_account(self, shop: _Shop):
        user = shop.ada()
        shop.change_user(user, deactivated_at=user.created_at)
        shop.buy()
        shop.shop.service.join({"user_id": user.user_id})
        assert shop.owners() == [None]

    def test_an_address_that_moved_to_another_account_takes_nothing_along(self, shop: _Shop):
        first = shop.ada()
        shop.buy()
        assert shop.owners() == [first.user_id]
        shop.change_user(first, email="elsewhere@shop.example")
        second = shop.ada()
        shop.buy(owner="guest#b")
        shop.shop.service.join({"user_id": second.user_id})
        assert shop.owners() == [first.user_id, second.user_id]
        assert shop.totals() == [(first.user_id, 1, 1_999, 0), (second.user_id, 1, 1_999, 0)]

    def test_whoever_signs_in_where_it_was_placed_gets_it_only_while_it_is_nobodys(self, shop: _Shop):
        user = shop.ada()
        shop.buy()
        other = shop.ada(email="other@shop.example")
        assert shop.owners() == [user.user_id]
        assert shop.orders.adopt("guest#a", f"user#{other.user_id}", other.user_id) == 0
        assert shop.orders.adopt("guest#a", f"user#{user.user_id}", user.user_id) == 1
        assert shop.owners() == [user.user_id]
        assert shop.totals() == [(user.user_id, 1, 1_999, 0)]


class TestUnderFire:
    def test_sixteen_at_once_and_whoever_signs_in_meanwhile_count_each_order_once(self, shop: _Shop):
        ids = [shop.buy(owner=f"guest#{number}").order_id for number in range(8)]
        shop.rollups.fold(5)
        user, other = shop.ada(), shop.ada(email="other@shop.example")

        def one(number: int) -> None:
            if number % 4 == 0:
                shop.shop.service.join({"user_id": user.user_id})
            elif number % 4 == 1:
                shop.orders.join_order(ids[number // 2])
            elif number % 4 == 2:
                shop.orders.adopt(f"guest#{number // 4}", f"user#{other.user_id}", other.user_id)
            else:
                shop.rollups.fold(3)

        at_once(16, one)
        owners = shop.owners()
        assert set(owners) <= {user.user_id, other.user_id}
        expected = [(u, owners.count(u), owners.count(u) * 1_999, 0) for u in sorted(set(owners))]
        assert shop.totals() == expected
        shop.rollups.rebuild()
        assert shop.totals() == expected
        cohorts = shop.rows(select(rollup_cohorts.c.customers))
        assert [row.customers for row in cohorts] == [len(expected)]

    @pytest.mark.parametrize("after", [True, False])
    def test_dying_between_two_batches_is_made_up_for(self, shop: _Shop, monkeypatch: pytest.MonkeyPatch, after: bool):
        monkeypatch.setattr(guest_orders, "BATCH", 2)
        for number in range(5):
            shop.buy(owner=f"guest#{number}")
        user = shop.ada()
        dying = Shop(shop.database, {"orders": lambda inner: Mortal(inner, "join_batch", after, call=2)})
        with pytest.raises(BaseException, match="join_batch"):
            dying.service.join({"user_id": user.user_id})
        shop.shop.service.join({"user_id": user.user_id})
        assert shop.owners() == [user.user_id] * 5
        assert shop.totals() == [(user.user_id, 5, 5 * 1_999, 0)]
