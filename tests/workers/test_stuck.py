"""One bad conversation takes its process along, and no other conversation: real processes, a real broker."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import make_url, text

from summarizer.processes import start, wait_or_kill
from summarizer.queue import Queue
from summarizer.settings import Settings
from summarizer.store import model_versions
from summarizer.store.database import Database
from tests.builders import LOST_CARD
from tests.fakes import FakeGenerator
from tests.treacherous import CRASH, GRIP, HANG
from tests.work import environment_of, status, submitted
from workers.beat import Beat
from workers.stuck import EXIT_STUCK

PATIENCE_SECONDS = 60.0


@dataclass
class Supervisor:
    """Starts a treacherous worker again whenever it ends."""

    log: Path
    environment: dict[str, str]
    exits: list[int] = field(default_factory=list)
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self._start()

    def watch(self) -> None:
        status = self.process.poll()
        if status is not None:
            self.exits.append(status)
            self._start()

    def await_end(self) -> None:
        """Until the process has ended once."""
        begun = time.monotonic()
        while not self.exits and time.monotonic() - begun < PATIENCE_SECONDS:
            self.watch()
            time.sleep(0.1)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        wait_or_kill(self.process)

    def _start(self) -> None:
        self.process = start(
            [sys.executable, "-m", "tests.treacherous"],
            log=self.log,
            stop=signal.SIGTERM,
            environment=self.environment,
            directory=os.getcwd(),
        )


@contextmanager
def supervised(settings: Settings, database: Database, log: Path, **changes: str) -> Iterator[Supervisor]:
    """A treacherous worker, and a sweeper that rings again."""
    url = make_url(settings.redis_url.get_secret_value()).set(database="4").render_as_string(hide_password=False)
    quick = {"sweep_interval": timedelta(seconds=0.2), "stale_after": timedelta(seconds=1)}
    settings = settings.model_copy(update={"redis_url": SecretStr(url), **quick})
    with database.begin(None) as session:
        model_versions.register(session, FakeGenerator.model_version, directory="fake")
    queue = Queue(settings)
    beat = Beat(database, queue, settings, start_night=None)
    sweeper = threading.Thread(target=beat.run)
    sweeper.start()
    names = {
        **os.environ,
        **environment_of(settings),
        "LEASE": "3",
        "MAX_ATTEMPTS": str(settings.max_attempts),
        **changes,
    }
    supervisor = Supervisor(log, names)
    try:
        yield supervisor
    finally:
        supervisor.stop()
        beat.stop()
        sweeper.join()
        queue.close()


def saying(word: str) -> tuple[tuple[str, str], ...]:
    return (*LOST_CARD, ("customer", f"And one thing more, the {word}."))


def until_done(database: Database, tenant_id: UUID, supervisor: Supervisor) -> float:
    """The seconds until no job is open."""
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE_SECONDS:
        with database.begin(tenant_id) as session:
            if not session.scalar(text("SELECT count(*) FROM jobs WHERE state IN ('queued', 'running')")):
                break
        supervisor.watch()
        time.sleep(0.1)
    return time.monotonic() - begun


def test_a_conversation_that_crashes_the_process_is_set_aside_and_its_neighbours_are_summarised(
    database: Database, settings: Settings, tenant_id: UUID, tmp_path: Path
) -> None:
    made = [submitted(database, tenant_id, external_id=f"call-{number}") for number in range(15)]
    poisoned = submitted(database, tenant_id, external_id="poison", lines=saying(CRASH))
    with supervised(settings, database, tmp_path / "worker.log") as supervisor:
        seconds = until_done(database, tenant_id, supervisor)
        is_alive = supervisor.process.poll() is None
    found = status(database, tenant_id, poisoned)
    told = f"{seconds:.1f} s, exits {supervisor.exits}, {(tmp_path / 'worker.log').read_text()[-2000:]}"
    assert (found.state, found.reason, found.attempt) == ("failed", "worker_lost", 3), told
    neighbours = [status(database, tenant_id, one) for one in made]
    assert [one.state for one in neighbours] == ["succeeded"] * 15, told
    assert supervisor.exits == [-signal.SIGSEGV] * 3
    assert is_alive


@pytest.mark.parametrize(
    ("word", "reason", "exit_status"), [(HANG, "deadline_exceeded", EXIT_STUCK), (GRIP, "worker_lost", 1)]
)
def test_a_conversation_that_hangs_ends_its_process_and_is_set_aside(
    word: str, reason: str, exit_status: int, database: Database, settings: Settings, tenant_id: UUID, tmp_path: Path
) -> None:
    settings = settings.model_copy(update={"max_attempts": 1})
    bad = submitted(database, tenant_id, external_id="bad", lines=saying(word))
    log = tmp_path / "worker.log"
    with supervised(settings, database, log, JOB_DEADLINE="1") as supervisor:
        until_done(database, tenant_id, supervisor)
        supervisor.await_end()
    found = status(database, tenant_id, bad)
    assert (found.state, found.reason, found.attempt) == ("failed", reason, 1), log.read_text()[-3000:]
    assert supervisor.exits == [exit_status]
    assert word not in log.read_text()
