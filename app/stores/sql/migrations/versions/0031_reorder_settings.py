"""Review period, service level and pack size of a product; what is on order of it.

The release before knows none of them: the columns may be empty.
"""

import sqlalchemy as sa
from alembic import op
from app.stores.sql.tables.base import UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("review_days", "service_level", "pack_size"):
        op.add_column("reorder_plans", sa.Column(name, sa.Integer(), nullable=True))
    op.create_table(
        "units_on_order",
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_units_on_order")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
