"""Discount codes, the one in a cart, and the one that an order was placed with.

The release before neither reads nor writes them: its carts keep a code without knowing of it, and an order that it
brings to an end keeps its use of one until the books are looked at.
"""

import sqlalchemy as sa
from alembic import op

from app.stores.sql.tables.base import BigId, UtcDateTime

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "discount_codes",
        sa.Column("code_id", BigId, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("once", sa.Boolean(), nullable=False),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column("use_limit", sa.BigInteger(), nullable=True),
        sa.Column("starts", UtcDateTime(), nullable=True),
        sa.Column("ends", UtcDateTime(), nullable=True),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code_id", name=op.f("pk_discount_codes")),
        sa.UniqueConstraint("code", name=op.f("uq_discount_codes_code")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_discount_codes_ends"), "discount_codes", ["ends"])
    op.add_column("carts", sa.Column("code", sa.String(length=40), server_default="", nullable=False))
    op.add_column("orders", sa.Column("code_id", sa.BigInteger(), nullable=True))
    op.add_column("orders", sa.Column("code", sa.String(length=40), nullable=True))
    op.add_column("orders", sa.Column("code_saved", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("orders", sa.Column("code_use", sa.String(length=64), nullable=True))
    op.create_index("uq_orders_code_use", "orders", ["code_use"], unique=True)
    op.create_index(op.f("ix_orders_code_id_status"), "orders", ["code_id", "status"])
