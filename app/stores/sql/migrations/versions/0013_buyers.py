"""How many buyers there are, and what they brought, by the month of their first order.

Filled by `migrate`, as every change in what the totals hold.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rollup_buyers",
        sa.Column("cohort", sa.String(length=7), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("returning_customers", sa.Integer(), nullable=False),
        sa.Column("lifetime", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("cohort", name=op.f("pk_rollup_buyers")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
