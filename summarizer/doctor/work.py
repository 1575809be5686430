"""Whether anybody works: jobs that move, a beat that leads, files that are touched, a port that answers."""

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from uuid import UUID

import httpx
from sqlalchemy import text

from summarizer.doctor.finding import Finding
from summarizer.settings import Settings
from summarizer.store import jobs, overview, tenants
from summarizer.store.database import LEADER_LOCK, Database, app_engine

MAX_WAIT = timedelta(minutes=2)  #: of a job that is due, while nobody works
MAX_SILENCE_SECONDS = 60.0  #: of a process that touches its file a few times per lease
ANSWER_SECONDS = 3.0
LED = text(
    "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
    "WHERE locktype = 'advisory' AND objid = :lock AND granted AND datname = current_database())"
)


def look(settings: Settings) -> Iterator[Finding]:
    """A service that was never used may have no process yet."""
    with closing(Database(app_engine(settings))) as database:
        yield _jobs(database)
        yield _beat(database)
    if settings.alive_file is not None:
        yield _alive(settings)
    if settings.metrics_port is not None:
        yield _metrics(settings.metrics_port)


def _jobs(database: Database) -> Finding:
    """A worker or courier may live and take nothing; while jobs run, the others only wait their turn."""
    found, owners = [], set()
    for tenant_id in _tenant_ids(database):
        with database.begin(tenant_id) as session:
            found.append(jobs.backlog(session))
            owners |= {owner for owner, _, _ in overview.holders(session)}
    waiting, running = sum(one.num_waiting for one in found), sum(one.num_running for one in found)
    longest = max((one.longest for one in found), default=timedelta(0))
    is_stuck = waiting > 0 and running == 0 and longest > MAX_WAIT
    seen = f"{running} run in {len(owners)} processes, {waiting} wait, the first for {longest.total_seconds():.0f} s"
    advice = "nobody takes what waits: see the logs of worker, courier and beat, and start again what does nothing"
    return Finding("jobs", seen, advice if is_stuck else "")


def _beat(database: Database) -> Finding:
    """The one that leads holds a lock; without it lost jobs stay lost and no night opens."""
    with database.begin(None) as session:
        is_led = session.scalar(LED, {"lock": LEADER_LOCK})
    if is_led:
        return Finding("beat", "leads")
    return Finding("beat", "nobody leads", "start `wrapup beat`" if _is_in_use(database) else "")


def _is_in_use(database: Database) -> bool:
    for tenant_id in _tenant_ids(database):
        with database.begin(tenant_id) as session:
            if session.scalar(text("SELECT EXISTS (SELECT FROM jobs)")):
                return True
    return False


def _tenant_ids(database: Database) -> list[UUID]:
    with database.begin(None) as session:
        return tenants.all_ids(session)


def _alive(settings: Settings) -> Finding:
    file = settings.alive_file
    assert file is not None
    if not file.exists():
        return Finding("sign of life", f"{file} is not there", "start the worker or courier that touches ALIVE_FILE")
    silent = time.time() - file.stat().st_mtime
    is_alive = silent < MAX_SILENCE_SECONDS
    advice = "" if is_alive else "start the worker or courier again that touches ALIVE_FILE, and see its log"
    return Finding("sign of life", f"{silent:.0f} s ago", advice)


def _metrics(port: int) -> Finding:
    try:
        status = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=ANSWER_SECONDS, trust_env=False).status_code
    except httpx.HTTPError as error:
        return Finding("metrics", type(error).__name__, f"start the worker that has METRICS_PORT={port}, or unset it")
    advice = (
        "" if status == httpx.codes.OK else f"another program has the port: set METRICS_PORT to another than {port}"
    )
    return Finding("metrics", f"port {port} answers {status}", advice)
