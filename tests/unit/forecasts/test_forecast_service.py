"""When a product runs out, what to order, and whose forecast is made next."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain import Actor, AuditEntry, Forecast, Product, ProductStatus
from app.errors import Clash, EditClash, InvalidInput, NotFound
from app.money import Formats
from app.services.analytics.ports import DaySales, ProductDay
from app.services.forecasts.forecasts import ALL_SALES, COVER_DAYS, ForecastService, ToOrder, stock_ahead
from app.services.forecasts.ports import ReorderSettings

NOW = datetime(2026, 11, 25, 6, tzinfo=UTC)
TODAY = date(2026, 11, 25)
WHO = Actor("asha@shop.example")


class Store:
    def __init__(self) -> None:
        self.kept: dict[str, Forecast] = {}
        self.settings: dict[str, ReorderSettings] = {}
        self.audited: list[AuditEntry] = []

    def keep(self, forecasts: Mapping[str, Forecast]) -> None:
        self.kept |= forecasts

    def made_for(self) -> dict[str, date]:
        return {product_id: one.first_day for product_id, one in self.kept.items()}

    def get(self, product_ids: Collection[str] | None = None) -> dict[str, Forecast]:
        return {p: f for p, f in self.kept.items() if product_ids is None or p in product_ids}

    def plans(self) -> dict[str, ReorderSettings]:
        return self.settings

    def set_plan(
        self,
        product_id: str,
        plan: ReorderSettings | None,
        audited: AuditEntry,
        present: ReorderSettings | None,
    ) -> None:
        assert self.settings.get(product_id) == present
        self.audited.append(audited)
        self.settings.pop(product_id, None)
        if plan is not None:
            self.settings[product_id] = plan


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

    def product_days(self, product_ids: Collection[str], start: date, end: date) -> list[ProductDay]:
        return [ProductDay("mug", day, 2) for day in self.all_days if start <= day < end and "mug" in product_ids]

    def first_stocked(self) -> dict[str, datetime]:
        return {}


def product(stock: int = 5, **more: Any) -> Product:
    return Product("mug", "Mug", 1_000, stock, 15, **more)


def steady(units: float = 2.0, spread: float = 1.0) -> Forecast:
    return Forecast(TODAY, "Theta", ((units - spread, units, units + spread),) * 28, {})


def service(*products: Product, reader: Reader | None = None, **kept: Forecast) -> tuple[ForecastService, Store]:
    store, read = Store(), reader or Reader()
    store.kept = dict(kept)
    formats = Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))
    return ForecastService(store, read, read, formats, lambda: products, lambda: NOW), store  # type: ignore[arg-type]


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
        store.settings["mug"] = ReorderSettings(lead_days=10, safety_stock=6)
        assert found.to_order() == ToOrder(1, 2 * (10 + COVER_DAYS) + 6 - 5, 1, 1)
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

    def test_the_reorder_point_is_what_the_lead_time_sells_and_the_safety_stock(self) -> None:
        found, store = service(product(5), mug=steady())
        store.settings["mug"] = ReorderSettings(lead_days=10, safety_stock=6)
        plan = found.plan_of(product(5))
        assert plan is not None
        assert (plan.reorder_point, plan.safety_stock) == (26, 6)
        assert plan.order_units == 2 * (10 + COVER_DAYS) + 6 - 5
        assert plan.must_order(5)

    def test_above_the_reorder_point_nothing_is_ordered(self) -> None:
        plan = service(product(40), mug=steady())[0].plan_of(product(40))
        assert plan is not None
        assert plan.order_units == 0
        assert not plan.must_order(40)

    def test_without_its_own_the_safety_stock_follows_how_much_sales_vary(self) -> None:
        plans = [service(product(5), mug=steady(2, spread))[0].plan_of(product(5)) for spread in (0.0, 1.0, 2.0)]
        assert [plan.safety_stock for plan in plans if plan] == [0, 3, 6]  # the square root of seven days' variances

    def test_what_does_not_sell_never_runs_out_nor_is_ordered(self) -> None:
        plan = service(product(0), mug=steady(0, 0))[0].plan_of(product(0))
        assert plan is not None
        assert (plan.earliest, plan.order_units) == (None, 0)

    def test_without_a_forecast_there_is_no_plan(self) -> None:
        assert service(product())[0].plan_of(product()) is None
        assert service(product())[0].plans() == {}


class TestRefresh:
    def test_all_sales_come_first_then_products_and_each_once_a_day(self) -> None:
        found, store = service(product())
        assert found.refresh(most=1) == 1
        assert set(store.kept) == {ALL_SALES}
        assert found.refresh(most=5) == 1
        assert set(store.kept) == {ALL_SALES, "mug"}
        assert found.refresh() == 0
        assert store.kept["mug"].first_day == TODAY
        assert [round(day[1]) for day in store.kept["mug"].days] == [2] * 28

    def test_what_left_the_store_and_charges_get_none(self) -> None:
        found, store = service(product(status=ProductStatus.REMOVED), Product("POST", "Postage", 1, 0, 0))
        found.refresh(most=9)
        assert set(store.kept) == {ALL_SALES}

    def test_an_empty_shop_has_nothing_to_go_by(self) -> None:
        assert service(product(), reader=Reader(0))[0].refresh() == 0

    def test_a_history_that_ended_long_ago_is_carried_on_from_its_end(self) -> None:
        last = date(2011, 12, 9)
        found, store = service(product(), reader=Reader(40, last))
        found.refresh(most=2)
        assert store.kept["mug"].first_day == last + timedelta(days=1)


class TestSettings:
    @pytest.mark.parametrize(("lead", "safety"), [(-1, None), (29, None), (7, -1), (7, 1_000_001)])
    def test_numbers_out_of_range_change_nothing(self, lead: int, safety: int | None) -> None:
        found, store = service(product())
        with pytest.raises(InvalidInput):
            found.set_plan("mug", lead, safety, WHO, None)
        assert store.settings == {}
        assert store.audited == []

    def test_of_what_there_is_not_is_refused(self) -> None:
        with pytest.raises(NotFound):
            service(product())[0].set_plan("jug", 7, None, WHO, None)

    def test_what_somebody_else_has_set_meanwhile_is_shown_and_stays(self) -> None:
        found, _ = service(product())
        found.set_plan("mug", 14, 20, WHO, None)
        with pytest.raises(EditClash) as raised:
            found.set_plan("mug", 3, None, WHO, None)
        assert raised.value.clashes == (Clash("plan", ReorderSettings(14, 20), ReorderSettings(3)),)
        assert found.settings_of("mug") == ReorderSettings(14, 20)
        found.set_plan("mug", 14, 20, WHO, None)  # the same is no clash

    def test_they_are_kept_and_taken_back(self) -> None:
        found, store = service(product())
        found.set_plan("mug", 14, 20, WHO, None)
        assert found.settings_of("mug") == ReorderSettings(14, 20)
        found.set_plan("mug", None, None, WHO, ReorderSettings(14, 20))
        assert found.settings_of("mug") == ReorderSettings(7, None)
        assert [(entry.before, entry.after) for entry in store.audited] == [
            (None, {"lead_days": 14, "safety_stock": 20}),
            ({"lead_days": 14, "safety_stock": 20}, None),
        ]
