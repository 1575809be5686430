"""A worker's Celery app: its tasks, and what its signals open and close."""

from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init, worker_shutdown, worker_shutting_down

from summarizer import model, tracing
from summarizer.log import configure
from summarizer.metrics.exposition import serve
from summarizer.queue import celery_app
from summarizer.settings import Settings
from workers import runtime, tasks
from workers.runtime import Load
from workers.stuck import failing_aloud


def worker_app(settings: Settings, *, load: Load = model.load) -> Celery:
    """The app of the one worker of this process; `load` makes the generator of a version."""
    app = celery_app(settings)
    tasks.register(app)

    def log(**_: Any) -> None:
        configure(settings.log_level)

    def start(**_: Any) -> None:
        """Runs once in the process, before any task and before Celery's own logging; threads share it all."""
        configure(settings.log_level)
        tracing.start(settings, service="wrapup-worker")
        serve(settings)
        with failing_aloud():
            tasks.worker = runtime.start(settings, load=load)
            tasks.watchdog = tasks.worker.watchdog

    def let_finish(**_: Any) -> None:
        if tasks.worker is not None:
            runtime.stop_after(tasks.worker, grace_seconds=settings.shutdown_grace.total_seconds())

    def stop(**_: Any) -> None:
        if tasks.worker is not None:
            tasks.worker.close()

    for signal, handler in (
        (setup_logging, log),
        (worker_init, start),
        (worker_shutting_down, let_finish),
        (worker_shutdown, stop),
    ):
        signal.connect(handler, weak=False)
    return app
