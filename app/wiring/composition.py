"""The composition root: every service of one process, on the stores that the settings choose."""

from __future__ import annotations

from pathlib import Path

from app.domain import WallView
from app.ops import tracing
from app.services import Services
from app.services.accounts.sign_in import SignInService
from app.services.analytics.attention import Attention
from app.services.analytics.noted_events import EventService
from app.services.analytics.sales_over_time import SalesOverTime
from app.services.analytics.stock_table import StockTable
from app.services.audit.sign_ins import SignInLog
from app.services.cart.budget import CartBudget
from app.services.forecasts.league import League
from app.services.health.outages import Outages
from app.services.limits.memory import MemoryBudget
from app.services.messages.subscribers import AlertService
from app.services.staff.staff import StaffService
from app.services.wall.live_hub import LiveHub
from app.services.wall.screen_view import Snapshot
from app.services.wall.screens import ScreenService
from app.settings.environment import Settings
from app.stores.sql.analytics.noted_events import SqlEvents
from app.stores.sql.costs.past_sales import SqlPastSales
from app.stores.sql.engine.database import Database
from app.stores.sql.staff.staff import SqlStaff
from app.stores.sql.wall.screens import SqlScreens
from app.wiring.parts import Parts
from app.wiring.stores import open_database, topic_of
from app.wiring.worker import worker_of

ROOT = Path(__file__).parents[2]


def build(settings: Settings, database: Database | None = None, *, writes_to_reserved: bool = False) -> Services:
    """Every service on the stores that `settings` choose. One per process, made after the fork.

    `writes_to_reserved`: also mails to invented people, where what stands behind SES and SNS is a stand-in for them.
    """
    database = database or open_database(settings)
    tracing.follow_statements(database.engine)
    return services_of(Parts(settings, database, writes_to_reserved))


def services_of(parts: Parts) -> Services:
    def event(snapshot: Snapshot, view: WallView | None) -> Snapshot:
        from app.web.streams.live_event import live_event  # Dash is slow to load, and commands do not need it

        return live_event(snapshot, view, parts.formats)

    return Services(
        settings=parts.settings,
        shop_settings=parts.shop_settings,
        store_formats=parts.formats,
        catalog=parts.catalog,
        cart=parts.cart,
        cart_budget=CartBudget(),
        budget=MemoryBudget(),
        checkout=parts.checkout,
        payments=parts.payments,
        effect_marks=parts.effect_marks,
        orders=parts.orders,
        own_orders=parts.own_orders,
        fulfilment=parts.fulfilment,
        packing_papers=parts.packing_papers,
        order_links=parts.order_links,
        outages=Outages(
            parts.shop_settings.follow, parts.catalog, shares_database=parts.settings.catalog_backend == "sql"
        ),
        invoices=parts.invoices,
        accounts=parts.accounts,
        audit=parts.audit,
        staff=StaffService(SqlStaff(parts.database), parts.users, parts.audit_log),
        inventory=parts.inventory,
        bulk_edits=parts.bulk_edits,
        notifications=parts.notifications,
        alerts=AlertService(topic_of(parts.settings), parts.audit, writes_to_reserved=parts.writes_to_reserved),
        mail_events=parts.mail_events,
        past_sales=SqlPastSales(parts.database, parts.clock),
        sales=parts.sales,
        customers=parts.customers,
        pictures=parts.pictures,
        products=parts.products,
        sales_over_time=SalesOverTime(
            parts.sales,
            parts.breakdowns,
            parts.formats,
            median=parts.order_sizes.median,
            same_feast=parts.known_days.same_feast,
        ),
        stock=parts.stock,
        stock_table=StockTable(parts.sales, parts.stock, parts.holdings, parts.products, parts.forecasts),
        breakdowns=parts.breakdowns,
        order_sizes=parts.order_sizes,
        holdings=parts.holdings,
        lost_sales=parts.lost_sales,
        shop_days=parts.shop_days,
        taxes=parts.taxes,
        tax_exemptions=parts.tax_exemptions,
        price_effects=parts.price_effects,
        attention=Attention(parts.catalog.all, parts.stock, parts.forecasts, parts.holdings, parts.customers),
        forecasts=parts.forecasts,
        reorder=parts.reorder,
        league=League(parts.league_store),
        replays=parts.replays,
        events=EventService(SqlEvents(parts.database), parts.formats),
        calendar=parts.calendar,
        calendar_reader=parts.calendar_reader,
        discount_codes=parts.discount_codes,
        shipping=parts.shipping,
        shipping_zones=parts.shipping_zones,
        known_days=parts.known_days,
        anomalies=parts.anomalies,
        rules=parts.rules,
        rule_history=parts.rule_history,
        reports=parts.reports,
        live=LiveHub(parts.snapshots.read, event),
        peak=parts.snapshots.busiest_hour,
        screens=ScreenService(SqlScreens(parts.database), parts.throttle, parts.secret_key),
        goals=parts.goals,
        visitors=parts.visitors,
        searches=parts.searches,
        worker=worker_of(parts),
        reconcile=parts.reconcile,
        tokens=parts.tokens,
        throttle=parts.throttle,
        sessions=parts.sessions,
        sign_ins=SignInService(parts.accounts, parts.throttle),
        sign_in_log=SignInLog(parts.audit, parts.throttle, parts.tokens),
        second_factor=parts.second_factor,
        vitals=parts.vitals,
        webhooks=parts.webhooks.service,
        mail_samples=parts.mail_samples,
    )
