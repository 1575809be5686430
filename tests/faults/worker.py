"""A worker with the deterministic model: `celery -A tests.faults.worker worker`. All else is `workers.app`'s."""

from typing import Any

from celery.signals import setup_logging, worker_init, worker_shutdown, worker_shutting_down

from summarizer.log import configure
from summarizer.queue import celery_app
from summarizer.settings import Settings
from tests.faults.generator import load
from workers import runtime, tasks
from workers.stuck import failing_aloud

settings = Settings()
app = celery_app(settings)
tasks.register(app)


@setup_logging.connect
def _configure_logging(**_: Any) -> None:
    configure(settings.log_level)


@worker_init.connect
def _start(**_: Any) -> None:
    configure(settings.log_level)
    with failing_aloud():
        tasks.worker = runtime.start(settings, load=load)
        tasks.watchdog = tasks.worker.watchdog


@worker_shutting_down.connect
def _let_finish(**_: Any) -> None:
    assert tasks.worker is not None
    runtime.stop_after(tasks.worker, grace_seconds=settings.shutdown_grace.total_seconds())


@worker_shutdown.connect
def _stop(**_: Any) -> None:
    assert tasks.worker is not None
    tasks.worker.close()
