"""A worker whose model does harm when a conversation says so: `python -m tests.treacherous`, settings as for a worker.

All else is what `wrapup worker` runs: Celery's threads, the store, the leases, the watchdog.
"""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from summarizer.generate import Generator
from summarizer.log import configure
from summarizer.queue import WORKER_QUEUE, celery_app
from summarizer.settings import Settings
from summarizer.store.database import Database, app_engine
from summarizer.summarize import summarize
from tests.builders import a_conversation
from tests.fakes import GROUNDED, FakeGenerator
from workers import tasks
from workers.runtime import keeping
from workers.stuck import failing_aloud

CRASH, HANG, GRIP = "segfault", "standstill", "stranglehold"  #: words of a customer
SECONDS = 0.3  #: a call takes so long, so that sixteen run together


def answer(text: str) -> str:
    """Notes for a conversation, or the end of this process."""
    time.sleep(SECONDS)
    if CRASH in text:
        os.kill(os.getpid(), signal.SIGSEGV)
    if HANG in text:
        time.sleep(3600)
    if GRIP in text:
        re.match(r"(a+)+$", "a" * 64 + "b")  # takes centuries, and lets no other thread run meanwhile
    return GROUNDED


class OneModel:
    """The same generator for every job."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator

    @contextmanager
    def serving(self, _: UUID) -> Iterator[Generator]:
        yield self._generator

    def close(self, *, drain: bool) -> None:
        """Nothing is open."""


def main() -> None:
    settings = Settings()
    configure(settings.log_level)
    app = celery_app(settings)
    tasks.register(app)
    summarize(a_conversation(), FakeGenerator())  # what is read at the first call is no part of a job's time
    with failing_aloud():
        tasks.worker = keeping(settings, Database(app_engine(settings)), OneModel(FakeGenerator(answer)))
        tasks.watchdog = tasks.worker.watchdog
    options = ["--pool", "threads", "--queues", WORKER_QUEUE, "--without-gossip", "--without-mingle"]
    app.worker_main(["--quiet", "worker", *options, "--concurrency", str(settings.worker_concurrency)])


if __name__ == "__main__":
    main()
