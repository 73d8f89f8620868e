"""An index by which the sweeper finds the orders whose lease is over, among all that wait for days to be paid.

The release before needs nothing of it.
"""

from alembic import op

revision = "0055"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_orders_status_leased_until"), "orders", ["status", "leased_until"])
