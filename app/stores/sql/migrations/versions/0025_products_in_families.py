"""SKU, brand, barcode, tags, weight, several pictures, and families of products that differ by options.

The release before, which writes none of these, goes on beside this one: every column may be left out.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, length in (("sku", 64), ("brand", 80), ("barcode", 14), ("family_id", 64)):
        op.add_column("products", sa.Column(name, sa.String(length=length), server_default="", nullable=False))
    for name in ("tags", "pictures", "options"):
        op.add_column("products", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("products", sa.Column("weight", sa.Integer(), nullable=True))
