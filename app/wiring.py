"""The composition root: the only place that chooses which store or sender stands behind a port."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.config import Settings
from app.errors import StartupError
from app.metrics import checkout_answered
from app.money import Formats
from app.services import Services
from app.services.account_data import AccountData
from app.services.account_links import LinkTokens
from app.services.account_mails import AccountMails
from app.services.accounts import AccountService
from app.services.analytics.customers import CustomerAnalytics
from app.services.analytics.sales import SalesAnalytics
from app.services.analytics.stock import StockAnalytics
from app.services.audit import AuditService
from app.services.cart import CartService
from app.services.catalog import CatalogService
from app.services.checkout import CheckoutService
from app.services.inventory import InventoryService
from app.services.live import LiveHub
from app.services.live_snapshot import LiveSnapshots
from app.services.notifications import Letterhead, NotificationService
from app.services.orders import OrderService
from app.services.ports import Carts, Catalogue, ProductLoader
from app.services.second_factor import SecondFactorService
from app.services.sign_in import SignInService
from app.services.staff import StaffService
from app.services.throttle import ThrottleService
from app.services.tokens import TokenService
from app.services.worker import Chore, Worker
from app.stores.local.demo_payments import DemoPayments
from app.stores.local.images import LocalImages
from app.stores.local.mailbox import LocalMailbox
from app.stores.sql.account_links import SqlAccountLinks
from app.stores.sql.account_records import SqlAccountRecords
from app.stores.sql.analytics import SqlAnalytics
from app.stores.sql.api_tokens import SqlApiTokens
from app.stores.sql.audit import SqlAuditLog
from app.stores.sql.carts import SqlCarts
from app.stores.sql.catalogue import SqlCatalogue
from app.stores.sql.engine import Database
from app.stores.sql.episodes import SqlDeliveries, SqlEpisodes
from app.stores.sql.ledger import SqlLedger
from app.stores.sql.orders import SqlOrders
from app.stores.sql.outbox import SqlOutbox
from app.stores.sql.returns import SqlReturns
from app.stores.sql.rollups import SqlRollups
from app.stores.sql.second_factors import SqlSecondFactors
from app.stores.sql.staff import SqlStaff
from app.stores.sql.throttles import SqlThrottles
from app.stores.sql.users import SqlUsers

OLD_LINKS = 500  # deleted at once, at most

ROOT = Path(__file__).parents[1]


def open_database(settings: Settings) -> Database:
    """The configured database; the embedded default's folder is made when missing."""
    if settings.is_embedded:
        try:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StartupError(f"DATA_DIR: cannot create {settings.data_dir}: {error.strerror}.") from error
    return Database(settings.resolved_database_url)


@dataclass(frozen=True)
class CatalogueStores:
    """`loader`: None where products are part of the database's own transactions."""

    catalogue: Catalogue
    carts: Carts
    loader: ProductLoader | None = None


def catalogue_stores(settings: Settings, database: Database) -> CatalogueStores:
    """Where products, stock and carts live, by CATALOG_BACKEND."""
    if settings.catalog_backend == "sql":
        return CatalogueStores(SqlCatalogue(database), SqlCarts(database))
    from app.stores.dynamo import carts, catalogue, loading, tables  # boto3 is slow to load, and most never need it

    dynamo = tables.connect(settings.dynamodb_table_prefix)
    return CatalogueStores(catalogue.DynamoCatalogue(dynamo), carts.DynamoCarts(dynamo), loading.DynamoLoader(dynamo))


def migrate_catalogue(settings: Settings) -> list[str]:
    """Make the tables that CATALOG_BACKEND needs beside the database's; returns what is to be told."""
    if settings.catalog_backend == "sql":
        return []
    from app.stores.dynamo import tables

    return tables.migrate(tables.connect(settings.dynamodb_table_prefix))


def require_catalogue(settings: Settings) -> None:
    """Raises StartupError, saying what to do, unless the store of CATALOG_BACKEND can be used."""
    if settings.catalog_backend != "sql":
        from app.stores.dynamo import tables

        tables.require_tables(tables.connect(settings.dynamodb_table_prefix))


def formats_of(settings: Settings) -> Formats:
    return Formats(settings.currency, settings.currency_digits, settings.store_locale, settings.zone)


def build(settings: Settings, database: Database | None = None) -> Services:
    """Every service on the stores that `settings` choose. One per process, made after the fork."""
    database = database or open_database(settings)
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

    users, links = SqlUsers(database), SqlAccountLinks(database)
    tokens = TokenService(SqlApiTokens(database), users, settings.staff_second_factor)
    link_tokens = LinkTokens(settings.resolved_secret_key(), links)
    account_data = AccountData(
        SqlAccountRecords(database), carts, catalogue, tokens.of, settings.currency, settings.store_name
    )
    accounts = AccountService(users, links, link_tokens, account_data, settings.store_name)

    sales = SalesAnalytics(analytics, formats)
    catalog = CatalogService(catalogue, sales.bestsellers_28d)
    inventory = InventoryService(
        catalogue,
        SqlLedger(database),
        LocalImages(settings.images_dir),
        settings.default_threshold,
        audit,
        catalog.refresh,
    )
    checkout = CheckoutService(
        order_store,
        catalogue,
        carts,
        payments,
        outbox,
        currency=settings.currency,
        tax_rate=settings.tax_rate,
        observe=checkout_answered,
    )
    orders = OrderService(order_store, SqlReturns(database, settings.zone), catalogue, payments, outbox, audit)
    stock = StockAnalytics(analytics, formats, catalog.all, inventory.held)
    mailbox = LocalMailbox(database)
    letterhead = Letterhead(settings.store_name, settings.base_url, settings.alert_email, formats)
    notifications = NotificationService(
        letterhead,
        mailbox,
        mailbox,
        order_store,
        catalogue,
        SqlEpisodes(database),
        outbox,
        SqlDeliveries(database),
        stock.velocity_of,
    )
    worker = Worker(
        outbox,
        {
            "settle": checkout.settle,
            "take_cart": checkout.take_cart,
            "restock": orders.restock,
            "erase": account_data.erase,
            **notifications.handlers(),
            **AccountMails(letterhead, mailbox, users, links, link_tokens).handlers(),
        },
        SqlRollups(database),
        [
            Chore("sweep", checkout.sweep),
            Chore("finish edits", inventory.finish_edits),
            Chore("finish returns", orders.finish_returns),
            Chore("forget old links", lambda: links.purge(OLD_LINKS), every_seconds=600.0),
            Chore("forget old attempts", throttle.purge, every_seconds=600.0),
        ],
    )
    return Services(
        settings=settings,
        audit=audit,
        staff=StaffService(SqlStaff(database), users, audit_log),
        formats=formats,
        catalog=catalog,
        cart=CartService(carts, catalogue, settings.tax_rate),
        checkout=checkout,
        orders=orders,
        accounts=accounts,
        inventory=inventory,
        notifications=notifications,
        sales=sales,
        customers=CustomerAnalytics(analytics),
        stock=stock,
        live=LiveHub(LiveSnapshots(analytics, sales, formats, catalog.all, stock.velocities).read),
        worker=worker,
        throttle=throttle,
        sign_ins=SignInService(accounts, throttle),
        second_factor=SecondFactorService(
            SqlSecondFactors(database),
            accounts,
            throttle,
            secret_key=settings.resolved_secret_key(),
            issuer=settings.store_name,
            asked_of_staff=settings.staff_second_factor,
        ),
        tokens=tokens,
    )
