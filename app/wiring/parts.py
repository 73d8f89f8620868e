"""The parts of a shop on the stores that its settings choose: with `stores`, the only place that chooses them."""

from __future__ import annotations

from functools import cached_property
from typing import cast

from app.addresses import to
from app.domain import Anomaly, Product
from app.domain.payments import PayBy
from app.domain.shop import Shop
from app.mail.rendering import Frame
from app.money import Formats
from app.ops import metrics, tracing
from app.services.accounts.accounts import AccountService
from app.services.accounts.api_tokens import TokenService
from app.services.accounts.link_tokens import LinkTokens
from app.services.accounts.personal_data import AccountData
from app.services.accounts.second_factor import SecondFactorService
from app.services.accounts.sessions import SessionService
from app.services.accounts.tax_exemptions import TaxExemptions
from app.services.alerts.history import RuleHistory
from app.services.alerts.rules import RuleService
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
from app.services.analytics.taxes import TaxReport
from app.services.anomalies.anomalies import AnomalyService, in_a_row
from app.services.anomalies.explaining import Explainer
from app.services.audit.log import AuditService
from app.services.books.ports import AllBooks
from app.services.books.reconcile import ReconcileService
from app.services.calendar.entries import CalendarService
from app.services.calendar.known_days import DaysKnown
from app.services.calendar.public_holidays import PublicHolidays
from app.services.calendar.reading import CalendarReader
from app.services.calendar.shop_notes import ShopNotes
from app.services.cart.carts import CartService
from app.services.catalog.bought_together import BoughtTogether
from app.services.catalog.pictures import PictureService
from app.services.catalog.ports import Images
from app.services.catalog.products import CatalogService
from app.services.catalog.searches import Searches
from app.services.checkout.budget import CheckoutBudgets
from app.services.checkout.checkout import CheckoutService
from app.services.checkout.payments import PaymentService
from app.services.checkout.ports import PaymentProvider
from app.services.checkout.providers import Providers
from app.services.costs.effects import Presence, PriceEffects
from app.services.costs.history import PriceBook
from app.services.discounts.codes import DiscountCodeService
from app.services.discounts.discounts import DiscountService
from app.services.discounts.ports import REVISION as DISCOUNTS_REVISION
from app.services.forecasts.forecasts import ForecastService
from app.services.forecasts.ports import ReorderSettings
from app.services.forecasts.reorder_rules import ReorderRules
from app.services.fulfilment.fulfilment import FulfilmentService
from app.services.fulfilment.papers import PackingPapers
from app.services.invoices.invoices import InvoiceService
from app.services.jobs.effect_marks import EffectMarks
from app.services.limits.throttle import ThrottleService
from app.services.messages.dispute_alerts import DisputeAlerts
from app.services.messages.mail_events import CarefulManySender, CarefulSender, MailEventService
from app.services.messages.notifications import Letterhead, NotificationService, SentParcel
from app.services.messages.pay_back_alerts import PayBackAlerts
from app.services.messages.ports import Sender
from app.services.messages.samples import MailSamples
from app.services.messages.unconfirmed_mailboxes import UnconfirmedMail
from app.services.messages.weekly_report import Numbers, ReportService
from app.services.orders.links import OrderLinks
from app.services.orders.orders import OrderService
from app.services.orders.own_orders import OwnOrders
from app.services.orders.ports import Under
from app.services.replay.inputs import ReplayInputs
from app.services.replay.replays import ReplayService
from app.services.settings.settings import SettingsService
from app.services.shipping.ports import REVISION as SHIPPING_REVISION
from app.services.shipping.shipping import ShippingService
from app.services.shipping.working_days import WorkingDays
from app.services.shipping.zones import ShippingZones
from app.services.stock.bulk_edits import BulkEdits
from app.services.stock.inventory import InventoryService
from app.services.stock.thresholds import RuleFollower
from app.services.wall.facts import WallFacts
from app.services.wall.goals import GoalService
from app.services.wall.live_snapshot import LiveSnapshots
from app.services.wall.visitors import Visitors
from app.settings.environment import Settings
from app.settings.in_force import InForce, StoreClock, locked_by_environment
from app.stores.local.demo_book import DemoBook
from app.stores.local.demo_payments import DemoPayments
from app.stores.local.later_payments import LaterPayments
from app.stores.local.mailbox import LocalMailbox
from app.stores.sql.accounts.api_tokens import SqlApiTokens
from app.stores.sql.accounts.links import SqlAccountLinks
from app.stores.sql.accounts.personal_data import SqlAccountRecords
from app.stores.sql.accounts.second_factors import SqlSecondFactors
from app.stores.sql.accounts.sessions import SqlSessions
from app.stores.sql.accounts.users import SqlUsers
from app.stores.sql.alerts.hours import SqlHours
from app.stores.sql.alerts.rules import SqlAlertRules
from app.stores.sql.analytics.breakdowns import SqlBreakdowns
from app.stores.sql.analytics.customers import SqlCustomerAnalytics
from app.stores.sql.analytics.order_sizes import SqlOrderSizes
from app.stores.sql.analytics.sales_and_stock import SqlAnalytics
from app.stores.sql.analytics.short_lines import SqlShortLines
from app.stores.sql.analytics.taxes import SqlTaxes
from app.stores.sql.anomalies.day_values import SqlDayValues
from app.stores.sql.audit.log import SqlAuditLog
from app.stores.sql.books.books import SqlBooks
from app.stores.sql.books.log import SqlReconciliationLog
from app.stores.sql.books.mending import SqlBookMender
from app.stores.sql.calendar.entries import SqlCalendar
from app.stores.sql.catalog.bought_together import SqlBoughtTogether
from app.stores.sql.catalog.searches import SqlSearchCounts
from app.stores.sql.costs.price_history import SqlPriceHistory
from app.stores.sql.discounts.codes import SqlDiscountCodes
from app.stores.sql.engine.database import Database
from app.stores.sql.forecasts.forecasts import SqlForecasts
from app.stores.sql.forecasts.league import SqlLeague
from app.stores.sql.forecasts.reorder_rules import SqlReorderRules
from app.stores.sql.fulfilment.fulfilment import SqlFulfilment
from app.stores.sql.health.vitals import SqlVitals
from app.stores.sql.invoices.invoices import SqlInvoices
from app.stores.sql.jobs.outbox import SqlOutbox
from app.stores.sql.limits.throttles import SqlThrottles
from app.stores.sql.messages.address_blocks import SqlAddressBlocks
from app.stores.sql.messages.report_readers import SqlReportReaders
from app.stores.sql.messages.resending import SqlDeliveries
from app.stores.sql.orders.disputes import SqlDisputes
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.orders.payment_sessions import SqlPaymentSessions
from app.stores.sql.orders.returns import SqlReturns
from app.stores.sql.replay.replays import SqlReplays
from app.stores.sql.settings.settings import SqlSettings
from app.stores.sql.shipping.shipping import SqlShipping
from app.stores.sql.stock.bulk_edits import SqlBulkEdits
from app.stores.sql.stock.ledger import SqlLedger
from app.stores.sql.stock.low_stock_episodes import SqlEpisodes
from app.stores.sql.wall.goals import SqlGoals
from app.stores.sql.wall.visitors import SqlVisitorSketches
from app.stores.stripe.client import Stripe
from app.stores.stripe.payments import StripePayments
from app.wiring.stores import aws_senders, catalog_stores, event_inbox_of, images_of
from app.wiring.webhooks import WebhookParts


