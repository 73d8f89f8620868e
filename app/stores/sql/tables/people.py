"""Accounts, what opens them, and what their staff changed."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Computed, Index, Integer, String

from app.stores.sql.tables.base import BigId, UtcDateTime, plain_name, table

users = table(
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
    Column("tax_exempt", String(120), nullable=False, server_default=""),  # why they pay no tax; "" they do
    Column("totp_last_step", BigInteger),  # the time step of the last code taken: no code counts twice
    Column("sort_name", String(120), Computed("lower(full_name)", persisted=False)),
    Column("sort_country", String(64), Computed("lower(country)", persisted=False)),
    plain_name("full_name"),
    *(Index(None, name) for name in ("role", "sort_name", "sort_country", "plain_name")),
)

# Single-use links sent by e-mail. The link itself is signed, not stored.
account_links = table(
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

recovery_codes = table(
    "recovery_codes",
    Column("user_id", BigId, primary_key=True, autoincrement=False),
    Column("code_hash", String(64), primary_key=True),
    Column("used_at", UtcDateTime),
)

api_tokens = table(
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
    Column("networks", String(500)),  # the latest it was used from, separated by blanks
    Index(None, "user_id"),
)

# Where people are signed in. A session without a row here is none: what ends one deletes it.
sessions = table(
    "sessions",
    Column("session_id", BigId, primary_key=True, autoincrement=True),
    Column("session_key", String(64), nullable=False, unique=True),  # a hash: the key is in the cookie only
    Column("user_id", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),  # users.session_version when it began
    Column("created_at", UtcDateTime, nullable=False),  # of the sign-in, which a renewal takes over
    Column("seen_at", UtcDateTime, nullable=False),  # some minutes late
    Column("is_remembered", Boolean, nullable=False),
    Column("address", String(64), nullable=False),
    Column("agent", String(200), nullable=False),
    Index(None, "user_id"),
    Index(None, "created_at"),
)

# One row per thing that is tried too often: when, by the sum of all attempts, it will be quiet again.
throttles = table(
    "throttles",
    Column("throttle_key", String(64), primary_key=True),  # a hash: no address or account at rest
    Column("quiet_at", UtcDateTime, nullable=False),
    Index(None, "quiet_at"),
)

# Append-only; triggers of the database refuse anything else.
audit_log = table(
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
