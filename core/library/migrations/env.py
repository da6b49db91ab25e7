"""How Alembic reaches a library's file: called by core.library.migrate, or by `alembic` for a new
revision."""

from alembic import context
from sqlalchemy import create_engine, pool

from core.library.tables import Base


def run() -> None:
    engine = create_engine(f"sqlite:///{context.config.attributes['file']}", poolclass=pool.NullPool)
    with engine.connect() as connection:
        # SQLite cannot alter a constraint: Alembic rebuilds the table, and foreign keys stay off meanwhile.
        context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()


run()
