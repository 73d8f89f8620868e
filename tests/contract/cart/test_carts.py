"""What the `Carts` port promises, on every store that keeps it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain import LINE_LIMIT, Cart, Quantity
from app.errors import InvalidInput
from app.services.cart.ports import Carts
from tests.contract.conftest import Backend

ME, GUEST = "user#7", "guest#abc"
MANY = 1_000


@pytest.fixture
def carts(backend: Backend) -> Carts:
    return backend.carts


def units(cart: Cart) -> dict[str, int]:
    return {line.product_id: line.quantity for line in cart.lines}


class TestChanges:
    def test_a_cart_that_never_existed_is_empty(self, carts: Carts):
        assert carts.get(ME) == Cart(ME, "")

    def test_adding_adds_up_and_takes_the_price_as_seen(self, carts: Carts):
        carts.add(ME, "mug", 2, 500, MANY)
        carts.add(ME, "bowl", 1, 900, MANY)
        cart = carts.add(ME, "mug", 3, 450, MANY)
        assert [(line.product_id, line.quantity, line.unit_price) for line in cart.lines] == [
            ("mug", 5, 450),
            ("bowl", 1, 900),
        ]
        assert carts.get(ME) == cart

    def test_a_line_holds_at_most_what_it_may(self, carts: Carts):
        carts.add(ME, "mug", 2, 500, 3)
        assert units(carts.add(ME, "mug", 2, 500, 3)) == {"mug": 3}

    def test_every_change_has_a_revision_of_its_own(self, carts: Carts):
        seen = [
            carts.add(ME, "mug", 1, 500, MANY),
            carts.add(ME, "mug", 1, 500, MANY),
            carts.set_quantity(ME, "mug", 9, 500),
            carts.accept_prices(ME, {"mug": 600}),
            carts.set_quantity(ME, "mug", 0, 0),
            carts.add(ME, "mug", 1, 500, MANY),
            carts.clear(ME),
        ]
        assert len({cart.revision for cart in seen}) == len(seen)
        assert "" not in {cart.revision for cart in seen}

    def test_what_changes_nothing_keeps_the_revision(self, carts: Carts):
        cart = carts.add(ME, "mug", 2, 500, 2)
        carts.set_quantity(ME, "mug", 2, 500)
        carts.set_quantity(ME, "bowl", 0, 0)
        carts.accept_prices(ME, {"mug": 500, "bowl": 1})
        carts.add(ME, "mug", 1, 500, 2)
        assert carts.get(ME) == cart

    def test_carts_of_others_stay_as_they_are(self, carts: Carts):
        mine = carts.add(ME, "mug", 1, 500, MANY)
        carts.add(GUEST, "mug", 1, 500, MANY)
        carts.clear(GUEST)
        assert carts.get(ME) == mine

    def test_a_full_cart_refuses_another_product_but_not_more_of_one(self, carts: Carts):
        for number in range(LINE_LIMIT):
            carts.add(ME, f"p{number:03}", 1, 500, MANY)
        with pytest.raises(InvalidInput, match="at most 99 different products"):
            carts.add(ME, "one-too-many", 1, 500, MANY)
        with pytest.raises(InvalidInput):
            carts.set_quantity(ME, "one-too-many", 1, 500)
        assert len(carts.add(ME, "p000", 1, 500, MANY).lines) == LINE_LIMIT

    def test_additions_from_many_threads_all_count(self, carts: Carts):
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda n: carts.add(ME, f"p{n % 3}", 1, 500, MANY), range(48)))
        assert units(carts.get(ME)) == {"p0": 16, "p1": 16, "p2": 16}


class TestMerge:
    def test_moves_the_guests_lines_and_adds_quantities(self, carts: Carts):
        carts.add(ME, "mug", 1, 500, MANY)
        carts.add(GUEST, "mug", 2, 450, MANY)
        carts.add(GUEST, "bowl", 1, 900, MANY)
        merged = carts.merge(GUEST, ME, MANY)
        assert units(merged) == {"mug": 3, "bowl": 1}
        assert merged.lines[0].unit_price == 450
        assert carts.get(GUEST).lines == ()

    def test_twice_is_once(self, carts: Carts):
        carts.add(GUEST, "mug", 2, 500, MANY)
        assert carts.merge(GUEST, ME, MANY) == carts.merge(GUEST, ME, MANY)
        assert units(carts.get(ME)) == {"mug": 2}

    def test_from_many_threads_is_once(self, carts: Carts):
        carts.add(GUEST, "mug", 2, 500, MANY)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: carts.merge(GUEST, ME, MANY), range(8)))
        assert units(carts.get(ME)) == {"mug": 2}

    def test_two_ways_at_once_do_not_wait_for_each_other(self, carts: Carts):
        carts.add(GUEST, "mug", 2, 500, MANY)
        carts.add(ME, "bowl", 2, 500, MANY)
        ways = [(GUEST, ME), (ME, GUEST)] * 8
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda way: carts.merge(*way, MANY), ways))
        assert sorted([*units(carts.get(ME)).items(), *units(carts.get(GUEST)).items()]) == [("bowl", 2), ("mug", 2)]

    def test_an_empty_guest_cart_changes_nothing(self, carts: Carts):
        cart = carts.add(ME, "mug", 1, 500, MANY)
        assert carts.merge(GUEST, ME, MANY) == cart

    def test_quantities_stop_at_the_most(self, carts: Carts):
        carts.add(ME, "mug", 3, 500, MANY)
        carts.add(GUEST, "mug", 3, 500, MANY)
        assert units(carts.merge(GUEST, ME, 4)) == {"mug": 4}

    def test_what_does_not_fit_stays_with_the_guest(self, carts: Carts):
        for number in range(LINE_LIMIT - 1):
            carts.add(ME, f"p{number:03}", 1, 500, MANY)
        carts.add(GUEST, "x", 1, 500, MANY)
        carts.add(GUEST, "y", 1, 500, MANY)
        assert len(carts.merge(GUEST, ME, MANY).lines) == LINE_LIMIT
        assert units(carts.get(GUEST)) == {"y": 1}


class TestTakeBought:
    def test_leaves_what_was_added_meanwhile(self, carts: Carts):
        carts.add(ME, "mug", 2, 500, MANY)
        carts.add(ME, "bowl", 1, 500, MANY)
        carts.add(ME, "mug", 1, 500, MANY)
        carts.take_bought(ME, 12, [Quantity("mug", 2), Quantity("bowl", 1)])
        cart = carts.get(ME)
        assert units(cart) == {"mug": 1}
        assert cart.emptied_by is None

    def test_an_emptied_cart_knows_its_order(self, carts: Carts):
        carts.add(ME, "mug", 2, 500, MANY)
        carts.take_bought(ME, 12, [Quantity("mug", 2)])
        cart = carts.get(ME)
        assert (cart.lines, cart.emptied_by) == ((), 12)

    def test_once_per_order(self, carts: Carts):
        carts.add(ME, "mug", 2, 500, MANY)
        carts.take_bought(ME, 12, [Quantity("mug", 2)])
        again = carts.add(ME, "mug", 5, 500, MANY)
        carts.take_bought(ME, 12, [Quantity("mug", 2)])
        assert carts.get(ME) == again

    @pytest.mark.parametrize("change", ["clear", "add"])
    def test_the_next_change_forgets_the_order(self, carts: Carts, change: str):
        carts.add(ME, "mug", 2, 500, MANY)
        carts.take_bought(ME, 12, [Quantity("mug", 2)])
        before = carts.get(ME)
        after = carts.clear(ME) if change == "clear" else carts.add(ME, "mug", 1, 500, MANY)
        assert after.emptied_by is None
        assert after.revision != before.revision

    def test_what_changes_nothing_does_not_forget_it(self, carts: Carts):
        carts.add(ME, "mug", 2, 500, MANY)
        carts.take_bought(ME, 12, [Quantity("mug", 2)])
        before = carts.get(ME)
        carts.set_quantity(ME, "mug", 0, 500)
        carts.accept_prices(ME, {"mug": 1})
        carts.merge(GUEST, ME, MANY)
        assert carts.get(ME) == before

    def test_a_cart_cleared_meanwhile_was_not_emptied_by_the_order(self, carts: Carts):
        carts.add(ME, "mug", 2, 500, MANY)
        cleared = carts.clear(ME)
        carts.take_bought(ME, 12, [Quantity("mug", 2)])
        assert carts.get(ME) == cleared


class TestCode:
    def test_it_is_kept_under_a_new_revision_until_the_cart_is_cleared(self, carts: Carts):
        before = carts.add(ME, "mug", 1, 500, MANY)
        kept = carts.set_code(ME, "TEN")
        assert (kept.code, kept.lines) == ("TEN", before.lines)
        assert kept.revision != before.revision
        assert carts.set_code(ME, "TEN") == carts.get(ME) == kept
        assert carts.set_quantity(ME, "mug", 2, 500).code == carts.add_if_room(ME, "mug", 1, 500, MANY).code == "TEN"
        assert carts.clear(ME).code == carts.get(ME).code == ""

    def test_an_empty_cart_can_have_one(self, carts: Carts):
        assert carts.set_code(ME, "").revision == ""
        assert carts.set_code(ME, "TEN") == carts.get(ME)

    def test_it_goes_along_on_sign_in_where_the_other_cart_has_none(self, carts: Carts):
        carts.add(GUEST, "mug", 1, 500, MANY)
        carts.set_code(GUEST, "TEN")
        assert carts.merge(GUEST, ME, MANY).code == carts.get(ME).code == "TEN"
        assert carts.get(GUEST).code == ""

    def test_it_goes_with_what_was_bought(self, carts: Carts):
        carts.add(ME, "mug", 2, 500, MANY)
        carts.set_code(ME, "TEN")
        carts.take_bought(ME, 77, [Quantity("mug", 1)])
        assert carts.get(ME).code == ""
