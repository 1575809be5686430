"""The Celery app that summarizes: `celery -A workers.app worker --pool threads`. Registration and signals."""

from typing import Any

from celery.signals import setup_logging, worker_init, worker_shutdown, worker_shutting_down

from summarizer import metrics
from summarizer.log import configure
from summarizer.queue import celery_app
from summarizer.settings import Settings
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
    """Runs once in the process, before any task and before Celery's own logging; threads share it all."""
    configure(settings.log_level)
    if settings.metrics_port is not None:
        metrics.serve(settings.metrics_port)
    with failing_aloud():
        tasks.worker = runtime.start(settings)
        tasks.watchdog = tasks.worker.watchdog


@worker_shutting_down.connect
def _let_finish(**_: Any) -> None:
    if tasks.worker is not None:
        runtime.stop_after(tasks.worker, grace_seconds=settings.shutdown_grace.total_seconds())


@worker_shutdown.connect
def _stop(**_: Any) -> None:
    if tasks.worker is not None:
        tasks.worker.close()
