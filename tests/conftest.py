"""Real servers for the whole run, a fresh database for each test."""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, make_url

import migrations
from summarizer.embedded import Servers, servers
from summarizer.log import OURS
from summarizer.settings import Settings
from summarizer.store import tenants
from summarizer.store.database import Database, app_engine, driver_url
from summarizer.vault import new_master_key

TEMPLATE = "wrapup_template"
_numbers = count(1)
#: Files of a minute each: whoever shares the tests out must not begin with them when the others are done.
LONG = (
    "test_faults test_stuck test_nightly test_openapi test_launch test_starting test_watermarks test_scaling"
).split()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long first."""
    items.sort(key=lambda item: item.path.stem not in LONG)


@pytest.fixture(scope="session")
def embedded() -> Iterator[Servers]:
    """Postgres and Valkey, started once."""
    directory = Path(tempfile.mkdtemp(prefix="wrapup-test-"))
    try:
        with servers(directory) as running:
            yield running
    finally:
        shutil.rmtree(directory)


@pytest.fixture(scope="session")
def admin(embedded: Servers) -> Iterator[Engine]:
    """A connection that may create databases, and a migrated template for them."""
    engine = create_engine(driver_url(embedded.database_url), isolation_level="AUTOCOMMIT")
    _execute(engine, f"CREATE DATABASE {TEMPLATE}")
    migrations.upgrade(_named(embedded.database_url, TEMPLATE))
    yield engine
    engine.dispose()


@pytest.fixture
def database_url(embedded: Servers, admin: Engine) -> Iterator[str]:
    """The owner's address of a fresh, migrated database."""
    with fresh_database(embedded, admin) as url:
        yield url


@pytest.fixture
def settings(database_url: str, embedded: Servers) -> Settings:
    """Settings as an installation has them."""
    return settings_of(database_url, embedded)


@contextmanager
def fresh_database(embedded: Servers, admin: Engine) -> Iterator[str]:
    """The owner's address of a migrated database that is there until the block is left."""
    name = f"test_{next(_numbers)}"
    _execute(admin, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield _named(embedded.database_url, name)
    _execute(admin, f"DROP DATABASE {name} WITH (FORCE)")


def settings_of(database_url: str, embedded: Servers) -> Settings:
    """Settings of an installation on this database."""
    return Settings(
        _env_file=None,
        database_url=database_url,
        redis_url=embedded.redis_url,
        master_key=new_master_key(),
        database_pool_size=8,
        request_burst=100_000,  # a test asks fast, and none but those of the rates is about how fast
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The store as the application sees it."""
    opened = Database(app_engine(settings))
    yield opened
    opened.close()


@pytest.fixture
def tenant_id(database: Database) -> UUID:
    """A tenant."""
    with database.begin(None) as session:
        return tenants.ensure(session, "acme")


@pytest.fixture
def same_handlers() -> Iterator[None]:
    """Leaves the loggers as they were, for tests that configure logging."""
    root = logging.getLogger()
    handlers = root.handlers
    levels = {name: logging.getLogger(name).level for name in ("root", *OURS)}
    yield
    root.handlers = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _execute(engine: Engine, statement: str) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
