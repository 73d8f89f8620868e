"""Stock as money: value, dead stock, sell-through and lost sales, by the definitions of the metrics."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain import Period, Product, ProductStatus, Trade
from app.errors import InvalidInput
from app.money import Formats
from app.services.analytics.breakdown_ports import Level, StockOut, StockSums
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
        outs: Collection[StockOut] = (),
        inferred: dict[str, datetime | None] | None = None,
    ) -> None:
        self._inferred = inferred or {}
        self._levels, self._sums, self._changes, self._outs = list(levels), sums or {}, list(changes), list(outs)
        self.read = 0  # stock-outs

    def levels(self) -> list[Level]:
        return self._levels

    def inferred_stock(self) -> dict[str, datetime | None]:
        return self._inferred

    def stock_sums(self, start: date, end: date) -> list[StockSums]:
        return self._sums.get((start, end), [])

    def stock_changes(self, grain: str, start: date, end: date) -> list[tuple[date, str, int]]:
        return [change for change in self._changes if start <= change[0] < end]

    def stock_outs(self, start: datetime, end: datetime, product_ids: Collection[str] | None = None) -> list[StockOut]:
        found = [o for o in self._outs if o.began_at < end and (o.ended_at is None or o.ended_at > start)]
        found = [o for o in found if product_ids is None or o.product_id in product_ids]
        self.read += len(found)
        return found


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


class TestLostSales:
    def test_hours_out_times_speed_before_times_the_price_when_it_ran_out(self) -> None:
        """4 days out; 56 units over 28 days before, all in stock: 2 a day, 8 units at 9.00."""
        out = StockOut("mug", ago(4), None, 56, 900)
        lost = holdings(product("mug"), levels=[Level("mug", 0, ago(200), ago(4))], outs=[out]).lost_sales(LAST_28)
        assert [round(lost[name][0], 6) for name in ("hours", "units", "value")] == [96, 8, 7_200]

    def test_hours_without_stock_before_do_not_make_it_slow(self) -> None:
        """14 of the 28 days before were out of stock too: 28 units in 14 days are 2 a day."""
        outs = [StockOut("mug", ago(20), ago(6), 0, None), StockOut("mug", ago(4), None, 28, None)]
        lost = holdings(product("mug"), levels=[Level("mug", 0, ago(200), None)], outs=outs).lost_sales(LAST_28)
        assert lost["units"].tolist() == pytest.approx([8.0])
        assert lost["value"].tolist() == [8 * 1_000]

    def test_one_that_began_long_before_counts_the_hours_before_it_began(self) -> None:
        """Out for half a year, and for 14 of the 28 days before that: 28 units in 14 days are 2 a day."""
        outs = [StockOut("mug", ago(200), ago(186), 0, None), StockOut("mug", ago(180), None, 28, None)]
        lost = holdings(product("mug"), levels=[Level("mug", 0, ago(400), None)], outs=outs).lost_sales(LAST_28)
        days = lost["hours"][0] / 24
        assert 27 < days < 28
        assert lost["units"].tolist() == pytest.approx([2 * days])

    def test_one_that_lasts_does_not_make_it_read_what_other_products_were_out_of_since(self) -> None:
        short = [StockOut("jug", ago(day), ago(day - 0.5), 5, None) for day in range(60, 300)]
        reader = FakeReader(
            levels=[Level("mug", 0, ago(400), None)], outs=[StockOut("mug", ago(300), None, 9, None), *short]
        )
        of = Holdings(reader, FORMATS, lambda: (product("mug"), product("jug")), lambda: TRADE, lambda: NOW)  # type: ignore[arg-type]
        assert of.lost_sales(LAST_28)["product_id"].tolist() == ["mug"]
        assert reader.read < 5

    def test_counts_from_the_first_stock_only(self) -> None:
        out = StockOut("mug", ago(4), ago(2), 14, 500)
        lost = holdings(product("mug"), levels=[Level("mug", 5, ago(11), None)], outs=[out]).lost_sales(LAST_28)
        assert lost["units"].tolist() == pytest.approx([4.0])

    def test_of_what_did_not_sell_nothing_is_lost(self) -> None:
        out = StockOut("mug", ago(4), None, 0, None)
        assert holdings(product("mug"), levels=[Level("mug", 0, ago(99), None)], outs=[out]).lost_sales(LAST_28).empty


class TestInferred:
    """Stock that an import inferred, until somebody counts it."""

    OUTS = (StockOut("mug", ago(20), ago(15), 56, 900), StockOut("mug", ago(4), None, 56, 900))

    def lost(self, counted: datetime | None) -> float:
        of = holdings(
            product("mug"), levels=[Level("mug", 0, ago(200), ago(4))], outs=self.OUTS, inferred={"mug": counted}
        )
        return float(of.lost_sales(LAST_28)["hours"].sum())

    def test_no_time_counts_as_out_of_it(self) -> None:
        assert self.lost(None) == 0
        assert self.lost(ago(1)) == 0, "counted after it ran out"

    def test_but_for_what_ran_out_after_a_count(self) -> None:
        assert self.lost(ago(10)) == pytest.approx(4 * 24)
        assert self.lost(ago(190)) == pytest.approx((5 + 4) * 24)

    def test_a_time_that_counts_for_nothing_is_time_in_stock(self) -> None:
        """Ran out for 14 days while inferred: 28 units in 28 days are 1 a day, and not 2."""
        outs = [StockOut("mug", ago(20), ago(6), 0, None), StockOut("mug", ago(4), None, 28, None)]
        of = holdings(product("mug"), levels=[Level("mug", 0, ago(200), None)], outs=outs, inferred={"mug": ago(5)})
        assert of.lost_sales(LAST_28)["units"].tolist() == pytest.approx([4.0])

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


@pytest.mark.parametrize("ask", ["sell_through", "value_over_time", "lost_sales"])
def test_a_period_that_ends_before_it_starts_is_refused(ask: str) -> None:
    with pytest.raises(InvalidInput):
        getattr(holdings(), ask)(Period(TODAY, TODAY - timedelta(days=1)))
