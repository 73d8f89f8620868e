"""What an order's money is made of: discounts, shipping, tax that prices hold, and what each rate came to.

The release before writes none of it: then a total is, as before, subtotal and tax, which the constraint holds too.
"""

import sqlalchemy as sa
from alembic import op
from app.errors import StartupError
from app.stores.sql.tables.base import BigId

revision = "0039"
down_revision = "0036"
branch_labels = None
depends_on = None

_NAME = "ck_orders_total"
_ADDS_UP = "total = subtotal - discount + shipping + tax"


def upgrade() -> None:
    connection = op.get_bind()
    _refuse_wrong_totals(connection)
    is_sqlite = connection.dialect.name == "sqlite"
    op.add_column("order_lines", sa.Column("discount", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("order_lines", sa.Column("taxes", sa.JSON(), nullable=True))
    for name in ("discount", "shipping"):
        op.add_column("orders", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("orders", sa.Column("tax_rows", sa.Integer(), server_default="0", nullable=False))
    if is_sqlite:  # which takes a constraint with a new column only, without copying the table
        op.execute(
            f"ALTER TABLE orders ADD COLUMN tax_included BIGINT DEFAULT '0' NOT NULL CONSTRAINT {_NAME} CHECK ({_ADDS_UP})"
        )
    else:
        op.add_column("orders", sa.Column("tax_included", sa.BigInteger(), server_default="0", nullable=False))
        op.create_check_constraint(_NAME, "orders", _ADDS_UP)
    op.create_table(
        "order_taxes",
        sa.Column("order_id", BigId, autoincrement=False, nullable=False),
        sa.Column("row_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("rate", sa.String(length=16), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("shipping_base", sa.BigInteger(), nullable=False),
        sa.Column("shipping_tax", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name=op.f("fk_order_taxes_order_id")),
        sa.PrimaryKeyConstraint("order_id", "row_no", name=op.f("pk_order_taxes")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )


def _refuse_wrong_totals(connection: sa.Connection) -> None:
    """Said by their numbers, as the database would only say that there are some."""
    wrong = connection.execute(
        sa.text("SELECT order_id FROM orders WHERE total <> subtotal + tax ORDER BY order_id LIMIT 5")
    ).scalars()
    if numbers := ", ".join(str(order_id) for order_id in wrong):
        raise StartupError(
            f"The totals of orders are not their subtotal and tax (order_id {numbers}), which this version's schema holds "
            "to. Nothing was changed. Set them right, then run this again."
        )
