"""Tax: the classes of products, customers who bear none, and why an order bears none.

The release before writes none of it, and takes every product for one of the standard class.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("products", sa.Column("tax_class", sa.String(length=16), server_default="standard", nullable=False))
    op.add_column("users", sa.Column("tax_exempt", sa.String(length=120), server_default="", nullable=False))
    op.add_column("orders", sa.Column("vat_number", sa.String(length=20), server_default="", nullable=False))
    op.add_column("orders", sa.Column("tax_treatment", sa.String(length=16), server_default="", nullable=False))
