"""Tasks: a few lines each. A message holds ids, the row says whether there is anything to do."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from celery import Celery

from summarizer import delivering, fetching, jobs
from summarizer.courier import Courier
from summarizer.errors import DeviceLost, Unavailable
from summarizer.kinds import COURIERS, SUMMARIES, Kind
from summarizer.log import logger
from summarizer.queue import TASKS
from workers.runtime import Runtime
from workers.stuck import Watchdog, end_soon

worker: Runtime | None = None  #: this process's, set when a worker starts
courier: Courier | None = None  #: this process's, set when a courier starts
watchdog: Watchdog | None = None  #: this process's, whichever it is

Task = Callable[[str, str], None]
Means = TypeVar("Means")


def register(app: Celery) -> None:
    """Make the tasks known to an app."""
    tasks: dict[Kind, Task] = dict.fromkeys(SUMMARIES, summarize_conversation)
    tasks |= dict(zip(COURIERS, (fetch_transcript, deliver_callback), strict=True))
    for kind, task in tasks.items():
        app.task(name=TASKS[kind], acks_late=True, ignore_result=True)(task)


def summarize_conversation(tenant_id: str, job_id: str) -> None:
    """Run one attempt of one job; when Postgres is away, the sweeper will ring again."""
    assert worker is not None  # a worker starts its runtime before it takes messages
    _run(jobs.run, worker.work, tenant_id, job_id)


def fetch_transcript(tenant_id: str, job_id: str) -> None:
    """Fetch what an event named."""
    assert courier is not None
    _run(fetching.run, courier, tenant_id, job_id)


def deliver_callback(tenant_id: str, job_id: str) -> None:
    """Tell an endpoint of an event."""
    assert courier is not None
    _run(delivering.run, courier, tenant_id, job_id)


def _run(run: Callable[[Means, UUID, UUID], None], means: Means, tenant_id: str, job_id: str) -> None:
    if watchdog is not None:
        watchdog.took()
    try:
        run(means, UUID(tenant_id), UUID(job_id))
    except Unavailable as error:
        logger(__name__).warning("unavailable", job_id=job_id, reason=str(error))
    except DeviceLost:
        end_soon("the device is lost")
