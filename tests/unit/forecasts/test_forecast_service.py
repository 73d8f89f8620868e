"""When a product runs out, what to order, and when forecasts are due."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain import Actor, AuditEntry, Forecast, OnOrder, Product, ReorderRule, RuleKey, RuleLevel
from app.errors import EditClash, InvalidInput
from app.money import Formats
from app.services.analytics.ports import DaySales
from app.services.forecasts.forecasts import ALL_SALES, ForecastService, ToOrder, stock_ahead
from app.services.forecasts.reorder_rules import ReorderRules
from tests.support.reorder import RuleStore

NOW = datetime(2026, 11, 25, 6, tzinfo=UTC)
TODAY = date(2026, 11, 25)
WHO = Actor("asha@shop.example")


class Store:
    def __init__(self) -> None:
        self.kept: dict[str, Forecast] = {}
        self.audited: list[AuditEntry] = []
        self.holder = ""
        self.coming: dict[str, OnOrder] = {}
        self.rules = RuleStore()

    def keep(self, forecasts: Mapping[str, Forecast]) -> None:
        self.kept |= forecasts

    def made_for(self) -> dict[str, date]:
        return {product_id: one.first_day for product_id, one in self.kept.items()}

    def get(self, product_ids: Collection[str] | None = None) -> dict[str, Forecast]:
        return {p: f for p, f in self.kept.items() if product_ids is None or p in product_ids}

    def on_order(self) -> dict[str, OnOrder]:
        return self.coming

    def set_on_order(
        self, product_id: str, ordered: OnOrder | None, audited: AuditEntry, present: OnOrder | None
    ) -> None:
        assert self.coming.get(product_id) == present
        self.audited.append(audited)
        self.coming = {product_id: ordered} if ordered else {}

    def claim_run(self, holder: str, lease: timedelta) -> bool:
        self.holder = self.holder or holder
        return self.holder == holder

    def end_run(self, holder: str) -> None:
        if self.holder == holder:
            self.holder = ""


class Reader:
    """A shop that sold 2 mugs a day for `days` days up to `last`."""

    def __init__(self, days: int = 40, last: date = TODAY - timedelta(days=1)) -> None:
        self.all_days = [last - timedelta(days=n) for n in range(days)]

    def day_bounds(self) -> tuple[date, date] | None:
        return (min(self.all_days), max(self.all_days)) if self.all_days else None

    def last_sale_day(self) -> date | None:
        return max(self.all_days, default=None)

    def days(self, start: date, end: date) -> list[DaySales]:
        return [DaySales(day, 1, 2, 2_000, 0, 0) for day in self.all_days if start <= day < end]


def product(stock: int = 5, **more: Any) -> Product:
    return Product("mug", "Mug", 1_000, stock, 15, **more)


def steady(units: float = 2.0, spread: float = 1.0) -> Forecast:
    return Forecast(TODAY, "Theta", ((units - spread, units, units + spread),) * 28, {})


def service(*products: Product, reader: Reader | None = None, **kept: Forecast) -> tuple[ForecastService, Store]:
    store, read = Store(), reader or Reader()
    store.kept = dict(kept)
    formats = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
    rules = ReorderRules(store.rules, lambda: products)
    return ForecastService(store, rules, read, formats, lambda: products, lambda: NOW), store  # type: ignore[arg-type]


class TestOutlook:
    def test_the_forecast_of_all_sales_stands_beside_as_many_days_before_it(self) -> None:
        found = service(reader=Reader(days=10), **{ALL_SALES: steady(300, 50)})[0].outlook()
        assert found is not None
        assert (len(found.past_days), found.past_days[0], found.past_days[-1]) == (
            28, TODAY - timedelta(days=28), TODAY - timedelta(days=1),
        )  # fmt: skip
        assert found.past_total == 10 * 2_000
        assert found.made.total == 28 * 300
        assert (found.made.dates[0], found.made.dates[-1]) == (TODAY, found.made.last_day)

    def test_there_is_none_before_the_first_forecast(self) -> None:
        assert service()[0].outlook() is None

    def test_what_is_left_goes_down_by_expected_sales_until_nothing_is(self) -> None:
        ahead = stock_ahead(steady(2, 1), 5)
        assert ahead.left == (5, 3, 1, 0)
        assert ahead.fewest == (5, 2, 0, 0)
        assert ahead.most == (5, 4, 3, 2)
        assert (ahead.days[0], ahead.days[-1]) == (TODAY, TODAY + timedelta(days=3))


class TestToOrder:
    def test_counts_what_is_at_its_reorder_point_and_the_units_that_it_lacks(self) -> None:
        found, store = service(product(5), mug=steady())
        store.rules.said[RuleKey(RuleLevel.PRODUCT, "mug")] = ReorderRule(lead_days=10, safety_stock=6)
        assert found.to_order() == ToOrder(1, 34 + 6 + 14 - 5, 1, 1)
        assert service(product(40), mug=steady())[0].to_order() == ToOrder(0, 0, 1, 1)

    def test_is_not_whole_while_a_product_waits_for_its_forecast(self) -> None:
        waiting = service(product(5))[0].to_order()
        assert (waiting, waiting.is_whole) == (ToOrder(0, 0, forecast=0, of=1), False)
        assert service(product(5), mug=steady())[0].to_order().is_whole
        assert service()[0].to_order().is_whole, "a shop without products waits for none"
        assert service(product(5), reader=Reader(days=0))[0].to_order().is_whole, "nor one that never sold"


class TestPlans:
    def test_runs_out_at_the_earliest_if_sales_go_as_high_as_one_time_in_ten(self) -> None:
        plan = service(product(5), mug=steady())[0].plan_of(product(5))
        assert plan is not None
        assert plan.earliest == TODAY + timedelta(days=1)

    def test_the_reorder_point_is_what_lead_time_and_review_sell_and_the_safety_stock(self) -> None:
        found, store = service(product(5), mug=steady())
        store.rules.said[RuleKey(RuleLevel.PRODUCT, "mug")] = ReorderRule(lead_days=10, safety_stock=6)
        plan = found.plan_of(product(5))
        assert plan is not None
        assert (plan.expected, plan.reorder_point, plan.safety_stock) == (34, 40, 6)
        assert plan.order_units == 40 + 2 * 7 - 5
        assert plan.must_order(5)
        assert plan.order_by == TODAY

    def test_without_its_own_it_is_the_quantile_of_the_service_level(self) -> None:
        spans = {7: (14.0, 8, 14, 17, 20, 23, 26, 28), 28: (56.0, 44, 56, 62, 66, 70, 74, 78)}
        made = Forecast(TODAY, "Combination", ((1.0, 2.0, 3.0),) * 28, {}, spans=spans)
        plan = service(product(5), mug=made)[0].plan_of(product(5))
        ratio = 23 / 14 + (70 / 56 - 23 / 14) / 3  # a third of the way from 7 to 28 days
        assert plan is not None
        assert (plan.expected, plan.reorder_point) == (28, math.ceil(28 * ratio))

    def test_above_the_reorder_point_nothing_is_ordered_until_a_day_that_is_named(self) -> None:
        plan = service(product(40), mug=steady())[0].plan_of(product(40))
        assert plan is not None
        assert (plan.reorder_point, plan.order_units) == (28, 0)
        assert plan.order_by == TODAY + timedelta(days=6)
        assert not plan.must_order(40)

    def test_orders_are_of_whole_packs(self) -> None:
        found, store = service(product(5), mug=steady())
        store.rules.said[RuleKey(RuleLevel.PRODUCT, "mug")] = ReorderRule(lead_days=7, pack=12)
        plan = found.plan_of(product(5))
        assert plan is not None
        assert plan.order_units == 48  # 37 are short

    def test_what_is_on_order_need_not_be_ordered_again(self) -> None:
        found, _ = service(product(5), mug=steady())
        found.set_on_order("mug", OnOrder(12), WHO, None)
        plan = found.plan_of(product(5))
        assert plan is not None
        assert (plan.order_units, plan.must_order(5)) == (28 + 14 - 5 - 12, True)
        found.set_on_order("mug", OnOrder(40), WHO, OnOrder(12))
        plan = found.plan_of(product(5))
        assert plan is not None
        assert (plan.order_units, plan.order_by) == (0, TODAY + timedelta(days=9))
        with pytest.raises(EditClash):
            found.set_on_order("mug", OnOrder(7), WHO, OnOrder(12))
        with pytest.raises(InvalidInput):
            found.set_on_order("mug", OnOrder(0), WHO, OnOrder(40))

    def test_days_that_are_over_count_no_more(self) -> None:
        made = Forecast(TODAY - timedelta(days=2), "Combination", ((0.0, 9.0, 9.0),) * 2 + ((1.0, 2.0, 3.0),) * 26, {})
        plan = service(product(5), mug=made)[0].plan_of(product(5))
        assert plan is not None
        assert plan.expected == 28

    def test_what_does_not_sell_never_runs_out_nor_is_ordered(self) -> None:
        plan = service(product(0), mug=steady(0, 0))[0].plan_of(product(0))
        assert plan is not None
        assert (plan.earliest, plan.order_units, plan.order_by) == (None, 0, None)

    def test_without_a_forecast_there_is_no_plan(self) -> None:
        assert service(product())[0].plan_of(product()) is None
        assert service(product())[0].plans() == {}


class TestDue:
    def test_at_first_and_with_each_new_day(self) -> None:
        assert service(product())[0].is_due()
        assert service(product(), **{ALL_SALES: replace(steady(), first_day=TODAY - timedelta(days=1))})[0].is_due()
        assert not service(product(), **{ALL_SALES: steady(), "mug": steady()})[0].is_due()

    def test_for_a_product_that_has_none_but_not_all_the_time(self) -> None:
        found, _ = service(product(), **{ALL_SALES: steady()})
        assert [found.is_due(), found.is_due()] == [True, False]

    def test_not_in_a_shop_that_never_sold(self) -> None:
        assert not service(product(), reader=Reader(0))[0].is_due()
