"""Refuse to replace an entry of the audit log on SQLite too, where REPLACE passes by the triggers on deleting."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Its refusal begins like SQLite's own words, so that writing a known key once more is told from other errors as before.
_NO_REPLACE = """
    CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log FOR EACH ROW
    WHEN EXISTS (SELECT 1 FROM audit_log WHERE audit_id = NEW.audit_id OR entry_key = NEW.entry_key)
    BEGIN
        SELECT RAISE(ABORT, 'UNIQUE constraint failed: this entry is there, and the audit log is append-only');
    END
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_NO_REPLACE)
