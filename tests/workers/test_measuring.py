import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from summarizer.settings import Settings
from summarizer.store import jobs, nights, tenants
from summarizer.store.database import Database
from tests.fakes import FakeBell
from tests.summarizer.metrics.exported import exposition, value
from tests.work import submitted
from workers.beat import Beat

PATIENCE_SECONDS = 10.0
WAITING = {"kind": "summarize", "state": "waiting"}


@contextmanager
def _beating(database: Database, settings: Settings) -> Iterator[None]:
    quick = {"sweep_interval": timedelta(milliseconds=50), "metrics_interval": timedelta(milliseconds=50)}
    beat = Beat(database, FakeBell(), settings.model_copy(update=quick), start_night=None)
    thread = threading.Thread(target=beat.run)
    thread.start()
    try:
        yield
    finally:
        beat.stop()
        thread.join()


def _eventually(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.02)
    return is_so()


def _unaccounted(database: Database) -> int:
    with database.begin(None) as session:
        return jobs.num_unaccounted(session)


def _change(database: Database, tenant_id: UUID, statement: str) -> None:
    with database.begin(tenant_id) as session:
        session.execute(text(statement))


def test_who_leads_tells_the_work_of_all_tenants_and_who_leads_no_more_nothing(
    database: Database, settings: Settings, tenant_id: UUID
) -> None:
    with database.begin(None) as session:
        other_id = tenants.ensure(session, "other")
        nights.open_slot(session, hour=0)
        [night] = nights.history(session)
        ledger = {"examples": 7, "gain_rouge1": 0.25, "device_hours": 0.5, "money": 1.0}
        nights.finish(session, night.slot, state="refused", reason="worse", ledger=ledger)
    for number in range(3):
        submitted(database, tenant_id, external_id=f"call-{number}")
    submitted(database, other_id)
    _change(database, other_id, "UPDATE jobs SET due_at = now() - interval '1 hour'")
    with _beating(database, settings):
        assert _eventually(lambda: value("wrapup_jobs", **WAITING) == 4)
        assert 3600 <= value("wrapup_oldest_job_age_seconds", kind="summarize") < 3700
        assert value("wrapup_jobs", kind="backfill", state="waiting") == 0
        assert value("wrapup_night_state", state="refused") == 1
        assert value("wrapup_night_state", state="promoted") == 0
        assert value("wrapup_night_duration_seconds") == 1800
        assert value("wrapup_night_gain_ratio") == 0.25
        assert "\nwrapup_unaccounted_jobs 0.0\n" in exposition()
        assert value("wrapup_beat_leads") == 1
    assert "\nwrapup_jobs{" not in exposition()
    assert value("wrapup_beat_leads") == 0


def test_a_conversation_that_lost_its_job_is_unaccounted_for_until_it_is_erased(
    database: Database, tenant_id: UUID
) -> None:
    submitted(database, tenant_id)
    _change(database, tenant_id, "DELETE FROM jobs")
    assert _unaccounted(database) == 0, "within a minute it may be on its way"
    _change(database, tenant_id, "UPDATE revisions SET created_at = now() - interval '2 minutes'")
    assert _unaccounted(database) == 1
    _change(database, tenant_id, "DELETE FROM conversations")
    assert _unaccounted(database) == 0


def test_what_waits_or_ended_is_accounted_for_and_success_without_a_summary_is_not(
    database: Database, tenant_id: UUID
) -> None:
    submitted(database, tenant_id)
    _change(database, tenant_id, "UPDATE revisions SET created_at = now() - interval '2 minutes'")
    found = {}
    for state in ("queued", "running", "failed", "canceled", "succeeded"):
        _change(database, tenant_id, f"UPDATE jobs SET state = '{state}'")
        found[state] = _unaccounted(database)
    assert found == {"queued": 0, "running": 0, "failed": 0, "canceled": 0, "succeeded": 1}
    _change(database, tenant_id, "UPDATE conversations SET revision = 2")
    assert _unaccounted(database) == 0, "a newer one counts"


def test_what_is_days_old_is_looked_for_no_more(database: Database, tenant_id: UUID) -> None:
    submitted(database, tenant_id)
    _change(database, tenant_id, "DELETE FROM jobs")
    _change(database, tenant_id, "UPDATE revisions SET created_at = now() - interval '3 days'")
    assert _unaccounted(database) == 0
