"""Tasks: a few lines each. A message holds ids, the row says whether there is anything to do."""

from uuid import UUID

from celery import Celery

from summarizer import jobs
from summarizer.errors import Unavailable
from summarizer.log import logger
from summarizer.queue import SUMMARIZE
from workers.runtime import Runtime

current: Runtime | None = None  #: this process's, set when the worker starts


def register(app: Celery) -> None:
    """Make the tasks known to an app."""
    app.task(name=SUMMARIZE, acks_late=True, ignore_result=True)(summarize_conversation)


def summarize_conversation(tenant_id: str, job_id: str) -> None:
    """Run one attempt of one job; when Postgres is away, the sweeper will ring again."""
    assert current is not None  # the worker starts its runtime before it takes messages
    try:
        jobs.run(current.work, UUID(tenant_id), UUID(job_id))
    except Unavailable:
        logger(__name__).warning("database away", job_id=job_id)
