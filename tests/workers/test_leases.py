import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from summarizer.store import jobs
from summarizer.store.database import Database
from summarizer.store.jobs import Lease
from tests.work import make_older, submitted
from workers.leases import LeaseKeeper
from workers.stuck import Watchdog

LEASE = timedelta(milliseconds=400)


def _claim(database: Database, tenant_id: UUID, job_id: UUID) -> Lease:
    with database.begin(tenant_id) as session:
        held = jobs.claim(session, tenant_id, job_id, owner="w", lease=LEASE, max_attempts=3)
    assert held is not None
    return held


def _seconds_left(database: Database, tenant_id: UUID) -> float:
    with database.begin(tenant_id) as session:
        return float(session.scalar(text("SELECT extract(epoch FROM lease_until - now()) FROM jobs")))


def test_a_lease_is_renewed_while_it_is_held_and_not_after(database: Database, tenant_id: UUID) -> None:
    held = _claim(database, tenant_id, submitted(database, tenant_id).job_id)
    keeper = LeaseKeeper(database, lease=LEASE)
    with keeper.holding(held):
        time.sleep(2 * LEASE.total_seconds())
        assert _seconds_left(database, tenant_id) > 0
    time.sleep(2 * LEASE.total_seconds())
    assert _seconds_left(database, tenant_id) < 0
    keeper.close()


def test_a_living_worker_touches_its_file(database: Database, tmp_path: Path) -> None:
    keeper = LeaseKeeper(database, lease=LEASE, watch=Watchdog(alive_file=tmp_path / "alive").look)
    time.sleep(LEASE.total_seconds())
    keeper.close()
    assert (tmp_path / "alive").exists()


def test_a_lost_lease_is_not_taken_back(database: Database, tenant_id: UUID) -> None:
    held = _claim(database, tenant_id, submitted(database, tenant_id).job_id)
    make_older(database, tenant_id, "lease_until", by="1 hour")
    _claim(database, tenant_id, held.job_id)
    keeper = LeaseKeeper(database, lease=LEASE)
    with keeper.holding(held):
        time.sleep(2 * LEASE.total_seconds())
        assert _seconds_left(database, tenant_id) < 0
    keeper.close()
