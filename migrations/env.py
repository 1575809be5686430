"""Runs migrations as the owner of the tables, on the address that `migrations.run` hands over."""

from alembic import context
from sqlalchemy import create_engine

from summarizer.store.database import driver_url
from summarizer.store.tables import Base


def run() -> None:
    """Migrate inside one transaction; a lock is never waited for longer than the template says."""
    engine = create_engine(driver_url(context.config.attributes["url"]))
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
