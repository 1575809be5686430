"""What a flood does to a calm tenant, in figures: `python -m tests.flooding --waiting 1000`.

A calm tenant sends a job now and then, first alone, then while another's many jobs wait. The broker, the database and
the worker process are real; the model is a pause.
"""

import json
import math
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import text

import migrations
from summarizer.embedded import servers
from summarizer.generate import NO_PATIENCE, Completion, Prompt
from summarizer.processes import running
from summarizer.queue import WORKER_QUEUE, Queue, celery_app
from summarizer.settings import Settings
from summarizer.store import model_versions, tenants
from summarizer.store.database import Database, app_engine
from summarizer.submit import Bell, submit
from summarizer.vault import new_master_key
from tests.builders import a_conversation
from tests.fakes import FakeGenerator
from tests.treacherous import OneModel
from workers import tasks
from workers.runtime import keeping

PAUSE_SECONDS = 0.03  #: the model's
EVERY_SECONDS = 0.3  #: a job of the calm tenant
PATIENCE_SECONDS = 120.0
CONCURRENCY = 4  #: jobs the worker does at once
WAITS = text(
    "SELECT extract(epoch FROM finished_at - created_at) FROM jobs WHERE state = 'succeeded' ORDER BY created_at"
)
NUM_WAITING = text("SELECT count(*) FROM jobs WHERE state IN ('queued', 'running')")

commands = typer.Typer()


@dataclass(frozen=True, slots=True)
class Calm:
    """How long a calm tenant waited from handing a call in to its summary."""

    part: str
    jobs: int
    p50_ms: float
    p99_ms: float
    others_waiting: int  #: of the flood, once the last of these was done


class Pausing(FakeGenerator):
    """Says what the fake model says, after as long as a small model takes."""

    def __call__(self, prompts: Sequence[Prompt], *, patience: timedelta = NO_PATIENCE) -> list[Completion]:
        time.sleep(PAUSE_SECONDS)
        return super().__call__(prompts, patience=patience)


@commands.command()
def flood(
    waiting: Annotated[int, typer.Option(min=1, help="Jobs of the flood.")] = 1000,
    calm: Annotated[int, typer.Option(min=2, help="Jobs of the calm tenant, each time.")] = 60,
) -> None:
    """Measure on embedded servers, one JSON line a part; 1 if the calm tenant waits twice as long in the flood."""
    with tempfile.TemporaryDirectory() as directory, servers(Path(directory) / "servers") as embedded:
        migrations.upgrade(embedded.database_url)
        names = {"DATABASE_URL": embedded.database_url, "REDIS_URL": embedded.redis_url}
        names |= {"MASTER_KEY": new_master_key(), "LOG_LEVEL": "ERROR"}
        settings = Settings.model_validate({name.lower(): value for name, value in names.items()})
        command, log = [sys.executable, "-m", "tests.flooding", "work"], Path(directory) / "log"
        worker = partial(
            running, command, log=log, stop=signal.SIGTERM, environment={**os.environ, **names}, directory=os.getcwd()
        )
        alone, flooded = measured(settings, worker, num_waiting=waiting, num_calm=calm)
    for part in (alone, flooded):
        typer.echo(json.dumps(asdict(part)))
    raise typer.Exit(0 if flooded.others_waiting and flooded.p99_ms < 2 * alone.p99_ms else 1)


@commands.command()
def work() -> None:
    """The worker: Celery's own, around a model that pauses."""
    settings = Settings()
    database, app = Database(app_engine(settings)), celery_app(settings)
    generate = Pausing()
    with database.begin(None) as session:
        model_versions.register(session, generate.model_version, directory="none")
    tasks.register(app)
    tasks.worker = keeping(settings, database, OneModel(generate))
    options = ["--pool", "threads", "--concurrency", str(CONCURRENCY), "--queues", WORKER_QUEUE]
    app.worker_main(["worker", *options, "--without-gossip", "--without-mingle", "--loglevel", settings.log_level])


def measured(
    settings: Settings, worker: Callable[[], AbstractContextManager[object]], *, num_waiting: int, num_calm: int
) -> tuple[Calm, Calm]:
    """The calm tenant's waits alone, and in a flood that waits before the worker starts."""
    database, queue = Database(app_engine(settings)), Queue(settings)
    with database.begin(None) as session:
        warm, first, second, flooder = (tenants.ensure(session, name) for name in ("warm", "alone", "calm", "flood"))
    with worker():
        _send(database, queue, warm, num=2)
        _until_done(database, warm)
        alone = _calm(database, queue, first, part="alone", num=num_calm, flooder=flooder)
    _send(database, queue, flooder, num=num_waiting)
    part = f"while {num_waiting} of another wait"
    with worker():
        _send(database, queue, warm, num=2, prefix="again")
        _until_done(database, warm)
        flooded = _calm(database, queue, second, part=part, num=num_calm, flooder=flooder)
    queue.close()
    database.close()
    return alone, flooded


def _calm(database: Database, bell: Bell, tenant_id: UUID, *, part: str, num: int, flooder: UUID) -> Calm:
    _send(database, bell, tenant_id, num=num, every_seconds=EVERY_SECONDS)
    _until_done(database, tenant_id)
    with database.begin(flooder) as session:
        num_others = session.scalar(NUM_WAITING) or 0
    with database.begin(tenant_id) as session:
        waits = sorted(float(one) * 1000 for one in session.scalars(WAITS))
    p50, p99 = (round(waits[math.ceil(len(waits) * share) - 1], 1) for share in (0.5, 0.99))
    return Calm(part, len(waits), p50, p99, num_others)


def _send(
    database: Database, bell: Bell, tenant_id: UUID, *, num: int, every_seconds: float = 0.0, prefix: str = "call"
) -> None:
    began = time.monotonic()
    for number in range(num):
        time.sleep(max(0.0, began + number * every_seconds - time.monotonic()))
        call = a_conversation(external_id=f"{prefix}-{number}")
        submit(database, bell, tenant_id, call, actor="test", idempotency_key=None, window=timedelta(hours=1))


def _until_done(database: Database, tenant_id: UUID) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with database.begin(tenant_id) as session:
            if not session.scalar(NUM_WAITING):
                return
        time.sleep(0.05)
    raise TimeoutError("the worker does not keep up")


if __name__ == "__main__":
    commands()
