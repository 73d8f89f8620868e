"""How an order gets to its customer, as it was promised: the method, and the days on which it leaves and arrives.

The release before writes none of it: such an order has no method.
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("delivery_id", sa.BigInteger(), nullable=True))
    op.add_column("orders", sa.Column("delivery_name", sa.String(length=60), nullable=True))
    op.add_column("orders", sa.Column("leaves_on", sa.Date(), nullable=True))
    op.add_column("orders", sa.Column("arrives_on", sa.Date(), nullable=True))
    op.add_column("orders", sa.Column("arrives_by", sa.Date(), nullable=True))
    op.add_column("orders", sa.Column("pick_up", sa.Text(), nullable=True))
