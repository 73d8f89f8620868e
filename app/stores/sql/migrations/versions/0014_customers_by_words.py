"""Customers in the order of their names and countries, without sorting all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, length, source in (("sort_name", 120, "full_name"), ("sort_country", 64, "country")):
        op.add_column(
            "users",
            sa.Column(name, sa.String(length=length), sa.Computed(f"lower({source})", persisted=False), nullable=True),
        )
        op.create_index(op.f(f"ix_users_{name}"), "users", [name], unique=False)
