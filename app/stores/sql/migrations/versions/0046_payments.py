"""Payments that are made at a provider's page or later: what an order waits for, and what cards' holders took back.

The release before leaves the new columns of orders empty, and reads none of this.
"""

import sqlalchemy as sa
from alembic import op
from app.stores.sql.tables.base import BigId, Money, UtcDateTime

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("pay_by", sa.String(length=16), nullable=True))
    op.add_column("orders", sa.Column("payment_due", UtcDateTime(), nullable=True))
    op.create_table(
        "payment_sessions",
        sa.Column("order_id", BigId, autoincrement=False, nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("return_url", sa.Text(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_payment_sessions")),
        sa.UniqueConstraint("token", name=op.f("uq_payment_sessions_token")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "payment_disputes",
        sa.Column("dispute_id", sa.String(length=80), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", Money, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("dispute_id", name=op.f("pk_payment_disputes")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_payment_disputes_order_id"), "payment_disputes", ["order_id"])
