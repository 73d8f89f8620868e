"""The tax that list prices and what was charged hold, by line and order, so that sales are counted before tax.

The release before neither reads nor writes it: of its orders with tax in their prices sales hold the tax, as before.
Totals are built anew (`SHAPE`).
"""

from fractions import Fraction

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

_ORDERS = sa.table("orders", *(sa.column(n) for n in ("order_id", "tax_included", "list_tax", "costed")))
_TAXES = sa.table("order_taxes", *(sa.column(name) for name in ("order_id", "row_no", "rate")))
_LINES = sa.table(
    "order_lines",
    *(sa.column(n) for n in ("order_id", "line_no", "unit_price", "quantity", "unit_cost", "discount")),
    sa.column("taxes", sa.JSON()),
    sa.column("tax_included"),
    sa.column("list_tax"),
)


def upgrade() -> None:
    op.add_column("order_lines", sa.Column("tax_included", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("order_lines", sa.Column("list_tax", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("orders", sa.Column("list_tax", sa.BigInteger(), server_default="0", nullable=False))
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    """Those with tax in their prices are of the days before this release. Written as it should be: safe to run twice."""
    which = sa.select(_ORDERS.c.order_id).where(_ORDERS.c.tax_included > 0)
    for order_id in connection.execute(which).scalars().all():
        rates = {
            row_no: Fraction(rate)
            for row_no, rate in connection.execute(
                sa.select(_TAXES.c.row_no, _TAXES.c.rate).where(_TAXES.c.order_id == order_id)
            )
        }
        order_list_tax = costed = 0
        for line in connection.execute(sa.select(_LINES).where(_LINES.c.order_id == order_id)).all():
            total = line.unit_price * line.quantity
            included = min(total - line.discount, sum(tax for _, tax in line.taxes or ()))
            rate = sum((rates[row_no] for row_no, _ in line.taxes or ()), Fraction(0))
            list_tax = included + _rounded(line.discount * rate / (1 + rate))
            key = (_LINES.c.order_id == order_id) & (_LINES.c.line_no == line.line_no)
            connection.execute(sa.update(_LINES).where(key).values(tax_included=included, list_tax=list_tax))
            order_list_tax += list_tax
            if line.unit_cost is not None:
                costed += total - line.discount - included
        change = sa.update(_ORDERS).where(_ORDERS.c.order_id == order_id)
        connection.execute(change.values(list_tax=order_list_tax, costed=costed))


def _rounded(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
