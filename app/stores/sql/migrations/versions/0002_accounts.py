"""Accounts people can trust: links by e-mail, second factor, API tokens, throttling, the audit log."""

import logging

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import OperationalError

from app.stores.sql.tables import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


log = logging.getLogger(__name__)

_MYSQL_TRIGGERS_NOT_ALLOWED = 1419
_REFUSAL = "the audit log is append-only"


def upgrade() -> None:
    op.create_table(
        "account_links",
        sa.Column("link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("request_key", sa.String(length=160), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_account_links")),
        sa.UniqueConstraint("request_key", name=op.f("uq_account_links_request_key")),
        sqlite_autoincrement=True,
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_account_links_expires_at"), "account_links", ["expires_at"], unique=False)
    op.create_index(op.f("ix_account_links_user_id_purpose"), "account_links", ["user_id", "purpose"], unique=False)

    op.create_table(
        "api_tokens",
        sa.Column("token_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("scopes", sa.String(length=120), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=4), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_tokens_secret_hash")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_api_tokens_user_id"), "api_tokens", ["user_id"], unique=False)

    op.create_table(
        "audit_log",
        sa.Column("audit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("entry_key", sa.String(length=160), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.String(length=254), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("via", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("target_kind", sa.String(length=16), nullable=False),
        sa.Column("target_id", sa.String(length=64), nullable=False),
        sa.Column("target_name", sa.String(length=254), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_audit_log")),
        sa.UniqueConstraint("entry_key", name=op.f("uq_audit_log_entry_key")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_audit_log_action_audit_id"), "audit_log", ["action", "audit_id"], unique=False)
    op.create_index(op.f("ix_audit_log_actor_audit_id"), "audit_log", ["actor", "audit_id"], unique=False)
    op.create_index(op.f("ix_audit_log_at"), "audit_log", ["at"], unique=False)
    op.create_index(
        op.f("ix_audit_log_target_kind_target_id_audit_id"),
        "audit_log",
        ["target_kind", "target_id", "audit_id"],
        unique=False,
    )

    op.create_table(
        "recovery_codes",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("pk_recovery_codes")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "throttles",
        sa.Column("throttle_key", sa.String(length=64), nullable=False),
        sa.Column("quiet_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("throttle_key", name=op.f("pk_throttles")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_throttles_quiet_at"), "throttles", ["quiet_at"], unique=False)

    op.create_index(op.f("ix_mailbox_order_id"), "mailbox", ["order_id"], unique=False)
    op.create_index(op.f("ix_mailbox_to"), "mailbox", ["to"], unique=False)

    op.add_column("users", sa.Column("email_verified_at", UtcDateTime(), nullable=True))
    op.add_column("users", sa.Column("totp_secret", sa.String(length=255), nullable=True))
    op.add_column("users", sa.Column("totp_enabled_at", UtcDateTime(), nullable=True))
    op.add_column("users", sa.Column("totp_last_step", sa.BigInteger(), nullable=True))
    _make_append_only("audit_log")


def _make_append_only(table: str) -> None:
    """Triggers that refuse to change or delete a row, where the server lets this user make some."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for event in ("UPDATE", "DELETE"):
        head = f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} FOR EACH ROW"
        if is_sqlite:
            op.execute(f"{head} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END")
            continue
        try:
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event.lower()}")  # this step may have been interrupted
            op.execute(f"{head} SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{_REFUSAL}'")
        except OperationalError as error:
            # With binary logging on, a server may keep triggers for itself (log_bin_trust_function_creators).
            if not error.orig or error.orig.args[0] != _MYSQL_TRIGGERS_NOT_ALLOWED:
                raise
            log.warning("%s: the server allows no triggers; only the program keeps it append-only", table)
