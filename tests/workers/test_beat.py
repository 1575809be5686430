import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from summarizer.kinds import Kind
from summarizer.nightly import MAX_ATTEMPTS
from summarizer.settings import Settings
from summarizer.store import nights
from summarizer.store.database import Database, app_engine
from tests.fakes import FakeBell, FakeNight
from tests.work import count, make_older, submitted
from workers.beat import Beat

PATIENCE_SECONDS = 10.0


def _eventually(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.02)
    return is_so()


def _started(
    database: Database, bell: FakeBell, settings: Settings, *, night: Callable[[], FakeNight] = FakeNight
) -> tuple[Beat, threading.Thread]:
    quick = settings.model_copy(update={"sweep_interval": timedelta(milliseconds=50), "nightly_at_hour": 0})
    beat = Beat(database, bell, quick, start_night=night)
    thread = threading.Thread(target=beat.run)
    thread.start()
    return beat, thread


def test_it_rings_for_a_lost_job_and_opens_the_night_once(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    made = submitted(database, tenant_id)
    make_older(database, tenant_id, "sent_at", by="1 minute")
    bell = FakeBell()
    beat, thread = _started(database, bell, settings)
    assert _eventually(lambda: bell.rung == [(Kind.SUMMARIZE, tenant_id, made.job_id)])
    time.sleep(0.3)
    beat.stop()
    thread.join()
    assert len(bell.rung) == 1
    with database.begin(None) as session:
        assert session.scalar(text("SELECT count(*) FROM nightly_runs")) == 1


def test_it_touches_its_file_whether_it_leads_or_waits(database: Database, settings: Settings, tmp_path: Path) -> None:
    files = [tmp_path / "first", tmp_path / "second"]
    beats = [_started(database, FakeBell(), settings.model_copy(update={"alive_file": file})) for file in files]
    assert _eventually(lambda: all(file.exists() for file in files))
    for beat, thread in beats:
        beat.stop()
        thread.join()


def test_of_two_one_leads_and_the_other_takes_over(database: Database, settings: Settings, tenant_id: UUID) -> None:
    bells = [FakeBell(), FakeBell()]
    first, first_thread = _started(database, bells[0], settings)
    assert _eventually(lambda: _num_locks(database) == 1)
    other = Database(app_engine(settings))
    second, second_thread = _started(other, bells[1], settings)
    submitted(database, tenant_id)
    make_older(database, tenant_id, "sent_at", by="1 minute")
    assert _eventually(lambda: len(bells[0].rung) == 1)
    assert bells[1].rung == []
    first.stop()
    first_thread.join()
    submitted(database, tenant_id, external_id="call-2")
    make_older(database, tenant_id, "sent_at", by="1 minute")
    assert _eventually(lambda: len(bells[1].rung) >= 1)
    second.stop()
    second_thread.join()
    other.close()


def test_a_night_is_started_once_and_again_only_if_it_died(database: Database, settings: Settings) -> None:
    started: list[FakeNight] = []

    def start() -> FakeNight:
        with database.begin(None) as session:
            nights.begin(session, nights.history(session)[0].slot)
        started.append(FakeNight())
        return started[-1]

    beat, thread = _started(database, FakeBell(), settings, night=start)
    assert _eventually(lambda: len(started) == 1)
    time.sleep(0.3)
    assert len(started) == 1, "while it runs it is not started again"
    started[0].status = -9
    assert _eventually(lambda: len(started) == 2)
    with database.begin(None) as session:
        nights.finish(session, nights.history(session)[0].slot, state="refused", reason="worse", ledger=None)
    started[1].status = 0
    time.sleep(0.3)
    assert len(started) == 2, "a night that came to something is over"
    beat.stop()
    thread.join()


def test_a_night_that_dies_again_and_again_is_given_up(database: Database, settings: Settings) -> None:
    started: list[FakeNight] = []

    def start() -> FakeNight:
        with database.begin(None) as session:
            nights.begin(session, nights.history(session)[0].slot)
        night = FakeNight()
        night.status = -9
        started.append(night)
        return night

    beat, thread = _started(database, FakeBell(), settings, night=start)
    assert _eventually(lambda: len(started) == MAX_ATTEMPTS)
    time.sleep(0.3)
    assert len(started) == MAX_ATTEMPTS
    beat.stop()
    thread.join()


def test_a_loop_that_cannot_train_leaves_the_night_to_one_that_can(database: Database, settings: Settings) -> None:
    night = FakeNight()
    quick = settings.model_copy(update={"sweep_interval": timedelta(milliseconds=50), "nightly_at_hour": 0})
    leader = Beat(database, FakeBell(), quick, start_night=None)
    other_database = Database(app_engine(settings))
    started: list[FakeNight] = []
    other = Beat(other_database, FakeBell(), quick, start_night=lambda: started.append(night) or night)
    threads = [threading.Thread(target=one.run) for one in (leader, other)]
    threads[0].start()
    assert _eventually(lambda: _num_locks(database) == 1)
    threads[1].start()
    assert _eventually(lambda: started == [night])
    for one in (leader, other):
        one.stop()
    for thread in threads:
        thread.join()
    other_database.close()


def test_a_night_ends_with_the_loop(database: Database, settings: Settings) -> None:
    night = FakeNight()
    beat, thread = _started(database, FakeBell(), settings, night=lambda: night)
    time.sleep(0.3)
    beat.stop()
    thread.join()
    assert night.is_terminated


def _num_locks(database: Database) -> int:
    query = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE locktype = 'advisory' AND datname = current_database()"  # noqa: E501
    with database.begin(None) as session:
        return session.scalar(text(query)) or 0


def test_it_erases_what_is_kept_no_longer(database: Database, settings: Settings, tenant_id: UUID) -> None:
    submitted(database, tenant_id)
    with database.begin(tenant_id) as session:
        for table in ("conversations", "revisions"):
            session.execute(text(f"UPDATE {table} SET created_at = created_at - interval '31 days'"))
    beat, thread = _started(database, FakeBell(), settings.model_copy(update={"retention_days": 30}))
    assert _eventually(lambda: count(database, tenant_id, "conversations") == 0)
    beat.stop()
    thread.join()
