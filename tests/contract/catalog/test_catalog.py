"""What the `Catalogue` port promises, on every store that keeps it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain import Product, ProductPicture, ProductStatus, Quantity, ReservationState
from app.errors import Busy, Conflict, NotFound, OutOfStock, ShopError, StaleEdit
from app.services.catalog.ports import Catalog
from tests.contract.conftest import Backend

CREATED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def catalog(backend: Backend) -> Catalog:
    return backend.catalog


def product(product_id: str = "mug", stock: int = 20, **fields: object) -> Product:
    base = Product(product_id, f"The {product_id}", 19_900, stock, 50, category="Kitchen", created_at=CREATED)
    return replace(base, **fields)


def at_once(jobs: int, work: Callable[[int], object]) -> list[object]:
    """What `work(0..jobs-1)` returned or raised, run by 16 threads."""

    def attempt(number: int) -> object:
        try:
            return work(number)
        except ShopError as error:
            return error

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(attempt, range(jobs)))


class TestProducts:
    def test_what_is_added_can_be_read(self, catalog: Catalog):
        wanted = product(
            description="Blue & <b>white</b> ☕",
            cost=9_000,
            threshold_manual=True,
            pictures=(ProductPicture("a.webp"),),
        )
        catalog.add(wanted)
        found = catalog.get("mug")
        assert found is not None
        assert found.changed_at is not None
        assert replace(found, changed_at=None) == wanted

    def test_what_products_are_known_by_is_kept_and_changed(self, catalog: Catalog):
        wanted = product(
            sku="MUG 1/2", brand="Loom & Co", barcode="4006381333931", tags=("blue", "gift, small"), weight=340,
            supplier="Sharma Traders", ships_alone=True, tax_class="reduced",
            pictures=(ProductPicture("a.webp", "From above"), ProductPicture("b.webp")), family_id="MUGS",
            options=(("Size", "M"), ("Colour", "Rot:Grün")),
        )  # fmt: skip
        catalog.add(wanted)
        assert replace(catalog.get("mug"), changed_at=None) == wanted
        (found,) = catalog.changes_since(None).products
        assert replace(found, changed_at=None) == wanted
        changed = replace(wanted, tags=(), weight=None, pictures=wanted.pictures[::-1], family_id="", options=())
        assert replace(catalog.update(changed), version=0, changed_at=None) == changed

    def test_unknown_products_are_none_or_left_out(self, catalog: Catalog):
        catalog.add(product())
        assert catalog.get("nope") is None
        assert set(catalog.get_many(["mug", "nope"])) == {"mug"}
        assert catalog.get_many([]) == {}

    def test_ids_that_differ_in_case_are_different_products(self, catalog: Catalog):
        catalog.add(product("85123a"))
        catalog.add(product("85123A"))
        assert set(catalog.get_many(["85123a", "85123A"])) == {"85123a", "85123A"}

    def test_an_id_is_taken_once(self, catalog: Catalog):
        catalog.add(product())
        with pytest.raises(Conflict):
            catalog.add(product(stock=5))
        assert catalog.get("mug").stock == 20

    def test_update_leaves_stock_and_creation_alone(self, catalog: Catalog):
        catalog.add(product())
        changed = catalog.update(product(stock=999, price=5_000, created_at=None, status=ProductStatus.REMOVED))
        assert (changed.stock, changed.created_at) == (20, CREATED)
        assert (changed.price, changed.status) == (5_000, ProductStatus.REMOVED)

    def test_updating_an_unknown_product_is_not_found(self, catalog: Catalog):
        with pytest.raises(NotFound):
            catalog.update(product())

    def test_every_write_shows_in_the_changes(self, catalog: Catalog):
        catalog.add(product("a"))
        catalog.add(product("b"))
        first = catalog.changes_since(None)
        assert {p.product_id for p in first.products} == {"a", "b"}
        catalog.update(product("a", status=ProductStatus.REMOVED))
        catalog.reserve(1, [Quantity("b", 3)])
        later = {p.product_id: p for p in catalog.changes_since(first.cursor).products}
        assert later["a"].status is ProductStatus.REMOVED
        assert later["b"].stock == 17


class TestAdjustStock:
    def test_moves_once_per_edit(self, catalog: Catalog):
        catalog.add(product())
        first = catalog.adjust_stock("e1", "mug", delta=-5)
        assert (first.delta, first.available) == (-5, 15)
        assert catalog.adjust_stock("e1", "mug", delta=-5) == first
        assert catalog.get("mug").stock == 15

    def test_setting_is_a_change_by_the_difference(self, catalog: Catalog):
        catalog.add(product())
        change = catalog.adjust_stock("e1", "mug", set_to=3)
        assert (change.delta, change.available) == (-17, 3)
        catalog.adjust_stock("e2", "mug", delta=10)
        assert catalog.adjust_stock("e1", "mug", set_to=3) == change
        assert catalog.get("mug").stock == 13

    def test_never_below_zero(self, catalog: Catalog):
        catalog.add(product(stock=4))
        with pytest.raises(Conflict, match="Only 4 of The mug"):
            catalog.adjust_stock("e1", "mug", delta=-5)
        assert catalog.get("mug").stock == 4

    def test_a_refused_edit_leaves_no_mark(self, catalog: Catalog):
        catalog.add(product(stock=4))
        with pytest.raises(Conflict):
            catalog.adjust_stock("e1", "mug", delta=-5)
        catalog.adjust_stock("e2", "mug", delta=10)
        assert catalog.adjust_stock("e1", "mug", delta=-5).available == 9

    def test_unknown_product(self, catalog: Catalog):
        with pytest.raises(NotFound):
            catalog.adjust_stock("e1", "nope", delta=1)

    def test_the_same_edit_from_many_threads_counts_once(self, catalog: Catalog):
        catalog.add(product())
        answers = at_once(16, lambda _: catalog.adjust_stock("e1", "mug", delta=7))
        assert len(set(answers)) == 1
        assert catalog.get("mug").stock == 27


class TestEdits:
    def test_one_that_is_repeated_after_its_answer_was_lost_counts_once(self, catalog: Catalog):
        catalog.add(product())
        edited = catalog.update(product(price=5_000))
        assert catalog.update(product(price=5_000)) == edited
        assert edited.version == 1

    def test_of_what_was_edited_since_it_was_read_are_refused(self, catalog: Catalog):
        catalog.add(product())
        catalog.update(product(price=5_000))
        with pytest.raises(StaleEdit):
            catalog.update(product(name="Cup"))
        found = catalog.get("mug")
        assert found is not None
        assert (found.price, found.name, found.version) == (5_000, "The mug", 1)


class TestReserve:
    def test_moves_units_from_available_to_held(self, catalog: Catalog):
        catalog.add(product("a"))
        catalog.add(product("b"))
        made = catalog.reserve(7, [Quantity("b", 2), Quantity("a", 1)])
        assert made.state is ReservationState.HELD
        assert (catalog.get("a").stock, catalog.get("b").stock) == (19, 18)
        assert catalog.held() == {"a": 1, "b": 2}
        assert catalog.reservation(7) == made

    def test_all_lines_or_none_and_every_short_line_is_named(self, catalog: Catalog):
        catalog.add(product("a", 5))
        catalog.add(product("b", 1))
        catalog.add(product("c", 9, status=ProductStatus.REMOVED))
        with pytest.raises(OutOfStock) as raised:
            catalog.reserve(7, [Quantity("a", 5), Quantity("b", 2), Quantity("c", 1), Quantity("d", 1)])
        short = {s.product_id: (s.wanted, s.available) for s in raised.value.shortages}
        assert short == {"b": (2, 1), "c": (1, 0), "d": (1, 0)}
        assert catalog.get("a").stock == 5
        assert catalog.held() == {}
        assert catalog.reservation(7) is None

    def test_a_product_out_of_the_store_is_not_sold(self, catalog: Catalog):
        catalog.add(product(status=ProductStatus.REMOVED))
        with pytest.raises(OutOfStock):
            catalog.reserve(7, [Quantity("mug", 1)])
        assert (catalog.get("mug").stock, catalog.reservation(7)) == (20, None)

    def test_after_a_shortage_the_order_may_try_again(self, catalog: Catalog):
        catalog.add(product(stock=1))
        with pytest.raises(OutOfStock):
            catalog.reserve(7, [Quantity("mug", 2)])
        catalog.adjust_stock("e", "mug", delta=1)
        assert catalog.reserve(7, [Quantity("mug", 2)]).state is ReservationState.HELD

    def test_twice_takes_once(self, catalog: Catalog):
        catalog.add(product())
        first = catalog.reserve(7, [Quantity("mug", 2)])
        assert catalog.reserve(7, [Quantity("mug", 2)]) == first
        assert catalog.get("mug").stock == 18

    def test_a_product_named_twice_is_one_line(self, catalog: Catalog):
        catalog.add(product(stock=3))
        with pytest.raises(OutOfStock):
            catalog.reserve(7, [Quantity("mug", 2), Quantity("mug", 2)])
        assert catalog.reserve(8, [Quantity("mug", 1), Quantity("mug", 2)]).lines == (Quantity("mug", 3),)

    def test_sixteen_threads_sell_the_last_twenty_units_exactly_once(self, catalog: Catalog):
        catalog.add(product(stock=20))
        answers = at_once(60, lambda number: catalog.reserve(number + 1, [Quantity("mug", 1)]))
        assert not [a for a in answers if isinstance(a, Busy)]
        sold = [a for a in answers if not isinstance(a, ShopError)]
        assert (len(sold), catalog.get("mug").stock, catalog.held()) == (20, 0, {"mug": 20})

    def test_carts_that_cross_do_not_wait_for_each_other(self, catalog: Catalog):
        for name in "abcd":
            catalog.add(product(name, stock=30))
        orders = ("abcd", "dcba", "cadb", "bd", "db")
        answers = at_once(
            40, lambda number: catalog.reserve(number + 1, [Quantity(name, 1) for name in orders[number % 5]])
        )
        sold = [a for a in answers if not isinstance(a, ShopError)]
        assert all(isinstance(a, OutOfStock) for a in answers if a not in sold)
        for name in "abcd":
            assert catalog.get(name).stock + catalog.held().get(name, 0) == 30
        assert min(catalog.get(name).stock for name in "bd") == 0

    def test_the_same_order_from_many_threads_takes_once(self, catalog: Catalog):
        catalog.add(product())
        answers = at_once(16, lambda _: catalog.reserve(7, [Quantity("mug", 4)]))
        assert len(set(answers)) == 1
        assert catalog.get("mug").stock == 16


class TestReleaseAndSettle:
    def test_release_gives_units_back_once(self, catalog: Catalog):
        catalog.add(product())
        catalog.reserve(7, [Quantity("mug", 5)])
        catalog.release(7)
        catalog.release(7)
        assert catalog.get("mug").stock == 20
        assert catalog.held() == {}

    def test_release_gives_back_to_a_product_out_of_the_store(self, catalog: Catalog):
        catalog.add(product())
        catalog.reserve(7, [Quantity("mug", 5)])
        catalog.update(product(status=ProductStatus.REMOVED))
        catalog.release(7)
        assert catalog.get("mug").stock == 20

    def test_release_before_reserve_leaves_a_tombstone(self, catalog: Catalog):
        catalog.add(product())
        catalog.release(7)
        with pytest.raises(Conflict):
            catalog.reserve(7, [Quantity("mug", 1)])
        assert catalog.get("mug").stock == 20

    def test_settle_keeps_units_sold(self, catalog: Catalog):
        catalog.add(product())
        catalog.reserve(7, [Quantity("mug", 5)])
        catalog.settle(7)
        catalog.settle(7)
        assert catalog.get("mug").stock == 15
        assert catalog.held() == {}
        assert catalog.reservation(7).state is ReservationState.SETTLED

    def test_settled_and_released_exclude_each_other(self, catalog: Catalog):
        catalog.add(product())
        catalog.reserve(1, [Quantity("mug", 5)])
        catalog.settle(1)
        with pytest.raises(Conflict):
            catalog.release(1)
        catalog.reserve(2, [Quantity("mug", 5)])
        catalog.release(2)
        with pytest.raises(Conflict):
            catalog.settle(2)
        assert catalog.get("mug").stock == 15

    def test_settling_what_was_never_reserved_is_refused(self, catalog: Catalog):
        with pytest.raises(Conflict):
            catalog.settle(7)

    @pytest.mark.parametrize("round_", range(3))
    def test_reserve_release_and_settle_at_once_lose_no_unit(self, catalog: Catalog, round_: int):
        catalog.add(product(stock=100))
        steps = (
            lambda order: catalog.reserve(order, [Quantity("mug", 3)]),
            catalog.release,
            catalog.settle,
        )
        answers = at_once(48, lambda number: steps[(number + round_) % 3](number // 6 + 1))
        assert not [a for a in answers if isinstance(a, Busy)]
        states = [catalog.reservation(order).state for order in range(1, 9) if catalog.reservation(order)]
        kept = sum(state is not ReservationState.RELEASED for state in states)
        assert catalog.get("mug").stock == 100 - 3 * kept
        assert catalog.held().get("mug", 0) == 3 * states.count(ReservationState.HELD)
