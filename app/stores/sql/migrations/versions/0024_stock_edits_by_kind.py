"""Stock edits by their kind, so that the first count of each product is found without those of all others."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_NAME = "ix_stock_edits_kind_state_product_id_at"


def upgrade() -> None:
    op.create_index(op.f(_NAME), "stock_edits", ["kind", "state", "product_id", "at"], unique=False)
