"""Who bought in each day, week and month, who of them came back, and the segment of each customer."""

import sqlalchemy as sa
from alembic import op

from app.stores.sql.tables import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Of the days that are there; each statement may run again after an interruption.
LAST_ORDERS = """
    UPDATE rollup_customer_days SET last_order_at = (
        SELECT MAX(o.paid_at) FROM orders o
        WHERE o.user_id = rollup_customer_days.user_id AND o.paid_day = rollup_customer_days.day AND o.status = 'paid'
    ) WHERE orders > 0
"""
EMPTY = "DELETE FROM rollup_customer_periods"
COUNT = """
    INSERT INTO rollup_customer_periods (grain, first_day, customers, returning_customers)
    SELECT '{grain}', b.first_day, COUNT(*), SUM(CASE WHEN b.last_at > c.first_order_at THEN 1 ELSE 0 END)
    FROM (
        SELECT {start} AS first_day, user_id, MAX(last_order_at) AS last_at
        FROM rollup_customer_days WHERE orders > 0 GROUP BY {start}, user_id
    ) b JOIN rollup_customers c ON c.user_id = b.user_id
    GROUP BY b.first_day
"""
STARTS = {
    "sqlite": {
        "day": "day", "week": "date(day, 'weekday 0', '-6 days')", "month": "date(day, 'start of month')",
    },
    "mysql": {
        "day": "day",
        "week": "DATE_SUB(day, INTERVAL WEEKDAY(day) DAY)",
        "month": "DATE_SUB(day, INTERVAL DAYOFMONTH(day) - 1 DAY)",
    },
}  # fmt: skip


def statements(dialect: str) -> list[str]:
    starts = STARTS["sqlite" if dialect == "sqlite" else "mysql"]
    return [LAST_ORDERS, EMPTY, *(COUNT.format(grain=grain, start=start) for grain, start in starts.items())]


def upgrade() -> None:
    op.add_column("rollup_customer_days", sa.Column("last_order_at", UtcDateTime(), nullable=True))
    op.add_column("rollup_customers", sa.Column("segment", sa.String(length=20), nullable=True))
    op.create_index(op.f("ix_rollup_customers_segment"), "rollup_customers", ["segment"], unique=False)
    op.create_table(
        "rollup_customer_periods",
        sa.Column("grain", sa.String(length=5), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("returning_customers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("grain", "first_day", name=op.f("pk_rollup_customer_periods")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    for statement in statements(op.get_bind().dialect.name):
        op.execute(statement)
