"""What is wrong with an installation, and how to mend it."""

import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import redis
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from summarizer.audit import verify_end
from summarizer.errors import SummarizerError, Unavailable
from summarizer.model import load
from summarizer.settings import Settings
from summarizer.store import jobs, sealed, tenants
from summarizer.store.database import Database, app_engine
from summarizer.vault import unseal

MIN_FREE_BYTES = 2_000_000_000
MAX_SKEW_SECONDS = 2.0
AUDIT_ENTRIES = 1_000
WRONG_MASTER_KEY = "put the key that sealed it into MASTER_KEY, after the present one and a comma"
MAX_WAIT = timedelta(minutes=2)  #: of a job that is due, while nobody works
WITHOUT_KERNELS = "torch's; on x86-64 with AVX-512 and VNNI, with a C++ compiler when installing, there are faster ones"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `advice` is empty when it is well."""

    name: str
    seen: str
    advice: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything the service needs, one thing after the other."""
    yield Finding("python", platform.python_version())
    yield _disk()
    yield from _guarded("postgres", _postgres, settings)
    yield from _guarded("queue", _queue, settings)
    yield from _guarded("model", _model, settings)


def _guarded(name: str, look: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    try:
        yield from look(settings)
    except (SummarizerError, SQLAlchemyError, redis.RedisError, ImportError, OSError) as error:
        yield Finding(name, type(error).__name__, f"{name}: see the setting and the server's own log")


def _disk() -> Finding:
    free = shutil.disk_usage(".").free
    return Finding(
        "disk", f"{free / 1e9:.1f} GB free", "" if free > MIN_FREE_BYTES else "make room: under 2 GB is left"
    )


def _postgres(settings: Settings) -> Iterator[Finding]:
    database = Database(app_engine(settings))
    with database.begin(None) as session:
        version = session.scalar(text("SHOW server_version"))
        now = session.scalar(text("SELECT now()")) or datetime.now(UTC)
        schema = session.scalar(text("SELECT version_num FROM alembic_version"))
        is_safe = session.scalar(
            text("SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user")
        )
    skew = abs((datetime.now(UTC) - now).total_seconds())
    yield Finding("postgres", str(version))
    yield Finding("schema", str(schema))
    yield Finding(
        "row-level security", "applies" if is_safe else "passed by", "" if is_safe else "run `wrapup migrate`"
    )
    yield _jobs(database)
    yield Finding("clock", f"{skew:.1f} s apart", "" if skew < MAX_SKEW_SECONDS else "synchronize the clocks")
    yield _audit(database)
    yield _master_key(database, settings)
    database.close()


def _audit(database: Database) -> Finding:
    """Every tenant's newest entries; `wrapup audit verify` looks at all of them."""
    with database.begin(None) as session:
        names = tenants.names(session)
    for tenant_id, name in names.items():
        found = verify_end(database, tenant_id, num_entries=AUDIT_ENTRIES)
        if found.fault is not None:
            return Finding(
                "audit", f"{name}: broken at {found.number}", "run `wrapup audit verify`, and ask who did it"
            )
    return Finding("audit", f"the last {AUDIT_ENTRIES} entries of {len(names)} tenants follow each other")


def _master_key(database: Database, settings: Settings) -> Finding:
    """One thing of each kind and tenant is opened; what they are is in the database alone."""
    num_tried = 0
    with database.begin(None) as session:
        tenant_ids = tenants.all_ids(session)
    for tenant_id in tenant_ids:
        with database.begin(tenant_id) as session:
            for column in sealed.COLUMNS:
                for key in sealed.keys(session, column, tenant_id=tenant_id, limit=1):
                    try:
                        unseal(sealed.read(session, column, key) or b"", master_key=settings.master_key)
                    except Unavailable as error:
                        return Finding("master key", f"{column}: {error}", WRONG_MASTER_KEY)
                    num_tried += 1
    return Finding("master key", f"opens {num_tried} of {num_tried} that were tried")


def _jobs(database: Database) -> Finding:
    """A worker or courier may live and take nothing; while jobs run, the others only wait their turn."""
    with database.begin(None) as session:
        tenant_ids = tenants.all_ids(session)
    found = []
    for tenant_id in tenant_ids:
        with database.begin(tenant_id) as session:
            found.append(jobs.backlog(session))
    waiting, running = sum(one.num_waiting for one in found), sum(one.num_running for one in found)
    longest = max((one.longest for one in found), default=timedelta(0))
    is_stuck = waiting > 0 and running == 0 and longest > MAX_WAIT
    seen = f"{running} run, {waiting} wait, the first for {longest.total_seconds():.0f} s"
    advice = "nobody takes what waits: see the logs of worker, courier and beat, and start again what does nothing"
    return Finding("jobs", seen, advice if is_stuck else "")


def _queue(settings: Settings) -> Iterator[Finding]:
    client = redis.Redis.from_url(settings.redis_url.get_secret_value(), socket_timeout=2, socket_connect_timeout=2)
    yield Finding("queue", str(client.info("server").get("redis_version")))
    policy = str(client.config_get("maxmemory-policy").get("maxmemory-policy"))
    advice = "" if policy == "noeviction" else "set maxmemory-policy to noeviction, or messages vanish"
    yield Finding("eviction", policy, advice)
    client.close()


def _model(settings: Settings) -> Iterator[Finding]:
    generator = load(settings)
    generator.close()
    yield Finding("model", f"{generator.model_version[:12]} in {settings.model_dir}")
    yield Finding("precision", f"{generator.precision} on {settings.device}")
    yield Finding("kernels", "our own" if generator.is_native else WITHOUT_KERNELS)
