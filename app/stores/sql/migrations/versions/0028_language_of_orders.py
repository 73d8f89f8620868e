"""The language in which an order was placed.

The release before, which does not write it, goes on beside this one: without one an order is in English.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("language", sa.String(length=8), nullable=True))
