"""The composition root: with `stores`, the only place that chooses which store or sender stands behind a port."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from app.domain import Product
from app.money import Formats
from app.ops import cloudwatch_feed, metrics, tracing
from app.services import Services
from app.services.accounts.accounts import AccountService
from app.services.accounts.api_tokens import TokenService
from app.services.accounts.link_tokens import LinkTokens
from app.services.accounts.mails import AccountMails
from app.services.accounts.personal_data import AccountData
from app.services.accounts.second_factor import SecondFactorService
from app.services.accounts.sessions import SessionService
from app.services.accounts.sign_in import SignInService
from app.services.alerts.rules import RuleService
from app.services.analytics import utc_now
from app.services.analytics.abc import ProductAnalytics
from app.services.analytics.breakdown import Breakdowns
from app.services.analytics.customers import CustomerAnalytics
from app.services.analytics.holdings import Holdings
from app.services.analytics.noted_events import EventService
from app.services.analytics.sales import SalesAnalytics
from app.services.analytics.stock import StockAnalytics
from app.services.analytics.stock_table import StockTable
from app.services.audit.log import AuditService
from app.services.audit.sign_ins import SignInLog
from app.services.books.daily import DailyReconcile
from app.services.books.ports import AllBooks
from app.services.books.reconcile import ReconcileService
from app.services.cart.budget import CartBudget
from app.services.cart.carts import CartService
from app.services.catalog.products import CatalogService
from app.services.checkout.budget import CheckoutBudgets
from app.services.checkout.checkout import CheckoutService
from app.services.forecasts.forecasts import ForecastService
from app.services.health.outages import Outages
from app.services.jobs.worker import Chore, Worker
from app.services.limits.throttle import ThrottleService
from app.services.messages.mail_events import CarefulSender, MailEventService
from app.services.messages.notifications import Letterhead, NotificationService
from app.services.messages.subscribers import AlertService
from app.services.messages.unconfirmed_mailboxes import UnconfirmedMail
from app.services.messages.weekly_report import Numbers, ReportService
from app.services.orders.invoices import InvoiceService
from app.services.orders.links import OrderLinks
from app.services.orders.orders import OrderService
from app.services.staff.staff import StaffService
from app.services.stock.inventory import InventoryService
from app.services.wall.facts import WallFacts
from app.services.wall.goals import GoalService
from app.services.wall.live_hub import LiveHub
from app.services.wall.live_snapshot import LiveSnapshots
from app.services.wall.screens import ScreenService
from app.services.wall.visitors import Visitors
from app.settings.environment import Settings
from app.stores.local.demo_book import DemoBook
from app.stores.local.demo_payments import DemoPayments
from app.stores.local.mailbox import LocalMailbox
from app.stores.sql.accounts.api_tokens import SqlApiTokens
from app.stores.sql.accounts.links import SqlAccountLinks
from app.stores.sql.accounts.personal_data import SqlAccountRecords
from app.stores.sql.accounts.second_factors import SqlSecondFactors
from app.stores.sql.accounts.sessions import SqlSessions
from app.stores.sql.accounts.users import SqlUsers
from app.stores.sql.alerts.rules import SqlAlertRules
from app.stores.sql.analytics.breakdowns import SqlBreakdowns
from app.stores.sql.analytics.customers import SqlCustomerAnalytics
from app.stores.sql.analytics.noted_events import SqlEvents
from app.stores.sql.analytics.sales_and_stock import SqlAnalytics
from app.stores.sql.audit.log import SqlAuditLog
from app.stores.sql.books.books import SqlBooks
from app.stores.sql.books.log import SqlReconciliationLog
from app.stores.sql.books.mending import SqlBookMender
from app.stores.sql.engine.database import Database
from app.stores.sql.forecasts.forecasts import SqlForecasts
from app.stores.sql.health.vitals import SqlVitals
from app.stores.sql.jobs.outbox import SqlOutbox
from app.stores.sql.limits.throttles import SqlThrottles
from app.stores.sql.messages.address_blocks import SqlAddressBlocks
from app.stores.sql.messages.deliveries import SqlDeliveries
from app.stores.sql.messages.report_readers import SqlReportReaders
from app.stores.sql.orders.orders import SqlOrders
from app.stores.sql.orders.returns import SqlReturns
from app.stores.sql.rollups.folding import SqlRollups
from app.stores.sql.staff.staff import SqlStaff
from app.stores.sql.stock.ledger import SqlLedger
from app.stores.sql.stock.low_stock_episodes import SqlEpisodes
from app.stores.sql.wall.goals import SqlGoals
from app.stores.sql.wall.screens import SqlScreens
from app.stores.sql.wall.visitors import SqlVisitorSketches
from app.wiring.stores import catalogue_stores, event_inbox_of, images_of, open_database, senders_of, topic_of

OLD_LINKS = 500  # deleted at once, at most

ROOT = Path(__file__).parents[2]


def formats_of(settings: Settings) -> Formats:
    return Formats(settings.currency, settings.currency_digits, settings.store_locale, settings.zone)


def build(settings: Settings, database: Database | None = None, *, writes_to_reserved: bool = False) -> Services:
    """Every service on the stores that `settings` choose. One per process, made after the fork.

    `writes_to_reserved`: also mails to invented people, where what stands behind SES and SNS is a stand-in for them.
    """
    database = database or open_database(settings)
    tracing.follow_statements(database.engine)
    vitals = SqlVitals(database)
    formats = formats_of(settings)

    audit_log = SqlAuditLog(database)
    audit = AuditService(audit_log)
    throttle = ThrottleService(SqlThrottles(database), settings.resolved_secret_key())
    stores = catalogue_stores(settings, database)
    catalogue, carts = stores.catalogue, stores.carts
    order_store = SqlOrders(database, settings.zone)
    outbox = SqlOutbox(database)
    payments = DemoPayments(database)
    analytics = SqlAnalytics(database)

    sessions = SessionService(SqlSessions(database))
    users, links = SqlUsers(database), SqlAccountLinks(database)
    tokens = TokenService(SqlApiTokens(database), users, settings.staff_second_factor)
    link_tokens = LinkTokens(settings.resolved_secret_key(), links)
    blocks = SqlAddressBlocks(database)
    account_data = AccountData(
        SqlAccountRecords(database),
        carts,
        catalogue,
        tokens.of,
        settings.currency,
        settings.store_name,
        blocks.of,
        sessions.of,
    )
    accounts = AccountService(users, links, link_tokens, account_data, settings.store_name)

    sales = SalesAnalytics(analytics, formats)
    catalog = CatalogService(catalogue, sales.bestsellers_28d)
    inventory = InventoryService(
        catalogue,
        SqlLedger(database),
        images_of(settings),
        settings.default_threshold,
        audit,
        catalog.refresh,
    )
    cart = CartService(carts, catalogue, settings.tax_rate)
    checkout = CheckoutService(
        order_store,
        catalogue,
        carts,
        payments,
        outbox,
        currency=settings.currency,
        tax_rate=settings.tax_rate,
        observe=metrics.checkout_answered,
        budgets=CheckoutBudgets(throttle).of,
    )
    orders = OrderService(order_store, SqlReturns(database, settings.zone), catalogue, payments, outbox, audit)
    stock = StockAnalytics(analytics, formats, catalog.all, inventory.held)
    breakdown_reader = SqlBreakdowns(database)

    def every_product() -> tuple[Product, ...]:
        return catalog.all(include_removed=True)

    forecasts = ForecastService(SqlForecasts(database), analytics, analytics, formats, catalog.all)
    customers = CustomerAnalytics(SqlCustomerAnalytics(database), formats, sales.trade)
    mailbox = LocalMailbox(database)
    letterhead = Letterhead(settings.store_name, settings.base_url, settings.alert_email, formats)
    outgoing, alerts = senders_of(settings, mailbox, writes_to_reserved=writes_to_reserved)
    sender = CarefulSender(outgoing, blocks, formats)
    unconfirmed = UnconfirmedMail(throttle, users)
    invoices = InvoiceService(orders, formats, settings.store_name, settings.base_url)
    mail_events = MailEventService(event_inbox_of(settings), blocks)
    order_links = OrderLinks(settings.resolved_secret_key(), order_store)
    notifications = NotificationService(
        letterhead,
        sender,
        mailbox,
        order_store,
        catalogue,
        SqlEpisodes(database),
        outbox,
        SqlDeliveries(database),
        stock.velocity_of,
        order_links.path,
        unconfirmed,
        alerts=alerts,
        # In the mailbox the receipt leads to it: it is drawn when somebody asks for it.
        invoice=invoices.of if settings.notifier == "aws" else None,
    )
    reconciliations = SqlReconciliationLog(database)
    reconcile = ReconcileService(
        AllBooks(
            SqlBooks(database, settings.zone),
            catalogue,
            stores.reservations,
            DemoBook(database),
            SqlBookMender(database, settings.zone),
            reconciliations,
        ),
        audit,
        notifications.check_low_stock,
        formats.money,
    )
    goals = GoalService(SqlGoals(database), formats)
    visitors = Visitors(SqlVisitorSketches(database), settings.resolved_secret_key())
    facts = WallFacts(analytics, carts, formats, goals.of, visitors.count, utc_now)
    snapshots = LiveSnapshots(analytics, sales, formats, catalog.all, stock.velocities, facts)
    breakdowns = Breakdowns(breakdown_reader, sales, formats, every_product)
    holdings = Holdings(breakdown_reader, formats, every_product, sales.trade)
    products = ProductAnalytics(analytics, every_product)
    rules = RuleService(SqlAlertRules(database), analytics, stock, holdings, alerts, letterhead)
    reports = ReportService(
        SqlReportReaders(database),
        Numbers(sales, breakdowns, customers, holdings, forecasts, catalog),
        sender,
        letterhead,
    )
    daily = DailyReconcile(reconcile, reconciliations, timedelta(hours=settings.reconcile_every_hours))
    worker = Worker(
        outbox,
        {
            "settle": checkout.settle,
            "take_cart": checkout.take_cart,
            "restock": orders.restock,
            "join_orders": orders.join,
            "erase": account_data.erase,
            **notifications.handlers(),
            "rule_alert": lambda payload: rules.send(payload["episode_id"], payload.get("copy", 0)),
            "report": lambda payload: reports.send(payload["week"], payload["user_id"], payload.get("copy", 0)),
            **AccountMails(letterhead, sender, users, links, link_tokens, unconfirmed).handlers(),
        },
        SqlRollups(database, settings.zone),
        [
            Chore("sweep", checkout.sweep),
            Chore("finish edits", inventory.finish_edits),
            Chore("finish returns", orders.finish_returns),
            Chore("forget old carts", cart.forget_old, every_seconds=60.0),
            Chore("forget old links", lambda: links.purge(OLD_LINKS), every_seconds=600.0),
            Chore("forget old hook messages", mail_events.forget_old, every_seconds=600.0),
            Chore("forget old attempts", throttle.purge, every_seconds=600.0),
            Chore("forget old sessions", sessions.purge, every_seconds=600.0),
            Chore("forget visitors", visitors.forget_old, every_seconds=300.0),
            Chore("segments", customers.keep_segments, every_seconds=60.0, beside=True),
            Chore("rules", rules.check, every_seconds=30.0),
            Chore("report", reports.queue_due, every_seconds=300.0),
            Chore("forecasts", forecasts.refresh, every_seconds=1.5),
            Chore("reconcile", daily.start_if_due, every_seconds=60.0),
            *_feeding(settings, vitals),
        ],
        around=tracing.effect,
    )
    return Services(
        settings=settings,
        audit=audit,
        staff=StaffService(SqlStaff(database), users, audit_log),
        formats=formats,
        catalog=catalog,
        cart=cart,
        cart_budget=CartBudget(),
        checkout=checkout,
        orders=orders,
        order_links=order_links,
        outages=Outages(database.ping, catalog, shares_database=settings.catalog_backend == "sql"),
        invoices=invoices,
        accounts=accounts,
        inventory=inventory,
        notifications=notifications,
        alerts=AlertService(topic_of(settings), audit, writes_to_reserved=writes_to_reserved),
        mail_events=mail_events,
        sales=sales,
        products=products,
        customers=customers,
        stock=stock,
        stock_table=StockTable(sales, stock, holdings, products, forecasts),
        breakdowns=breakdowns,
        holdings=holdings,
        rules=rules,
        reports=reports,
        forecasts=forecasts,
        events=EventService(SqlEvents(database), formats),
        live=LiveHub(snapshots.read),
        peak=snapshots.busiest_hour,
        screens=ScreenService(SqlScreens(database), throttle, settings.resolved_secret_key()),
        goals=goals,
        visitors=visitors,
        worker=worker,
        reconcile=reconcile,
        throttle=throttle,
        sessions=sessions,
        sign_ins=SignInService(accounts, throttle),
        sign_in_log=SignInLog(audit, throttle, tokens),
        second_factor=SecondFactorService(
            SqlSecondFactors(database),
            accounts,
            throttle,
            secret_key=settings.resolved_secret_key(),
            issuer=settings.store_name,
            asked_of_staff=settings.staff_second_factor,
        ),
        tokens=tokens,
        vitals=vitals,
    )


def _feeding(settings: Settings, vitals: SqlVitals) -> list[Chore]:
    """The worker's lines for CloudWatch: as part of its round, so that they end when it hangs."""

    def tell() -> int:
        cloudwatch_feed.tell_of_worker(settings.metrics_namespace, vitals.read())
        return 0

    return [Chore("feed", tell, every_seconds=cloudwatch_feed.EVERY_SECONDS)] if settings.log_format == "json" else []
