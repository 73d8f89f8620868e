"""The parts about what is sold, what is on hand, and what both come to: catalogue, stock, analytics, forecasts."""

from __future__ import annotations

from functools import cached_property

from app.domain import Product
from app.services.analytics import utc_now
from app.services.analytics.abc import ProductAnalytics
from app.services.analytics.anchor import Anchor
from app.services.analytics.breakdown import Breakdowns
from app.services.analytics.customers import CustomerAnalytics
from app.services.analytics.holdings import Holdings
from app.services.analytics.lost_sales import LostSalesEstimates
from app.services.analytics.order_sizes import OrderSizeAnalytics
from app.services.analytics.sales import SalesAnalytics
from app.services.analytics.shop_days import ShopDays
from app.services.analytics.stock import StockAnalytics
from app.services.anomalies.anomalies import AnomalyService
from app.services.anomalies.explaining import Explainer
from app.services.calendar.entries import CalendarService
from app.services.calendar.known_days import DaysKnown
from app.services.calendar.public_holidays import PublicHolidays
from app.services.calendar.reading import CalendarReader
from app.services.calendar.shop_notes import ShopNotes
from app.services.catalog.bought_together import BoughtTogether
from app.services.catalog.pictures import PictureService
from app.services.catalog.ports import Images
from app.services.catalog.products import CatalogService
from app.services.catalog.searches import Searches
from app.services.costs.effects import Presence, PriceEffects
from app.services.costs.history import PriceBook
from app.services.forecasts.forecasts import ForecastService
from app.services.forecasts.ports import ReorderSettings
from app.services.forecasts.reorder_rules import ReorderRules
from app.services.replay.inputs import ReplayInputs
from app.services.replay.replays import ReplayService
from app.services.stock.bulk_edits import BulkEdits
from app.services.stock.inventory import InventoryService
from app.stores.sql.analytics.breakdowns import SqlBreakdowns
from app.stores.sql.analytics.customers import SqlCustomerAnalytics
from app.stores.sql.analytics.order_sizes import SqlOrderSizes
from app.stores.sql.analytics.sales_and_stock import SqlAnalytics
from app.stores.sql.analytics.short_lines import SqlShortLines
from app.stores.sql.anomalies.day_values import SqlDayValues
from app.stores.sql.calendar.entries import SqlCalendar
from app.stores.sql.catalog.bought_together import SqlBoughtTogether
from app.stores.sql.catalog.searches import SqlSearchCounts
from app.stores.sql.costs.price_history import SqlPriceHistory
from app.stores.sql.forecasts.forecasts import SqlForecasts
from app.stores.sql.forecasts.league import SqlLeague
from app.stores.sql.forecasts.reorder_rules import SqlReorderRules
from app.stores.sql.replay.replays import SqlReplays
from app.stores.sql.stock.bulk_edits import SqlBulkEdits
from app.stores.sql.stock.ledger import SqlLedger
from app.wiring.people_parts import PeopleParts
from app.wiring.stores import images_of


