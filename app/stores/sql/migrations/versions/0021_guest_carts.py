"""When guests' carts were changed last, so that the old ones are found."""

import sqlalchemy as sa
from alembic import op

from app.stores.sql.tables.base import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_OF_GUESTS = "CASE WHEN owner LIKE 'guest#%' THEN changed_at END"


def upgrade() -> None:
    op.add_column(
        "carts",
        sa.Column("guest_changed_at", UtcDateTime(), sa.Computed(_OF_GUESTS, persisted=False), nullable=True),
    )
    op.create_index(op.f("ix_carts_guest_changed_at"), "carts", ["guest_changed_at"])
