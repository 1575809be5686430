"""How many jobs a second Postgres lets processes claim and finish, without any model's time, and where they wait.

One tenant's audit is a chain and its day's costs are one row, so its transactions follow one another there; hence one
tenant is compared with ten.
"""

import multiprocessing
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text

from summarizer.jobs import run
from summarizer.metering import Meter
from summarizer.prices import Charge
from summarizer.settings import Settings
from summarizer.store import audit, costs, model_versions, tenants
from summarizer.store.costs import Spent
from summarizer.store.database import Database, app_engine
from summarizer.summarize import summarize
from summarizer.template import Template
from tests.builders import a_conversation
from tests.fakes import FakeGenerator
from tests.work import a_worker, submitted

PROCESSES = (1, 2, 4, 8)
TENANTS = (1, 10)
JOBS, LEDGER = "claim, summarize, finish", "ledger and audit alone"
LOOK_SECONDS = 0.02
WAITS = """
    SELECT wait_event_type || ':' || wait_event FROM pg_stat_activity
    WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND wait_event IS NOT NULL
"""
Work = Sequence[tuple[UUID, UUID]]  #: tenant and job


@dataclass(frozen=True, slots=True)
class Claimed:
    """So many transactions by so many processes, and on what their connections waited when one looked."""

    part: str
    processes: int
    tenants: int
    per_second: float
    median_ms: float  #: of one job, or one transaction
    num_waiting: float  #: connections, on the average
    waits: dict[str, float]  #: the same by what they wait for


def claiming(settings: Settings, database: Database, owner: Engine, *, num_jobs: int) -> Iterator[Claimed]:
    """Each number of processes, with one tenant and with ten."""
    with database.begin(None) as session:
        model_versions.register(session, FakeGenerator.model_version, directory="fake")
    for num in PROCESSES:
        measures = [
            (part, num_tenants, _work(database, part, num, num_tenants=num_tenants, num_jobs=num_jobs))
            for part in (JOBS, LEDGER)
            for num_tenants in TENANTS
        ]
        yield from _measured(settings, owner, measures, num_processes=num)


def _measured(
    settings: Settings, owner: Engine, measures: list[tuple[str, int, Work]], *, num_processes: int
) -> Iterator[Claimed]:
    """The same processes do one measure after the other, all of them beginning each together."""
    context = multiprocessing.get_context("spawn")
    start, told = context.Barrier(num_processes + 1), context.SimpleQueue()
    processes = []
    for number in range(num_processes):
        shares = [(part, work[number::num_processes]) for part, _, work in measures]
        processes.append(context.Process(target=_do, args=(settings, shares, start, told), daemon=True))
        processes[-1].start()
    for part, num_tenants, work in measures:
        start.wait()
        begun = time.monotonic()
        with _looking(owner) as looks:
            seconds = [one for _ in processes for one in told.get()]
            took = time.monotonic() - begun
        waits = Counter(name for names in looks for name in names)
        yield Claimed(
            part,
            num_processes,
            num_tenants,
            round(len(work) / took, 1),
            round(statistics.median(seconds) * 1000, 1),
            round(waits.total() / max(len(looks), 1), 2),
            {name: round(num / max(len(looks), 1), 2) for name, num in waits.most_common(3)},
        )
    for process in processes:
        process.join()


def _work(database: Database, part: str, num_processes: int, *, num_tenants: int, num_jobs: int) -> Work:
    prefix = f"{part}-{num_processes}-{num_tenants}"
    with database.begin(None) as session:
        tenant_ids = [tenants.ensure(session, f"{prefix}-{number}") for number in range(num_tenants)]
    if part == LEDGER:
        return [(tenant_ids[number % num_tenants], UUID(int=number)) for number in range(num_jobs)]
    return [
        (tenant_id, submitted(database, tenant_id, external_id=f"call-{number}").job_id)
        for number in range(num_jobs)
        for tenant_id in [tenant_ids[number % num_tenants]]
    ]


def _do(settings: Settings, shares: list[tuple[str, Work]], start: Any, told: Any) -> None:
    """In a process of its own: one piece after the other."""
    database = Database(app_engine(settings))
    worker = a_worker(database, settings)
    summarize(a_conversation(), FakeGenerator(), Template())  # a process reads its word lists with the first one
    for part, work in shares:
        seconds = []
        start.wait()
        for tenant_id, job_id in work:
            begun = time.monotonic()
            if part == JOBS:
                run(worker, tenant_id, job_id)
            else:
                _note(database, tenant_id, job_id)
            seconds.append(time.monotonic() - begun)
        told.put(seconds)
    database.close()


def _note(database: Database, tenant_id: UUID, job_id: UUID) -> None:
    """The end of a job's last transaction: a day's costs, then the chain."""
    charge = Charge(Decimal("0.001"), 0.1, "EUR")
    spent = Spent("wrapup", FakeGenerator.model_version, Meter(), charge, is_summary=True)
    with database.begin(tenant_id) as session:
        costs.add(session, tenant_id, queue=None, spent=[spent])
        audit.note(session, tenant_id, actor="worker", action="summary.complete", subject=str(job_id))


@contextmanager
def _looking(owner: Engine) -> Iterator[list[list[str]]]:
    """What connections wait for, again and again until the block is left."""
    looks: list[list[str]] = []
    is_over = threading.Event()

    def look() -> None:
        with owner.connect() as connection:
            while not is_over.wait(LOOK_SECONDS):
                looks.append(list(connection.scalars(text(WAITS))))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield looks
    finally:
        is_over.set()
        thread.join()
