"""What the store makes of a Postgres in trouble."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, make_url

from summarizer.errors import Unavailable
from summarizer.settings import Settings
from summarizer.store import tenants
from summarizer.store.database import Database


@contextmanager
def _taking_no_writes(admin: Engine, settings: Settings) -> Iterator[None]:
    """As an old primary is after a failover: it answers, and writes nothing."""
    name = make_url(settings.database_url.get_secret_value()).database
    with admin.connect() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        yield
        connection.exec_driver_sql(f"ALTER DATABASE {name} RESET default_transaction_read_only")


def test_a_primary_that_takes_no_writes_is_away_and_the_next_transaction_finds_the_one_that_does(
    database: Database, admin: Engine, settings: Settings
) -> None:
    with _taking_no_writes(admin, settings), pytest.raises(Unavailable), database.begin(None) as session:
        tenants.ensure(session, "acme")
    with database.begin(None) as session:
        tenants.ensure(session, "acme")
