"""Effects that wait to be done, what was mailed, leases, and facts about the shop."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String, Text
from sqlalchemy.dialects import mysql

from app.stores.sql.tables.base import BigId, UtcDateTime, table

outbox = table(
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
    Column("request_id", String(64)),  # of the request that caused it
    Index(None, "state", "next_try_at"),
    Index(None, "kind", "state", "entry_id"),
)

mailbox = table(
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

# Addresses that no mail is sent to any more, and why.
address_blocks = table(
    "address_blocks",
    Column("block_id", BigId, primary_key=True, autoincrement=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("reason", String(16), nullable=False),
    Column("detail", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # The audit log names blocks by their id: no later one may get that of a lifted one.
    sqlite_autoincrement=True,
)

# Messages of services that called us: none counts twice.
hook_messages = table(
    "hook_messages",
    Column("message_id", String(100), primary_key=True),
    Column("received_at", UtcDateTime, nullable=False),
    Index(None, "received_at"),
)

leases = table(
    "leases",
    Column("name", String(64), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

# Facts about the shop itself: who filled it ("demo", "import"), from what, when.
shop_facts = table(
    "shop_facts",
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
