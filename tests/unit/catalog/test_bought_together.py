"""What is bought together: counted from orders, and shown as far as it can be bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from app.errors import NotFound
from app.services.catalog.bought_together import (
    KEPT,
    LEAST_ORDERS,
    MOST_ORDERS,
    MOST_PRODUCTS,
    BoughtTogether,
    companions,
)
from app.services.catalog.ports import Basket, Companions
from app.services.catalog.products import CatalogService
from tests.unit.catalog.test_catalog_search import Clock, FakeCatalog, product

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def baskets(*held: str, times: int = 1) -> list[Basket]:
    return [Basket(n, tuple(one)) for one in held for n in range(times)]


class TestCounting:
    def test_those_in_the_most_orders_stand_first(self):
        found = companions([*baskets("ab", times=5), *baskets("ac", times=7), *baskets("a")])
        assert found == {"a": (("c", 7), ("b", 5)), "b": (("a", 5),), "c": (("a", 7),)}

    def test_a_pair_of_few_orders_is_not_told(self):
        assert companions(baskets("ab", times=LEAST_ORDERS - 1)) == {}
        assert companions(baskets("ab", times=LEAST_ORDERS)) != {}

    def test_a_product_twice_in_an_order_counts_once_and_never_beside_itself(self):
        assert companions(baskets("aab", times=4)) == {"a": (("b", 4),), "b": (("a", 4),)}

    def test_orders_of_resellers_are_left_out_and_few_are_kept(self):
        many = "abcdefghijklmnopqrstuvwxyz"
        assert companions(baskets(many[: MOST_PRODUCTS + 1], times=5)) == {}
        found = companions(baskets(many[:MOST_PRODUCTS], times=5))
        assert {len(others) for others in found.values()} == {KEPT}
        assert found["a"][0] == ("b", 5)


@dataclass
class FakeStore:
    orders: list[Basket] = field(default_factory=list)
    kept: Companions = field(default_factory=dict)
    at: datetime | None = None
    reads: int = 0
    asked: list[int] = field(default_factory=list)

    def baskets(self, since: datetime, before: int | None, limit: int) -> Sequence[Basket]:
        self.asked.append(limit)
        return [one for one in self.orders if before is None or one.order_id < before][:limit]

    def keep(self, companions: Companions, at: datetime) -> int:
        self.kept, self.at = companions, at
        return len(companions)

    def as_of(self) -> datetime | None:
        return self.at

    def all(self) -> Companions:
        self.reads += 1
        return self.kept


class TestOnceADay:
    def test_it_is_worked_out_once_a_day_and_read_when_it_is_another(self):
        store, clock = FakeStore([Basket(n, ("a", "b")) for n in range(9, 0, -1)]), [NOON]
        service = BoughtTogether(store, lambda: clock[0])
        assert service.present() == {}
        assert (service.refresh(), service.refresh()) == (2, 0)
        assert service.present() == service.present() == {"a": (("b", 9),), "b": (("a", 9),)}
        assert store.reads == 1
        store.orders = []
        clock[0] += timedelta(hours=24)
        service.refresh()
        assert service.present() == {}

    def test_its_cost_has_a_bound(self):
        store = FakeStore([Basket(n, ("a", "b")) for n in range(MOST_ORDERS + 3_000, 0, -1)])
        BoughtTogether(store, lambda: NOON).refresh()
        assert sum(store.asked) == MOST_ORDERS
        assert store.kept["a"] == (("b", MOST_ORDERS),)


class TestShown:
    def window(self, together: Companions, **changed: dict[str, object]) -> CatalogService:
        products = [replace(product(key, key.upper()), **changed.get(key, {})) for key in "abcde"]
        return CatalogService(FakeCatalog(products), clock=Clock(), companions=lambda: together)

    def test_what_cannot_be_bought_now_is_left_out(self):
        together = {"a": (("b", 9), ("c", 8), ("gone", 7), ("d", 6))}
        window = self.window(together, b={"stock": 0})
        assert [one.product_id for one in window.bought_with("a", 4)] == ["c", "d"]
        assert [one.product_id for one in window.bought_with("a", 1)] == ["c"]
        assert window.bought_with("e", 4) == ()
        with pytest.raises(NotFound):
            window.bought_with("gone", 4)

    def test_a_family_is_one_and_not_bought_with_itself(self):
        family = {"family_id": "F", "options": (("Size", "S"),)}
        window = self.window({"a": (("b", 9), ("c", 3)), "b": (("d", 4), ("c", 2), ("e", 4))}, a=family, b=family)
        assert [one.product_id for one in window.bought_with("a", 4)] == ["c", "d", "e"]
        pair = {"family_id": "G", "options": (("Size", "S"),)}
        window = self.window({"a": (("b", 2), ("c", 9))}, b=pair, c=pair)
        assert [one.product_id for one in window.bought_with("a", 4)] == ["c"]

    def test_the_page_is_another_when_it_is(self):
        one, other = self.window({"a": (("b", 9),)}), self.window({"a": (("c", 9),)})
        assert len({self.window({}).version(), one.version(), other.version()}) == 3
