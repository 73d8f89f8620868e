"""The use cases of the shop, and the one place where pages and API find them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.domain.shop import Shop
    from app.money import Formats
    from app.services.accounts.accounts import AccountService
    from app.services.accounts.api_tokens import TokenService
    from app.services.accounts.second_factor import SecondFactorService
    from app.services.accounts.sessions import SessionService
    from app.services.accounts.sign_in import SignInService
    from app.services.accounts.tax_exemptions import TaxExemptions
    from app.services.alerts.history import RuleHistory
    from app.services.alerts.rules import RuleService
    from app.services.analytics.abc import ProductAnalytics
    from app.services.analytics.attention import Attention
    from app.services.analytics.breakdown import Breakdowns
    from app.services.analytics.customers import CustomerAnalytics
    from app.services.analytics.holdings import Holdings
    from app.services.analytics.lost_sales import LostSalesEstimates
    from app.services.analytics.noted_events import EventService
    from app.services.analytics.order_sizes import OrderSizeAnalytics
    from app.services.analytics.sales import SalesAnalytics
    from app.services.analytics.sales_over_time import SalesOverTime
    from app.services.analytics.shop_days import ShopDays
    from app.services.analytics.stock import StockAnalytics
    from app.services.analytics.stock_table import StockTable
    from app.services.analytics.taxes import TaxReport
    from app.services.anomalies.anomalies import AnomalyService
    from app.services.audit.log import AuditService
    from app.services.audit.sign_ins import SignInLog
    from app.services.books.reconcile import ReconcileService
    from app.services.calendar.entries import CalendarService
    from app.services.calendar.known_days import DaysKnown
    from app.services.calendar.reading import CalendarReader
    from app.services.cart.budget import CartBudget
    from app.services.cart.carts import CartService
    from app.services.catalog.pictures import PictureService
    from app.services.catalog.products import CatalogService
    from app.services.catalog.searches import Searches
    from app.services.checkout.checkout import CheckoutService
    from app.services.checkout.payments import PaymentService
    from app.services.costs.effects import PriceEffects
    from app.services.costs.ports import PastSales
    from app.services.discounts.codes import DiscountCodeService
    from app.services.forecasts.forecasts import ForecastService
    from app.services.forecasts.league import League
    from app.services.forecasts.reorder_rules import ReorderRules
    from app.services.fulfilment.fulfilment import FulfilmentService
    from app.services.fulfilment.papers import PackingPapers
    from app.services.health.outages import Outages
    from app.services.health.ports import VitalsReader
    from app.services.invoices.invoices import InvoiceService
    from app.services.jobs.effect_marks import EffectMarks
    from app.services.jobs.worker import Worker
    from app.services.limits.memory import MemoryBudget
    from app.services.limits.throttle import ThrottleService
    from app.services.messages.mail_events import MailEventService
    from app.services.messages.notifications import NotificationService
    from app.services.messages.samples import MailSamples
    from app.services.messages.subscribers import AlertService
    from app.services.messages.weekly_report import ReportService
    from app.services.orders.links import OrderLinks
    from app.services.orders.orders import OrderService
    from app.services.orders.own_orders import OwnOrders
    from app.services.replay.replays import ReplayService
    from app.services.settings.settings import SettingsService
    from app.services.shipping.shipping import ShippingService
    from app.services.shipping.zones import ShippingZones
    from app.services.staff.staff import StaffService
    from app.services.stock.bulk_edits import BulkEdits
    from app.services.stock.inventory import InventoryService
    from app.services.wall.goals import GoalService
    from app.services.wall.live_hub import LiveHub
    from app.services.wall.screens import ScreenService
    from app.services.wall.visitors import Visitors
    from app.services.webhooks.endpoints import WebhookService
    from app.settings.environment import Settings


@dataclass(frozen=True)
class Services:
    """Everything that pages, API and commands may call. Built by `app.wiring.composition`."""

    settings: Settings  # in force: what admins change is seen here
    shop_settings: SettingsService
    store_formats: Formats
    catalog: CatalogService
    cart: CartService
    cart_budget: CartBudget
    budget: MemoryBudget
    checkout: CheckoutService
    payments: PaymentService
    effect_marks: EffectMarks
    orders: OrderService
    own_orders: OwnOrders
    fulfilment: FulfilmentService
    packing_papers: PackingPapers
    order_links: OrderLinks
    outages: Outages
    invoices: InvoiceService
    accounts: AccountService
    audit: AuditService
    staff: StaffService
    inventory: InventoryService
    bulk_edits: BulkEdits
    notifications: NotificationService
    alerts: AlertService
    mail_events: MailEventService
    past_sales: PastSales
    sales: SalesAnalytics
    customers: CustomerAnalytics
    pictures: PictureService
    products: ProductAnalytics
    sales_over_time: SalesOverTime
    stock: StockAnalytics
    stock_table: StockTable
    breakdowns: Breakdowns
    order_sizes: OrderSizeAnalytics
    holdings: Holdings
    lost_sales: LostSalesEstimates
    shop_days: ShopDays
    taxes: TaxReport
    tax_exemptions: TaxExemptions
    price_effects: PriceEffects
    attention: Attention
    forecasts: ForecastService
    reorder: ReorderRules
    league: League
    replays: ReplayService
    events: EventService
    calendar: CalendarService
    calendar_reader: CalendarReader
    known_days: DaysKnown
    discount_codes: DiscountCodeService
    shipping: ShippingService
    shipping_zones: ShippingZones
    anomalies: AnomalyService
    rules: RuleService
    rule_history: RuleHistory
    reports: ReportService
    live: LiveHub
    peak: Callable[[], dict[str, Any]]
    screens: ScreenService
    goals: GoalService
    visitors: Visitors
    searches: Searches
    worker: Worker
    reconcile: ReconcileService
    tokens: TokenService
    throttle: ThrottleService
    sessions: SessionService
    sign_ins: SignInService
    sign_in_log: SignInLog
    second_factor: SecondFactorService
    vitals: VitalsReader
    webhooks: WebhookService
    mail_samples: MailSamples

    @property
    def shop(self) -> Shop:
        """The shop as its admins describe it, as of a second ago; asks nobody."""
        return self.shop_settings.shop()

    @property
    def formats(self) -> Formats:
        """In the language that is spoken; services have those of the store."""
        return self.store_formats.spoken()


_installed: Services | None = None


def install(built: Services) -> None:
    """Put `built` behind `services()`; tests swap everything here."""
    global _installed
    _installed = built


def services() -> Services:
    if _installed is None:
        raise RuntimeError("app.wiring.composition has not installed the services yet")
    return _installed
