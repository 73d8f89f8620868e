"""Stock as money: value, dead stock, and sell-through, by the definitions of the metrics."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain import Period, Product, ProductStatus, Trade
from app.errors import InvalidInput
from app.money import Formats
from app.services.analytics.breakdown_ports import Level, StockSums
from app.services.analytics.holdings import Holdings

ZONE = ZoneInfo("Asia/Kolkata")
FORMATS = Formats("INR", 2, "en_IN", ZONE)
NOW = datetime(2026, 11, 25, 6, tzinfo=UTC)
TODAY = date(2026, 11, 25)
TRADE = Trade(TODAY - timedelta(days=400), TODAY, TODAY)
LAST_28 = Period(TODAY - timedelta(days=27), TODAY + timedelta(days=1))


def product(product_id: str, price: int = 1_000, cost: int | None = 400, **more: Any) -> Product:
    return Product(product_id, product_id.title(), price, 5, 15, cost=cost, **more)


class FakeReader:
    def __init__(
        self,
        levels: Collection[Level] = (),
        sums: dict[tuple[date, date], list[StockSums]] | None = None,
        changes: Collection[tuple[date, str, int]] = (),
        inferred: dict[str, datetime | None] | None = None,
    ) -> None:
        self._inferred = inferred or {}
        self._levels, self._sums, self._changes = list(levels), sums or {}, list(changes)

    def levels(self) -> list[Level]:
        return self._levels

    def inferred_stock(self) -> dict[str, datetime | None]:
        return self._inferred

    def stock_sums(self, start: date, end: date) -> list[StockSums]:
        return self._sums.get((start, end), [])

    def stock_changes(self, grain: str, start: date, end: date) -> list[tuple[date, str, int]]:
        return [change for change in self._changes if start <= change[0] < end]


def holdings(*products: Product, **reads: Any) -> Holdings:
    return Holdings(FakeReader(**reads), FORMATS, lambda: products, lambda: TRADE, lambda: NOW)  # type: ignore[arg-type]


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


class TestValue:
    def test_units_count_at_cost_else_at_price(self) -> None:
        of = holdings(
            product("mug", cost=400), product("jug", price=900, cost=None),
            levels=[Level("mug", 10, ago(300), ago(1)), Level("jug", 2, ago(300), ago(1)), Level("gone", 9, None, None)]
        )  # fmt: skip
        assert (of.value().units, of.value().value) == (12, 10 * 400 + 2 * 900)

    def test_charges_of_an_imported_history_are_no_stock(self) -> None:
        assert holdings(product("POST"), levels=[Level("POST", 7, ago(300), None)]).value().value == 0


class TestDeadStock:
    @pytest.mark.parametrize(
        ("level", "is_dead"),
        [
            (Level("mug", 3, ago(200), ago(91)), True),
            (Level("mug", 3, ago(200), None), True),
            (Level("mug", 3, ago(200), ago(89)), False),
            (Level("mug", 3, ago(89), None), False),  # not there long enough
            (Level("mug", 0, ago(200), None), False),
        ],
        ids=["not sold for long", "never sold", "sold lately", "new", "none left"],
    )
    def test_is_on_hand_and_neither_sold_nor_first_stocked_in_90_days(self, level: Level, is_dead: bool) -> None:
        found = holdings(product("mug", cost=400), levels=[level]).dead()
        assert found["value"].tolist() == ([1_200] if is_dead else [])

    def test_also_of_what_left_the_store_but_not_the_shelf(self) -> None:
        of = holdings(product("mug", status=ProductStatus.REMOVED), levels=[Level("mug", 3, ago(200), None)])
        assert of.value().dead_products == 1


def test_sell_through_is_sold_by_what_was_there_and_came_in() -> None:
    after = (LAST_28.start, TODAY + timedelta(days=1))
    of = holdings(
        product("mug"), product("jug"), product("new"),
        levels=[Level("mug", 15, ago(90), None), Level("jug", 0, ago(90), None), Level("new", 0, None, None)],
        sums={after: [StockSums("mug", -5, 25, 20)]},
    )  # fmt: skip
    assert of.sell_through(LAST_28) == {"mug": 25 / (20 + 20)}  # jug and new: nothing was there


class TestValueOverTime:
    def test_goes_back_from_what_is_there_now(self) -> None:
        days = Period(TODAY - timedelta(days=2), TODAY + timedelta(days=1))
        of = holdings(
            product("mug", cost=400),
            levels=[Level("mug", 10, ago(90), None)],
            changes=[(TODAY, "mug", -5), (TODAY - timedelta(days=1), "mug", 20), (TODAY - timedelta(days=2), "mug", 3)],
        )
        assert of.value_over_time(days)["value"].tolist() == [-5 * 400 + 0, 15 * 400, 10 * 400]

    def test_of_an_empty_shop_is_nothing_on_every_day(self) -> None:
        assert holdings().value_over_time(LAST_28)["value"].tolist() == [0] * 28

    def test_in_the_future_there_are_no_days(self) -> None:
        ahead = Period(TODAY + timedelta(days=5), TODAY + timedelta(days=9))
        assert holdings().value_over_time(ahead).empty


class TestInferred:
    """Stock that an import inferred, until somebody counts it."""

    def test_says_of_what_it_is_and_up_to_when(self) -> None:
        of = holdings(
            product("mug"), product("jug"), product("cup"),
            levels=[Level(name, 2, ago(300), ago(200)) for name in ("mug", "jug", "cup")],
            inferred={"mug": None, "jug": ago(3)},
        )  # fmt: skip
        assert of.value().inferred == 1
        assert dict(zip(of.dead()["product_id"], of.dead()["inferred"], strict=True)) == {
            "mug": True, "jug": False, "cup": False,
        }  # fmt: skip
        assert (of.inferred().products, of.inferred().has("jug", ago(4)), of.inferred().has("jug")) == (1, True, False)

    def test_each_day_says_whether_any_of_its_value_is(self) -> None:
        of = holdings(product("mug"), levels=[Level("mug", 2, ago(300), None)], inferred={"mug": ago(3)})
        days = of.value_over_time(Period(TODAY - timedelta(days=5), TODAY + timedelta(days=1)))
        assert days["inferred"].tolist() == [True, True, False, False, False, False]


@pytest.mark.parametrize("ask", ["sell_through", "value_over_time"])
def test_a_period_that_ends_before_it_starts_is_refused(ask: str) -> None:
    with pytest.raises(InvalidInput):
        getattr(holdings(), ask)(Period(TODAY, TODAY - timedelta(days=1)))
