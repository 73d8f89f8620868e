"""Sales lost to empty shelves: the estimate, its range, and how far off it usually is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain import Period, Product
from app.errors import InvalidInput
from app.money import Formats
from app.services.analytics.breakdown_ports import HourSales, Level, StockOut
from app.services.analytics.hidden_days import FEWEST_WEEKS, HiddenWeek, error_of, spread_of
from app.services.analytics.inferred import InferredStock
from app.services.analytics.lost_sales import LostSalesEstimates
from app.services.analytics.ports import ProductDay, ProductSales
from app.services.analytics.short_line_ports import ShortLines

ZONE = ZoneInfo("Asia/Kolkata")
FORMATS = Formats("INR", 2, "en_IN", ZONE)
NOW = datetime(2026, 11, 25, 6, tzinfo=UTC)
TODAY = date(2026, 11, 25)
LAST_28 = Period(TODAY - timedelta(days=27), TODAY + timedelta(days=1))


def product(product_id: str, price: int = 1_000) -> Product:
    return Product(product_id, product_id.title(), price, 5, 15, cost=400)


class FakeStore:
    """Everything that the estimate reads. `sold`: units by product and day."""

    def __init__(
        self,
        levels: Collection[Level] = (),
        outs: Collection[StockOut] = (),
        hours: Collection[HourSales] = (),
        sold: dict[str, dict[date, int]] | None = None,
    ) -> None:
        self._levels, self._outs, self._hours, self._sold = list(levels), list(outs), list(hours), sold or {}
        self.read = 0  # stock-outs

    def levels(self) -> list[Level]:
        return self._levels

    def stock_outs(self, start: datetime, end: datetime, product_ids: Collection[str] | None = None) -> list[StockOut]:
        found = [o for o in self._outs if o.began_at < end and (o.ended_at is None or o.ended_at > start)]
        found = [o for o in found if product_ids is None or o.product_id in product_ids]
        self.read += len(found)
        return found

    def hours_of_week(self, start: datetime, end: datetime, zone: tzinfo) -> list[HourSales]:
        return self._hours

    def best_sellers(
        self, start: date, end: date, limit: int, by: str, leave_out: Collection[str]
    ) -> list[ProductSales]:
        return [ProductSales(name, 1, 1) for name in self._sold][:limit]

    def first_stocked(self) -> dict[str, datetime]:
        return {level.product_id: level.first_stocked_at for level in self._levels if level.first_stocked_at}

    def product_days(self, product_ids: Sequence[str], start: date, end: date) -> list[ProductDay]:
        return [
            ProductDay(name, day, units)
            for name in product_ids
            for day, units in self._sold[name].items()
            if start <= day < end
        ]

    def short_lines(self, start: datetime, end: datetime, most: int) -> list[ShortLines]:
        return []


def estimates(
    *products: Product, store: FakeStore | None = None, inferred: dict[str, datetime | None] | None = None, **reads: Any
) -> LostSalesEstimates:
    of: Any = store or FakeStore(**reads)
    return LostSalesEstimates(
        of, of, of, of, FORMATS, lambda: products, lambda: InferredStock(inferred or {}), lambda: NOW
    )


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


class TestLostSales:
    def test_hours_out_times_speed_before_times_the_price_when_it_ran_out(self) -> None:
        """4 days out; 56 units over 28 days before, all in stock: 2 a day, 8 units at 9.00."""
        out = StockOut("mug", ago(4), None, 56, 900)
        lost = estimates(product("mug"), levels=[Level("mug", 0, ago(200), ago(4))], outs=[out]).of(LAST_28).products
        assert [round(lost[name][0], 6) for name in ("hours", "units", "value")] == [96, 8, 7_200]

    def test_hours_without_stock_before_do_not_make_it_slow(self) -> None:
        """14 of the 28 days before were out of stock too: 28 units in 14 days are 2 a day."""
        outs = [StockOut("mug", ago(20), ago(6), 0, None), StockOut("mug", ago(4), None, 28, None)]
        lost = estimates(product("mug"), levels=[Level("mug", 0, ago(200), None)], outs=outs).of(LAST_28).products
        assert lost["units"].tolist() == pytest.approx([8.0])
        assert lost["value"].tolist() == [8 * 1_000]

    def test_one_that_began_long_before_counts_the_hours_before_it_began(self) -> None:
        """Out for half a year, and for 14 of the 28 days before that: 28 units in 14 days are 2 a day."""
        outs = [StockOut("mug", ago(200), ago(186), 0, None), StockOut("mug", ago(180), None, 28, None)]
        lost = estimates(product("mug"), levels=[Level("mug", 0, ago(400), None)], outs=outs).of(LAST_28).products
        days = lost["hours"][0] / 24
        assert 27 < days < 28
        assert lost["units"].tolist() == pytest.approx([2 * days])

    def test_one_that_lasts_does_not_make_it_read_what_other_products_were_out_of_since(self) -> None:
        short = [StockOut("jug", ago(day), ago(day - 0.5), 5, None) for day in range(60, 300)]
        store = FakeStore(
            levels=[Level("mug", 0, ago(400), None)], outs=[StockOut("mug", ago(300), None, 9, None), *short]
        )
        of = estimates(product("mug"), product("jug"), store=store)
        assert of.of(LAST_28).products["product_id"].tolist() == ["mug"]
        assert store.read < 5

    def test_counts_from_the_first_stock_only(self) -> None:
        out = StockOut("mug", ago(4), ago(2), 14, 500)
        lost = estimates(product("mug"), levels=[Level("mug", 5, ago(11), None)], outs=[out]).of(LAST_28).products
        assert lost["units"].tolist() == pytest.approx([4.0])

    def test_of_what_did_not_sell_nothing_is_lost(self) -> None:
        out = StockOut("mug", ago(4), None, 0, None)
        assert estimates(product("mug"), levels=[Level("mug", 0, ago(99), None)], outs=[out]).of(LAST_28).products.empty


class TestInferred:
    """Stock that an import inferred, until somebody counts it."""

    OUTS = (StockOut("mug", ago(20), ago(15), 56, 900), StockOut("mug", ago(4), None, 56, 900))

    def lost(self, counted: datetime | None) -> float:
        of = estimates(
            product("mug"), levels=[Level("mug", 0, ago(200), ago(4))], outs=self.OUTS, inferred={"mug": counted}
        )
        return float(of.of(LAST_28).products["hours"].sum())

    def test_no_time_counts_as_out_of_it(self) -> None:
        assert self.lost(None) == 0
        assert self.lost(ago(1)) == 0, "counted after it ran out"

    def test_but_for_what_ran_out_after_a_count(self) -> None:
        assert self.lost(ago(10)) == pytest.approx(4 * 24)
        assert self.lost(ago(190)) == pytest.approx((5 + 4) * 24)

    def test_a_time_that_counts_for_nothing_is_time_in_stock(self) -> None:
        """Ran out for 14 days while inferred: 28 units in 28 days are 1 a day, and not 2."""
        outs = [StockOut("mug", ago(20), ago(6), 0, None), StockOut("mug", ago(4), None, 28, None)]
        of = estimates(product("mug"), levels=[Level("mug", 0, ago(200), None)], outs=outs, inferred={"mug": ago(5)})
        assert of.of(LAST_28).products["units"].tolist() == pytest.approx([4.0])


class TestHoursOfTheWeek:
    """A shop that sells from Monday to Friday between 9 and 17 only."""

    HOURS = tuple(HourSales(day * 24 + hour, 100, 1) for day in range(5) for hour in range(9, 17))

    def lost(self, began: datetime, ended: datetime) -> float:
        """40 units in the 28 days before: 2 a day of trade, 0.25 an hour of it."""
        out = StockOut("mug", began.replace(tzinfo=ZONE), ended.replace(tzinfo=ZONE), 40, None)
        of = estimates(product("mug"), levels=[Level("mug", 5, ago(200), None)], outs=[out], hours=self.HOURS)
        return float(of.of(LAST_28).products["units"].sum())

    def test_a_night_costs_nearly_nothing_and_a_morning_what_it_brings(self) -> None:
        assert self.lost(datetime(2026, 11, 16, 20), datetime(2026, 11, 17, 8)) < 0.05
        assert self.lost(datetime(2026, 11, 17, 9), datetime(2026, 11, 17, 13)) == pytest.approx(1, rel=0.05)

    def test_so_does_a_weekend_and_a_week_costs_a_week(self) -> None:
        assert self.lost(datetime(2026, 11, 14), datetime(2026, 11, 16)) < 0.2
        assert self.lost(datetime(2026, 11, 16), datetime(2026, 11, 23)) == pytest.approx(10, rel=0.01)

    def test_half_an_hour_is_half_of_its_hour(self) -> None:
        assert self.lost(datetime(2026, 11, 17, 9, 15), datetime(2026, 11, 17, 9, 45)) == pytest.approx(0.125, rel=0.05)


class TestTheRange:
    OUT = StockOut("mug", ago(4), None, 56, 900)

    def test_without_products_to_check_on_it_is_that_of_chance(self) -> None:
        """8 units by a rate that is known from 56: a spread of sqrt(8 x (1 + 8 / 56)) = 3.02, times 1.28."""
        lost = estimates(product("mug"), levels=[Level("mug", 0, ago(200), None)], outs=[self.OUT]).of(LAST_28)
        assert lost.products["units_low"].tolist() == pytest.approx([8 - 3.875], abs=0.01)
        assert lost.products["units_high"].tolist() == pytest.approx([8 + 3.875], abs=0.01)
        assert (lost.low, lost.value, lost.high) == (round(900 * (8 - 3.875)), 7_200, round(900 * (8 + 3.875)))
        assert (lost.error.weeks, lost.error.bias, lost.error.held) == (0, None, None)

    def sold(self, unevenness: int) -> dict[str, dict[date, int]]:
        """Fifteen products that sell 10 a day on the whole, every other week more and less by `unevenness`."""
        days = [TODAY - timedelta(days=n) for n in range(1, 57)]
        even = {day: 10 + (unevenness if (TODAY - day).days // 7 % 2 else -unevenness) for day in days}
        return {f"p{n}": dict(even) for n in range(15)}

    def lost(self, unevenness: int, outs: Sequence[StockOut] = ()) -> Any:
        sold = self.sold(unevenness)
        levels = [Level(name, 9, ago(300), None) for name in ("mug", *sold)]
        return estimates(product("mug"), levels=levels, outs=[self.OUT, *outs], sold=sold).of(LAST_28)

    def test_it_is_as_wide_as_hidden_weeks_of_other_products_were_off(self) -> None:
        even, uneven = self.lost(0), self.lost(8)
        assert (even.error.weeks, uneven.error.weeks) == (60, 60)
        assert even.high - even.low < 1_000 < uneven.high - uneven.low
        assert even.error.bias == pytest.approx(0, abs=0.01)
        assert uneven.error.held == 1

    def test_the_sums_range_holds_what_made_a_whole_week_busier_for_all(self) -> None:
        """Every other week sells 18 a day and not 2: no product's luck, so it does not shrink as products add up."""
        weeks = [HiddenWeek(70, 126 if week % 2 else 70, 280, week) for week in range(4) for _ in range(15)]
        error = error_of(weeks)
        assert (error.least, error.most) == (1, pytest.approx(1.8))
        low, high = error.interval_of_sum(7_000, [spread_of(70, 280)] * 100)
        assert low == 7_000
        assert high == pytest.approx(7_000 * 1.8)

    def test_products_that_ran_out_themselves_are_not_checked_on(self) -> None:
        some = [StockOut(f"p{n}", ago(30), ago(29), 5, None) for n in range(15 - FEWEST_WEEKS // 4 + 1)]
        assert self.lost(0, some).error.weeks == 0

    def test_it_never_says_less_than_nothing(self) -> None:
        assert self.lost(9).low >= 0
        assert min(self.lost(9).products["units_low"]) >= 0


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    for ask in (estimates().of, estimates().short_lines):
        with pytest.raises(InvalidInput):
            ask(Period(TODAY, TODAY - timedelta(days=1)))


def test_what_nothing_is_lost_of_is_nothing() -> None:
    lost = estimates(product("mug")).of(LAST_28)
    assert (lost.value, lost.low, lost.high, len(lost.products)) == (0, 0, 0, 0)
