"""Runs the migrations on the connection that the desk opened, inside its transaction."""

from alembic import context

from compliance.storage.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=False,  # the desk's own transaction covers everything
)
context.run_migrations()
