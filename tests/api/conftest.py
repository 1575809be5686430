"""The app over the real store, with a bell that only remembers."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.app import build
from api.dependencies import Parts
from summarizer import prices
from summarizer.access import create_key
from summarizer.embedded import Servers
from summarizer.jobs import run
from summarizer.keys import Scope
from summarizer.kinds import SUMMARIES
from summarizer.settings import Settings
from summarizer.store import tenants
from summarizer.store.database import Database, app_engine
from summarizer.tariff import Tariff
from tests.conftest import fresh_database, settings_of
from tests.fakes import FakeBell
from tests.serving import Address, serving
from tests.work import a_worker


@dataclass
class Served:
    """The app, a client with a key for everything, and the worker one may ask to work."""

    app: FastAPI
    client: TestClient
    tenant_id: UUID
    bell: FakeBell
    database: Database
    settings: Settings

    def work(self) -> None:
        """Summarize everything the bell was rung for."""
        worker = a_worker(self.database, self.settings, bell=self.bell)
        while taken := self.bell.taken(*SUMMARIES):
            for tenant_id, job_id in taken:
                run(worker, tenant_id, job_id)

    def key(self, *scopes: Scope, tenant: str = "acme") -> str:
        """A key of a tenant."""
        return create_key(self.database, tenant, name="test", scopes=list(scopes), expires_in=None).text


@pytest.fixture
def served(database: Database, settings: Settings, tenant_id: UUID) -> Iterator[Served]:
    bell = FakeBell()
    app = build(Parts(settings, database, bell, Tariff(prices=prices.read(prices.SHIPPED))))
    with TestClient(app, raise_server_exceptions=False) as client:
        served = Served(app, client, tenant_id, bell, database, settings)
        client.headers["Authorization"] = f"Bearer {served.key(*Scope)}"
        yield served


@pytest.fixture
def client(served: Served) -> TestClient:
    return served.client


@dataclass
class Running:
    """A real server in its own process, and what is in its database."""

    address: Address
    database: Database
    settings: Settings
    tenant_id: UUID

    def key(self, *scopes: Scope, tenant: str = "acme") -> str:
        """A key of a tenant."""
        return create_key(self.database, tenant, name="test", scopes=list(scopes), expires_in=None).text


@pytest.fixture(scope="session")
def running(embedded: Servers, admin: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for all tests that need a process; its clients have little time."""
    log = tmp_path_factory.mktemp("server") / "serve.log"
    with fresh_database(embedded, admin) as url:
        settings = settings_of(url, embedded)
        database = Database(app_engine(settings))
        with database.begin(None) as session:
            tenant_id = tenants.ensure(session, "acme")
        with serving(settings, log=log, HEAD_TIMEOUT="2", BODY_TIMEOUT="1.5", MAX_CONNECTIONS="300") as address:
            yield Running(address, database, settings, tenant_id)
        database.close()
