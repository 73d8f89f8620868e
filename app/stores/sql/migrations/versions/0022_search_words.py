"""The words that orders are found by. Those of the past are written by the worker, the latest orders first."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    for table, key in (
        ("order_words", sa.Column("order_id", number, autoincrement=False, nullable=False)),
        ("sold_words", sa.Column("product_id", sa.String(length=64), nullable=False)),
    ):
        op.create_table(
            table,
            key,
            sa.Column("word", sa.String(length=40), nullable=False),
            sa.PrimaryKeyConstraint(key.name, "word", name=op.f(f"pk_{table}")),
            mysql_charset="utf8mb4",
            mysql_collate="utf8mb4_bin",
            mysql_engine="InnoDB",
            sqlite_with_rowid=False,
        )
        op.create_index(op.f(f"ix_{table}_word_{key.name}"), table, ["word", key.name], unique=False)
    op.add_column("orders", sa.Column("search_words", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_orders_search_words_order_id"), "orders", ["search_words", "order_id"], unique=False)
