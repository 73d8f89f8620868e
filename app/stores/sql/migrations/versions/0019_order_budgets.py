"""What an order that is not over yet was counted under."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("budget", sa.JSON(none_as_null=True), nullable=True))