class NumberParts(PeopleParts):
    """Goods and numbers, which need each other."""

    @cached_property
    def catalog(self) -> CatalogService:
        return CatalogService(self.stores.catalog, self.sales.bestsellers_28d, companions=self.bought_together.present)

    @cached_property
    def bought_together(self) -> BoughtTogether:
        return BoughtTogether(SqlBoughtTogether(self.database))

    @cached_property
    def searches(self) -> Searches:
        return Searches(
            SqlSearchCounts(self.database), self.secret_key, lambda: utc_now().astimezone(self.settings.zone).date()
        )

    def every_product(self) -> tuple[Product, ...]:
        return self.catalog.all(include_removed=True)

    def present_products(self) -> tuple[Product, ...]:
        """As they are at this instant, whatever was read a moment ago."""
        self.catalog.refresh()
        return self.every_product()

    @cached_property
    def images(self) -> Images:
        return images_of(self.settings)

    @cached_property
    def pictures(self) -> PictureService:
        return PictureService(self.images)

    @cached_property
    def inventory(self) -> InventoryService:
        return InventoryService(
            self.stores.catalog,
            SqlLedger(self.database),
            self.images,
            self.default_threshold,
            self.audit,
            self.catalog.refresh,
            self.present_products,
            self.price_book.record,
        )

    @cached_property
    def bulk_edits(self) -> BulkEdits:
        return BulkEdits(SqlBulkEdits(self.database), self.reorder, self.inventory, self.present_products)

    @cached_property
    def price_history(self) -> SqlPriceHistory:
        return SqlPriceHistory(self.database)

    @cached_property
    def price_effects(self) -> PriceEffects:
        return PriceEffects(
            self.price_history,
            self.analytics,
            Presence(self.stock.first_day, self.breakdown_reader, self.holdings.inferred),
            self.formats,
        )

    @cached_property
    def price_book(self) -> PriceBook:
        return PriceBook(self.price_history, self.every_product)

    @cached_property
    def analytics(self) -> SqlAnalytics:
        return SqlAnalytics(self.database)

    @cached_property
    def anchor(self) -> Anchor:
        """One for every service: two would remember the last sale of two instants, and their numbers disagree."""
        return Anchor(self.analytics, self.formats)

    @cached_property
    def sales(self) -> SalesAnalytics:
        return SalesAnalytics(self.analytics, self.formats, anchor=self.anchor)

    @cached_property
    def customers(self) -> CustomerAnalytics:
        return CustomerAnalytics(
            SqlCustomerAnalytics(self.database), self.formats, self.sales.trade, self.sales.last_sales_by_month
        )

    @cached_property
    def products(self) -> ProductAnalytics:
        return ProductAnalytics(self.analytics, self.every_product)

    @cached_property
    def stock(self) -> StockAnalytics:
        return StockAnalytics(
            self.analytics,
            self.formats,
            self.catalog.all,
            self.inventory.held,
            forecasts=self.forecast_store.get,
            anchor=self.anchor,
        )

    @cached_property
    def breakdown_reader(self) -> SqlBreakdowns:
        return SqlBreakdowns(self.database)

    @cached_property
    def order_sizes(self) -> OrderSizeAnalytics:
        return OrderSizeAnalytics(SqlOrderSizes(self.database), self.sales)

    @cached_property
    def breakdowns(self) -> Breakdowns:
        return Breakdowns(self.breakdown_reader, self.sales, self.formats, self.every_product)

    @cached_property
    def holdings(self) -> Holdings:
        noted = self.price_book.noted
        return Holdings(self.breakdown_reader, self.formats, self.every_product, self.sales.trade, noted=noted)

    @cached_property
    def shop_days(self) -> ShopDays:
        return ShopDays(
            self.breakdown_reader,
            self.formats,
            self.every_product,
            self.price_book.noted,
            self.default_threshold,
        )

    @cached_property
    def lost_sales(self) -> LostSalesEstimates:
        return LostSalesEstimates(
            self.breakdown_reader,
            self.analytics,
            self.analytics,
            SqlShortLines(self.database),
            self.formats,
            self.every_product,
            self.holdings.inferred,
        )

    @cached_property
    def forecast_store(self) -> SqlForecasts:
        return SqlForecasts(self.database)

    @cached_property
    def league_store(self) -> SqlLeague:
        return SqlLeague(self.database)

    @cached_property
    def forecasts(self) -> ForecastService:
        return ForecastService(
            self.forecast_store, self.reorder, self.analytics, self.formats, self.catalog.all, anchor=self.anchor
        )

    @cached_property
    def reorder(self) -> ReorderRules:
        return ReorderRules(SqlReorderRules(self.database), self.catalog.all)

    def reorder_settings(self) -> dict[str, ReorderSettings]:
        """What holds for each product now."""
        rules = self.reorder.read()
        return {product.product_id: rules.of(product) for product in self.every_product()}

    @cached_property
    def replay_store(self) -> SqlReplays:
        return SqlReplays(self.database)

    @cached_property
    def replay_inputs(self) -> ReplayInputs:
        return ReplayInputs(
            self.analytics,
            self.breakdown_reader,
            self.anchor,
            self.present_products,
            self.price_book.noted,
            self.reorder_settings,
            self.holdings.inferred,
            self.calendar_store.version,
            self.formats,
        )

    @cached_property
    def replays(self) -> ReplayService:
        return ReplayService(self.replay_store, self.replay_inputs, self.anchor, self.present_products, self.bulk_edits)

    @cached_property
    def calendar_store(self) -> SqlCalendar:
        return SqlCalendar(self.database, self.clock)

    @cached_property
    def calendar(self) -> CalendarService:
        return CalendarService(self.calendar_store, PublicHolidays(), self.formats, self.settings.country)

    @cached_property
    def known_days(self) -> DaysKnown:
        return DaysKnown(self.calendar_store, PublicHolidays(), self.analytics, self.settings.country, self.formats)

    @cached_property
    def shop_notes(self) -> ShopNotes:
        return ShopNotes(self.price_history, self.breakdown_reader, self.every_product, self.formats)

    @cached_property
    def calendar_reader(self) -> CalendarReader:
        return CalendarReader(self.known_days, self.shop_notes, self.formats)

    @cached_property
    def anomalies(self) -> AnomalyService:
        explainer = Explainer(self.breakdown_reader, self.price_history, self.every_product, self.formats)
        return AnomalyService(
            SqlDayValues(self.database), self.analytics, self.known_days, explainer, self.formats, self.anchor
        )
