"""Every table of the relational store, in SQLAlchemy Core, for SQLite and MySQL alike.

Money columns are integer minor units. Times are UTC. `day` columns are store days, cut in the
store's time zone when the row is written, so that rollups never convert time zones in SQL.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import DateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime; microseconds on both databases."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone reached the database")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")
Money = BigInteger


def _table(name: str, *items: SchemaItem, **options: Any) -> Table:
    mysql_options: dict[str, Any] = {
        "mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin",
    }  # fmt: skip
    return Table(name, metadata, *items, **mysql_options, **options)


# --- people -----------------------------------------------------------------------------------

users = _table(
    "users",
    Column("user_id", BigId, primary_key=True, autoincrement=True),
    Column("full_name", String(120), nullable=False),
    Column("email", String(254), unique=True),  # normalised; NULL for imported customers
    Column("role", String(16), nullable=False),
    Column("password_hash", String(255)),
    Column("session_version", Integer, nullable=False, server_default="1"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("external_id", String(64), unique=True),
    Column("country", String(64)),
    Column("deactivated_at", UtcDateTime),
    Column("email_verified_at", UtcDateTime),
    Column("totp_secret", String(255)),  # encrypted; there from the start of the set-up
    Column("totp_enabled_at", UtcDateTime),
    Column("totp_last_step", BigInteger),  # the time step of the last code taken: no code counts twice
    Index(None, "role"),
)

# Single-use links sent by e-mail. The link itself is signed, not stored.
account_links = _table(
    "account_links",
    Column("link_id", BigId, primary_key=True, autoincrement=True),
    Column("request_key", String(160), nullable=False, unique=True),
    Column("purpose", String(16), nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("email", String(254), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Index(None, "user_id", "purpose"),
    Index(None, "expires_at"),
    # A token signs the id, and the mail is queued under it: no later link may get the id of a forgotten one.
    sqlite_autoincrement=True,
)

recovery_codes = _table(
    "recovery_codes",
    Column("user_id", BigId, primary_key=True, autoincrement=False),
    Column("code_hash", String(64), primary_key=True),
    Column("used_at", UtcDateTime),
)

api_tokens = _table(
    "api_tokens",
    Column("token_id", BigId, primary_key=True, autoincrement=True),
    Column("user_id", BigInteger, nullable=False),
    Column("name", String(60), nullable=False),
    Column("scopes", String(120), nullable=False),  # separated by blanks
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("hint", String(4), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Index(None, "user_id"),
)

# One row per thing that is tried too often: when, by the sum of all attempts, it will be quiet again.
throttles = _table(
    "throttles",
    Column("throttle_key", String(64), primary_key=True),  # a hash: no address or account at rest
    Column("quiet_at", UtcDateTime, nullable=False),
    Index(None, "quiet_at"),
)

# Append-only; triggers of the database refuse anything else.
audit_log = _table(
    "audit_log",
    Column("audit_id", BigId, primary_key=True, autoincrement=True),
    Column("entry_key", String(160), unique=True),  # NULL, or what makes writing it twice harmless
    Column("at", UtcDateTime, nullable=False),
    Column("actor_id", BigInteger),
    Column("actor", String(254), nullable=False),
    Column("address", String(64), nullable=False),
    Column("via", String(80), nullable=False),
    Column("action", String(40), nullable=False),
    Column("target_kind", String(16), nullable=False),
    Column("target_id", String(64), nullable=False),
    Column("target_name", String(254), nullable=False),
    Column("before", JSON),
    Column("after", JSON),
    Column("outcome", String(16), nullable=False),
    Column("note", String(200), nullable=False),
    Index(None, "at"),
    Index(None, "actor", "audit_id"),
    Index(None, "action", "audit_id"),
    Index(None, "target_kind", "target_id", "audit_id"),
)

# --- catalogue, stock and carts (the SQL backend of ports that DynamoDB serves elsewhere) -------

products = _table(
    "products",
    Column("product_id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("category", String(64), nullable=False),
    Column("description", Text, nullable=False),
    Column("price", Money, nullable=False),
    Column("cost", Money),
    Column("stock", BigInteger, nullable=False),  # available
    Column("threshold", Integer, nullable=False),
    Column("threshold_manual", Boolean, nullable=False),
    Column("image", String(120)),
    Column("status", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Index(None, "changed_at"),
)

# One row per stock edit that was applied: makes an edit safe to run twice.
stock_marks = _table(
    "stock_marks",
    Column("edit_id", String(64), primary_key=True),
    Column("product_id", String(64), nullable=False),
    Column("delta", BigInteger, nullable=False),
    Column("available", BigInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

reservations = _table(
    "reservations",
    Column("order_id", BigId, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Index(None, "state"),
)

reservation_lines = _table(
    "reservation_lines",
    Column("order_id", BigId, primary_key=True, autoincrement=False),
    Column("product_id", String(64), primary_key=True),
    Column("units", Integer, nullable=False),
    Index(None, "product_id"),
)

carts = _table(
    "carts",
    Column("owner", String(80), primary_key=True),
    Column("revision", String(32), nullable=False),
    Column("emptied_by", BigInteger),
    Column("changed_at", UtcDateTime, nullable=False),
    Index(None, "changed_at"),
)

cart_lines = _table(
    "cart_lines",
    Column("owner", String(80), ForeignKey("carts.owner", ondelete="CASCADE"), primary_key=True),
    Column("product_id", String(64), primary_key=True),
    Column("quantity", Integer, nullable=False),
    Column("unit_price", Money, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)

# One row per order whose lines were taken out of a cart: makes that effect safe to run twice.
cart_takes = _table(
    "cart_takes",
    Column("order_id", BigId, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
)

# --- orders, payments, returns ------------------------------------------------------------------

orders = _table(
    "orders",
    Column("order_id", BigId, primary_key=True, autoincrement=True),
    Column("owner", String(80), nullable=False),
    Column("user_id", BigInteger),
    Column("status", String(16), nullable=False),
    Column("source", String(16), nullable=False),  # shop, demo, import
    Column("external_id", String(64)),
    Column("idempotency_key", String(128)),
    Column("fingerprint", String(64)),
    Column("cart_revision", String(32)),
    # "<owner>|<cart revision>" while pending, charging or paid, else NULL: one live order per cart revision.
    Column("live_cart", String(120), unique=True),
    Column("email", String(254)),
    Column("ship_name", String(120), nullable=False),
    Column("ship_line1", String(160), nullable=False),
    Column("ship_line2", String(160), nullable=False),
    Column("ship_city", String(80), nullable=False),
    Column("ship_region", String(80), nullable=False),
    Column("ship_postcode", String(20), nullable=False),
    Column("ship_country", String(64), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("tax_rate", String(16), nullable=False),
    Column("units", Integer, nullable=False),
    Column("subtotal", Money, nullable=False),
    Column("tax", Money, nullable=False),
    Column("total", Money, nullable=False),
    Column("refunded", Money, nullable=False, server_default="0"),
    Column("failure", Text),
    Column("shortages", JSON),  # of a rejected order: what a repeat of its request is told again
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("paid_at", UtcDateTime),
    Column("paid_day", Date),
    Column("leased_until", UtcDateTime),  # the checkout's own lease, then the sweeper's
    Column("search_name", String(120), Computed("lower(ship_name)", persisted=False)),
    UniqueConstraint("owner", "idempotency_key"),
    UniqueConstraint("source", "external_id"),
    Index(None, "owner", "order_id"),
    Index(None, "user_id", "order_id"),
    Index(None, "status", "changed_at"),
    Index(None, "status", "order_id"),
    Index(None, "email", "order_id"),
    Index(None, "search_name"),
    Index(None, "paid_at"),
    Index(None, "paid_day"),
)

order_lines = _table(
    "order_lines",
    Column("order_id", BigId, ForeignKey("orders.order_id"), primary_key=True, autoincrement=False),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    Column("product_id", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("unit_price", Money, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("returned", Integer, nullable=False, server_default="0"),
    Index(None, "product_id"),
)

payments = _table(
    "payments",
    Column("order_id", BigId, ForeignKey("orders.order_id"), primary_key=True, autoincrement=False),
    Column("provider", String(32), nullable=False),
    Column("reference", String(64), nullable=False),
    Column("method", String(64), nullable=False),
    Column("amount", Money, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# A return is recorded first (refunded_at NULL), refunded at the provider by return id, then completed.
returns = _table(
    "returns",
    Column("return_id", BigId, primary_key=True, autoincrement=True),
    Column("order_id", BigInteger),  # NULL: an imported cancellation that names no order
    Column("request_key", String(128), unique=True),
    Column("external_id", String(64), unique=True),
    Column("user_id", BigInteger),
    Column("country", String(64), nullable=False),
    Column("actor", String(120), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("amount", Money, nullable=False),  # before tax
    Column("refund", Money, nullable=False),  # with the tax share
    Column("units", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("day", Date, nullable=False),
    Column("refunded_at", UtcDateTime),
    Index(None, "order_id"),
    Index(None, "day"),
    Index(None, "refunded_at"),
)

return_lines = _table(
    "return_lines",
    Column("return_id", BigId, ForeignKey("returns.return_id"), primary_key=True, autoincrement=False),
    Column("item_no", Integer, primary_key=True, autoincrement=False),
    Column("line_no", Integer),  # of the order; NULL for imported ones
    Column("product_id", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("amount", Money, nullable=False),
    Column("restock", Boolean, nullable=False),
)

# The demo payment provider's own durable book, as a real provider would keep one.
demo_charges = _table(
    "demo_charges",
    Column("order_id", BigId, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("amount", Money, nullable=False),
    Column("reference", String(64), nullable=False),
    Column("method", String(64), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

demo_refunds = _table(
    "demo_refunds",
    Column("refund_key", String(64), primary_key=True),
    Column("order_id", BigInteger, nullable=False),
    Column("amount", Money, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "order_id"),
)

# --- the stock ledger -----------------------------------------------------------------------------

stock_movements = _table(
    "stock_movements",
    Column("movement_id", BigId, primary_key=True, autoincrement=True),
    Column("uid", String(160), nullable=False, unique=True),  # "<cause>:<line>": booked once
    Column("product_id", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("on_hand", BigInteger, nullable=False),
    Column("cause", String(120), nullable=False),
    Column("actor", String(120), nullable=False),
    Column("note", String(200), nullable=False, server_default=""),
    Index(None, "product_id", "at", "movement_id"),
    Index(None, "at"),
)

stock_levels = _table(
    "stock_levels",
    Column("product_id", String(64), primary_key=True),
    Column("on_hand", BigInteger, nullable=False),
    Column("first_stocked_at", UtcDateTime),
    Column("last_sold_at", UtcDateTime),
)

# The intent of an admin's stock edit; finished by the sweeper if its process dies.
stock_edits = _table(
    "stock_edits",
    Column("edit_id", String(64), primary_key=True),
    Column("product_id", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("delta", BigInteger),  # one of delta and set_to
    Column("set_to", BigInteger),
    Column("actor", String(120), nullable=False),
    Column("note", String(200), nullable=False),
    Column("state", String(16), nullable=False),  # pending, done, refused
    Column("at", UtcDateTime, nullable=False),
    Column("leased_until", UtcDateTime),
    Index(None, "state", "at"),
)

low_stock_episodes = _table(
    "low_stock_episodes",
    Column("episode_id", BigId, primary_key=True, autoincrement=True),
    Column("product_id", String(64), nullable=False),
    Column("open_key", String(64), unique=True),  # the product id while open, else NULL: one open episode
    Column("on_hand", BigInteger, nullable=False),
    Column("threshold", Integer, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Index(None, "product_id"),
)

# --- outbox, mailbox, leases ---------------------------------------------------------------------

outbox = _table(
    "outbox",
    Column("entry_id", BigId, primary_key=True, autoincrement=True),
    Column("kind", String(32), nullable=False),
    Column("key", String(160), nullable=False, unique=True),
    Column("payload", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("next_try_at", UtcDateTime, nullable=False),
    Column("leased_until", UtcDateTime),
    Column("done_at", UtcDateTime),
    Column("last_error", Text),
    Index(None, "state", "next_try_at"),
    Index(None, "kind", "state", "entry_id"),
)

mailbox = _table(
    "mailbox",
    Column("message_id", BigId, primary_key=True, autoincrement=True),
    Column("key", String(160), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("to", String(254), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("html", Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb"), nullable=False),
    Column("text", Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb"), nullable=False),
    Column("order_id", BigInteger),
    Column("product_id", String(64)),
    Column("at", UtcDateTime, nullable=False),
    Column("read_at", UtcDateTime),
    Index(None, "at"),
    Index(None, "read_at"),
    Index(None, "to"),
    Index(None, "order_id"),
    Index(None, "kind", "message_id"),
)

leases = _table(
    "leases",
    Column("name", String(64), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

# Facts about the shop itself: who filled it ("demo", "import"), from what, when.
shop_facts = _table(
    "shop_facts",
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

# --- rollups: what pages read instead of order lines ---------------------------------------------

rollup_minutes = _table(
    "rollup_minutes",
    Column("minute", UtcDateTime, primary_key=True),
    Column("orders", Integer, nullable=False),
    Column("units", BigInteger, nullable=False),
    Column("gross", Money, nullable=False),
    Column("tax", Money, nullable=False),
    Column("returns", Money, nullable=False),
)

rollup_days = _table(
    "rollup_days",
    Column("day", Date, primary_key=True),
    Column("orders", Integer, nullable=False),
    Column("units", BigInteger, nullable=False),
    Column("gross", Money, nullable=False),
    Column("tax", Money, nullable=False),
    Column("returned_units", BigInteger, nullable=False),
    Column("returns", Money, nullable=False),
)

rollup_product_days = _table(
    "rollup_product_days",
    Column("day", Date, primary_key=True),
    Column("product_id", String(64), primary_key=True),
    Column("country", String(64), primary_key=True),
    Column("units", BigInteger, nullable=False),
    Column("gross", Money, nullable=False),
    Column("returned_units", BigInteger, nullable=False),
    Column("returns", Money, nullable=False),
    Index(None, "product_id", "day"),
)

rollup_customer_days = _table(
    "rollup_customer_days",
    Column("day", Date, primary_key=True),
    Column("user_id", BigId, primary_key=True, autoincrement=False),
    Column("orders", Integer, nullable=False),
    Column("units", BigInteger, nullable=False),
    Column("gross", Money, nullable=False),
    Column("returns", Money, nullable=False),
    Index(None, "user_id", "day"),
)

rollup_customers = _table(
    "rollup_customers",
    Column("user_id", BigId, primary_key=True, autoincrement=False),
    Column("orders", Integer, nullable=False),
    Column("units", BigInteger, nullable=False),
    Column("gross", Money, nullable=False),
    Column("returns", Money, nullable=False),
    Column("lifetime", Money, nullable=False),  # gross - returns
    Column("first_order_at", UtcDateTime),
    Column("last_order_at", UtcDateTime),
    Column("cohort", String(7)),  # store month of the first order, "2026-11"
    Index(None, "lifetime"),
    Index(None, "last_order_at"),
)

rollup_cohorts = _table(
    "rollup_cohorts",
    Column("cohort", String(7), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("customers", Integer, nullable=False),
)

rollup_stock_hours = _table(
    "rollup_stock_hours",
    Column("product_id", String(64), primary_key=True),
    Column("hour", UtcDateTime, primary_key=True),
    Column("on_hand", BigInteger, nullable=False),  # at the last movement of the hour
    Column("sold", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Index(None, "hour"),
)
