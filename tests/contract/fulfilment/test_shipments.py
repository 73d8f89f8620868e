"""What is promised of shipments, on SQLite and on MariaDB."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, insert, select, update

from app.domain import Order
from app.domain.fulfilment import FulfilmentState, Parcel, StepKind
from app.errors import Conflict, InvalidInput, NotFound, ShopError
from app.services.orders.ports import ReturnItem, SoldIn
from app.stores.sql.engine.database import Database
from app.stores.sql.fulfilment.fulfilment import SINCE, SqlFulfilment
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.orders.returns import SqlReturns
from app.stores.sql.tables import orders as orders_table
from app.stores.sql.tables import outbox, return_lines, shop_facts
from tests.contract.orders.test_orders import NEW, paid
from tests.support.concurrency import at_once
from tests.support.query_plans import plans, recorded

ZONE = ZoneInfo("Asia/Kolkata")
MUGS, POT = 1, 2  # lines of NEW: three mugs, one pot


@pytest.fixture
def orders(database: Database) -> SqlOrders:
    return SqlOrders(database, ZONE)


@pytest.fixture
def sent(database: Database) -> SqlFulfilment:
    return SqlFulfilment(database)


@pytest.fixture
def returns(database: Database) -> SqlReturns:
    return SqlReturns(database, ZONE)


@pytest.fixture
def order(orders: SqlOrders) -> Order:
    return paid(orders)


def state(sent: SqlFulfilment, order: Order) -> FulfilmentState | None:
    found = sent.work(order.order_id)
    assert found is not None
    return found.state


def ship(sent: SqlFulfilment, order: Order, key: str, **units: int) -> int:
    lines = {{"mugs": MUGS, "pot": POT}[name]: count for name, count in units.items()}
    return sent.ship(order.order_id, Parcel(lines, "DHL", "JD01"), "Ravi", key).shipment_id


def give_up(returns: SqlReturns, order: Order, key: str = "r", *, finish: bool = True, **units: int) -> int:
    items = [ReturnItem({"mugs": MUGS, "pot": POT}[name], count, True) for name, count in units.items()]
    begun = returns.begin(order.order_id, items, "why", "Ravi", key)
    if finish:
        returns.complete(begun.return_id)
    return begun.return_id


def refused(call: object) -> bool:
    try:
        call()  # type: ignore[operator]
    except ShopError:
        return True
    return False


class TestInParts:
    def test_from_paid_to_delivered(self, sent: SqlFulfilment, order: Order, database: Database):
        assert state(sent, order) is FulfilmentState.TO_SHIP
        first = ship(sent, order, "a", mugs=2)
        assert state(sent, order) is FulfilmentState.PARTLY
        work = sent.work(order.order_id)
        assert work is not None
        assert (work.open, work.shipped) == ({MUGS: 1, POT: 1}, {MUGS: 2, POT: 0})
        second = ship(sent, order, "b", mugs=1, pot=1)
        assert state(sent, order) is FulfilmentState.SHIPPED
        assert sent.deliver(first)
        assert state(sent, order) is FulfilmentState.SHIPPED
        assert sent.deliver(second)
        assert not sent.deliver(second)
        assert state(sent, order) is FulfilmentState.DELIVERED
        kinds = database.read(lambda c: c.execute(select(outbox.c.kind)).scalars().all())
        assert sorted(kind for kind in kinds if kind.endswith("ed_mail")) == [
            "delivered_mail", "delivered_mail", "shipped_mail", "shipped_mail",
        ]  # fmt: skip

    def test_the_same_click_ships_once(self, sent: SqlFulfilment, order: Order, orders: SqlOrders):
        assert len({*at_once(8, lambda _: ship(sent, order, "a", mugs=1))}) == 1
        assert len(sent.shipments(order.order_id)) == 1
        other = paid(orders, replace(NEW, cart_revision="r9"))
        with pytest.raises(InvalidInput, match="another order"):
            ship(sent, other, "a", mugs=1)

    def test_of_many_at_once_no_more_leave_than_were_bought(self, sent: SqlFulfilment, order: Order):
        refusals = at_once(8, lambda n: refused(lambda: ship(sent, order, f"k{n}", mugs=1)))
        assert sum(refusals) == 5
        assert sum(one.units for one in sent.shipments(order.order_id)) == 3

    @pytest.mark.parametrize("units", [{"mugs": 4}, {"pot": 2}])
    def test_more_than_was_bought_changes_nothing(self, sent: SqlFulfilment, order: Order, units: dict[str, int]):
        with pytest.raises(InvalidInput, match="can still be sent"):
            ship(sent, order, "a", **units)
        assert not sent.shipments(order.order_id)

    def test_unknown_lines_orders_and_shipments(self, sent: SqlFulfilment, order: Order):
        with pytest.raises(InvalidInput, match="no line 9"):
            sent.ship(order.order_id, Parcel({9: 1}), "Ravi", "a")
        with pytest.raises(NotFound):
            sent.ship(10**6, Parcel({1: 1}), "Ravi", "b")
        with pytest.raises(NotFound):
            sent.deliver(10**6)


class TestWithReturns:
    def test_what_was_given_up_before_it_left_never_leaves(
        self, sent: SqlFulfilment, returns: SqlReturns, order: Order
    ):
        give_up(returns, order, mugs=1, finish=False)  # counts from its first step on
        with pytest.raises(InvalidInput, match="Only 2"):
            ship(sent, order, "a", mugs=3)
        ship(sent, order, "a", mugs=2, pot=1)
        assert state(sent, order) is FulfilmentState.SHIPPED

    def test_goods_that_come_back_are_those_that_were_sent(
        self, sent: SqlFulfilment, returns: SqlReturns, order: Order
    ):
        ship(sent, order, "a", mugs=1)
        give_up(returns, order, mugs=1)
        ship(sent, order, "b", mugs=2)  # its buyer is still owed them
        with pytest.raises(InvalidInput, match="Only 0"):
            ship(sent, order, "c", mugs=1)

    def test_a_return_and_a_shipment_at_once_never_both_have_a_unit(
        self, sent: SqlFulfilment, returns: SqlReturns, order: Order
    ):
        def act(n: int) -> bool:
            if n % 2:
                return refused(
                    lambda: returns.begin(
                        order.order_id, [ReturnItem(POT, 1, True)], "", "R", f"r{n}", before_shipping=True
                    )
                )
            return refused(lambda: ship(sent, order, f"k{n}", pot=1))

        assert sum(at_once(8, act)) == 7

    def test_a_refused_refund_leaves_it_to_be_sent(self, sent: SqlFulfilment, returns: SqlReturns, order: Order):
        return_id = give_up(returns, order, mugs=3, pot=1, finish=False)
        assert state(sent, order) is FulfilmentState.CANCELLED
        returns.cancel(return_id)
        assert state(sent, order) is FulfilmentState.TO_SHIP
        ship(sent, order, "a", mugs=3, pot=1)

    def test_nothing_is_cancelled_of_which_something_was_sent(
        self, sent: SqlFulfilment, returns: SqlReturns, order: Order
    ):
        ship(sent, order, "a", mugs=1)
        with pytest.raises(Conflict, match="was sent"):
            returns.begin(
                order.order_id, [ReturnItem(MUGS, 3, True), ReturnItem(POT, 1, True)], "", "R", "c",
                before_shipping=True,
            )  # fmt: skip
        assert not returns.of_order(order.order_id)

    def test_what_an_earlier_release_took_back_unsent_is_not_packed_nor_sent(
        self, sent: SqlFulfilment, returns: SqlReturns, orders: SqlOrders, order: Order, database: Database
    ):
        """Such a release notes no units as unsent, and follows nothing."""
        whole = paid(orders, replace(NEW, cart_revision="r2"))
        before = {one.order_id: waits_of(database, one) for one in (order, whole)}
        give_up(returns, order, mugs=1)
        give_up(returns, whole, "w", mugs=3, pot=1)
        database.write(lambda c: c.execute(update(return_lines).values(unsent=0)))
        for order_id, values in before.items():
            again = update(orders_table).where(orders_table.c.order_id == order_id).values(values)
            database.write(lambda c, again=again: c.execute(again))
        ids = [order.order_id, whole.order_id]
        assert [one.units for one in sent.to_pack(ids)] == [{"mug": 2, "pot": 1}]
        with pytest.raises(InvalidInput, match="Only 2"):
            ship(sent, order, "a", mugs=3)
        follow_since(database, datetime(2026, 1, 1, tzinfo=UTC))
        assert (sent.take_up(9), sent.take_up(9)) == (2, 0)
        assert state(sent, whole) is FulfilmentState.CANCELLED
        ship(sent, order, "b", mugs=2)
        assert sent.to_pack(ids)[0].units == {"pot": 1}
        ship(sent, order, "c", pot=1)
        assert state(sent, order) is FulfilmentState.SHIPPED

    def test_more_may_be_sent_after_an_earlier_release_took_back_what_was_not(
        self, sent: SqlFulfilment, returns: SqlReturns, order: Order, database: Database
    ):
        ship(sent, order, "a", mugs=1)
        give_up(returns, order, mugs=2)  # the one that was sent, and one that was not
        database.write(lambda c: c.execute(update(return_lines).values(unsent=0)))
        ship(sent, order, "b", mugs=1, pot=1)
        assert state(sent, order) is FulfilmentState.SHIPPED
        with pytest.raises(InvalidInput, match="Only 0"):
            ship(sent, order, "c", mugs=1)


def waits_of(database: Database, order: Order) -> dict[str, object]:
    of_order = select(orders_table.c.fulfilment, orders_table.c.open_since).where(
        orders_table.c.order_id == order.order_id
    )
    return dict(database.read(lambda c: c.execute(of_order).one())._mapping)


def follow_since(database: Database, since: datetime | None) -> None:
    database.write(lambda c: c.execute(delete(shop_facts).where(shop_facts.c.name == SINCE)))
    if since is not None:
        fact = insert(shop_facts).values(name=SINCE, value=since.isoformat(timespec="seconds"))
        database.write(lambda c: c.execute(fact))


def is_found_by_index(database: Database, statement: str, values: Any) -> bool:
    """Whether one row is looked up, however many there are."""
    if database.engine.dialect.name == "mysql":
        return all(step.how == step.key == "None" for step in plans(database, {statement: values}))  # optimised away
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    return all(row.detail.startswith("SEARCH") for row in rows)


class TestWhatStaffDo:
    def test_held_until_released(self, sent: SqlFulfilment, order: Order):
        assert sent.hold(order.order_id, "Address unclear", "Ravi")
        assert not sent.hold(order.order_id, "Again", "Ravi")
        assert state(sent, order) is FulfilmentState.HELD
        assert not sent.to_pack([order.order_id])
        with pytest.raises(Conflict, match="on hold"):
            ship(sent, order, "a", mugs=1)
        assert sent.release(order.order_id, "Ravi")
        assert not sent.release(order.order_id, "Ravi")
        ship(sent, order, "a", mugs=3, pot=1)
        with pytest.raises(Conflict, match="left to be sent"):
            sent.hold(order.order_id, "Too late", "Ravi")

    def test_an_address_is_edited_by_one_of_two_and_kept_as_it_was(
        self, sent: SqlFulfilment, orders: SqlOrders, order: Order
    ):
        moved = replace(order.address, line1="2 Hill Road")
        assert sent.edit_address(order.order_id, order.address, moved, "Ravi")
        assert not sent.edit_address(order.order_id, order.address, moved, "Ravi")
        with pytest.raises(Conflict, match="Somebody else"):
            sent.edit_address(order.order_id, order.address, replace(moved, city="Thane"), "Asha")
        read = orders.get(order.order_id)
        assert read is not None
        assert read.address == moved
        work = sent.work(order.order_id)
        assert work is not None
        (step,) = work.steps
        assert step.before is not None
        assert (step.kind, step.actor, step.before["line1"]) == (StepKind.ADDRESS, "Ravi", "1 Lake Road")
        ship(sent, order, "a", mugs=3, pot=1)
        with pytest.raises(Conflict, match="Everything"):
            sent.edit_address(order.order_id, moved, order.address, "Ravi")

    def test_notes_and_tags(self, sent: SqlFulfilment, orders: SqlOrders, order: Order, database: Database):
        assert sent.note(order.order_id, "Rang her", "Ravi", "n1", on_slip=False)
        assert not sent.note(order.order_id, "Rang her", "Ravi", "n1", on_slip=False)
        assert sent.note(order.order_id, "With love", "Ravi", "n2", on_slip=True)
        assert [one.notes for one in sent.to_pack([order.order_id])] == [("With love",)]
        sent.set_tags(order.order_id, ("fragile", "gift"), "Ravi")
        sent.set_tags(order.order_id, ("gift",), "Ravi")
        work = sent.work(order.order_id)
        assert work is not None
        assert (work.tags, [step.words for step in work.steps]) == (
            ("gift",),
            ["Rang her", "With love", "fragile, gift", "gift"],
        )
        sent.set_tags(paid(orders, replace(NEW, cart_revision="r2")).order_id, ("vip",), "Ravi")
        with recorded(database) as statements:
            assert (sent.tags(9), sent.tags(1)) == (("gift", "vip"), ("gift",))
        assert all(is_found_by_index(database, *one) for one in statements.items())
        found = orders.search("", None, 1, 50, None, SoldIn(tag="gift"))
        assert [one.order_id for one in found.items] == [order.order_id]
        assert not orders.search("", None, 1, 50, None, SoldIn(tag="fragile")).items


class TestWhatWaits:
    def test_the_oldest_first_with_what_is_left_of_each(
        self, sent: SqlFulfilment, orders: SqlOrders, returns: SqlReturns
    ):
        made = [paid(orders, replace(NEW, cart_revision=f"r{n}")) for n in range(4)]
        ship(sent, made[0], "a", mugs=2)
        ship(sent, made[1], "b", mugs=3, pot=1)
        give_up(returns, made[2], mugs=1)
        sent.hold(made[3].order_id, "Wait", "Ravi")
        waiting = sent.to_pack([one.order_id for one in reversed(made)])
        assert [(one.order_id, one.units) for one in waiting] == [
            (made[0].order_id, {"mug": 1, "pot": 1}),
            (made[2].order_id, {"mug": 2, "pot": 1}),
        ]
        soon = datetime.now(UTC) + timedelta(hours=1)
        found = sent.backlog(soon, 100)
        assert (found.to_pack, found.late, found.held) == (2, 2, 1)
        assert found.oldest is not None
        assert sent.backlog(soon - timedelta(days=2), 100).late == 0
        assert sent.backlog(soon, 1).to_pack == 1
        queue = sent.queue(1)
        assert [(one.number, one.place, one.units) for one in queue] == [(made[0].number, "Pune", 4)]
        assert sent.counts(9)[FulfilmentState.PARTLY] == 1
        listed = orders.search("", None, 1, 50, None, SoldIn(work=(FulfilmentState.TO_SHIP, FulfilmentState.PARTLY)))
        assert [one.order_id for one in listed.items] == [made[0].order_id, made[2].order_id]
        partly = orders.search("", None, 1, 50, None, SoldIn(work=(FulfilmentState.PARTLY,)))
        assert [one.order_id for one in partly.items] == [made[0].order_id]

    def test_what_an_earlier_release_made_paid_is_taken_up_and_what_is_older_is_not(
        self, sent: SqlFulfilment, orders: SqlOrders, database: Database, order: Order
    ):
        older = paid(orders, replace(NEW, cart_revision="r2"))
        since = datetime.now(UTC) - timedelta(hours=1)
        database.write(lambda c: c.execute(update(orders_table).values(fulfilment=None, open_since=None)))
        before = update(orders_table).where(orders_table.c.order_id == older.order_id)
        database.write(lambda c: c.execute(before.values(paid_at=since - timedelta(days=1))))
        follow_since(database, None)
        assert sent.take_up(9) == 0
        follow_since(database, since)
        assert (sent.take_up(9), sent.take_up(9)) == (1, 0)
        assert (state(sent, order), state(sent, older)) == (FulfilmentState.TO_SHIP, None)
        with pytest.raises(Conflict, match="not followed"):
            ship(sent, older, "a", mugs=1)
