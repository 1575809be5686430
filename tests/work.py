"""A worker's parts around a fake model, and short ways to look at what it did."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from summarizer import endpoints
from summarizer.endpoints import Made
from summarizer.events import SUBSCRIBABLE, Event
from summarizer.generate import Generator
from summarizer.jobs import Work
from summarizer.settings import Settings
from summarizer.store import jobs, model_versions, summaries
from summarizer.store.database import Database
from summarizer.store.jobs import JobStatus, Lease
from summarizer.submit import Bell, Submission, submit
from tests.builders import a_conversation
from tests.fakes import FakeBell, FakeGenerator


def environment_of(settings: Settings) -> dict[str, str]:
    """What a process of ours needs to find the servers."""
    secrets = {name: getattr(settings, name) for name in ("database_url", "redis_url", "master_key")}
    return {name.upper(): secret.get_secret_value() for name, secret in secrets.items()}


def subscribed(
    database: Database, tenant_id: UUID, settings: Settings, *, url: str, events: Iterable[Event] = SUBSCRIBABLE
) -> Made:
    """An endpoint that is told of these events."""
    return endpoints.create(
        database,
        tenant_id,
        settings=settings,
        actor="test",
        url=url,
        description=None,
        events=list(events),
        shape="wrapup",
    )


@contextmanager
def no_renewal(_: Lease) -> Iterator[None]:
    """Holds a lease without renewing it."""
    yield


def a_worker(
    database: Database,
    settings: Settings,
    *,
    generate: Generator | None = None,
    owner: str = "worker-1",
    bell: Bell | None = None,
) -> Work:
    """A worker whose model is known to the database."""
    generate = generate or FakeGenerator()
    with database.begin(None) as session:
        model_versions.register(session, generate.model_version, directory="fake")
    return Work(database, bell or FakeBell(), lambda *_: nullcontext(generate), owner, settings, no_renewal)


def submitted(database: Database, tenant_id: UUID, **changes: object) -> Submission:
    """A conversation that waits for a worker."""
    return submit(
        database,
        FakeBell(),
        tenant_id,
        a_conversation(**changes),
        actor="test",
        idempotency_key=None,
        window=timedelta(hours=1),
    )


def status(database: Database, tenant_id: UUID, made: Submission, *, revision: int = 1) -> JobStatus:
    """The newest job of a conversation's revision."""
    with database.begin(tenant_id) as session:
        found = jobs.latest(session, made.conversation_id, revision)
    assert found is not None
    return found


def summary_version(database: Database, tenant_id: UUID, conversation_id: UUID) -> str:
    """The version a person would see."""
    with database.begin(tenant_id) as session:
        found = summaries.current(session, conversation_id)
    assert found is not None
    return found.version


def count(database: Database, tenant_id: UUID, table: str) -> int:
    """Rows of a table."""
    with database.begin(tenant_id) as session:
        return session.scalar(text(f"SELECT count(*) FROM {table}")) or 0


def make_older(database: Database, tenant_id: UUID, column: str, *, by: str) -> None:
    """Let a job's time lie further back, as if the clock had moved."""
    with database.begin(tenant_id) as session:
        session.execute(text(f"UPDATE jobs SET {column} = {column} - interval '{by}'"))
