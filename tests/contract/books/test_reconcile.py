"""Each book is broken on purpose: the look at the books names it, and mends it where one answer is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from app.domain import MovementKind, Product, Quantity, Verdict
from app.errors import StoreUnavailable
from app.services.books.daily import DailyReconcile
from app.services.stock.ports import StockEdit
from app.stores.sql import tables as t
from app.stores.sql.books.books import SqlBooks
from app.stores.sql.books.log import KEPT, SqlReconciliationLog
from app.stores.sql.books.mending import SqlBookMender
from app.stores.sql.engine.clock import database_now
from app.stores.sql.engine.database import Database
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.stock.ledger import NewMovement, SqlLedger, book
from tests.support.bookkeeper import WHO, Bookkeeper, Bookkeepers, service_of
from tests.support.checkout_shop import RECEIVED, ZONE


@pytest.fixture(scope="module")
def keepers() -> Bookkeepers:
    return Bookkeepers()


@pytest.fixture
def keeper(keepers: Bookkeepers, database: Database) -> Bookkeeper:
    return keepers.on(database)


class TestAgreeing:
    def test_a_sound_shop_agrees_and_says_what_it_looked_at(self, keeper: Bookkeeper) -> None:
        outcome = keeper.look()
        assert (outcome.verdict, outcome.differences, outcome.notes) == (Verdict.AGREES, (), ())
        assert outcome.looked_at == {"products": 1, "orders": 2, "returns": 1}

    def test_the_latest_outcome_is_kept(self, keeper: Bookkeeper) -> None:
        assert keeper.service.latest() is None
        keeper.sql(delete(t.payments).where(t.payments.c.order_id == keeper.first.order_id))
        outcome = keeper.look()
        latest = keeper.service.latest()
        assert latest is not None
        assert (latest.verdict, latest.count, latest.by) == (Verdict.DIFFERS, 1, "test")
        assert latest.differences == outcome.differences
        assert abs(latest.at - outcome.at) < timedelta(minutes=1)

    def test_old_outcomes_are_forgotten(self, keeper: Bookkeeper) -> None:
        log, outcome = SqlReconciliationLog(keeper.shop.database), keeper.look()
        for _ in range(KEPT + 3):
            log.save(outcome)
        assert keeper.one(select(func.count()).select_from(t.reconciliations)) == KEPT

    def test_repairing_a_sound_shop_changes_nothing(self, keeper: Bookkeeper) -> None:
        outcome = keeper.repair()
        assert (outcome.verdict, outcome.mended) == (Verdict.AGREES, ())
        assert keeper.audited() == []


LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)

# What is broken, what is said of it, and whether --repair mends it.
Break = Callable[[Bookkeeper], Any]


def _first(column: Any) -> Callable[[Bookkeeper], Any]:
    return lambda k: column == k.first.order_id


def lose_movement(k: Bookkeeper) -> Any:
    return delete(t.stock_movements).where(t.stock_movements.c.uid == f"order:{k.first.order_id}:1")


def lose_return_movement(k: Bookkeeper) -> Any:
    return delete(t.stock_movements).where(t.stock_movements.c.kind == "return")


def lose_payment(k: Bookkeeper) -> Any:
    return delete(t.payments).where(t.payments.c.order_id == k.first.order_id)


def lose_receipt(k: Bookkeeper) -> Any:
    return delete(t.outbox).where(t.outbox.c.key == f"receipt:{k.first.order_id}")


def lose_restock(k: Bookkeeper) -> Any:
    return delete(t.outbox).where(t.outbox.c.kind == "restock")


def unsettle(k: Bookkeeper) -> Any:
    return update(t.reservations).where(t.reservations.c.order_id == k.first.order_id).values(state="held")


def hold_for_a_failed_order(k: Bookkeeper) -> Any:
    declined = k.shop
    declined.carts.add("guest#c", "mug", 1, 19_999, 99)
    with pytest.raises(Exception, match="declined"):
        declined.place("guest#c", "4000000000000002")
    order_id = k.one(select(t.orders.c.order_id).where(t.orders.c.owner == "guest#c"))
    k.sql(update(t.products).values(stock=t.products.c.stock - 1))
    return update(t.reservations).where(t.reservations.c.order_id == order_id).values(state="held")


def hold_for_no_order(k: Bookkeeper) -> Any:
    k.shop.catalog.reserve(4711, [Quantity("mug", 3)])
    return select(1)


def raise_level(k: Bookkeeper) -> Any:
    return update(t.stock_levels).values(on_hand=t.stock_levels.c.on_hand + 1)


def change_day(k: Bookkeeper) -> Any:
    return update(t.rollup_days).values(gross=t.rollup_days.c.gross + 1)


def change_cost(k: Bookkeeper) -> Any:
    return update(t.orders).where(t.orders.c.order_id == k.first.order_id).values(cost=1)


def change_cost_of_return(k: Bookkeeper) -> Any:
    return update(t.returns).values(costed=1)


def forget_cost_of_return(k: Bookkeeper) -> Any:
    k.sql(update(t.returns).values(cost=0, costed=0))
    return update(t.return_lines).values(unit_cost=None)


def overstate_imported_return(k: Bookkeeper) -> Any:
    k.sql(
        insert(t.returns).values(
            return_id=900, external_id="C900", country="IN", actor="import", reason="Cancelled invoice", amount=500,
            refund=500, units=1, cost=777, costed=500, at=LONG_AGO, day=LONG_AGO.date(), refunded_at=LONG_AGO,
        )
    )  # fmt: skip
    k.sql(
        insert(t.return_lines).values(
            return_id=900, item_no=1, product_id="FEE", name="Fee", quantity=1, amount=500, restock=True, unit_cost=200
        )
    )
    SqlRollups(k.shop.database, ZONE).rebuild()
    return select(1)


def change_margin(k: Bookkeeper) -> Any:
    return update(t.rollup_products).values(cost=t.rollup_products.c.cost + 1)


def change_written_off(k: Bookkeeper) -> Any:
    return update(t.rollup_stock).values(written_off=t.rollup_stock.c.written_off - 1)


def lose_hours(k: Bookkeeper) -> Any:
    return delete(t.rollup_stock_hours)


def add_minute(k: Bookkeeper) -> Any:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return insert(t.rollup_minutes).values(minute=at, orders=1, units=1, gross=1, tax=0, returns=0)


def forget_episode(k: Bookkeeper) -> Any:
    k.shop.carts.add("guest#c", "mug", 1, 19_999, 99)
    k.shop.place("guest#c")
    k.shop.later()
    return update(t.products).values(threshold=RECEIVED)


def leave_episode_open(k: Bookkeeper) -> Any:
    return insert(t.low_stock_episodes).values(
        product_id="mug", open_key="mug", on_hand=1, threshold=5, opened_at=datetime.now(UTC)
    )


def give_up_effect(k: Bookkeeper) -> Any:
    return update(t.outbox).where(t.outbox.c.kind == "take_cart").values(state="failed", last_error="no")


MENDED: list[tuple[Break, str]] = [
    (lose_movement, "the stock of 2 mug never moved in the ledger"),
    (lose_return_movement, "1 of its lines never moved in the ledger"),
    (lose_payment, "but its payment is missing"),
    (lose_receipt, "no receipt was ever queued"),
    (lose_restock, "its units never went back on sale"),
    (unsettle, "its units are still held, and nothing settles them"),
    (hold_for_a_failed_order, "1 of mug are held for it, but it is payment_failed"),
    (hold_for_no_order, "3 of mug are held for it, but there is no such order"),
    (raise_level, "its movements add up to 17, but its level is 18"),
    (change_day, "rollup_days"),
    (change_cost, "its lines cost 18002, but it says 1"),
    (change_cost_of_return, "its lines cost 9001, but it says 9001"),
    (forget_cost_of_return, "line 1 was sold at a cost of 9001 a unit, but came back at nothing known"),
    (overstate_imported_return, "return: return 900: its lines cost 200, but it says 777"),
    (change_margin, "rollup_products"),
    (change_written_off, "rollup_stock"),
    (lose_hours, "rollup_stock_hours"),
    (add_minute, "rollup_minutes"),
    (forget_episode, "16 are on hand and its threshold is 20, but no episode is open"),
    (leave_episode_open, "17 are on hand and its threshold is 5, but an episode is open"),
    (give_up_effect, "it was given up: no"),
]


@pytest.mark.parametrize(("broken", "words"), MENDED, ids=lambda v: v.__name__ if callable(v) else "")
class TestMended:
    def test_it_is_named_and_mended_once(self, keeper: Bookkeeper, broken: Break, words: str) -> None:
        keeper.sql(broken(keeper))
        assert any(words in said for said in keeper.said()), keeper.said()
        outcome = keeper.repair()
        keeper.shop.later()
        assert outcome.mended
        assert keeper.look().differences == ()
        mends = keeper.audited()
        assert len(mends) >= 1
        assert keeper.repair().mended == ()
        assert keeper.audited() == mends


def take_units_from_shelf(k: Bookkeeper) -> Any:
    return update(t.products).values(stock=t.products.c.stock - 1, changed_at=datetime.now(UTC))


def change_movement(k: Bookkeeper) -> Any:
    k.sql(raise_level(k))
    sale = t.stock_movements.c.uid == f"order:{k.first.order_id}:1"
    k.sql(update(t.products).values(stock=t.products.c.stock + 1, changed_at=datetime.now(UTC)))
    return update(t.stock_movements).where(sale).values(quantity=-1)


def change_payment(k: Bookkeeper) -> Any:
    return update(t.payments).where(t.payments.c.order_id == k.first.order_id).values(amount=1)


def change_total(k: Bookkeeper) -> Any:
    return update(t.orders).where(t.orders.c.order_id == k.first.order_id).values(refunded=1)


def misstate_tax(k: Bookkeeper) -> Any:
    row = {"order_id": k.first.order_id, "row_no": 0, "name": "VAT", "rate": "0.05", "base": 1, "tax": 1}
    k.sql(insert(t.order_taxes).values(**row, shipping_base=0, shipping_tax=0))
    return update(t.orders).where(t.orders.c.order_id == k.first.order_id).values(tax_rows=1)


def change_line(k: Bookkeeper) -> Any:
    return update(t.order_lines).where(t.order_lines.c.order_id == k.second.order_id).values(returned=1)


def lose_charge(k: Bookkeeper) -> Any:
    return delete(t.demo_charges).where(t.demo_charges.c.order_id == k.second.order_id)


def charge_nobody(k: Bookkeeper) -> Any:
    return insert(t.demo_charges).values(
        order_id=999, state="approved", amount=5, reference="x", method="", reason="", at=datetime.now(UTC)
    )


def lose_refund(k: Bookkeeper) -> Any:
    return delete(t.demo_refunds)


def refund_nothing(k: Bookkeeper) -> Any:
    return insert(t.demo_refunds).values(refund_key="return:99", order_id=1, amount=1, at=datetime.now(UTC))


def release_sold(k: Bookkeeper) -> Any:
    return update(t.reservations).where(t.reservations.c.order_id == k.first.order_id).values(state="released")


def sell_without_order(k: Bookkeeper) -> Any:
    return insert(t.stock_movements).values(
        uid="order:999:1", product_id="mug", at=datetime.now(UTC), kind="sale", quantity=0, on_hand=0,
        cause="order:999", actor="x",
    )  # fmt: skip


def strand_order(k: Bookkeeper) -> Any:
    long_ago = datetime.now(UTC) - timedelta(hours=3)
    return insert(t.orders).values(
        owner="guest#z", status="charging", source="shop", ship_name="", ship_line1="", ship_line2="", ship_city="",
        ship_region="", ship_postcode="", ship_country="IN", currency="INR", tax_rate="0", units=0, subtotal=0, tax=0,
        total=0, created_at=long_ago, changed_at=long_ago, leased_until=long_ago,
    )  # fmt: skip


def let_effect_wait(k: Bookkeeper) -> Any:
    long_ago = datetime.now(UTC) - timedelta(hours=3)
    waiting = t.outbox.c.key == f"receipt:{k.first.order_id}"
    return update(t.outbox).where(waiting).values(state="pending", created_at=long_ago, next_try_at=long_ago)


def fail_receipt(k: Bookkeeper) -> Any:
    return update(t.outbox).where(t.outbox.c.key == f"receipt:{k.first.order_id}").values(state="failed")


def unpay(k: Bookkeeper) -> Any:
    return update(t.orders).where(t.orders.c.order_id == k.second.order_id).values(status="payment_failed")


NAMED: list[tuple[Break, str, str]] = [
    (take_units_from_shelf, "the catalogue has 16 available and 0 held, 16 in all, but the ledger says 17", "--trust"),
    (change_movement, "line 1 sold 2 of mug, the ledger says 1", "/admin/inventory"),
    (change_payment, "but its payment is 1", "order page"),
    (change_total, "it says 1 refunded, but its returns", "order page"),
    (misstate_tax, "but what each rate came to does not add up to it", "order page"),
    (change_line, "line 1 says 1 returned, its returns say 0", "order page"),
    (lose_charge, "but the provider took nothing", "order page"),
    (charge_nobody, "the provider took 5, but there is no such order", "Refund it"),
    (lose_refund, "but the provider gave back nothing", "order page"),
    (refund_nothing, "gave money back, but there is no such return", "order page"),
    (release_sold, "its units were given back", "count its products"),
    (sell_without_order, "no paid order has that line", "/admin/inventory"),
    (strand_order, "it is charging since long ago", "python -m app worker"),
    (let_effect_wait, "it waits since", "python -m app worker"),
    (fail_receipt, "it was given up", "/admin/notifications"),
    (unpay, "it has a payment, but is payment_failed", "order page"),
]


@pytest.mark.parametrize(("broken", "words", "todo"), NAMED, ids=lambda v: v.__name__ if callable(v) else "")
class TestNamed:
    def test_it_is_named_with_what_to_do_and_left_alone(
        self, keeper: Bookkeeper, broken: Break, words: str, todo: str
    ) -> None:
        keeper.sql(broken(keeper))
        found = [d for d in keeper.look().differences if words in d.words]
        assert len(found) == 1, keeper.said()
        assert todo in found[0].todo
        assert found[0].mend is None
        keeper.repair()
        assert found[0] in keeper.look().differences


class TestUnderWay:
    """What is on its way between two books is no difference between them."""

    def test_a_reservation_whose_settling_waits(self, keeper: Bookkeeper) -> None:
        keeper.sql(unsettle(keeper))
        waiting = t.outbox.c.key == f"settle:{keeper.first.order_id}"
        keeper.sql(update(t.outbox).where(waiting).values(state="pending"))
        assert keeper.said() == []

    def test_a_checkout_that_holds_units(self, keeper: Bookkeeper) -> None:
        keeper.shop.carts.add("guest#c", "mug", 1, 19_999, 99)
        dying = keeper.shop.dying("orders", "complete", after=False)
        with pytest.raises(BaseException, match="complete"):
            dying.place("guest#c")
        assert keeper.said() == []

    @pytest.mark.parametrize("is_over", [False, True])
    def test_an_order_that_waits_for_days_to_be_paid_later(self, keeper: Bookkeeper, is_over: bool) -> None:
        now = datetime.now(UTC)
        due = now + timedelta(minutes=-10 if is_over else 5 * 24 * 60)
        waits = {"created_at": now - timedelta(days=2), "payment_due": due, "leased_until": due, "pay_by": "transfer"}
        keeper.sql(strand_order(keeper).values(**waits))
        assert any("it is charging since long ago" in words for words in keeper.said()) is is_over

    @pytest.mark.parametrize("edit", [{"delta": 5, "set_to": None}, {"delta": None, "set_to": 40}])
    def test_a_stock_edit_that_is_not_booked_yet(self, keeper: Bookkeeper, edit: dict[str, Any]) -> None:
        SqlLedger(keeper.shop.database).intend(StockEdit("e1", "mug", MovementKind.CORRECTION, actor="a", **edit))
        keeper.shop.catalog.adjust_stock("e1", "mug", **edit)
        assert keeper.said() == []

    def test_a_return_that_is_not_back_on_sale_yet(self, keeper: Bookkeeper) -> None:
        dying = keeper.shop.dying("catalog", "adjust_stock", after=False)
        with pytest.raises(BaseException, match="adjust_stock"):
            dying.service.record_return(keeper.second.order_id, [(1, 2, True)], "late", WHO, "key")
        assert keeper.said() == []
        keeper.shop.later()
        assert keeper.said() == []

    def test_a_sale_that_is_not_folded_yet(self, keeper: Bookkeeper) -> None:
        keeper.shop.carts.add("guest#c", "mug", 1, 19_999, 99)
        keeper.shop.place("guest#c")
        assert keeper.said() == []

    def test_a_guests_orders_that_just_became_a_users(self, keeper: Bookkeeper) -> None:
        keeper.shop.service.adopt("guest#a", _User(7))
        assert keeper.said() == []
        keeper.shop.later()
        assert keeper.said() == []

    def test_a_threshold_that_was_edited_after_the_last_movement(self, keeper: Bookkeeper) -> None:
        keeper.shop.audit.record(WHO, "product.edit", "product", "mug", "Mug")
        keeper.sql(update(t.products).values(threshold=RECEIVED))
        assert keeper.said() == []

    def test_stock_that_fell_below_its_threshold(self, keeper: Bookkeeper) -> None:
        sell(keeper, 14)
        assert keeper.said() == []  # its check waits
        keeper.shop.later()
        assert keeper.said() == []
        assert keeper.one(select(t.low_stock_episodes.c.open_key)) == "mug"

    def test_a_sale_while_an_edit_of_the_threshold_is_on_its_way(self, keeper: Bookkeeper) -> None:
        """The edit is written down before the catalogue has it, so that the sale is the later of the two."""
        keeper.shop.audit.record(WHO, "product.edit", "product", "mug", "Mug")
        sell(keeper, 1)
        keeper.shop.later()
        keeper.sql(update(t.products).values(threshold=RECEIVED))
        assert keeper.said() == []


def sell(keeper: Bookkeeper, units: int) -> None:
    keeper.shop.carts.add("guest#c", "mug", units, 19_999, 99)
    keeper.shop.place("guest#c")


class TestBetweenTwoReads:
    """What happens after the catalogue was read and before the episodes are."""

    @staticmethod
    def said_when(keeper: Bookkeeper, happen: Callable[[], None]) -> list[str]:
        happened: list[bool] = []

        class Late(SqlBooks):
            def low_stock(self, *arguments: Any) -> Any:
                if not happened:
                    happened.append(True)
                    happen()
                return super().low_stock(*arguments)

        return [d.words for d in service_of(keeper.shop, sql=Late(keeper.shop.database, ZONE)).run("test").differences]

    def test_a_product_that_is_new_is_not_accused_of_its_episode(self, keeper: Bookkeeper) -> None:
        def add() -> None:
            keeper.shop.catalog.add(Product("bowl", "Bowl", 500, 3, 5))
            receipt = NewMovement("receipt:2", "bowl", MovementKind.RECEIPT, 3, "edit:2", "admin")
            keeper.shop.database.write(lambda c: book(c, [receipt], database_now(c)))
            keeper.shop.later()

        assert self.said_when(keeper, add) == []

    def test_a_product_whose_threshold_was_edited_and_that_sold_is_not_accused(self, keeper: Bookkeeper) -> None:
        def edit_and_sell() -> None:
            keeper.shop.audit.record(WHO, "product.edit", "product", "mug", "Mug")
            keeper.sql(update(t.products).values(threshold=RECEIVED, changed_at=datetime.now(UTC)))
            sell(keeper, 1)
            keeper.shop.later()

        assert self.said_when(keeper, edit_and_sell) == []

    def test_a_missing_episode_is_named_though_the_product_sells_meanwhile(self, keeper: Bookkeeper) -> None:
        sell(keeper, 14)
        keeper.shop.later()
        keeper.sql(delete(t.low_stock_episodes))
        (words,) = self.said_when(keeper, lambda: keeper.shop.carts.add("guest#c", "mug", 1, 19_999, 99))
        assert words == "3 are on hand and its threshold is 5, but no episode is open"


@dataclass(frozen=True)
class _User:
    user_id: int


class TestMovingProducts:
    def test_a_difference_that_is_gone_at_the_second_look_is_none(self, keeper: Bookkeeper) -> None:
        keeper.sql(take_units_from_shelf(keeper))
        service = service_of(keeper.shop, sleep=lambda _: keeper.sql(give_back))
        give_back = update(t.products).values(stock=17, changed_at=datetime.now(UTC))
        assert service.run("test").differences == ()

    def test_a_sale_during_the_look_does_not_make_up_for_what_is_missing(self, keeper: Bookkeeper) -> None:
        """Taken: one. Sold after the catalogue was read and before the ledger is: one. The two look alike."""
        keeper.sql(take_units_from_shelf(keeper))
        sold: list[int] = []

        class Selling(SqlBooks):
            def held_and_levels(self, *arguments: Any) -> Any:
                if not sold:
                    keeper.shop.carts.add("guest#late", "mug", 1, 19_999, 99)
                    sold.append(keeper.shop.place("guest#late").order_id)
                return super().held_and_levels(*arguments)

        outcome = service_of(keeper.shop, sql=Selling(keeper.shop.database, ZONE)).run("test")
        assert [d.kind for d in outcome.differences] == ["stock"]

    def test_a_product_that_never_keeps_still_is_said_to_be_unsure(self, keeper: Bookkeeper) -> None:
        keeper.sql(take_units_from_shelf(keeper))

        class Restless(SqlBooks):
            def held_and_levels(self, *arguments: Any) -> Any:
                keeper.sql(update(t.products).values(changed_at=datetime.now(UTC)))
                return super().held_and_levels(*arguments)

        outcome = service_of(keeper.shop, sql=Restless(keeper.shop.database, ZONE)).run("test")
        assert outcome.verdict is Verdict.AGREES
        assert "moved too fast" in outcome.notes[0]


class TestTrust:
    @pytest.fixture
    def differing(self, keeper: Bookkeeper) -> Bookkeeper:
        keeper.sql(take_units_from_shelf(keeper))
        return keeper

    def test_the_ledger_follows_the_catalog(self, differing: Bookkeeper) -> None:
        assert "from 17 to 16" in differing.service.trust("mug", "catalogue", WHO)
        differing.shop.later()
        assert differing.said() == []
        assert differing.one(select(t.products.c.stock)) == 16
        assert differing.audited() == [("books.mend", "mug")]

    def test_the_catalog_follows_the_ledger(self, differing: Bookkeeper) -> None:
        assert "from 16 to 17" in differing.service.trust("mug", "ledger", WHO)
        assert differing.said() == []
        assert differing.one(select(t.products.c.stock)) == 17
        assert differing.audited() == [("books.mend", "mug")]

    @pytest.mark.parametrize("side", ["catalogue", "ledger"])
    def test_a_second_time_changes_nothing(self, differing: Bookkeeper, side: Any) -> None:
        differing.service.trust("mug", side, WHO)
        assert "agree" in differing.service.trust("mug", side, WHO)
        assert len(differing.audited()) == 1


class TestKilled:
    def test_a_repair_that_dies_half_way_is_finished_by_the_next(self, keeper: Bookkeeper) -> None:
        for broken in (lose_movement, lose_payment, lose_receipt, change_day):
            keeper.sql(broken(keeper))

        class Dying(SqlBookMender):
            def queue(self, *_: Any) -> bool:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            service_of(keeper.shop, mender=Dying(keeper.shop.database, ZONE)).run("test", repair_as=WHO)
        keeper.repair()
        keeper.shop.later()
        assert keeper.said() == []
        assert len(keeper.audited()) == 4

    def test_books_that_cannot_be_read_are_no_difference(self, keeper: Bookkeeper) -> None:
        class Away(SqlBooks):
            def rollup_rows(self, most: int) -> Any:
                raise StoreUnavailable("The shop's database cannot be reached right now.")

        outcome = service_of(keeper.shop, sql=Away(keeper.shop.database, ZONE)).run("test")
        assert outcome.verdict is Verdict.FAILED
        assert outcome.notes == ("The shop's database cannot be reached right now.",)
        latest = keeper.service.latest()
        assert latest is not None
        assert latest.verdict is Verdict.FAILED


class TestDaily:
    def test_one_of_several_workers_looks_once_in_its_time(self, keeper: Bookkeeper) -> None:
        log = SqlReconciliationLog(keeper.shop.database)
        workers = [DailyReconcile(keeper.service, log, timedelta(hours=24), first_after=0) for _ in range(3)]
        assert sum(worker.start_if_due() for worker in workers) == 1
        for worker in workers:
            worker.wait(60)
        latest = keeper.service.latest()
        assert latest is not None
        assert (latest.verdict, latest.by) == (Verdict.AGREES, "worker")
        assert sum(worker.start_if_due() for worker in workers) == 0

    def test_a_look_that_died_is_taken_up_after_its_lease(self, keeper: Bookkeeper) -> None:
        log = SqlReconciliationLog(keeper.shop.database)
        day = timedelta(hours=24)
        assert log.claim(day, timedelta(hours=1))
        assert not log.claim(day, timedelta(hours=1))
        past = keeper.shop.database.read(database_now) - timedelta(seconds=1)
        keeper.sql(update(t.leases).where(t.leases.c.name == "reconcile").values(until=past))
        assert log.claim(day, timedelta(hours=1))

    def test_not_at_the_start_of_a_process_and_never_when_it_is_off(self, keeper: Bookkeeper) -> None:
        log = SqlReconciliationLog(keeper.shop.database)
        assert DailyReconcile(keeper.service, log, timedelta(hours=24)).start_if_due() == 0
        assert DailyReconcile(keeper.service, log, timedelta(0), first_after=0).start_if_due() == 0


def test_only_orders_from_a_day_on_are_looked_at_when_asked(keeper: Bookkeeper) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=400)
    keeper.sql(update(t.orders).where(t.orders.c.order_id == keeper.first.order_id).values(created_at=long_ago))
    keeper.sql(lose_payment(keeper))
    since = datetime.now(UTC) - timedelta(days=1)
    outcome = keeper.look(since=since)
    assert outcome.looked_at["orders"] == 1
    assert outcome.verdict is Verdict.AGREES
    assert keeper.look().verdict is Verdict.DIFFERS