class Parts:
    """The parts of one shop, each made when the first other asks for it."""

    def __init__(self, settings: Settings, database: Database, writes_to_reserved: bool) -> None:
        self.environment = settings
        self.environment_sets = locked_by_environment(settings)
        self.database = database
        self.writes_to_reserved = writes_to_reserved
        self.secret_key = settings.resolved_secret_key()
        self.shop_settings = SettingsService(SqlSettings(database), settings)
        # Whoever keeps one of these sees what admins changed meanwhile.
        self.settings = cast(Settings, InForce(self.shop_settings.settings))
        self.formats = cast(Formats, InForce(self.shop_settings.formats))
        self.clock = StoreClock(lambda: self.settings.zone)
        self.stores = catalog_stores(settings, database, is_traced=tracing.is_on())
        self.outbox = SqlOutbox(database)
        self.vitals = SqlVitals(database)

    def _set_by_admins(self) -> Under:
        values = self.shop_settings.known().values
        return Under(*(values.get(name, "") for name in ("currency", "timezone", SHIPPING_REVISION)))

    def default_threshold(self, price: int) -> int:
        return self.settings.default_threshold(price)

    def _money(self, minor: int) -> str:
        return self.formats.money(minor)

    def store_name(self) -> str:
        return self.settings.store_name

    # --- what people are and do -------------------------------------------------------------------

    @cached_property
    def audit_log(self) -> SqlAuditLog:
        return SqlAuditLog(self.database)

    @cached_property
    def audit(self) -> AuditService:
        return AuditService(self.audit_log)

    @cached_property
    def throttle(self) -> ThrottleService:
        return ThrottleService(SqlThrottles(self.database), self.secret_key)

    @cached_property
    def users(self) -> SqlUsers:
        return SqlUsers(self.database)

    @cached_property
    def links(self) -> SqlAccountLinks:
        return SqlAccountLinks(self.database)

    @cached_property
    def link_tokens(self) -> LinkTokens:
        return LinkTokens(self.secret_key, self.links)

    @cached_property
    def sessions(self) -> SessionService:
        return SessionService(SqlSessions(self.database))

    @cached_property
    def tokens(self) -> TokenService:
        return TokenService(SqlApiTokens(self.database), self.users, self.settings.staff_second_factor)

    @cached_property
    def account_data(self) -> AccountData:
        return AccountData(
            SqlAccountRecords(self.database),
            self.stores.carts,
            self.stores.catalog,
            self.tokens.of,
            lambda: self.settings.currency,
            self.store_name,
            self.blocks.of,
            self.sessions.of,
        )

    @cached_property
    def accounts(self) -> AccountService:
        return AccountService(self.users, self.links, self.link_tokens, self.account_data, self.store_name)

    @cached_property
    def second_factor(self) -> SecondFactorService:
        return SecondFactorService(
            SqlSecondFactors(self.database),
            self.accounts,
            self.throttle,
            secret_key=self.secret_key,
            issuer=self.store_name,
            asked_of_staff=self.settings.staff_second_factor,
        )

    # --- what is sold -----------------------------------------------------------------------------

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
    def rule_follower(self) -> RuleFollower:
        def rule() -> object | None:
            own = "low_stock_rule" in self.shop_settings.chosen() and "low_stock_rule" not in self.environment_sets
            return (self.settings.low_stock_rule, self.settings.currency_digits) if own else None

        return RuleFollower(
            self.stores.catalog,
            self.every_product,
            rule,
            self.default_threshold,
            self.notifications.check_low_stock,
        )

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
    def cart(self) -> CartService:
        return CartService(
            self.stores.carts, self.stores.catalog, self.shop_settings.taxes, self.catalog.known, self.discounts
        )

    @cached_property
    def discount_store(self) -> SqlDiscountCodes:
        return SqlDiscountCodes(self.database)

    @cached_property
    def discounts(self) -> DiscountService:
        return DiscountService(
            self.discount_store,
            lambda: self.shop_settings.known().values.get(DISCOUNTS_REVISION, ""),
            self.shop_settings.refresh,
        )

    @cached_property
    def discount_codes(self) -> DiscountCodeService:
        return DiscountCodeService(self.discount_store, self.formats, self.shop_settings.refresh)

    @cached_property
    def payment_sessions(self) -> SqlPaymentSessions:
        return SqlPaymentSessions(self.database)

    @cached_property
    def providers(self) -> Providers:
        """Also those that are no longer on offer: they have orders that are not over, and money to give back."""
        settings, shop = self.environment, self.shop_settings.shop
        providers: list[PaymentProvider] = [
            DemoPayments(self.database),
            LaterPayments(PayBy.TRANSFER, self.payment_sessions, lambda: shop().transfer_days),
            LaterPayments(PayBy.DELIVERY, self.payment_sessions, lambda: shop().delivery_days),
        ]
        if settings.stripe_secret_key:
            stripe = Stripe(settings.stripe_secret_key, settings.stripe_api_base)
            providers.append(StripePayments(stripe, self.payment_sessions, settings.stripe_webhook_secret))
        return Providers(providers, lambda: self._methods(shop()))

    def _methods(self, shop: Shop) -> tuple[str, ...]:
        """How its orders can be paid; by card, where nothing else would be left."""
        cards = () if self.environment.cards_by == "none" else (self.environment.cards_by,)
        later = {PayBy.TRANSFER: shop.takes_transfers, PayBy.DELIVERY: shop.takes_on_delivery}
        offered = (*(cards if shop.takes_cards else ()), *(name.value for name, is_on in later.items() if is_on))
        return offered or cards

    @cached_property
    def payments(self) -> PaymentService:
        return PaymentService(
            self.providers,
            self.checkout.finishing,
            self.order_store,
            self.payment_sessions,
            SqlDisputes(self.database),
            self.audit,
            self._methods,
        )

    @cached_property
    def order_store(self) -> SqlOrders:
        return SqlOrders(self.database, self.clock)

    @cached_property
    def effect_marks(self) -> EffectMarks:
        return EffectMarks(self.outbox)

    @cached_property
    def checkout(self) -> CheckoutService:
        return CheckoutService(
            self.order_store,
            self.stores.catalog,
            self.stores.carts,
            self.stores.settlement,
            self.providers,
            self.effect_marks,
            currency=lambda: self.settings.currency,
            under=self._set_by_admins,
            taxes=self.shop_settings.taxes,
            observe=metrics.checkout_answered,
            budgets=CheckoutBudgets(self.throttle).of,
            discounts=self.discounts,
            return_url=lambda order: self.settings.base_url + to(self.order_links.return_path(order)),
            shipping=self.shipping,
            refresh=self.shop_settings.refresh,
        )

    @cached_property
    def returns(self) -> SqlReturns:
        return SqlReturns(self.database, self.clock)

    @cached_property
    def orders(self) -> OrderService:
        return OrderService(
            self.order_store, self.returns, self.stores.catalog, self.providers, self.outbox, self.audit
        )

    @cached_property
    def fulfilment_store(self) -> SqlFulfilment:
        return SqlFulfilment(self.database)

    @cached_property
    def fulfilment(self) -> FulfilmentService:
        def zone(country: str, region: str) -> object:
            plan = self.shipping.plan()
            found = plan.zone_of(country, region) if plan.is_in_force else None
            return found.zone_id if found else None

        def taxed(country: str, region: str) -> object:
            return self.shop_settings.taxes().place_of(country, region)

        return FulfilmentService(self.fulfilment_store, self.order_store, self.audit, self.outbox, (zone, taxed))

    @cached_property
    def packing_papers(self) -> PackingPapers:
        return PackingPapers(self.fulfilment, self.order_store, self.formats, self.store_name)

    @cached_property
    def own_orders(self) -> OwnOrders:
        return OwnOrders(self.orders, self.fulfilment, self.cart)

    @cached_property
    def order_links(self) -> OrderLinks:
        return OrderLinks(self.secret_key, self.order_store)

    @cached_property
    def invoices(self) -> InvoiceService:
        return InvoiceService(
            self.orders,
            SqlInvoices(self.database),
            self.formats,
            self.shop_settings.shop,
            self.settings.base_url,
            self.pictures.as_png,
        )

    # --- numbers ----------------------------------------------------------------------------------

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
    def tax_exemptions(self) -> TaxExemptions:
        return TaxExemptions(self.users, self.users)

    @cached_property
    def taxes(self) -> TaxReport:
        return TaxReport(SqlTaxes(self.database), self.formats)

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

    # --- days that are not like others --------------------------------------------------------------

    @cached_property
    def calendar_store(self) -> SqlCalendar:
        return SqlCalendar(self.database, self.clock)

    @cached_property
    def calendar(self) -> CalendarService:
        return CalendarService(self.calendar_store, PublicHolidays(), self.formats, self.settings.country)

    @cached_property
    def shipping_store(self) -> SqlShipping:
        return SqlShipping(self.database)

    @cached_property
    def shipping(self) -> ShippingService:
        def home() -> str:
            return self.settings.country

        return ShippingService(
            self.shipping_store,
            lambda: self.shop_settings.known().values.get(SHIPPING_REVISION, ""),
            WorkingDays(self.calendar_store, PublicHolidays(), home),
            self.clock,
            home,
            lambda: self.catalog.all(),
        )

    @cached_property
    def shipping_zones(self) -> ShippingZones:
        def changed() -> None:
            self.shop_settings.refresh()
            self.shipping.plan()

        return ShippingZones(self.shipping_store, self.formats, changed)

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

    # --- what is shown live -----------------------------------------------------------------------

    @cached_property
    def goals(self) -> GoalService:
        return GoalService(
            SqlGoals(self.database), self.formats, lambda: self.formats.today(), is_closed=self.known_days.is_closed
        )

    @cached_property
    def visitors(self) -> Visitors:
        return Visitors(SqlVisitorSketches(self.database), self.secret_key)

    @cached_property
    def snapshots(self) -> LiveSnapshots:
        facts = WallFacts(
            self.analytics, self.stores.carts, self.formats, self.goals.of, self.visitors.count, utc_now,
            odd_days=self.anomalies.recent, packing=self.fulfilment.packing,
        )  # fmt: skip
        return LiveSnapshots(
            self.analytics,
            self.sales,
            self.formats,
            self.catalog.all,
            self.stock.demands,
            facts,
            reorder_points=self.forecasts.reorder_points,
            median=self.order_sizes.median,
            secret_key=self.secret_key,
        )

    # --- what is sent -----------------------------------------------------------------------------

    @cached_property
    def letterhead(self) -> Letterhead:
        def now() -> Letterhead:
            settings = self.shop_settings.settings()
            formats = self.shop_settings.formats()
            shop = self.shop_settings.shop()
            logo = settings.base_url + shop.logo_path if shop.logo else ""
            frame = Frame(logo, shop.seller_lines, tuple(shop.mail_footer.splitlines()), shop.mail_texts)
            return Letterhead(
                settings.store_name, settings.base_url, settings.alert_email, formats, frame, shop.transfer_text
            )

        return cast(Letterhead, InForce(now))

    @cached_property
    def mailbox(self) -> LocalMailbox:
        return LocalMailbox(self.database)

    @cached_property
    def blocks(self) -> SqlAddressBlocks:
        return SqlAddressBlocks(self.database)

    @cached_property
    def senders(self) -> tuple[Sender, Sender]:
        """What e-mails go by, and what alerts go by."""
        if self.settings.notifier == "local":
            return CarefulManySender(self.mailbox, self.blocks, self.formats), self.mailbox
        mails, alerts = aws_senders(self.settings, self._headed, writes_to_reserved=self.writes_to_reserved)
        return CarefulSender(mails, self.blocks, self.formats), alerts

    def _headed(self) -> tuple[str, str]:
        shop = self.shop_settings.shop()
        return shop.sender_name, shop.reply_to

    @cached_property
    def unconfirmed(self) -> UnconfirmedMail:
        return UnconfirmedMail(self.throttle, self.users)

    @cached_property
    def mail_events(self) -> MailEventService:
        return MailEventService(event_inbox_of(self.settings), self.blocks)

    @cached_property
    def notifications(self) -> NotificationService:
        sender, alerts = self.senders
        return NotificationService(
            self.letterhead,
            sender,
            self.mailbox,
            self.order_store,
            self.stores.catalog,
            SqlEpisodes(self.database),
            self.outbox,
            SqlDeliveries(self.database),
            self.stock.demand_of,
            self.order_links.path,
            self.unconfirmed,
            alerts=alerts,
            # In the mailbox the receipt leads to it: it is drawn when somebody asks for it.
            invoice=self.invoices.attached if self.settings.notifier == "aws" else None,
            invoice_number=self.invoices.number_of,
            returned=self.returns.get,
            sent=self._sent_parcel,
        )

    def _sent_parcel(self, shipment_id: int) -> SentParcel | None:
        shipment = self.fulfilment_store.shipment(shipment_id)
        work = self.fulfilment_store.work(shipment.order_id) if shipment else None
        return SentParcel(shipment, work.units_open) if shipment and work else None

    @cached_property
    def mail_samples(self) -> MailSamples:
        def name_of(place: int) -> str | None:
            sold = self.catalog.popular(place + 1)
            return sold[place].name if len(sold) > place else None

        return MailSamples(self.letterhead, name_of)

    @cached_property
    def webhooks(self) -> WebhookParts:
        return WebhookParts(self)

    @cached_property
    def dispute_alerts(self) -> DisputeAlerts:
        return DisputeAlerts(self.letterhead, self.senders[1], self.order_store, self.payments.disputes_of)

    @cached_property
    def pay_back_alerts(self) -> PayBackAlerts:
        return PayBackAlerts(self.letterhead, self.senders[1], self.order_store, self.returns.get)

    @cached_property
    def rules(self) -> RuleService:
        store, (_, alerts) = SqlAlertRules(self.database), self.senders
        return RuleService(
            store,
            self.analytics,
            self.stock,
            self.holdings,
            alerts,
            self.letterhead,
            anchor=self.anchor,
            odd_days=self.anomalies.recent,
            endpoints=self.webhooks.endpoints.all,
            backlog=self.fulfilment.backlog,
        )

    @cached_property
    def rule_history(self) -> RuleHistory:
        def odd_days() -> list[Anomaly]:
            return in_a_row(self.anomalies.of_last_year())

        return RuleHistory(self.analytics, SqlHours(self.database), odd_days, self.formats, self.anchor)

    @cached_property
    def reports(self) -> ReportService:
        numbers = Numbers(
            self.sales, self.breakdowns, self.customers, self.holdings, self.forecasts, self.catalog, self.order_sizes
        )
        return ReportService(SqlReportReaders(self.database), numbers, self.senders[0], self.letterhead)

    # --- what runs by itself ----------------------------------------------------------------------

    @cached_property
    def reconciliations(self) -> SqlReconciliationLog:
        return SqlReconciliationLog(self.database)

    @cached_property
    def reconcile(self) -> ReconcileService:
        books = AllBooks(
            SqlBooks(self.database, self.clock),
            self.stores.catalog,
            self.stores.reservations,
            DemoBook(self.database),
            SqlBookMender(self.database, self.clock),
            self.reconciliations,
        )
        return ReconcileService(books, self.audit, self.notifications.check_low_stock, self._money)
