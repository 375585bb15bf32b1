"""Runs the migrations on the connection that `engine.migrate` hands in."""

from alembic import context

from kentongan_server.outbound.database import notification_tables  # noqa: F401  # they join the metadata
from kentongan_server.outbound.database.access_tables import sessions  # noqa: F401  # its tables join the metadata
from kentongan_server.outbound.database.admission_rows import admissions  # noqa: F401
from kentongan_server.outbound.database.roster_rows import rotas  # noqa: F401
from kentongan_server.outbound.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
