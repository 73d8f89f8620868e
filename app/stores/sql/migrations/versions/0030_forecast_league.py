"""What was forecast, until its days have passed, and how good it was then."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forecasts_shown",
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("products", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("first_day", "part", name=op.f("pk_forecasts_shown")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "forecast_scores",
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("method", sa.String(length=24), nullable=False),
        sa.Column("score", sa.JSON(), nullable=False),
        sa.Column("worst", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("source", "day", "level", "method", name=op.f("pk_forecast_scores")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
