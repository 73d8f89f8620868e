"""The orders that were sent to a country, the latest paid first; the customers of a cohort."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_orders_ship_country_paid_at"), "orders", ["ship_country", "paid_at"], unique=False)
    op.create_index(
        op.f("ix_rollup_customers_cohort_segment"), "rollup_customers", ["cohort", "segment"], unique=False
    )
