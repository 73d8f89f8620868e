"""Alembic's entry: migrates on the connection that `app.stores.sql.engine.migrate` hands over."""

from alembic import context

from app.stores.sql.engine import resuming_migrations  # noqa: F401 - Alembic finds what it defines by the dialect
from app.stores.sql.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    user_module_prefix="",
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=True,
    # SQLite rolls DDL back as well, so that a migration killed half-way leaves nothing.
    transactional_ddl=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
