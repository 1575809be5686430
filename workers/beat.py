"""The one periodic loop: `python -m workers.beat`. Many may run; the advisory lock lets one of them work.

Chosen over Celery's beat, whose schedule would live in a second place and which sends every message twice
when two of them run.
"""

import signal
import threading
from types import FrameType

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from summarizer.errors import Unavailable
from summarizer.jobs import sweep
from summarizer.log import configure, logger
from summarizer.queue import Queue
from summarizer.settings import Settings
from summarizer.store.database import Database, app_engine
from summarizer.submit import Bell

LEADER_LOCK = 0x77726170  # "wrap"

_OPEN_SLOT = text(
    "INSERT INTO nightly_runs (slot) SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD') "
    "WHERE extract(hour FROM now() AT TIME ZONE 'UTC') >= :hour ON CONFLICT DO NOTHING RETURNING slot"
)


class Beat:
    """Sweeps jobs and opens the night's slot, again and again, while it leads."""

    def __init__(self, database: Database, bell: Bell, settings: Settings) -> None:
        self._database = database
        self._bell = bell
        self._settings = settings
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End the loop after the present round; safe in a signal handler."""
        self._stopped.set()

    def run(self) -> None:
        """Loop until stopped; a database that is away is waited for."""
        while not self._stopped.is_set():
            try:
                self._lead()
            except (Unavailable, DBAPIError) as error:
                logger(__name__).warning("database away", error=type(error).__name__)
            self._pause()

    def _lead(self) -> None:
        with self._database.leading(LEADER_LOCK) as connection:
            while connection is not None and not self._stopped.is_set():
                self._round(connection)
                self._pause()

    def _round(self, connection: Connection) -> None:
        """The lock lives as long as its connection, so the connection is asked each time."""
        slot = connection.scalar(_OPEN_SLOT, {"hour": self._settings.nightly_at_hour})
        if slot is not None:
            logger(__name__).info("night opened", slot=slot)
        num_requeued = sweep(
            self._database,
            self._bell,
            stale_after=self._settings.stale_after,
            max_attempts=self._settings.max_attempts,
        )
        if num_requeued:
            logger(__name__).info("requeued", num_jobs=num_requeued)

    def _pause(self) -> None:
        self._stopped.wait(self._settings.sweep_interval.total_seconds())


def main() -> None:
    """Run the loop in the foreground until SIGTERM."""
    settings = Settings()
    configure(settings.log_level)
    database, queue = Database(app_engine(settings)), Queue(settings)
    beat = Beat(database, queue, settings)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        beat.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    beat.run()
    queue.close()
    database.close()


if __name__ == "__main__":
    main()
