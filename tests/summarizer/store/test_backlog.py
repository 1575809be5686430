"""Whoever scales or alerts may count what waits, and see nothing else."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

import migrations
from summarizer.settings import Settings
from summarizer.store import tenants
from summarizer.store.database import Database, app_engine, driver_url
from summarizer.store.tables import MONITOR_ROLE, Base
from tests.work import make_older, submitted

COUNTED = text("SELECT kind, is_running, sum(num_jobs) FROM backlog() GROUP BY 1, 2 ORDER BY 1, 2")
PASSWORD = "it's 100% open"


@pytest.fixture
def monitor(database_url: str) -> Iterator[Connection]:
    """Logged in as the role that may do nothing else."""
    migrations.upgrade(database_url, monitor_password=PASSWORD)
    engine = create_engine(driver_url(database_url).set(username=MONITOR_ROLE, password=PASSWORD))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _two_tenants_wait(database: Database, tenant_id: UUID) -> UUID:
    """Three calls of one tenant, one of another."""
    for number in range(3):
        submitted(database, tenant_id, external_id=f"call-{number}")
    with database.begin(None) as session:
        other = tenants.ensure(session, "other")
    submitted(database, other)
    return other


def test_all_tenants_jobs_are_counted_once_by_kind_and_state(
    monitor: Connection, database: Database, tenant_id: UUID
) -> None:
    other = _two_tenants_wait(database, tenant_id)
    assert monitor.execute(COUNTED).all() == [("summarize", False, 4)]
    with database.begin(other) as session:
        session.execute(text("UPDATE jobs SET state = 'running', lease_until = now() + interval '1 minute'"))
    assert monitor.execute(COUNTED).all() == [("summarize", False, 3), ("summarize", True, 1)]
    make_older(database, tenant_id, "due_at", by="-1 hour")
    assert monitor.execute(COUNTED).all() == [("summarize", True, 1)], "what is not due needs nobody"


def test_the_monitor_reads_no_row_of_any_table(monitor: Connection, database: Database, tenant_id: UUID) -> None:
    _two_tenants_wait(database, tenant_id)
    for table in Base.metadata.tables:
        for statement in (f"SELECT 1 FROM {table}", f"DELETE FROM {table}"):
            with pytest.raises(ProgrammingError, match="permission denied"), monitor.begin_nested():
                monitor.execute(text(statement))
    monitor.execute(text("SELECT set_config('app.tenant', :tenant, true)"), {"tenant": str(tenant_id)})
    with pytest.raises(ProgrammingError, match="permission denied"), monitor.begin_nested():
        monitor.execute(text("SELECT 1 FROM jobs"))
    with pytest.raises(ProgrammingError, match="permission denied"), monitor.begin_nested():
        monitor.execute(text("SET ROLE wrapup_app"))


def test_a_table_laid_under_the_count_is_not_read(monitor: Connection, database: Database, tenant_id: UUID) -> None:
    submitted(database, tenant_id)
    monitor.execute(text("CREATE TEMPORARY TABLE tenants (id uuid)"))
    assert monitor.execute(COUNTED).all() == [("summarize", False, 1)]


def test_counting_leaves_the_tenant_of_a_transaction_as_it_was(database: Database, tenant_id: UUID) -> None:
    _two_tenants_wait(database, tenant_id)
    with database.begin(tenant_id) as session:
        assert session.execute(COUNTED).all() == [("summarize", False, 4)]
        assert session.scalar(text("SELECT count(*) FROM jobs")) == 3


def test_an_owner_whom_row_level_security_holds_back_counts_all_as_well(
    database_url: str, admin: Engine, settings: Settings
) -> None:
    with admin.connect() as connection:
        connection.exec_driver_sql("CREATE ROLE held_owner LOGIN CREATEROLE PASSWORD 'pw'")
        connection.exec_driver_sql("GRANT wrapup_app TO held_owner WITH ADMIN OPTION")
        connection.exec_driver_sql("CREATE DATABASE held OWNER held_owner")
    url = make_url(database_url).set(username="held_owner", password="pw", database="held")
    address = url.render_as_string(hide_password=False)
    try:
        migrations.upgrade(address)
        held = Database(app_engine(settings.model_copy(update={"database_url": SecretStr(address)})))
        with held.begin(None) as session:
            tenant_id = tenants.ensure(session, "acme")
        _two_tenants_wait(held, tenant_id)
        held.close()
        engine = create_engine(driver_url(address).set(username=admin.url.username, password=admin.url.password))
        with engine.connect() as connection:
            connection.execute(text(f"SET ROLE {MONITOR_ROLE}"))
            assert connection.execute(COUNTED).all() == [("summarize", False, 4)]
        engine.dispose()
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql("DROP DATABASE held WITH (FORCE)")
            connection.exec_driver_sql("DROP ROLE held_owner")
