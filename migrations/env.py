"""What Alembic runs. Called through ``app.storage.migrate`` with a connection in an open transaction; never offline."""

from alembic import context

from app.insights.schema import metadata
from app.storage.migrate import render_type

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata(),
    compare_type=True,
    render_as_batch=context.config.attributes.get("batch", False),
    render_item=render_type,
    transactional_ddl=True,
    template_args={"guards": context.config.attributes.get("guards", [])},
)
context.run_migrations()
