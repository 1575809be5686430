"""Several worker processes on one Postgres and one queue, the calls they share, and who did which."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, text

from summarizer import formats
from summarizer.deployment import COMMANDS, Deployment
from summarizer.errors import Unavailable
from summarizer.store import jobs, tenants
from summarizer.store.database import Database
from summarizer.submit import Bell, ring, submit
from tests.fakes import FakeBell
from tests.faults.load import MARKS, a_call
from tests.faults.stage import worker_command

CONCURRENCY = 4
READY_SECONDS = 90.0
SETTLE_SECONDS = 1.0  #: between a worker's model and its first look at the queue

DONE = """
    SELECT split_part(owner, '/', 2)::int AS pid, attempt, finished_at,
           extract(epoch FROM finished_at - greatest(created_at, :begun))::float8 AS seconds
    FROM jobs WHERE tenant_id = ANY(:tenants) AND state = 'succeeded' ORDER BY finished_at
"""
NUM_OPEN = "SELECT count(*) FROM jobs WHERE tenant_id = ANY(:tenants) AND state IN ('queued', 'running')"
NUM_SUMMARIES = """
    SELECT count(*), count(DISTINCT (conversation_id, revision)) FROM summaries WHERE tenant_id = ANY(:tenants)
"""


@dataclass(frozen=True, slots=True)
class Done:
    """A job that came to its summary: by which process, at which attempt, after how long."""

    pid: int
    attempt: int
    at: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class Calls:
    """What was accepted of two tenants."""

    job_ids: Mapping[UUID, Sequence[UUID]]  #: by tenant

    @property
    def tenants(self) -> list[UUID]:
        """Whose they are."""
        return list(self.job_ids)

    @property
    def num(self) -> int:
        """How many."""
        return sum(len(ids) for ids in self.job_ids.values())


@contextmanager
def crew(
    directory: Path, environment: dict[str, str], *, num_workers: int, with_beat: bool = False
) -> Iterator[Deployment]:
    """So many workers, ready, and more by `join`, until the block is left."""
    directory.mkdir(parents=True, exist_ok=True)
    names = [f"worker-{number}" for number in range(1, num_workers + 1)]
    working = Deployment(directory, environment, commands={"beat": COMMANDS["beat"]})
    try:
        for name in names:
            start_worker(working, name)
        if with_beat:
            working.start_one("beat")
        for name in names:
            wait_until_ready(working, name)
        time.sleep(SETTLE_SECONDS)
        yield working
    finally:
        working.stop()


def start_worker(working: Deployment, name: str) -> None:
    """One more, which is not ready yet."""
    working.commands[name] = worker_command(name, concurrency=CONCURRENCY)
    working.start_one(name)


def wait_until_ready(working: Deployment, name: str) -> None:
    """Until a worker has its model; raises Unavailable."""
    ready = re.compile(rf'"owner": "[^"]*/{working.processes[name].pid}/.*worker ready')
    deadline = time.monotonic() + READY_SECONDS
    while not ready.search(working.log(name).read_text("utf-8")):
        if time.monotonic() > deadline or working.processes[name].poll() is not None:
            raise Unavailable(f"no worker; its log is {working.log(name)}")
        time.sleep(0.05)


def accept(
    database: Database, *, num_calls: int, prefix: str, bell: Bell | None = None, per_second: float | None = None
) -> Calls:
    """So many calls of two tenants, at once or at a steady pace; without a bell nobody hears of them yet."""
    with database.begin(None) as session:
        tenant_ids = [tenants.ensure(session, f"{prefix}-{mark}") for mark in MARKS]
    made: dict[UUID, list[UUID]] = {tenant_id: [] for tenant_id in tenant_ids}
    begun = time.monotonic()
    for number in range(num_calls):
        if per_second is not None:
            time.sleep(max(0.0, begun + number / per_second - time.monotonic()))
        tenant = number % len(tenant_ids)
        accepted = submit(
            database,
            bell or FakeBell(),
            tenant_ids[tenant],
            formats.read(a_call(tenant, number)),
            actor="scaling",
            idempotency_key=None,
            window=timedelta(hours=1),
        )
        made[tenant_ids[tenant]].append(accepted.job_id)
    return Calls(made)


def tell(database: Database, bell: Bell, calls: Calls) -> None:
    """Ring for all of them."""
    for tenant_id, job_ids in calls.job_ids.items():
        with database.begin(tenant_id) as session:
            to_ring = jobs.waiting(session, job_ids)
        ring(bell, tenant_id, to_ring)


def wait_until_done(owner: Engine, calls: Calls, *, num_left: int = 0, seconds: float = 600.0) -> bool:
    """Until no more than so many jobs are open; whether it came to that."""
    deadline = time.monotonic() + seconds
    with owner.connect() as connection:
        while (connection.scalar(text(NUM_OPEN), {"tenants": calls.tenants}) or 0) > num_left:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
    return True


def done(owner: Engine, calls: Calls, *, begun: datetime) -> list[Done]:
    """What has a summary, in the order of time; who waited before `begun` waited since then."""
    with owner.connect() as connection:
        rows = connection.execute(text(DONE), {"tenants": calls.tenants, "begun": begun})
        return [Done(*row) for row in rows]


def num_summaries(owner: Engine, calls: Calls) -> tuple[int, int]:
    """How many there are, and of how many calls."""
    with owner.connect() as connection:
        num_rows, num_calls = connection.execute(text(NUM_SUMMARIES), {"tenants": calls.tenants}).one()
        return num_rows, num_calls


def now(owner: Engine) -> datetime:
    """By the database's clock."""
    with owner.connect() as connection:
        return connection.execute(text("SELECT clock_timestamp()")).scalar_one()
