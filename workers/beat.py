"""The one periodic loop: `python -m workers.beat`. Many may run; the advisory lock lets one of them work.

Chosen over Celery's beat, whose schedule would live in a second place and which sends every message twice
when two of them run.
"""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from types import FrameType
from typing import Protocol

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from summarizer import retention, tracing
from summarizer.errors import Unavailable
from summarizer.jobs import most_attempts, sweep
from summarizer.log import configure, logger
from summarizer.metrics.exposition import serve
from summarizer.metrics.leader import Night as LastNight
from summarizer.metrics.leader import Standing, leader
from summarizer.metrics.process import process
from summarizer.nightly import MAX_ATTEMPTS
from summarizer.queue import Queue
from summarizer.settings import Settings
from summarizer.store import jobs, model_versions, nights
from summarizer.store.database import LEADER_LOCK, Database, app_engine
from summarizer.submit import Bell

TIDY_SECONDS = 3600.0


class Night(Protocol):
    """A process that runs the night."""

    def poll(self) -> int | None:
        """None while it runs."""

    def terminate(self) -> None:
        """Ask it to end."""


def start_night() -> Night:
    """`wrapup nightly`, with our own environment."""
    return subprocess.Popen([sys.executable, "-m", "summarizer.cli", "nightly"])


class Beat:
    """Sweeps jobs and opens the night's slot, again and again, while it leads; if it can train, it runs nights."""

    def __init__(
        self, database: Database, bell: Bell, settings: Settings, *, start_night: Callable[[], Night] | None
    ) -> None:
        self._start_night = start_night
        self._night: Night | None = None
        self._database = database
        self._bell = bell
        self._settings = settings
        self._stopped = threading.Event()
        self._tidies_at = 0.0  #: on the monotonic clock, as the next one
        self._measures_at = 0.0

    def stop(self) -> None:
        """End the loop after the present round; safe in a signal handler."""
        self._stopped.set()

    def run(self) -> None:
        """Loop until stopped; a database that is away is waited for."""
        while not self._stopped.is_set():
            try:
                self._lead()
                self._keep_night()
            except (Unavailable, DBAPIError) as error:
                logger(__name__).warning("database away", error=type(error).__name__)
            self._pause()
        if self._night is not None and self._night.poll() is None:
            self._night.terminate()

    def _lead(self) -> None:
        try:
            with self._database.leading(LEADER_LOCK) as connection:
                while connection is not None and not self._stopped.is_set():
                    self._round(connection)
                    self._pause()
        finally:
            leader.forget()
            self._measures_at = 0.0

    def _round(self, connection: Connection) -> None:
        """The lock lives as long as its connection, so the connection is asked each time."""
        connection.execute(text("SELECT 1"))
        with self._database.begin(None) as session:
            slot = nights.open_slot(session, hour=self._settings.nightly_at_hour)
        if slot is not None:
            logger(__name__).info("night opened", slot=slot)
        self._keep_night()
        num_requeued = sweep(
            self._database,
            self._bell,
            stale_after=self._settings.stale_after,
            max_attempts=most_attempts(self._settings),
        )
        if num_requeued:
            logger(__name__).info("requeued", num_jobs=num_requeued)
        if time.monotonic() >= self._measures_at:
            self._measure()
        if time.monotonic() >= self._tidies_at:
            self._tidy()

    def _measure(self) -> None:
        """Look at the backlog of all tenants and at the last night."""
        self._measures_at = time.monotonic() + self._settings.metrics_interval.total_seconds()
        try:
            with self._database.begin(None) as session:
                found, night = jobs.open_of_all(session), nights.last(session)
                num_unaccounted = jobs.num_unaccounted(session)
                promoted_at = model_versions.last_promoted_at(session)
        except Unavailable as error:  # the rest of the round is worth more than its numbers
            leader.forget()
            logger(__name__).warning("backlog not measured", reason=str(error))
            return
        last = LastNight(promoted_at=promoted_at)
        if night is not None:
            last = LastNight(night.state, night.finished_at, promoted_at, night.ledger or {})
        waiting = [one for one in found if not one.is_running]
        leader.show(
            Standing(
                num_waiting={one.kind: one.num_jobs for one in waiting},
                num_running={one.kind: one.num_jobs for one in found if one.is_running},
                oldest_seconds={one.kind: one.oldest_seconds for one in waiting},
                num_unaccounted=num_unaccounted,
                night=last,
            )
        )

    def _tidy(self) -> None:
        """Erase what is kept no longer; what one run does not reach the next round does, else it is an hour's time."""
        outdated = retention.run(self._database, self._settings)
        self._tidies_at = 0.0 if outdated.is_more else time.monotonic() + TIDY_SECONDS
        if outdated.num_conversations or outdated.num_records:
            found = {"num_conversations": outdated.num_conversations, "num_records": outdated.num_records}
            logger(__name__).info("outdated erased", **found)

    def _keep_night(self) -> None:
        """The night is a process of its own; one that died is started again while it may be."""
        if self._start_night is None or (self._night is not None and self._night.poll() is None):
            return
        with self._database.begin(None) as session:
            is_due = nights.unfinished(session, max_attempts=MAX_ATTEMPTS) is not None
        if is_due:
            self._night = self._start_night()

    def _pause(self) -> None:
        if self._settings.alive_file is not None:
            self._settings.alive_file.touch()
        self._stopped.wait(self._settings.sweep_interval.total_seconds())


def main() -> None:
    """Run the loop in the foreground until SIGTERM."""
    settings = Settings()
    configure(settings.log_level)
    tracing.start(settings, service="wrapup-beat")
    database, queue = Database(app_engine(settings)), Queue(settings)
    process.watch(pool=database, queue=queue)
    serve(settings)
    can_train = find_spec("training") is not None and find_spec("transformers") is not None
    beat = Beat(database, queue, settings, start_night=start_night if can_train else None)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        beat.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    beat.run()
    queue.close()
    database.close()


if __name__ == "__main__":
    main()
