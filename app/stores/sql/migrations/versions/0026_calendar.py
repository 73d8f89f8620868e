"""The calendar: events of several days, closed days, what is expected of them, and countries with holidays.

The release before, which writes none of these, goes on beside this one: every column may be left out. It knows four
kinds of events, so a closed day is of the kind "other" to it.
"""

import sqlalchemy as sa
from alembic import op

from app.stores.sql.tables import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("last_day", sa.Date(), nullable=True))
    op.add_column("events", sa.Column("closes", sa.Boolean(), nullable=True))
    op.add_column("events", sa.Column("percent", sa.Integer(), nullable=True))
    op.add_column("events", sa.Column("category", sa.String(length=64), nullable=True))
    op.add_column("events", sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "calendar_countries",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("country", name=op.f("pk_calendar_countries")),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
