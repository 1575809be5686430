import time
from pathlib import Path
from uuid import UUID

import pytest

from summarizer.errors import DeviceLost
from summarizer.jobs import run
from summarizer.settings import Settings
from summarizer.store import jobs
from summarizer.store.database import Database
from summarizer.store.jobs import Lease
from tests.fakes import FakeGenerator
from tests.work import a_worker, status, submitted
from workers.stuck import Watchdog, settle

HOUR = 3600.0


def claimed(database: Database, settings: Settings, tenant_id: UUID, job_id: UUID) -> Lease:
    with database.begin(tenant_id) as session:
        held = jobs.claim(session, tenant_id, job_id, owner="w", lease=settings.lease, max_attempts=3)
    assert held is not None
    return held


def test_what_hangs_loses_its_attempt_and_what_ran_beside_it_does_not(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    made = [submitted(database, tenant_id, external_id=f"call-{number}") for number in range(3)]
    stuck, *beside = [claimed(database, settings, tenant_id, one.job_id) for one in made]
    work, ends = a_worker(database, settings), []
    watchdog = Watchdog(
        longest=settings.job_deadline, settle=lambda overdue, others: settle(work, overdue, others), end=ends.append
    )
    now = time.monotonic()
    watchdog.look(dict.fromkeys([stuck, *beside], now))
    assert ends == []
    watchdog.look({stuck: now - HOUR, **dict.fromkeys(beside, now)})
    assert ends == ["a job runs longer than it may"]
    found = [status(database, tenant_id, one) for one in made]
    assert [(one.state, one.attempt) for one in found] == [("queued", 1), ("queued", 0), ("queued", 0)]


@pytest.mark.parametrize(
    ("patience", "num_waiting", "is_busy", "is_alive"),
    [(-1, 3, False, False), (-1, 0, False, True), (-1, 3, True, True), (60, 3, False, True)],
    ids=["takes nothing that waits", "nothing waits", "runs a job", "took a message lately"],
)
def test_a_process_lives_only_while_it_makes_progress(
    patience: int, num_waiting: int, is_busy: bool, is_alive: bool, tmp_path: Path, settings: Settings
) -> None:
    ends: list[str] = []
    patient = type(settings.lease)(seconds=patience)
    watchdog = Watchdog(
        alive_file=tmp_path / "alive", num_waiting=lambda: num_waiting, patience=patient, end=ends.append
    )
    held = {Lease(UUID(int=1), UUID(int=2), "w", 1): time.monotonic()} if is_busy else {}
    watchdog.look(held)
    assert (tmp_path / "alive").exists() is is_alive
    assert ends == ([] if is_alive else ["messages wait and none is taken"])


def test_a_lost_device_gives_the_job_back_and_is_told_to_the_process(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    def lose(_: str) -> str:
        raise DeviceLost("gone")

    made = submitted(database, tenant_id)
    with pytest.raises(DeviceLost):
        run(a_worker(database, settings, generate=FakeGenerator(lose)), tenant_id, made.job_id)
    found = status(database, tenant_id, made)
    assert (found.state, found.attempt) == ("queued", 1)
