"""Changes of one line: all or none of the units, and that any of them in any order comes to what a plain model says."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from app.domain import LINE_LIMIT, Cart, CartLine, Quantity
from app.services.cart.ports import Carts
from app.stores.dynamo.carts import DynamoCarts
from app.stores.dynamo.client import Dynamo
from app.stores.shared import cart_lines
from app.stores.shared.cart_lines import Lines
from tests.contract.conftest import Backend
from tests.support.faults import Faults

ME, GUEST = "user#7", "guest#abc"
MANY = 1_000


@pytest.fixture
def carts(backend: Backend) -> Carts:
    return backend.carts


def units(cart: Cart | None) -> dict[str, int]:
    assert cart is not None
    return {line.product_id: line.quantity for line in cart.lines}


class TestAddIfRoom:
    def test_all_of_the_units_under_a_new_revision(self, carts: Carts):
        first = carts.add_if_room(ME, "mug", 2, 500, 5)
        second = carts.add_if_room(ME, "mug", 3, 450, 5)
        assert first is not None
        assert second is not None
        assert (first.lines, second.lines) == ((CartLine("mug", 2, 500),), (CartLine("mug", 5, 450),))
        assert len({"", first.revision, second.revision}) == 3
        assert carts.get(ME) == second

    @pytest.mark.parametrize("there", [0, 3])
    def test_or_none_of_them_nor_the_price(self, carts: Carts, there: int):
        before = carts.add(ME, "mug", there, 500, 5) if there else carts.get(ME)
        assert carts.add_if_room(ME, "mug", 6 - there, 450, 5) is None
        assert carts.get(ME) == before

    def test_a_full_cart_takes_more_of_what_it_holds_alone(self, carts: Carts):
        for number in range(LINE_LIMIT):
            carts.add_if_room(ME, f"p{number:03}", 1, 500, MANY)
        before = carts.get(ME)
        assert carts.add_if_room(ME, "one-too-many", 1, 500, MANY) is None
        assert carts.get(ME) == before
        assert units(carts.add_if_room(ME, "p007", 1, 500, MANY))["p007"] == 2

    def test_lines_stay_in_the_order_in_which_they_were_added(self, carts: Carts):
        for name in ("b", "c", "a"):
            carts.add_if_room(ME, name, 1, 500, MANY)
        carts.add_if_room(ME, "c", 1, 500, MANY)
        carts.set_quantity(ME, "b", 0, 0)
        carts.accept_prices(ME, {"c": 600})
        carts.add_if_room(ME, "b", 1, 500, MANY)
        assert list(units(carts.get(ME))) == ["c", "a", "b"]

    def test_whatever_products_are_called(self, carts: Carts):
        carts.add_if_room(ME, "mug", 1, 500, MANY)
        for name in ("a.b", "#x", "with space", "größe/42", "[0]", ":units", "lines", "x" * 64):
            carts.add_if_room(ME, name, 1, 500, MANY)
            assert carts.set_quantity(ME, name, 4, 400).lines == (CartLine("mug", 1, 500), CartLine(name, 4, 400))
            assert units(carts.set_quantity(ME, name, 0, 0)) == {"mug": 1}


class Model:
    """Carts as they should be, by the rules that every store shares."""

    def __init__(self) -> None:
        self.lines: dict[str, Lines] = {ME: {}, GUEST: {}}
        self.taken: set[int] = set()

    def add(self, owner: str, key: str, n: int, most: int) -> None:
        self.lines[owner] = cart_lines.with_more(self.lines[owner], key, n, 500, most)

    def add_if_room(self, owner: str, key: str, n: int, most: int) -> None:
        before = self.lines[owner].get(key, CartLine(key, 0, 0)).quantity
        if before + n <= most:
            self.add(owner, key, n, most)

    def set(self, owner: str, key: str, n: int) -> None:
        self.lines[owner] = cart_lines.with_line(self.lines[owner], CartLine(key, n, 500))

    def merge(self) -> None:
        self.lines[ME], self.lines[GUEST] = cart_lines.merged(self.lines[ME], tuple(self.lines[GUEST].values()), 20)

    def take(self, order_id: int, key: str, n: int) -> None:
        if order_id not in self.taken:
            self.taken.add(order_id)
            self.lines[ME] = cart_lines.without(self.lines[ME], [Quantity(key, n)])

    def units(self, owner: str) -> dict[str, int]:
        return {key: line.quantity for key, line in self.lines[owner].items()}


def step(carts: Carts, model: Model, chance: random.Random) -> tuple[Callable[[], object], Callable[[], None]]:
    """The same change of the store and of the model."""
    owner, key = chance.choice((ME, ME, GUEST)), chance.choice("abcd")
    n, most, order_id = chance.randint(1, 4), chance.randint(2, 12), chance.randint(1, 9)
    return chance.choice((
        (lambda: carts.add(owner, key, n, 500, most), lambda: model.add(owner, key, n, most)),
        (lambda: carts.add_if_room(owner, key, n, 500, most), lambda: model.add_if_room(owner, key, n, most)),
        (lambda: carts.add_if_room(owner, key, n, 500, 20), lambda: model.add_if_room(owner, key, n, 20)),
        (lambda: carts.set_quantity(owner, key, n - 1, 500), lambda: model.set(owner, key, n - 1)),
        (lambda: carts.merge(GUEST, ME, 20), model.merge),
        (lambda: carts.clear(owner), lambda: model.lines.update({owner: {}})),
        (lambda: carts.take_bought(ME, order_id, [Quantity(key, n)]), lambda: model.take(order_id, key, n)),
    ))  # fmt: skip


def assert_as_the_model(carts: Carts, chance: random.Random, changes: int) -> None:
    model = Model()
    for _ in range(changes):
        change, as_model = step(carts, model, chance)
        change()
        as_model()
        assert (units(carts.get(ME)), units(carts.get(GUEST))) == (model.units(ME), model.units(GUEST))


def test_any_changes_come_to_what_the_model_says(carts: Carts):
    assert_as_the_model(carts, random.Random(1), 50)


@pytest.mark.parametrize("seed", [2, 3])
def test_so_they_do_when_answers_are_lost(dynamo_tables: Dynamo, dynamo_environment: None, seed: int):
    dynamo = Dynamo(dynamo_tables.prefix, retry_seconds=60)
    faults = Faults(dynamo.client, seed, lost=0.15, closed=0.15, conflict=0.05, throttled=0.05)
    assert_as_the_model(DynamoCarts(dynamo), random.Random(seed), 50)
    assert faults.happened["lost"] + faults.happened["closed"] > 20
