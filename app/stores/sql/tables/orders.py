"""Orders, payments, returns, and the demo payment provider."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)

from app.stores.sql.tables.base import BigId, Money, UtcDateTime, plain_name, table

TOTAL_ADDS_UP = "total = subtotal - discount + shipping + tax"

orders = table(
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
    Column("ship_district", String(80)),  # empty too in orders of versions that did not ask for it
    Column("ship_phone", String(32)),  # likewise
    Column("language", String(8)),  # in which it was placed; NULL is English
    Column("currency", String(3), nullable=False),
    Column("tax_rate", String(16), nullable=False),
    Column("units", Integer, nullable=False),
    Column("subtotal", Money, nullable=False),
    Column("tax", Money, nullable=False),  # on top of the prices
    Column("total", Money, nullable=False),
    Column("refunded", Money, nullable=False, server_default="0"),
    Column("discount", Money, nullable=False, server_default="0"),
    Column("shipping", Money, nullable=False, server_default="0"),
    Column("tax_included", Money, nullable=False, server_default="0"),  # held by the prices
    Column("list_tax", Money, nullable=False, server_default="0"),  # held by the subtotal: the rest is gross sales
    Column("vat_number", String(20), nullable=False, server_default=""),
    Column("tax_treatment", String(16), nullable=False, server_default=""),
    Column("tax_rows", Integer, nullable=False, server_default="0"),  # how many it has in order_taxes
    # The discount code that it was placed with, and what that took off goods and delivery. `code_use` is unique among
    # the uses that count, and NULL once this one does not: the order failed or was cancelled.
    Column("code_id", BigInteger),
    Column("code", String(40)),
    Column("code_saved", Money, nullable=False, server_default="0"),
    Column("code_use", String(64)),
    # Of the lines with a known cost: what they cost, and what they were charged, before tax.
    Column("cost", Money, nullable=False, server_default="0"),
    Column("costed", Money, nullable=False, server_default="0"),
    Column("failure", Text),
    Column("shortages", JSON),  # of a rejected order: what a repeat of its request is told again
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("paid_at", UtcDateTime),
    Column("paid_day", Date),
    Column("leased_until", UtcDateTime),  # the checkout's own lease, then the sweeper's
    Column("pay_by", String(16)),  # who is to take the money; NULL in orders of versions that had the demo alone
    Column("payment_due", UtcDateTime),  # charging until then: the shopper pays elsewhere, or later
    # How it was promised to get there; NULL where nothing was to be chosen. The method may be gone.
    Column("delivery_id", BigInteger),
    Column("delivery_name", String(60)),
    Column("leaves_on", Date),
    Column("arrives_on", Date),
    Column("arrives_by", Date),
    Column("pick_up", Text),  # where customers fetch it; NULL: it is brought
    # Until it is over: the throttles that it was counted under, and those of a declined card.
    Column("budget", JSON(none_as_null=True)),
    # The version before finds names by these two.
    Column("search_name", String(120), Computed("lower(ship_name)", persisted=False)),
    plain_name("ship_name"),
    Column("search_words", Integer),  # how many it is found by; NULL until they are written
    # Where the goods of a paid order are, as its shipments and returns say; NULL: nobody follows it.
    Column("fulfilment", String(16)),
    Column("open_since", UtcDateTime),  # paid then, and something of it waits to be packed
    Column("hold", String(200)),  # why it must not be sent
    UniqueConstraint("owner", "idempotency_key"),
    UniqueConstraint("source", "external_id"),
    Index("uq_orders_code_use", "code_use", unique=True),
    Index(None, "code_id", "status"),
    Index(None, "owner", "order_id"),
    Index(None, "user_id", "order_id"),
    Index(None, "status", "changed_at"),
    Index(None, "status", "order_id"),
    Index(None, "status", "leased_until"),
    Index(None, "email", "order_id"),
    Index(None, "search_name"),
    Index(None, "plain_name"),
    Index(None, "paid_at"),
    Index(None, "ship_country", "paid_at"),
    Index(None, "paid_day"),
    Index(None, "paid_day", "subtotal"),
    Index(None, "search_words", "order_id"),
    Index(None, "fulfilment", "paid_at"),
    Index(None, "open_since"),
    CheckConstraint(TOTAL_ADDS_UP, name="ck_orders_total"),
)

# What each tax rate of an order came to; `base` never holds the tax. Shipping's part of both is apart. An order whose
# one rate, without a name, is on its whole subtotal has no rows: it says all of that itself, as imported ones do.
order_taxes = table(
    "order_taxes",
    Column("order_id", BigId, ForeignKey("orders.order_id"), primary_key=True, autoincrement=False),
    Column("row_no", Integer, primary_key=True, autoincrement=False),  # from 0; lines name it
    Column("name", String(60), nullable=False),  # "" where it is just called tax
    Column("rate", String(16), nullable=False),
    Column("base", Money, nullable=False),
    Column("tax", Money, nullable=False),
    Column("shipping_base", Money, nullable=False),
    Column("shipping_tax", Money, nullable=False),
)

# What orders are found by besides what they hold: the words of names, cities, e-mail addresses, numbers and totals.
order_words = table(
    "order_words",
    Column("order_id", BigId, primary_key=True, autoincrement=False),
    Column("word", String(40), primary_key=True),
    Index(None, "word", "order_id"),
    sqlite_with_rowid=False,
)

# What products were called when they were sold, and their numbers: each word once, however often it was sold.
sold_words = table(
    "sold_words",
    Column("product_id", String(64), primary_key=True),
    Column("word", String(40), primary_key=True),
    Index(None, "word", "product_id"),
    sqlite_with_rowid=False,
)

order_lines = table(
    "order_lines",
    Column("order_id", BigId, ForeignKey("orders.order_id"), primary_key=True, autoincrement=False),
    Column("line_no", Integer, primary_key=True, autoincrement=False),
    Column("product_id", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("unit_price", Money, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("returned", Integer, nullable=False, server_default="0"),
    Column("unit_cost", Money),  # the product's when it was sold; NULL: unknown
    Column("discount", Money, nullable=False, server_default="0"),  # its own, and its share of the order's
    Column("taxes", JSON(none_as_null=True)),  # [row_no, share of that tax] of each; NULL where it was not kept
    # Held by what it was charged, and by its list price; both are 0 where tax comes on top of prices.
    Column("tax_included", Money, nullable=False, server_default="0"),
    Column("list_tax", Money, nullable=False, server_default="0"),
    Index(None, "product_id"),
)

payments = table(
    "payments",
    Column("order_id", BigId, ForeignKey("orders.order_id"), primary_key=True, autoincrement=False),
    Column("provider", String(32), nullable=False),
    Column("reference", String(64), nullable=False),
    Column("method", String(64), nullable=False),
    Column("amount", Money, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# Payments that are made elsewhere or later: what they are called at the provider, and whether they still may be made.
payment_sessions = table(
    "payment_sessions",
    Column("order_id", BigId, primary_key=True, autoincrement=False),
    Column("provider", String(16), nullable=False),
    Column("state", String(16), nullable=False),  # open, voided, paid
    # Names it at the provider before that has given it a name: random, so that two shops of one account differ.
    Column("token", String(40), nullable=False, unique=True),
    Column("return_url", Text, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("reference", String(80), nullable=False),  # the provider's own name of it; "" until it answered
    Column("url", Text, nullable=False),  # of its page
    Column("at", UtcDateTime, nullable=False),
)

# Payments that the holder of the card had taken back, as the provider said last.
payment_disputes = table(
    "payment_disputes",
    Column("dispute_id", String(80), primary_key=True),
    Column("order_id", BigInteger, nullable=False),
    Column("amount", Money, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("status", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Index(None, "order_id"),
)

# A return is recorded first (refunded_at NULL), refunded at the provider by return id, then completed. When the
# provider refuses, its row stays with 0 units, which says that it never was.
returns = table(
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
    Column("tax_rows", Integer, nullable=False, server_default="0"),  # how many it has in return_taxes
    # Of the lines with a known cost: what the units put back had cost, and the amount.
    Column("cost", Money, nullable=False, server_default="0"),
    Column("costed", Money, nullable=False, server_default="0"),
    Column("at", UtcDateTime, nullable=False),
    Column("day", Date, nullable=False),
    Column("refunded_at", UtcDateTime),
    Index(None, "order_id"),
    Index(None, "day"),
    Index(None, "refunded_at"),
)

# What a return takes back of the taxes in order_taxes. One of an order without rows there has none: what is refunded
# beyond its amount is the tax.
return_taxes = table(
    "return_taxes",
    Column("return_id", BigId, ForeignKey("returns.return_id"), primary_key=True, autoincrement=False),
    Column("row_no", Integer, primary_key=True, autoincrement=False),
    Column("base", Money, nullable=False),
    Column("tax", Money, nullable=False),
)

return_lines = table(
    "return_lines",
    Column("return_id", BigId, ForeignKey("returns.return_id"), primary_key=True, autoincrement=False),
    Column("item_no", Integer, primary_key=True, autoincrement=False),
    Column("line_no", Integer),  # of the order; NULL for imported ones
    Column("product_id", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("amount", Money, nullable=False),
    Column("restock", Boolean, nullable=False),
    Column("unit_cost", Money),  # of the line that was sold
    Column("unsent", Integer, nullable=False, server_default="0"),  # units of it that had not been sent yet
)

# The demo payment provider's own durable book, as a real provider would keep one.
demo_charges = table(
    "demo_charges",
    Column("order_id", BigId, primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("amount", Money, nullable=False),
    Column("reference", String(64), nullable=False),
    Column("method", String(64), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

demo_refunds = table(
    "demo_refunds",
    Column("refund_key", String(64), primary_key=True),
    Column("order_id", BigInteger, nullable=False),
    Column("amount", Money, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "order_id"),
)
