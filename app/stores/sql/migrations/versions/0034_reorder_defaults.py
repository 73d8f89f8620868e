"""Suppliers of products; settings by which a supplier's, a category's and all products are
reordered; changes of many products on their way; what forecasts leave out; customers' margins in an order.

The release before writes no supplier, and finds a lead time at every product that has a plan of its own. It wrote the
usual review period, service level and pack beside each lead time, chosen or not, and reads an empty one as the usual
one: they become empty, so that such a product inherits them.
"""

import sqlalchemy as sa
from alembic import op
from app.stores.sql.tables.base import UtcDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_MARGIN = (
    "CASE WHEN orders > 0 AND (costed <> 0 OR costed_returns <> 0 OR cost <> 0)"
    " THEN costed - costed_returns - cost END"
)

_USUAL = {"review_days": 7, "service_level": 95, "pack_size": 1}


def upgrade() -> None:
    op.add_column("products", sa.Column("supplier", sa.String(length=80), server_default="", nullable=False))
    op.add_column("reorder_plans", sa.Column("lead_inherited_at", UtcDateTime(), nullable=True))
    plans = sa.table("reorder_plans", *(sa.column(name, sa.Integer()) for name in _USUAL))
    for name, usual in _USUAL.items():
        op.execute(plans.update().where(plans.c[name] == usual).values({name: None}))
    op.create_table(
        "reorder_defaults",
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("review_days", sa.Integer(), nullable=True),
        sa.Column("service_level", sa.Integer(), nullable=True),
        sa.Column("pack_size", sa.Integer(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("level", "name", name=op.f("pk_reorder_defaults")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.add_column("forecasts", sa.Column("left_out", sa.JSON(), nullable=True))
    op.create_table(
        "bulk_edits",
        sa.Column("edit_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("left_as_is", sa.JSON(), nullable=True),
        sa.Column("actor", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("edit_id", name=op.f("pk_bulk_edits")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_bulk_edits_state_at"), "bulk_edits", ["state", "at"])
    op.add_column("rollup_customers", sa.Column("margin", sa.BigInteger(), sa.Computed(_MARGIN, persisted=False), nullable=True))
    op.create_index(op.f("ix_rollup_customers_margin"), "rollup_customers", ["margin"])
