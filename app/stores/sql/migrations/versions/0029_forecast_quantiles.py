"""Quantiles of forecasts: of each day, and of the sum of some days.

The release before writes neither: both may be empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("middle", "spans"):
        op.add_column("forecasts", sa.Column(name, sa.JSON(), nullable=True))
