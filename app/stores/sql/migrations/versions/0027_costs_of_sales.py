"""What was sold cost something: on order and return lines, in the totals; and when prices and costs changed.

`migrate` fills the lines of before from the catalogue and makes the totals anew. The release before, which writes none of
these columns, goes on beside this one: what it sells meanwhile has no known cost.
"""

import sqlalchemy as sa
from alembic import op

from app.stores.sql.tables.base import UtcDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_SUMS = (
    "rollup_minutes", "rollup_days", "rollup_product_days", "rollup_products", "rollup_countries",
    "rollup_customer_days", "rollup_customers",
)  # fmt: skip
_KEPT = ["units", "gross", "returned_units", "returns", "cost", "costed", "costed_returns"]


def upgrade() -> None:
    for table in ("order_lines", "return_lines"):
        op.add_column(table, sa.Column("unit_cost", sa.BigInteger(), nullable=True))
    for table in ("orders", "returns"):
        for name in ("cost", "costed"):
            op.add_column(table, sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    for table in _SUMS:
        for name in ("cost", "costed", "costed_returns"):
            op.add_column(table, sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    for name in ("returned", "corrected", "written_off"):
        op.add_column("rollup_stock", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    for first, second in (("product_id", "country"), ("country", "product_id")):
        name = "product" if first == "product_id" else "country"
        op.create_index(
            op.f(f"ix_rollup_product_days_sums_of_{name}"), "rollup_product_days", [first, "day", second, *_KEPT]
        )
        op.drop_index(op.f(f"ix_rollup_product_days_of_{name}"), table_name="rollup_product_days")
    op.create_table(
        "price_history",
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("product_id", "version", name=op.f("pk_price_history")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_price_history_at"), "price_history", ["at"])
