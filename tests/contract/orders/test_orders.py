"""What the stores of orders and returns promise, on SQLite and on MariaDB."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from app.domain import (
    Address,
    MovementKind,
    Order,
    OrderLine,
    OrderStatus,
)
from app.domain.payments import Done
from app.errors import Conflict, InvalidInput, NotFound, Shortage
from app.services.orders.ports import EVERYTHING, NewOrder, ReturnItem, SoldIn
from app.stores.sql.engine.database import Database
from app.stores.sql.orders import finding
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.orders.returns import SqlReturns
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.tables import orders as orders_table
from app.stores.sql.tables import outbox as outbox_table
from app.stores.sql.tables import rollup_customers, stock_movements
from tests.support.concurrency import at_once
from tests.support.order_money import flat_money
from tests.support.query_plans import plans, recorded

ZONE = ZoneInfo("Asia/Kolkata")
NOW = timedelta(0)
ADDRESS = Address("Asha Rao", "1 Lake Road", "Pune", "411001", "IN", region="Maharashtra")
LINES = (OrderLine(1, "mug", "Mug", 333, 3), OrderLine(2, "pot", "Pot", 1_000, 1))
NEW = NewOrder(
    owner="guest#a", user_id=None, email="asha@shop.example", address=ADDRESS, lines=LINES, currency="INR",
    money=flat_money(999, 1_000), cart_revision="r1", idempotency_key=None, fingerprint=None,
)  # fmt: skip


@pytest.fixture
def orders(database: Database) -> SqlOrders:
    return SqlOrders(database, ZONE)


def paid(orders: SqlOrders, new: NewOrder = NEW) -> Order:
    order_id = orders.begin(new)[0].order.order_id
    orders.start_charging(order_id)
    assert complete(orders, order_id)
    order = orders.get(order_id)
    assert order is not None
    return order


def complete(orders: SqlOrders, order_id: int) -> bool:
    order = orders.get(order_id)
    assert order is not None
    return orders.complete(order, charge(order_id), "demo") is not None


def charge(order_id: int, amount: int = 2_099) -> Done:
    return Done(amount, f"ref-{order_id}", "Card ending 4242")


class TestBegin:
    def test_an_order_reads_as_it_was_placed(self, orders: SqlOrders):
        attempt, is_new = orders.begin(NEW)
        assert is_new
        assert (attempt.order.status, attempt.order.lines, attempt.order.address) == ("pending", LINES, ADDRESS)
        assert attempt == orders.attempt(attempt.order.order_id)

    def test_one_order_per_owner_and_key(self, orders: SqlOrders):
        first, _ = orders.begin(replace(NEW, idempotency_key="k", fingerprint="f"))
        again, is_new = orders.begin(replace(NEW, idempotency_key="k", cart_revision="r2"))
        assert (again, is_new, again.fingerprint) == (first, False, "f")
        assert orders.begin(replace(NEW, owner="guest#b", idempotency_key="k"))[1]

    def test_one_live_order_per_cart_revision_whatever_the_key(self, orders: SqlOrders):
        first, _ = orders.begin(replace(NEW, idempotency_key="k1"))
        assert orders.begin(replace(NEW, idempotency_key="k2")) == (first, False)
        orders.fail(first.order.order_id, OrderStatus.PENDING, "declined")
        assert orders.begin(replace(NEW, idempotency_key="k2"))[1]

    def test_sixteen_at_once_make_one_order(self, orders: SqlOrders):
        begun = at_once(16, lambda n: orders.begin(replace(NEW, idempotency_key=f"k{n}")))
        assert len({attempt.order.order_id for attempt, _ in begun}) == 1
        assert sum(is_new for _, is_new in begun) == 1


class TestStatus:
    def test_paid_once_with_payment_movements_and_effects(self, orders: SqlOrders, database: Database):
        order = paid(orders)
        assert not complete(orders, order.order_id)
        assert (order.status, order.payment_method, order.paid_at is not None) == ("paid", "Card ending 4242", True)
        moved = database.read(lambda c: c.execute(select(stock_movements).order_by("movement_id")).all())
        assert [(m.product_id, m.quantity, m.cause, m.actor) for m in moved] == [
            ("mug", -3, f"order:{order.order_id}", "guest"),
            ("pot", -1, f"order:{order.order_id}", "guest"),
        ]
        kinds = database.read(lambda c: c.execute(select(outbox_table.c.kind)).scalars().all())
        assert sorted(kinds) == ["join_orders", "low_stock", "receipt", "rollup", "rollup", "settle", "take_cart"]

    def test_what_completing_tells_is_what_is_read_then(self, orders: SqlOrders):
        begun = orders.begin(NEW)[0].order
        orders.start_charging(begun.order_id)
        told = orders.complete(begun, charge(begun.order_id), "demo")
        assert told is not None
        assert told == orders.get(begun.order_id)

    def test_an_order_that_became_an_accounts_while_it_was_charged_is_booked_as_theirs(
        self, orders: SqlOrders, database: Database
    ):
        begun = orders.begin(NEW)[0].order
        orders.start_charging(begun.order_id)
        orders.adopt("guest#a", "user#7", 7)
        told = orders.complete(begun, charge(begun.order_id), "demo")
        assert told is not None
        assert (told.owner, told.user_id) == ("user#7", 7)
        assert set(database.read(lambda c: c.execute(select(stock_movements.c.actor)).scalars())) == {"user#7"}
        assert "join_orders" not in database.read(lambda c: c.execute(select(outbox_table.c.kind)).scalars().all())

    def test_every_step_starts_from_its_own_status_only(self, orders: SqlOrders):
        order_id = orders.begin(NEW)[0].order.order_id
        assert not complete(orders, order_id)
        assert orders.start_charging(order_id)
        assert not orders.start_charging(order_id)
        assert not orders.reject(order_id, [])
        assert not orders.fail(order_id, OrderStatus.PENDING, "")
        assert orders.fail(order_id, OrderStatus.CHARGING, "declined")
        assert not complete(orders, order_id)

    def test_of_completing_and_failing_at_once_one_happens(self, orders: SqlOrders):
        for revision in range(8):
            order_id = orders.begin(replace(NEW, cart_revision=str(revision)))[0].order.order_id
            orders.start_charging(order_id)
            done = at_once(
                2,
                lambda n, order_id=order_id: (
                    complete(orders, order_id) if n else orders.fail(order_id, OrderStatus.CHARGING, "void")
                ),
            )
            assert sorted(done) == [False, True]

    def test_a_rejected_order_remembers_what_was_short(self, orders: SqlOrders):
        order_id = orders.begin(NEW)[0].order.order_id
        short = Shortage("mug", "Mug", 3, 1)
        assert orders.reject(order_id, [short])
        attempt = orders.attempt(order_id)
        assert attempt is not None
        assert attempt.shortages == (short,)


class TestLeases:
    def test_a_running_checkout_is_left_alone(self, orders: SqlOrders):
        orders.begin(NEW)
        assert orders.claim_unfinished(10) == ()

    def test_what_is_still_to_be_paid_later_is_known_by_owner_and_address(self, orders: SqlOrders):
        later = replace(NEW, pay_by="transfer", email="asha@shop.example")
        mine = orders.begin(later)[0].order
        for new in (replace(later, owner="guest#other"), replace(later, owner="guest#third", email="b@shop.example")):
            orders.begin(new)
        orders.begin(replace(NEW, cart_revision="paid at once"))
        units = sum(line.quantity for line in NEW.lines)
        assert orders.unpaid_of(mine.owner, mine.email) == (units, units)
        assert orders.unpaid_of("guest#third", None) == (units,)
        orders.fail(mine.order_id, OrderStatus.PENDING, "given up")
        assert orders.unpaid_of(mine.owner, mine.email) == (units,)

    def test_an_abandoned_order_is_claimed_by_one_sweeper(self, database: Database):
        orders = SqlOrders(database, ZONE, checkout_lease=NOW)
        ids = {orders.begin(replace(NEW, cart_revision=str(n)))[0].order.order_id for n in range(12)}
        claimed = at_once(4, lambda _: orders.claim_unfinished(5))
        found = [order.order_id for batch in claimed for order in batch]
        assert len(found) == len(set(found))
        assert set(found) <= ids
        found += [order.order_id for order in orders.claim_unfinished(20)]
        assert sorted(found) == sorted(ids)

    def test_those_that_wait_for_days_are_not_read_to_find_them(self, orders: SqlOrders, database: Database):
        for n in range(300):
            orders.begin(replace(NEW, owner=f"guest#{n}"))
        with recorded(database) as statements:
            assert orders.claim_unfinished(20) == ()
        (used,) = _ways(database, statements)
        assert "ix_orders_status_leased_until" in used

    def test_an_order_handed_over_is_free_after_a_short_pause(self, orders: SqlOrders, database: Database):
        order_id = orders.begin(NEW)[0].order.order_id
        orders.start_charging(order_id)
        before = _leased_until(database, order_id)
        orders.hand_over(order_id)
        assert before - _leased_until(database, order_id) > timedelta(seconds=10)


def _ways(database: Database, statements: dict[str, Any]) -> list[str]:
    """How each of the statements on orders is run."""
    if database.engine.dialect.name != "sqlite":
        return [str(step) for step in plans(database, statements) if step.table == "orders"]
    with database.engine.connect() as connection:
        asked = [(f"EXPLAIN QUERY PLAN {text}", values) for text, values in statements.items() if "FROM orders" in text]
        return [str(connection.exec_driver_sql(text, values).all()) for text, values in asked]


def _leased_until(database: Database, order_id: int) -> datetime:
    query = select(orders_table.c.leased_until).where(orders_table.c.order_id == order_id)
    return database.read(lambda c: c.execute(query).scalar_one())


class TestReads:
    @pytest.fixture
    def many(self, orders: SqlOrders) -> list[int]:
        people = [("Asha Rao", "asha@shop.example"), ("asha", None), ("Ärne", "b@shop.example"), ("Bob 100%", None)]
        ids = [
            orders.begin(
                replace(
                    NEW, email=email, address=replace(ADDRESS, name=name), cart_revision=str(n), owner=f"user#{n % 2}"
                )
            )[0].order.order_id
            for n, (name, email) in enumerate(people)
        ]
        for order_id in ids:
            orders.fail(order_id, OrderStatus.PENDING, "declined")
        assert orders.write_words(50) == 4
        return ids

    @pytest.mark.parametrize(
        ("q", "found"),
        [
            ("", [3, 2, 1, 0]),
            ("asha", [1, 0]),
            ("ASHA R", [0]),
            ("Ärn", [2]),
            ("Bob 100%", [3]),
            ("%", []),
            ("rao", [0]),
            ("RAO asha", [0]),
            ("rao bob", []),
            ("ao", []),
            ("100", [3]),
            ("10", []),
            ("pune", [3, 2, 1, 0]),
            ("pune asha", [1, 0]),
            ("Asha@Shop.example", [0]),
            ("asha@", [0]),
            ("@shop.example", [2, 0]),
            ("mug", [3, 2, 1, 0]),
            ("mug rao", [0]),
            ("rao teapot", []),
        ],
    )
    def test_search(self, orders: SqlOrders, many: list[int], q: str, found: list[int]):
        page = orders.search(q, None, 1, 50, None)
        assert [order.order_id for order in page.items] == [many[n] for n in found]
        assert page.total == len(found)

    def test_where_every_word_is_common_the_latest_orders_are_gone_through_and_that_is_said(
        self, orders: SqlOrders, many: list[int], monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(finding, "MOST_HELD", 1)
        found = orders.search("pune asha", None, 1, 50, None)
        assert ([one.order_id for one in found.items], found.searched) == ([many[1], many[0]], None)
        assert [one.order_id for one in orders.search("pune rao", None, 1, 50, None).items] == [many[0]]
        monkeypatch.setattr(finding, "MOST_SEARCHED", 3)
        found = orders.search("pune mug", None, 1, 50, None)
        assert ([one.order_id for one in found.items], found.searched) == ([many[3], many[2], many[1]], 3)

    @pytest.mark.parametrize("q", ["20.99", "₹20.99", "20,99 €", "20", "2.099", "PO-7 mug"])
    def test_search_by_total_and_by_a_product_s_number(self, orders: SqlOrders, q: str):
        order = paid(orders, replace(NEW, lines=(OrderLine(1, "po-7", "Mug", 333, 3),)))
        assert orders.search(q, None, 1, 50, None).items == ()
        orders.write_words(50)
        found = [one.order_id for one in orders.search(q, None, 1, 50, None).items]
        assert found == ([] if q == "2.099" else [order.order_id])

    @pytest.mark.parametrize("most_held", [finding.MOST_HELD, 0])
    def test_without_amounts_no_question_confirms_a_total(
        self, orders: SqlOrders, monkeypatch: pytest.MonkeyPatch, most_held: int
    ):
        order = paid(orders, replace(NEW, lines=(OrderLine(1, "po-7", "Mug 55", 333, 3),)))
        orders.write_words(50)
        monkeypatch.setattr(finding, "MOST_HELD", most_held)
        for q in ("20.99", "₹20.99", "20,99 €", "x-20.99", "20.", "asha 20.99", "2,099", "20.9"):
            assert orders.search(q, None, 1, 50, None, by_amount=False).items == (), q
        for q in ("asha", "mug 55", "7", order.number):
            found = orders.search(q, None, 1, 50, None, by_amount=False).items
            assert [one.order_id for one in found] == [order.order_id], q

    def test_words_are_written_of_orders_that_are_over_the_latest_first(self, orders: SqlOrders):
        first, last = (paid(orders, replace(NEW, cart_revision=revision)) for revision in "ab")
        orders.begin(replace(NEW, cart_revision="c"))
        assert orders.wait_for_words(1)
        assert not orders.wait_for_words(2)
        assert orders.write_words(1) == 1
        assert [one.order_id for one in orders.search("asha", None, 1, 50, None).items] == [last.order_id]
        assert [orders.write_words(5), orders.write_words(5)] == [1, 0]
        found = [one.order_id for one in orders.search("asha", None, 1, 50, None).items]
        assert found == [last.order_id, first.order_id]

    def test_search_by_number_status_and_imported_number(self, orders: SqlOrders, database: Database, many: list[int]):
        set_external = update(orders_table).where(orders_table.c.order_id == many[1]).values(external_id="536365")
        database.write(lambda c: c.execute(set_external))
        for q in (str(many[0] + 10_000), f"#{many[0] + 10_000}"):
            assert [o.order_id for o in orders.search(q, None, 1, 50, None).items] == [many[0]]
        assert [o.number for o in orders.search("536365", None, 1, 50, None).items] == ["536365"]
        assert orders.search("9" * 19, None, 1, 50, None).items == ()
        assert orders.search("", OrderStatus.PAID, 1, 50, None).total == 0

    def test_search_pages_by_number_and_by_key(self, orders: SqlOrders, many: list[int]):
        first = orders.search("", None, 1, 3, None)
        assert (len(first.items), first.total, first.pages) == (3, None, 2)
        assert orders.search("", None, 2, 3, None).total == 4
        after = orders.search("", None, 1, 3, first.items[-1].order_id)
        assert [order.order_id for order in after.items] == [many[0]]

    def test_a_page_past_the_end_is_the_last_one(self, orders: SqlOrders, many: list[int]):
        for number in (3, 9, 10**6):
            page = orders.search("", None, number, 3, None)
            assert ([order.order_id for order in page.items], page.page, page.total) == ([many[0]], 2, 4)
        whole = orders.search("", None, 9, 2, None)
        assert (len(whole.items), whole.page, whole.total) == (2, 2, 4)
        none = orders.search("nobody", None, 9, 3, None)
        assert (none.items, none.page, none.total) == ((), 1, 0)

    def test_search_by_the_time_of_payment(self, orders: SqlOrders, database: Database, many: list[int]):
        """The latest paid first, whatever was placed first; the end of the time is not in it."""
        noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
        paid_at = {many[0]: noon, many[1]: noon - timedelta(hours=1), many[2]: noon + timedelta(days=1)}
        for order_id, at in paid_at.items():
            values = {"status": "paid", "paid_at": at, "paid_day": at.date()}
            statement = update(orders_table).where(orders_table.c.order_id == order_id).values(**values)
            database.write(lambda c, one=statement: c.execute(one))

        def found(start: datetime | None, end: datetime | None, q: str = "") -> list[int]:
            return [o.order_id for o in orders.search(q, None, 1, 50, None, SoldIn(start, end)).items]

        assert found(noon - timedelta(days=1), noon + timedelta(days=1)) == [many[0], many[1]]
        assert found(noon, None) == [many[2], many[0]]
        assert found(None, noon) == [many[1]]
        assert found(noon, None, "Ärn") == [many[2]]
        assert orders.search("", None, 2, 1, None, SoldIn(noon)).items[0].order_id == many[0]

    @pytest.fixture
    def sold(self, orders: SqlOrders) -> dict[str, int]:
        """Paid orders: who bought what, and where it went."""
        bought = {"mugs to IN": (LINES[:1], "IN"), "pots to IN": (LINES[1:], "IN"), "both to DE": (LINES, "DE")}
        return {
            name: paid(
                orders, replace(NEW, cart_revision=name, lines=lines, address=replace(ADDRESS, country=country))
            ).order_id
            for name, (lines, country) in bought.items()
        }

    @pytest.mark.parametrize(
        ("part", "found"),
        [
            (SoldIn(country="IN"), ["pots to IN", "mugs to IN"]),
            (SoldIn(product_ids=frozenset({"mug"})), ["both to DE", "mugs to IN"]),
            (SoldIn(country="IN", product_ids=frozenset({"mug"})), ["mugs to IN"]),
            (SoldIn(product_ids=frozenset({"mug", "pot"})), ["both to DE", "pots to IN", "mugs to IN"]),
            (SoldIn(product_ids=frozenset()), []),
            (SoldIn(country="DE", end=datetime(2020, 1, 1, tzinfo=UTC)), []),
        ],
    )
    def test_search_by_what_was_sold_and_where(
        self, orders: SqlOrders, sold: dict[str, int], part: SoldIn, found: list[str]
    ):
        orders.begin(replace(NEW, cart_revision="not paid"))
        page = orders.search("", None, 1, 50, None, part)
        assert [order.order_id for order in page.items] == [sold[name] for name in found]
        assert (page.total, page.searched) == (len(found), None)

    def test_a_product_is_looked_for_among_the_latest_orders_and_that_is_said(
        self, orders: SqlOrders, sold: dict[str, int], monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(finding, "MOST_SEARCHED", 2)
        page = orders.search("", None, 1, 50, None, SoldIn(product_ids=frozenset({"mug"})))
        assert ([order.order_id for order in page.items], page.searched) == ([sold["both to DE"]], 2)
        first = orders.search("", None, 1, 1, None, SoldIn(product_ids=frozenset({"mug", "pot"})))
        assert (first.total, first.searched) == (None, None), "more of them follow"

    def test_a_list_shows_what_came_to_a_payment(self, orders: SqlOrders):
        orders.begin(NEW)
        shown = paid(orders, replace(NEW, cart_revision="r2"))
        page = orders.list_of("guest#a", None, 9, 10)
        assert ([o.order_id for o in page.items], page.total, page.page) == ([shown.order_id], 1, 1)
        assert orders.list_of("guest#other", None, 1, 10).items == ()

    @pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # reads SQLite's query plan
    def test_searches_stand_on_indexes(self, database: Database, orders: SqlOrders):
        week = SoldIn(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC))
        always, mugs = EVERYTHING, replace(week, product_ids=frozenset({"mug"}))
        for q, status, sold in (
            ("", None, always), ("", OrderStatus.PAID, always), ("a@b.c", None, always), ("17", None, always),
            ("asha", None, always), ("", None, week), ("asha", None, week), ("", None, SoldIn(country="IN")),
            ("", None, mugs), ("asha", None, mugs), ("", None, replace(mugs, country="IN")),
            ("asha pune mug", None, always),
        ):  # fmt: skip
            with recorded(database) as statements:
                orders.search(q, status, 1, 50, None, sold)
            for statement, values in statements.items():
                explain = f"EXPLAIN QUERY PLAN {statement}"
                plan = database.read(lambda c, s=explain, v=values: c.exec_driver_sql(s, v).all())
                steps = [row.detail for row in plan if "order" in row.detail or "words" in row.detail]
                is_found = [
                    "INDEX" in step or "PRIMARY KEY" in step or (not q and step.startswith("SCAN")) for step in steps
                ]
                assert all(is_found), (q, steps)
                assert not q or "SCAN orders" not in steps, steps


class TestAnotherKey:
    def test_a_guest_s_orders_are_found_under_it_and_by_the_old_cart(self, orders: SqlOrders):
        order = paid(orders, replace(NEW, idempotency_key="k"))
        assert orders.change_owner("guest#a", "guest#b") == 1
        assert orders.change_owner("guest#a", "guest#b") == 0
        assert orders.get(order.order_id).owner == "guest#b"
        assert orders.by_key("guest#a", "k") is None
        assert orders.by_key("guest#b", "k").order.order_id == order.order_id
        assert orders.by_cart("guest#a", NEW.cart_revision).order.order_id == order.order_id

    def test_a_key_that_both_used_stands_in_nobody_s_way(self, orders: SqlOrders):
        mine = paid(orders, replace(NEW, owner="guest#b", idempotency_key="k"))
        other = paid(orders, replace(NEW, idempotency_key="k"))
        assert orders.change_owner("guest#a", "guest#b") == 1
        assert orders.get(other.order_id).owner == "guest#b"
        assert orders.by_key("guest#b", "k").order.order_id == mine.order_id

    def test_an_account_s_orders_stay(self, orders: SqlOrders):
        order = paid(orders, replace(NEW, owner="user#7", user_id=7))
        assert orders.change_owner("user#7", "guest#b") == 0
        assert orders.get(order.order_id).owner == "user#7"


class TestAdopt:
    def test_a_guests_orders_become_the_users(self, orders: SqlOrders):
        order = paid(orders, replace(NEW, idempotency_key="k"))
        assert orders.adopt("guest#a", "user#7", 7) == 1
        assert orders.adopt("guest#a", "user#7", 7) == 0
        adopted = orders.get(order.order_id)
        assert adopted is not None
        assert (adopted.owner, adopted.user_id) == ("user#7", 7)

    @pytest.mark.parametrize("folded_before", [True, False])
    def test_their_sales_count_for_the_user_once(self, orders: SqlOrders, database: Database, folded_before: bool):
        order, rollups = paid(orders), SqlRollups(database, ZONE)
        returned = SqlReturns(database, ZONE)
        given_back = returned.begin(order.order_id, [ReturnItem(1, 1, False)], "broken", "admin", "k")
        returned.complete(given_back.return_id)
        if folded_before:
            rollups.fold(100)
        orders.adopt("guest#a", "user#7", 7)
        rollups.fold(100)
        rows = database.read(lambda c: c.execute(select(rollup_customers)).all())
        assert [(r.user_id, r.orders, r.units, r.gross, r.returns) for r in rows] == [(7, 1, 4, 1_999, 333)]


class TestReturns:
    @pytest.fixture
    def returns(self, database: Database) -> SqlReturns:
        return SqlReturns(database, ZONE)

    def give_back(self, returns: SqlReturns, order: Order, line: int, units: int, key: str, restock: bool = True):
        begun = returns.begin(order.order_id, [ReturnItem(line, units, restock)], "broken", "admin", key)
        returns.complete(begun.return_id)
        return begun

    def test_refunding_everything_in_parts_gives_back_exactly_the_total(self, orders: SqlOrders, returns: SqlReturns):
        order = paid(orders)
        parts = [self.give_back(returns, order, 1, 1, f"k{n}").refund for n in range(3)]
        parts.append(self.give_back(returns, order, 2, 1, "last").refund)
        after = orders.get(order.order_id)
        assert after is not None
        assert (sum(parts), after.refunded) == (order.total, order.total)
        assert parts == [350, 349, 350, 1_050]  # 2,099 x 333/1,999 = 349.66..., x 666/1,999 = 699.3...
        assert [line.returned for line in after.lines] == [3, 1]

    def test_one_request_is_one_return(self, orders: SqlOrders, returns: SqlReturns):
        order = paid(orders)
        assert (
            self.give_back(returns, order, 1, 2, "k").return_id == self.give_back(returns, order, 1, 2, "k").return_id
        )
        assert len(returns.of_order(order.order_id)) == 1

    def test_never_more_than_was_bought_counting_what_is_under_way(self, orders: SqlOrders, returns: SqlReturns):
        order = paid(orders)
        returns.begin(order.order_id, [ReturnItem(1, 2, True)], "broken", "admin", "k1")
        with pytest.raises(InvalidInput, match="Only 1 of Mug can still be returned"):
            returns.begin(order.order_id, [ReturnItem(1, 2, True)], "broken", "admin", "k2")

    def test_of_many_at_once_no_more_come_back_than_were_bought(self, orders: SqlOrders, returns: SqlReturns):
        order = paid(orders)

        def try_one(number: int) -> int:
            try:
                return len(self.give_back(returns, order, 1, 2, f"k{number}").lines)
            except InvalidInput:
                return 0

        assert sum(at_once(8, try_one)) == 1
        after = orders.get(order.order_id)
        assert after is not None
        assert after.lines[0].returned == 2

    def test_completing_twice_at_once_books_once(self, orders: SqlOrders, returns: SqlReturns, database: Database):
        order = paid(orders)
        begun = returns.begin(order.order_id, [ReturnItem(1, 2, True)], "broken", "admin", "k")
        assert sorted(at_once(2, lambda _: returns.complete(begun.return_id))) == [False, True]
        back = select(stock_movements).where(stock_movements.c.kind == MovementKind.RETURN.value)
        assert [m.quantity for m in database.read(lambda c: c.execute(back).all())] == [2]

    def test_what_does_not_go_back_to_stock_is_no_movement(
        self, orders: SqlOrders, returns: SqlReturns, database: Database
    ):
        self.give_back(returns, paid(orders), 1, 1, "k", restock=False)
        kinds = database.read(lambda c: c.execute(select(stock_movements.c.kind)).scalars().all())
        assert "return" not in kinds

    def test_refused_refunds_leave_nothing(self, orders: SqlOrders, returns: SqlReturns):
        order = paid(orders)
        begun = returns.begin(order.order_id, [ReturnItem(1, 3, True)], "broken", "admin", "k")
        returns.cancel(begun.return_id)
        assert returns.of_order(order.order_id) == ()
        assert self.give_back(returns, order, 1, 3, "k").refund == 1_049

    def test_the_number_of_a_refused_one_is_never_given_to_another(self, orders: SqlOrders, database: Database):
        returns, order = SqlReturns(database, ZONE, grace=NOW), paid(orders)
        refused = returns.begin(order.order_id, [ReturnItem(1, 3, True)], "broken", "admin", "k")
        returns.cancel(refused.return_id)
        returns.cancel(refused.return_id)
        assert not returns.complete(refused.return_id)
        assert returns.get(refused.return_id) is None
        assert returns.claim_unfinished(5) == ()
        # The provider knows refunds by it: what it still holds of the refused one must not answer for the next.
        assert self.give_back(returns, order, 2, 1, "k").return_id > refused.return_id
        after = orders.get(order.order_id)
        assert after is not None
        assert ([line.returned for line in after.lines], after.refunded) == ([0, 1], 1_050)

    def test_refused_ones_hold_up_none_that_is_half_done(self, orders: SqlOrders, database: Database):
        returns, order = SqlReturns(database, ZONE, grace=NOW), paid(orders)
        refused = returns.begin(order.order_id, [ReturnItem(1, 1, True)], "broken", "admin", "k1")
        returns.cancel(refused.return_id)
        begun = returns.begin(order.order_id, [ReturnItem(1, 1, True)], "broken", "admin", "k2")
        assert [one.return_id for one in returns.claim_unfinished(1)] == [begun.return_id]

    def test_only_paid_orders_and_known_lines(self, orders: SqlOrders, returns: SqlReturns):
        pending = orders.begin(NEW)[0].order
        with pytest.raises(Conflict):
            self.give_back(returns, pending, 1, 1, "k")
        with pytest.raises(NotFound):
            returns.begin(10**9, [ReturnItem(1, 1, True)], "broken", "admin", "k")
        order = paid(orders, replace(NEW, cart_revision="r2"))
        for items in ([], [ReturnItem(9, 1, True)], [ReturnItem(1, 1, True)] * 2, [ReturnItem(1, 0, True)]):
            with pytest.raises(InvalidInput):
                returns.begin(order.order_id, items, "broken", "admin", "k")

    def test_half_done_ones_are_found_after_a_while(self, orders: SqlOrders, database: Database):
        order = paid(orders)
        begun = SqlReturns(database, ZONE).begin(order.order_id, [ReturnItem(1, 1, True)], "broken", "admin", "k")
        assert SqlReturns(database, ZONE).claim_unfinished(5) == ()
        assert [r.return_id for r in SqlReturns(database, ZONE, grace=NOW).claim_unfinished(5)] == [begun.return_id]

    @pytest.fixture
    def given_back(self, orders: SqlOrders, returns: SqlReturns) -> dict[str, int]:
        """Completed returns: of which goods, and from where."""
        ids = {}
        for name, line_no, country in (("mug from IN", 1, "IN"), ("pot from IN", 2, "IN"), ("mug from DE", 1, "DE")):
            address = replace(ADDRESS, country=country)
            order = paid(orders, replace(NEW, cart_revision=name, address=address))
            ids[name] = self.give_back(returns, order, line_no, 1, name).return_id
        return ids

    @pytest.mark.parametrize(
        ("part", "found"),
        [
            (EVERYTHING, ["mug from DE", "pot from IN", "mug from IN"]),
            (SoldIn(country="IN"), ["pot from IN", "mug from IN"]),
            (SoldIn(product_ids=frozenset({"mug"})), ["mug from DE", "mug from IN"]),
            (SoldIn(country="IN", product_ids=frozenset({"mug"})), ["mug from IN"]),
            (SoldIn(end=datetime(2020, 1, 1, tzinfo=UTC)), []),
            (SoldIn(start=datetime(2020, 1, 1, tzinfo=UTC)), ["mug from DE", "pot from IN", "mug from IN"]),
        ],
    )
    def test_returns_of_some_days_and_of_a_part(
        self, returns: SqlReturns, given_back: dict[str, int], part: SoldIn, found: list[str]
    ):
        page = returns.booked(part, 1, 50)
        assert [one.booked.return_id for one in page.items] == [given_back[name] for name in found]
        assert (page.total, page.searched) == (len(found), None)

    def test_a_listed_return_names_its_order_what_it_is_worth_and_where_it_came_from(
        self, orders: SqlOrders, returns: SqlReturns
    ):
        order = paid(orders)
        self.give_back(returns, order, 1, 2, "k")
        (entry,) = returns.booked(EVERYTHING, 1, 50).items
        assert (entry.number, entry.country) == (order.number, "IN")
        assert (entry.booked.amount, entry.booked.refund) == (666, 699)

    def test_what_is_not_refunded_yet_or_never_was_is_not_listed(self, orders: SqlOrders, returns: SqlReturns):
        order = paid(orders)
        returns.begin(order.order_id, [ReturnItem(1, 1, True)], "broken", "admin", "open")
        refused = returns.begin(order.order_id, [ReturnItem(2, 1, True)], "broken", "admin", "refused")
        returns.cancel(refused.return_id)
        assert returns.booked(EVERYTHING, 1, 50).items == ()

    def test_returns_are_paged_and_a_part_is_looked_for_among_the_latest(
        self, returns: SqlReturns, given_back: dict[str, int], monkeypatch: pytest.MonkeyPatch
    ):
        first, second = (returns.booked(EVERYTHING, number, 2) for number in (1, 2))
        assert returns.booked(EVERYTHING, 9, 2) == second, "a page past the end is the last one"
        assert (len(first.items), first.total, first.pages) == (2, None, 2)
        assert ([one.booked.return_id for one in second.items], second.total) == ([given_back["mug from IN"]], 3)
        monkeypatch.setattr("app.stores.sql.orders.returns.MOST_SEARCHED", 2)
        page = returns.booked(SoldIn(product_ids=frozenset({"mug"})), 1, 50)
        assert ([one.booked.return_id for one in page.items], page.searched) == ([given_back["mug from DE"]], 2)
