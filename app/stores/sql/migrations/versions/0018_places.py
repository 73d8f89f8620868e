"""The parts of an address that some countries have, and a number that the carrier may call."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("ship_district", sa.String(length=80), nullable=True))
    op.add_column("orders", sa.Column("ship_phone", sa.String(length=32), nullable=True))
