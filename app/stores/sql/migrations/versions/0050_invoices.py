"""Invoices and credit notes with numbers without gaps, and their documents, none of which can be changed.

Orders of before get none: a number is not given to the past. The release before gives none either; what it makes paid
from now on gets its invoice by the first worker of this one.
"""

import logging
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql
from sqlalchemy.exc import OperationalError

from app.stores.sql.tables.base import BigId, UtcDateTime

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

log = logging.getLogger(__name__)

_MYSQL_TRIGGERS_NOT_ALLOWED = 1419
_REFUSAL = "invoices never change"
# REPLACE passes by the trigger on deleting. Begins like SQLite's own words, so that a known key is told as such.
_NO_REPLACE = """
    CREATE TRIGGER A_TABLE_no_replace BEFORE INSERT ON A_TABLE FOR EACH ROW
    WHEN EXISTS (SELECT 1 FROM A_TABLE WHERE invoice_id = NEW.invoice_id)
    BEGIN
        SELECT RAISE(ABORT, 'UNIQUE constraint failed: invoices never change');
    END
"""


def upgrade() -> None:
    op.create_table(
        "invoice_series",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_invoice_series")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "invoices",
        sa.Column("invoice_id", BigId, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("return_id", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("taxes", sa.JSON(), nullable=False),
        sa.Column("seller", sa.JSON(), nullable=False),
        sa.Column("buyer", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("about", name=op.f("uq_invoices_about")),
        sa.UniqueConstraint("kind", "serial", name=op.f("uq_invoices_kind_serial")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_invoices_order_id"), "invoices", ["order_id"])
    op.create_table(
        "invoice_files",
        sa.Column("invoice_id", BigId, autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "data", sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb"), nullable=False
        ),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_invoice_files")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    for table in ("invoices", "invoice_files"):
        _make_append_only(table)
    op.bulk_insert(
        sa.table("shop_facts", sa.column("name", sa.String), sa.column("value", sa.Text)),
        [{"name": "invoices.since", "value": datetime.now(UTC).isoformat(timespec="seconds")}],
    )


def _make_append_only(table: str) -> None:
    """Triggers that refuse to change or delete a row, where the server lets this user make some."""
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            head = f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} FOR EACH ROW"
            op.execute(f"{head} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END")
        op.execute(_NO_REPLACE.replace("A_TABLE", table))
        return
    for event in ("UPDATE", "DELETE"):
        try:
            op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event.lower()}")  # this step may have been interrupted
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} FOR EACH ROW "
                f"SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{_REFUSAL}'"
            )
        except OperationalError as error:
            # With binary logging on, a server may keep triggers for itself (log_bin_trust_function_creators).
            if not error.orig or error.orig.args[0] != _MYSQL_TRIGGERS_NOT_ALLOWED:
                raise
            log.warning("%s: the server allows no triggers; only the program keeps it append-only", table)
