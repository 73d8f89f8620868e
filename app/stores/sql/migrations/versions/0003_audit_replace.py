"""Refuse to replace an entry of the audit log on SQLite too, where REPLACE passes by the triggers on deleting."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Begins like SQLite's own words, so that writing a known key once more is told from other errors as before.
_REFUSAL = "UNIQUE constraint failed: this entry is there, and the audit log is append-only"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log FOR EACH ROW "
            "WHEN EXISTS (SELECT 1 FROM audit_log WHERE audit_id = NEW.audit_id OR entry_key = NEW.entry_key) "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        )
