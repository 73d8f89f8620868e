"""Every table of the relational store, in SQLAlchemy Core, for SQLite and MySQL alike.

Money columns are integer minor units. Times are UTC. `day` columns are store days, cut in the
store's time zone when the row is written, so that rollups never convert time zones in SQL.
"""

from __future__ import annotations

from app.stores.sql.tables.base import UtcDateTime, metadata
from app.stores.sql.tables.catalog import (
    cart_lines,
    cart_takes,
    carts,
    products,
    reservation_lines,
    reservations,
    stock_marks,
)
from app.stores.sql.tables.effects import address_blocks, hook_messages, leases, mailbox, outbox, shop_facts
from app.stores.sql.tables.ledger import low_stock_episodes, price_history, stock_edits, stock_levels, stock_movements
from app.stores.sql.tables.orders import (
    demo_charges,
    demo_refunds,
    order_lines,
    order_words,
    orders,
    payments,
    return_lines,
    returns,
    sold_words,
)
from app.stores.sql.tables.people import (
    account_links,
    api_tokens,
    audit_log,
    recovery_codes,
    sessions,
    throttles,
    users,
)
from app.stores.sql.tables.planning import (
    alert_episodes,
    alert_rules,
    calendar_countries,
    events,
    forecasts,
    reorder_plans,
    report_readers,
)
from app.stores.sql.tables.reconcile import reconciliations
from app.stores.sql.tables.rollups import (
    rollup_buyers,
    rollup_cohorts,
    rollup_countries,
    rollup_customer_days,
    rollup_customer_periods,
    rollup_customers,
    rollup_days,
    rollup_minutes,
    rollup_order_values,
    rollup_product_days,
    rollup_products,
    rollup_quarters,
    rollup_stock,
    rollup_stock_hours,
    rollup_stock_outs,
)
from app.stores.sql.tables.wall import day_goals, pairings, screens, visitor_sketches

__all__ = [
    "UtcDateTime",
    "account_links",
    "address_blocks",
    "alert_episodes",
    "alert_rules",
    "api_tokens",
    "audit_log",
    "calendar_countries",
    "cart_lines",
    "cart_takes",
    "carts",
    "day_goals",
    "demo_charges",
    "demo_refunds",
    "events",
    "forecasts",
    "hook_messages",
    "leases",
    "low_stock_episodes",
    "mailbox",
    "metadata",
    "order_lines",
    "order_words",
    "orders",
    "outbox",
    "pairings",
    "payments",
    "price_history",
    "products",
    "reconciliations",
    "recovery_codes",
    "reorder_plans",
    "report_readers",
    "reservation_lines",
    "reservations",
    "return_lines",
    "returns",
    "rollup_buyers",
    "rollup_cohorts",
    "rollup_countries",
    "rollup_customer_days",
    "rollup_customer_periods",
    "rollup_customers",
    "rollup_days",
    "rollup_minutes",
    "rollup_order_values",
    "rollup_product_days",
    "rollup_products",
    "rollup_quarters",
    "rollup_stock",
    "rollup_stock_hours",
    "rollup_stock_outs",
    "screens",
    "sessions",
    "shop_facts",
    "sold_words",
    "stock_edits",
    "stock_levels",
    "stock_marks",
    "stock_movements",
    "throttles",
    "users",
    "visitor_sketches",
]
