"""Names without accents, to be found by."""

import sqlalchemy as sa
from alembic import op

from app.domain.plain_words import plain

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ROWS_AT_ONCE = 5_000


def upgrade() -> None:
    for table in ("orders", "users"):
        op.add_column(table, sa.Column("plain_name", sa.String(length=120), nullable=True))
        op.create_index(op.f(f"ix_{table}_plain_name"), table, ["plain_name"], unique=False)
    _fill("orders", "order_id", "ship_name")
    _fill("users", "user_id", "full_name")


def _fill(table: str, key: str, name: str) -> None:
    """Once more after an interruption changes nothing."""
    rows, connection, after = sa.table(table, *(sa.column(c) for c in (key, name, "plain_name"))), op.get_bind(), 0
    ids, names = rows.c[key], rows.c[name]
    change = rows.update().where(ids == sa.bindparam("id")).values(plain_name=sa.bindparam("plain"))
    while found := connection.execute(
        sa.select(ids, names).where(ids > after).order_by(ids).limit(ROWS_AT_ONCE)
    ).all():
        accented = [{"id": one[0], "plain": plain(one[1])[:120]} for one in found if not one[1].isascii()]
        if accented:
            connection.execute(change, accented)
        after = found[-1][0]
