"""What returns take back of each tax, and what each tax came to by day and country.

The release before writes none of it: the taxes of its returns are what they refund beyond their amount. Totals are
built anew (`SHAPE`), these among them.
"""

import sqlalchemy as sa
from alembic import op
from app.stores.sql.tables.base import BigId

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("returns", sa.Column("tax_rows", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "return_taxes",
        sa.Column("return_id", BigId, autoincrement=False, nullable=False),
        sa.Column("row_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["return_id"], ["returns.return_id"], name=op.f("fk_return_taxes_return_id")),
        sa.PrimaryKeyConstraint("return_id", "row_no", name=op.f("pk_return_taxes")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "rollup_taxes",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("country", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("rate", sa.String(length=16), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("returned_base", sa.BigInteger(), nullable=False),
        sa.Column("returned_tax", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "country", "name", "rate", name=op.f("pk_rollup_taxes")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
