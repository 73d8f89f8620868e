"""What a change of price did to sales: against what was expected of the rest of the shop, or too little to say."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from app.domain import Period, Product
from app.money import Formats
from app.services.analytics.breakdown_ports import StockOut
from app.services.analytics.inferred import InferredStock
from app.services.analytics.ports import DaySales, ProductDay
from app.services.costs.effects import Effect, PriceEffects, effect_of
from app.services.costs.ports import Pricing
from components.admin import price_changes

ZONE = ZoneInfo("Asia/Kolkata")
INR = Formats("INR", 2, "en_IN", ZONE)
DAY = date(2026, 3, 1)
BEFORE, AFTER = Period(DAY - timedelta(days=28), DAY), Period(DAY + timedelta(days=1), DAY + timedelta(days=29))


def steady(before: int, after: int) -> dict[date, int]:
    days = {DAY + timedelta(days=n): before if n < 0 else after for n in range(-40, 40)}
    return days | {DAY: 1_000}  # the day of the change itself counts on neither side


def of(own: dict[date, int], shop: dict[date, int]) -> Effect:
    found = effect_of(BEFORE, AFTER, own, {day: shop[day] + own.get(day, 0) for day in shop})
    assert found is not None
    return found


class TestEffectOf:
    def test_what_sold_against_what_it_sold_before(self) -> None:
        found = of(steady(4, 2), steady(100, 100))
        assert (found.days, found.units, round(found.expected, 6)) == (28, 56, 112.0)
        assert round(found.change, 6) == -0.5
        assert found.is_clear

    def test_what_the_whole_shop_did_is_no_effect(self) -> None:
        found = of(steady(4, 8), steady(100, 200))
        assert round(found.change, 6) == 0
        assert not found.is_clear

    def test_nothing_sold_since_is_clear_where_much_sold_before(self) -> None:
        found = of(steady(10, 0), steady(100, 100))
        assert (found.units, found.is_clear, found.high < -0.9) == (0, True, True)

    def test_too_few_units_or_days_or_nothing_to_compare_with_is_too_little(self) -> None:
        shop = steady(100, 100)
        assert effect_of(BEFORE, AFTER, {DAY - timedelta(days=2): 19}, shop) is None
        assert effect_of(BEFORE, AFTER, {}, shop) is None
        assert effect_of(BEFORE, AFTER, steady(0, 9), shop) is None  # new: nothing is known of before
        assert effect_of(BEFORE, Period(DAY, DAY + timedelta(days=6)), steady(4, 4), shop) is None
        assert effect_of(BEFORE, AFTER, shop, shop) is None  # the product is all that the shop sells

    def test_the_interval_holds_four_times_in_five_also_where_days_differ_more_than_chance(self) -> None:
        draw, held, many = random.Random(5), 0, 300
        for _ in range(many):
            own = {day: _bunched(draw, 3) for day in steady(0, 0)}
            shop = {day: _bunched(draw, 120) for day in own}
            found = of(own, shop)
            held += found.low <= 0 <= found.high
        assert 0.75 < held / many < 0.87, held / many


def _bunched(draw: random.Random, mean: float) -> int:
    """Twice as spread as a Poisson count: of orders of one and of three."""
    return sum(draw.choice((1, 3)) for _ in range(_poisson(draw, mean / 2)))


def _poisson(draw: random.Random, mean: float) -> int:
    count, at = 0, draw.expovariate(1.0)
    while at < mean:
        count, at = count + 1, at + draw.expovariate(1.0)
    return count


class Shop:
    """Ten units of everything a day, of which the mug is one."""

    def __init__(
        self,
        *changes: tuple[int, int, int | None],
        first: date = date(2026, 1, 1),
        out: tuple[datetime, datetime | None] | None = None,
        inferred: bool = False,
    ) -> None:
        """(day of March, price, cost)."""
        outs = [StockOut("mug", *out, sold_before=9, unit_price=None)] if out else []
        presence: Any = SimpleNamespace(
            first_day=lambda product_id: first,
            outs=SimpleNamespace(stock_outs=lambda start, end, product_ids: outs),
            inferred=lambda: InferredStock({"mug": None} if inferred else {}),
        )
        noted = [
            Pricing("mug", n, datetime(2026, 3, day, 12, tzinfo=ZONE), price, cost, "Asha")
            for n, (day, price, cost) in enumerate(changes)
        ]
        store: Any = SimpleNamespace(of=lambda product_id: noted)
        self.asked: list[tuple[date, date]] = []
        self.effects = PriceEffects(store, self, presence, INR, lambda: datetime(2026, 3, 31, 9, tzinfo=UTC))

    def product_days(self, product_ids: Any, start: date, end: date) -> list[ProductDay]:
        self.asked.append((start, end))
        return [ProductDay("mug", start + timedelta(days=n), 3) for n in range((end - start).days)]

    def days(self, start: date, end: date) -> list[DaySales]:
        return [DaySales(start + timedelta(days=n), 5, 30, 1, 0, 0) for n in range((end - start).days)]


class TestOfAProduct:
    def test_days_of_other_prices_and_today_are_left_out(self) -> None:
        shop = Shop((1, 500, 200), (10, 450, 200), (20, 400, 200))
        latest, first = shop.effects.of("mug")
        assert (first.before.price, first.after.price) == (500, 450)
        assert (latest.before.price, latest.after.price) == (450, 400)
        assert sorted(shop.asked) == [
            (date(2026, 2, 10), date(2026, 3, 20)),
            (date(2026, 3, 11), date(2026, 3, 31)),
        ]

    def test_a_cost_changes_no_sales_and_bounds_no_price(self) -> None:
        shop = Shop((1, 500, 200), (5, 500, 210), (10, 450, 210), (20, 450, 250))
        cost, price, earlier = shop.effects.of("mug")
        assert (cost.effect, earlier.effect) == (None, None)
        assert price.effect is not None
        assert shop.asked == [(date(2026, 2, 10), date(2026, 3, 31))]
        assert "the price stayed" in str(price_changes.listed([cost], Product("mug", "Mug", 450, 0, 5), INR))

    def test_a_price_that_changes_daily_says_too_little(self) -> None:
        shop = Shop(*((day, 500 + day, 200) for day in range(1, 20)))
        assert [one.effect for one in shop.effects.of("mug")[1:]] == [None] * 17

    def test_days_before_the_product_was_there_count_on_no_side(self) -> None:
        shop = Shop((1, 500, 200), (10, 450, 200), first=date(2026, 3, 1))
        assert shop.effects.of("mug")[0].effect is not None
        assert shop.asked == [(date(2026, 3, 2), date(2026, 3, 31))]
        assert Shop((5, 500, 200), (10, 450, 200), first=date(2026, 3, 5)).effects.of("mug")[0].effect is None

    def test_days_out_of_stock_count_on_no_side_where_stock_is_known(self) -> None:
        out = (datetime(2026, 3, 20, 8, tzinfo=ZONE), datetime(2026, 3, 24, 8, tzinfo=ZONE))
        counted = Shop((1, 500, 200), (10, 450, 200), out=out).effects.of("mug")[0].effect
        assert counted is not None
        assert (counted.days, counted.units) == (20 - 5, (20 - 5) * 3)
        for shop, days in (
            (Shop((1, 500, 200), (10, 450, 200), out=out, inferred=True), 20),
            (Shop((1, 500, 200), (10, 450, 200), out=(out[0], None)), 9),
        ):
            found = shop.effects.of("mug")[0].effect
            assert found is not None
            assert found.days == days

    def test_in_words(self) -> None:
        product = Product("mug", "Mug", 45_000, 0, 5, cost=250_00)
        shown = str(price_changes.listed(Shop((1, 500, None), (10, 450, 200)).effects.of("mug"), product, INR))
        assert "no clear change" in shown
        assert "none → ₹2.00" in shown
        few = str(price_changes.listed(Shop((1, 500, None), (28, 450, 200)).effects.of("mug"), product, INR))
        assert "too little to say" in few
        assert "No price or cost has changed yet" in str(price_changes.listed([], product, INR))
