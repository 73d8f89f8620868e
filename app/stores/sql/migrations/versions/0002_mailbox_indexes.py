"""Indexes for the mailbox: its unread badge stands on every admin page, and each order adds a message."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_mailbox_read_at"), "mailbox", ["read_at"], unique=False)
    op.create_index(op.f("ix_mailbox_kind_message_id"), "mailbox", ["kind", "message_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_mailbox_kind_message_id"), table_name="mailbox")
    op.drop_index(op.f("ix_mailbox_read_at"), table_name="mailbox")
