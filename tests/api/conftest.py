"""The app over the real store, with a bell that only remembers."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import build
from api.dependencies import Parts
from summarizer.access import create_key
from summarizer.jobs import run
from summarizer.keys import Scope
from summarizer.kinds import SUMMARIES
from summarizer.settings import Settings
from summarizer.store.database import Database
from tests.fakes import FakeBell
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
    app = build(Parts(settings, database, bell))
    with TestClient(app, raise_server_exceptions=False) as client:
        served = Served(app, client, tenant_id, bell, database, settings)
        client.headers["Authorization"] = f"Bearer {served.key(*Scope)}"
        yield served


@pytest.fixture
def client(served: Served) -> TestClient:
    return served.client
