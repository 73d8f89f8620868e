"""Stock edits and the ledger on real databases: exact, once, and whole however they are interrupted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain import Actor, MovementKind, Product, ProductStatus, Quantity, StockChange
from app.errors import Conflict, EditClash, NotFound
from app.services.audit.log import AuditService
from app.services.stock.inventory import InventoryService
from app.services.stock.ports import StockEdit
from app.services.stock.product_drafts import ProductDraft, edited_fields
from app.stores.sql.audit.log import SqlAuditLog
from app.stores.sql.engine.database import Database
from app.stores.sql.stock import ledger
from app.stores.sql.stock.ledger import NewMovement, SqlLedger
from app.stores.sql.tables import outbox, stock_levels, stock_movements
from tests.contract.conftest import Backend
from tests.support.concurrency import at_once

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
NOW = timedelta(0)
ADA, BO, CY, DI = (Actor(name) for name in ("ada", "bo", "cy", "di"))


class Killed(Exception):
    """Stands for SIGKILL: nothing after it runs."""


class NoImages:
    def save(self, data: bytes) -> str:
        return "picture.webp"


@dataclass
class KilledAt:
    """A store whose process dies before or after one of its methods does its work."""

    store: Any
    method: str
    after: bool

    def __getattr__(self, name: str) -> Any:
        real = getattr(self.store, name)
        if name != self.method:
            return real

        def dying(*args: Any, **kwargs: Any) -> Any:
            if self.after:
                real(*args, **kwargs)
            raise Killed

        return dying


@dataclass
class Shop:
    database: Database
    catalog: Any

    def __post_init__(self) -> None:
        self.ledger = SqlLedger(self.database)
        self.inventory = self.with_stores(self.catalog, self.ledger)

    def with_stores(self, catalog: Any, ledger: Any) -> InventoryService:
        return InventoryService(catalog, ledger, NoImages(), lambda _: 15, AuditService(SqlAuditLog(self.database)))

    def opened(self, stock: int) -> Product:
        return self.inventory.add_product(ProductDraft("Mug", 19_900, "Kitchen", stock=stock), ADA)

    def on_hand_and_ledger(self, product_id: str) -> tuple[int, int]:
        total = sum(m.quantity for m in self.inventory.movements(product_id, 1_000))
        return self.inventory.on_hand(product_id), total

    def effects(self) -> list[tuple[str, dict[str, object]]]:
        query = select(outbox.c.kind, outbox.c.payload).order_by(outbox.c.entry_id)
        return self.database.read(lambda c: [(row.kind, row.payload) for row in c.execute(query)])


@pytest.fixture
def shop(backend: Backend) -> Shop:
    return Shop(backend.database, backend.catalog)


def sale(uid: str, product_id: str = "mug", quantity: int = -1) -> NewMovement:
    return NewMovement(uid, product_id, MovementKind.SALE, quantity, uid.rsplit(":", 1)[0], "shop")


def receipt(uid: str, product_id: str = "mug", quantity: int = 10) -> NewMovement:
    return NewMovement(uid, product_id, MovementKind.RECEIPT, quantity, uid.rsplit(":", 1)[0], "ada")


class TestBook:
    def test_keeps_levels_and_running_counts(self, shop: Shop):
        shop.database.write(lambda c: ledger.book(c, [receipt("r:1"), receipt("r:2", "bowl", 4)], AT))
        later = AT + timedelta(days=2)
        shop.database.write(lambda c: ledger.book(c, [sale("order:1:1", quantity=-3), sale("order:1:2")], later))
        assert [m.on_hand for m in shop.ledger.movements("mug", 9)] == [6, 7, 10]
        level = shop.database.read(
            lambda c: c.execute(select(stock_levels).where(stock_levels.c.product_id == "mug")).one()
        )
        assert (level.on_hand, level.first_stocked_at, level.last_sold_at) == (6, AT, later)

    def test_books_a_uid_once(self, shop: Shop):
        first = shop.database.write(lambda c: ledger.book(c, [receipt("r:1")], AT))
        again = shop.database.write(lambda c: ledger.book(c, [receipt("r:1"), receipt("r:2"), receipt("r:2")], AT))
        assert (len(first), len(again)) == (1, 1)
        assert shop.on_hand_and_ledger("mug") == (20, 20)

    def test_causes_one_rollup_and_one_low_stock_check(self, shop: Shop):
        moves = [sale("order:1:1"), sale("order:1:2", "bowl")]
        ids = shop.database.write(lambda c: ledger.book(c, moves, AT))
        shop.database.write(lambda c: ledger.book(c, moves, AT))
        assert shop.effects() == [
            ("rollup", {"movement_ids": list(ids)}),
            ("low_stock", {"product_ids": ["bowl", "mug"]}),
        ]

    def test_a_cause_booked_in_parts_causes_effects_for_each(self, shop: Shop):
        shop.database.write(lambda c: ledger.book(c, [sale("order:1:1")], AT))
        shop.database.write(lambda c: ledger.book(c, [sale("order:1:2")], AT))
        assert [kind for kind, _ in shop.effects()] == ["rollup", "low_stock"] * 2

    def test_is_undone_with_its_transaction(self, shop: Shop):
        def half(connection: Any) -> None:
            ledger.book(connection, [receipt("r:1")], AT)
            raise Killed

        with pytest.raises(Killed):
            shop.database.write(half)
        assert shop.on_hand_and_ledger("mug") == (0, 0)
        assert shop.effects() == []

    def test_is_exact_from_many_threads_that_cross(self, shop: Shop):
        def order(number: int) -> None:
            names = ("mug", "bowl") if number % 2 else ("bowl", "mug")
            moves = [sale(f"order:{number // 2}:{name}", name) for name in names]  # each order twice
            shop.database.write(lambda c: ledger.book(c, moves, AT))

        with ThreadPoolExecutor(16) as pool:
            list(pool.map(order, range(80)))
        assert shop.on_hand_and_ledger("mug") == (-40, -40)
        assert shop.on_hand_and_ledger("bowl") == (-40, -40)
        counts = shop.database.read(
            lambda c: sorted(
                c.execute(select(stock_movements.c.on_hand).where(stock_movements.c.product_id == "mug")).scalars()
            )
        )
        assert counts == list(range(-40, 0))


class TestEdits:
    def test_the_opening_stock_is_a_receipt(self, shop: Shop):
        product = shop.opened(12)
        assert (product.stock, product.threshold) == (12, 15)
        (movement,) = shop.inventory.movements(product.product_id)
        assert (movement.kind, movement.quantity, movement.on_hand, movement.actor) == ("receipt", 12, 12, "ada")

    def test_each_kind_is_booked_with_actor_and_note(self, shop: Shop):
        key = shop.opened(10).product_id
        shop.inventory.receive(key, 5, BO)
        shop.inventory.write_off(key, 2, CY, "broken")
        change = shop.inventory.correct(key, 20, DI, "counted")
        assert change == StockChange(7, 20)
        assert [(m.kind.value, m.quantity, m.actor, m.note) for m in shop.inventory.movements(key)] == [
            ("correction", 7, "di", "counted"),
            ("write_off", -2, "cy", "broken"),
            ("receipt", 5, "bo", ""),
            ("receipt", 10, "ada", "Opening stock"),
        ]

    def test_a_correction_leaves_held_units_on_hand(self, shop: Shop):
        key = shop.opened(10).product_id
        shop.catalog.reserve(1, [Quantity(key, 4)])
        assert shop.inventory.correct(key, 9, DI, "counted") == StockChange(3, 9)
        assert shop.inventory.on_hand(key) == 13
        assert shop.inventory.held() == {key: 4}

    def test_a_count_that_was_right_books_nothing(self, shop: Shop):
        key = shop.opened(10).product_id
        assert shop.inventory.correct(key, 10, DI, "counted") == StockChange(0, 10)
        assert len(shop.inventory.movements(key)) == 1
        assert shop.inventory.finish_edits(NOW) == 0

    def test_the_same_edit_twice_is_one(self, shop: Shop):
        key = shop.opened(10).product_id
        first = shop.inventory.receive(key, 5, BO, edit_id="click-1")
        assert shop.inventory.receive(key, 5, BO, edit_id="click-1") == first
        assert shop.on_hand_and_ledger(key) == (15, 15)

    def test_the_same_edit_from_many_threads_is_one(self, shop: Shop):
        key = shop.opened(10).product_id
        with ThreadPoolExecutor(16) as pool:
            done = list(pool.map(lambda _: shop.inventory.receive(key, 5, BO, edit_id="click-1"), range(16)))
        assert set(done) == {StockChange(5, 15)}
        assert shop.on_hand_and_ledger(key) == (15, 15)

    def test_an_edits_id_stands_for_its_numbers(self, shop: Shop):
        key = shop.opened(10).product_id
        shop.inventory.receive(key, 5, BO, edit_id="click-1")
        with pytest.raises(Conflict, match="other numbers"):
            shop.inventory.receive(key, 6, BO, edit_id="click-1")
        assert shop.on_hand_and_ledger(key) == (15, 15)

    def test_more_than_is_available_cannot_be_written_off(self, shop: Shop):
        key = shop.opened(3).product_id
        with pytest.raises(Conflict, match="Only 3 of Mug"):
            shop.inventory.write_off(key, 4, CY, "lost", edit_id="click-1")
        assert shop.on_hand_and_ledger(key) == (3, 3)
        assert shop.inventory.finish_edits(NOW) == 0
        shop.inventory.receive(key, 1, BO)
        assert shop.inventory.write_off(key, 4, CY, "lost", edit_id="click-1").available == 0

    def test_unknown_products_are_not_found(self, shop: Shop):
        with pytest.raises(NotFound):
            shop.inventory.receive("nope", 1, BO)
        assert shop.inventory.finish_edits(NOW) == 0

    def test_many_edits_at_once_keep_the_ledger_identity(self, shop: Shop):
        key = shop.opened(50).product_id
        edits = (
            lambda: shop.inventory.receive(key, 3, ADA),
            lambda: shop.inventory.write_off(key, 1, BO, "x"),
            lambda: shop.inventory.correct(key, 40, CY, "counted"),
        )
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda n: edits[n % 3](), range(45)))
        on_hand, total = shop.on_hand_and_ledger(key)
        assert on_hand == total == shop.catalog.get(key).stock


class TestKilledHalfWay:
    @pytest.mark.parametrize(
        ("store", "method", "after"),
        [
            ("ledger", "intend", True),
            ("catalog", "adjust_stock", False),
            ("catalog", "adjust_stock", True),
            ("ledger", "complete", False),
            ("ledger", "complete", True),
        ],
    )
    def test_the_worker_finishes_the_edit_once(self, shop: Shop, store: str, method: str, after: bool):
        key = shop.opened(10).product_id
        dying = {"catalog": shop.catalog, "ledger": shop.ledger}
        dying[store] = KilledAt(dying[store], method, after)
        with pytest.raises(Killed):
            shop.with_stores(**dying).receive(key, 5, BO, edit_id="click-1")
        shop.inventory.finish_edits(NOW)
        shop.inventory.finish_edits(NOW)
        assert shop.catalog.get(key).stock == 15
        assert shop.on_hand_and_ledger(key) == (15, 15)
        assert shop.inventory.receive(key, 5, BO, edit_id="click-1") == StockChange(5, 15)

    def test_before_the_intent_nothing_happened(self, shop: Shop):
        key = shop.opened(10).product_id
        with pytest.raises(Killed):
            shop.with_stores(shop.catalog, KilledAt(shop.ledger, "intend", False)).receive(key, 5, BO)
        assert shop.inventory.finish_edits(NOW) == 0
        assert shop.on_hand_and_ledger(key) == (10, 10)

    @pytest.mark.parametrize("after", [False, True])
    def test_a_new_product_has_its_whole_opening_stock_or_does_not_exist(self, shop: Shop, after: bool):
        dying = shop.with_stores(KilledAt(shop.catalog, "add", after), shop.ledger)
        with pytest.raises(Killed):
            dying.add_product(ProductDraft("Mug", 19_900, "Kitchen", stock=12), ADA)
        assert shop.inventory.finish_edits(NOW) == 1
        found = shop.catalog.changes_since(None).products
        assert [p.stock for p in found] == ([12] if after else [])
        assert [shop.on_hand_and_ledger(p.product_id) for p in found] == ([(12, 12)] if after else [])
        assert shop.inventory.finish_edits(NOW) == 0

    def test_an_edit_that_is_running_is_left_alone(self, shop: Shop):
        key = shop.opened(10).product_id
        shop.ledger.intend(StockEdit("e", key, MovementKind.RECEIPT, 5, None, "bo"))
        assert shop.inventory.finish_edits() == 0
        assert shop.catalog.get(key).stock == 10

    def test_stock_that_moved_is_booked_even_when_the_edit_was_refused_meanwhile(self, shop: Shop):
        key = shop.opened(10).product_id
        shop.ledger.intend(StockEdit("e", key, MovementKind.RECEIPT, 5, None, "bo"))
        change = shop.catalog.adjust_stock("e", key, delta=5)
        shop.ledger.refuse("e")
        shop.ledger.complete("e", change)
        assert shop.on_hand_and_ledger(key) == (15, 15)


def draft_of(product: Product, **changes: Any) -> ProductDraft:
    """What the form of somebody who looks at `product` sends."""
    by_hand = product.threshold if product.threshold_manual else None
    shown = ProductDraft(
        product.name, product.price, product.category, product.description, product.cost, threshold=by_hand
    )
    return replace(shown, **changes)


def save(shop: Shop, seen: Product, actor: Actor = BO, **changes: Any) -> Product:
    return shop.inventory.edit_product(seen.product_id, draft_of(seen, **changes), actor, edited_fields(seen))


class TestTwoWhoEditOneProduct:
    def test_what_the_first_changed_is_not_brought_back_by_the_second(self, shop: Shop):
        seen = shop.opened(5)
        save(shop, seen, price=25_000)
        edited = save(shop, seen, CY, description="Fired twice")
        assert (edited.price, edited.description) == (25_000, "Fired twice")

    def test_a_product_taken_out_of_the_store_meanwhile_stays_out(self, shop: Shop):
        seen = shop.opened(5)
        shop.inventory.remove(seen.product_id, BO)
        assert save(shop, seen, CY, name="Cup").status is ProductStatus.REMOVED

    def test_every_one_of_eight_edits_at_once_is_kept(self, shop: Shop):
        seen = shop.opened(5)
        changes: list[dict[str, Any]] = [
            {"name": "Cup"}, {"price": 25_000}, {"category": "Table"}, {"description": "Fired twice"}, {"cost": 9_000},
            {"threshold": 3}, {"image": b"picture"},
        ]  # fmt: skip

        def edit(number: int) -> None:
            if number == len(changes):
                shop.inventory.remove(seen.product_id, DI)
            else:
                save(shop, seen, **changes[number])

        at_once(8, edit)
        found = shop.catalog.get(seen.product_id)
        wanted = ("Cup", 25_000, "Table", "Fired twice", 9_000, 3, "picture.webp", ProductStatus.REMOVED)
        assert (
            found.name, found.price, found.category, found.description, found.cost, found.threshold, found.image,
            found.status,
        ) == wanted  # fmt: skip

    def test_the_same_field_is_changed_by_one_of_eight_and_shown_to_the_others(self, shop: Shop):
        seen = shop.opened(5)

        def edit(number: int) -> Product | EditClash:
            try:
                return save(shop, seen, price=20_000 + number)
            except EditClash as clash:
                return clash

        answers = at_once(8, edit)
        (edited,) = [answer for answer in answers if isinstance(answer, Product)]
        clashes = [answer.clashes for answer in answers if isinstance(answer, EditClash)]
        assert len(clashes) == 7
        assert {(clash.field, clash.theirs) for (clash,) in clashes} == {("price", edited.price)}
        assert {clash.mine for (clash,) in clashes} == {20_000 + n for n in range(8)} - {edited.price}
        assert shop.catalog.get(seen.product_id).price == edited.price

    def test_versions_count_edits_and_neither_sales_nor_stock_edits(self, shop: Shop):
        seen = shop.opened(5)
        assert seen.version == 0
        shop.inventory.receive(seen.product_id, 3, BO)
        shop.catalog.reserve(1, [Quantity(seen.product_id, 2)])
        shop.catalog.settle(1)
        assert shop.catalog.get(seen.product_id).version == 0
        assert save(shop, seen, price=25_000).version == 1
        shop.inventory.remove(seen.product_id, BO)
        assert shop.catalog.get(seen.product_id).version == 2

    def test_a_sale_between_reading_and_saving_is_no_clash(self, shop: Shop):
        seen = shop.opened(5)
        shop.catalog.reserve(1, [Quantity(seen.product_id, 2)])
        assert save(shop, seen, price=25_000).stock == 3

    def test_both_changed_it_to_the_same(self, shop: Shop):
        seen = shop.opened(5)
        save(shop, seen, price=25_000)
        assert save(shop, seen, CY, price=25_000).version == 1
