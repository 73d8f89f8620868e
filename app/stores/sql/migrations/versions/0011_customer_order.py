"""Customers in the order of each of their numbers, without sorting all of them."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("orders", "units", "gross", "returns"):
        op.create_index(op.f(f"ix_rollup_customers_{name}"), "rollup_customers", [name], unique=False)
