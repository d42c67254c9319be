"""Alembic's environment: one connection, given by core.schema; foreign keys off on SQLite while tables are rebuilt, then checked."""

from alembic import context

from command.core.columns import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
