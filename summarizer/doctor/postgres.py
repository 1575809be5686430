"""Postgres: what it is, whether it holds our tables as this code knows them, and whether tenants are kept apart."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from summarizer.audit import verify_end
from summarizer.doctor.finding import Finding
from summarizer.errors import Unavailable
from summarizer.settings import Settings
from summarizer.store import sealed, tenants
from summarizer.store.database import Database, app_engine
from summarizer.store.tables import APP_ROLE, SCHEMA, tenant_tables
from summarizer.vault import unseal

MIN_VERSION = 15  # an index treats nulls as one value
MAX_SKEW_SECONDS = 2.0
MAX_LOCK = timedelta(seconds=30)  #: for which somebody may wait
AUDIT_ENTRIES = 1_000
MIGRATE = "run `wrapup migrate` with the owner's DATABASE_URL"
WRONG_MASTER_KEY = "put the key that sealed it into MASTER_KEY, after the present one and a comma"


def look(settings: Settings, *, longest_lock: timedelta = MAX_LOCK) -> Iterator[Finding]:
    """From the server to what lies in it; without the right schema no further than that."""
    with closing(Database(app_engine(settings))) as database:
        with database.begin(None) as session:
            yield _version(session)
            yield _connections(session, settings)
            schema = _schema(session)
        yield schema
        if schema.advice:
            return
        with database.begin(None) as session:
            yield _role(session)
            yield _row_level_security(session)
            yield _locks(session, longest=longest_lock)
            yield _clock(session)
        yield _audit(database)
        yield _master_key(database, settings)


def _version(session: Session) -> Finding:
    number = int(session.scalar(text("SHOW server_version_num")) or 0)
    advice = "" if number >= MIN_VERSION * 10_000 else f"move the database to Postgres {MIN_VERSION} or newer"
    return Finding("postgres", str(session.scalar(text("SHOW server_version"))), advice)


def _connections(session: Session, settings: Settings) -> Finding:
    most, reserved, used = session.execute(
        text(
            "SELECT current_setting('max_connections')::int, current_setting('superuser_reserved_connections')::int, "
            "(SELECT sum(numbackends)::int FROM pg_stat_database)"
        )
    ).one()
    pool, left = settings.database_pool_size, most - reserved - used
    advice = "" if left >= pool else "raise max_connections of Postgres, or lower DATABASE_POOL_SIZE of each process"
    return Finding("connections", f"{used} of {most} taken, a process wants up to {pool}", advice)


def _schema(session: Session) -> Finding:
    is_there = session.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    seen = session.scalar(text("SELECT version_num FROM alembic_version")) if is_there else None
    if seen == SCHEMA:
        return Finding("schema", str(seen))
    if seen is None:
        return Finding("schema", "none", MIGRATE)
    if str(seen) > SCHEMA:
        return Finding("schema", f"{seen}, newer than {SCHEMA} of this code", "install the version that migrated it")
    return Finding("schema", f"{seen}, and this code wants {SCHEMA}", MIGRATE)


def _role(session: Session) -> Finding:
    acts, logged_in = session.execute(text("SELECT current_user, session_user")).one()
    is_safe = session.scalar(
        text("SELECT NOT (rolsuper OR rolbypassrls OR rolcreaterole) FROM pg_roles WHERE rolname = current_user")
    )
    advice = "" if acts == APP_ROLE and is_safe else f"{MIGRATE}, and let DATABASE_URL log in as {APP_ROLE}"
    return Finding("role", f"{logged_in} acts as {acts}" if logged_in != acts else str(acts), advice)


def _row_level_security(session: Session) -> Finding:
    """Of every table that holds tenants' data: on, for owners as well, and with a policy."""
    bare = session.scalars(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY(:tables) "
            "AND NOT (relrowsecurity AND relforcerowsecurity "
            "AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid)) ORDER BY relname"
        ),
        {"tables": tenant_tables()},
    ).all()
    if not bare:
        return Finding("row-level security", f"applies to {len(tenant_tables())} tables")
    mend = " ".join(f"ALTER TABLE {one} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;" for one in bare)
    return Finding("row-level security", f"does not apply to {', '.join(bare)}", f"let the owner run: {mend}")


def _locks(session: Session, *, longest: timedelta) -> Finding:
    waiting = session.execute(
        text(
            "SELECT extract(epoch FROM now() - waitstart)::float8, pg_blocking_pids(pid) FROM pg_locks "
            "WHERE NOT granted AND waitstart IS NOT NULL ORDER BY waitstart LIMIT 1"
        )
    ).one_or_none()
    if waiting is None:
        return Finding("locks", "nobody waits")
    seconds, blockers = waiting
    seen = f"somebody waits for {seconds:.0f} s for process {', '.join(map(str, blockers)) or 'nobody'}"
    if seconds < longest.total_seconds() or not blockers:
        return Finding("locks", seen)
    return Finding("locks", seen, f"let the owner run: SELECT pg_terminate_backend({blockers[0]});")


def _clock(session: Session) -> Finding:
    now = session.scalar(text("SELECT clock_timestamp()")) or datetime.now(UTC)
    skew = abs((datetime.now(UTC) - now).total_seconds())
    advice = "" if skew < MAX_SKEW_SECONDS else "synchronize the clocks of this machine and of Postgres (NTP)"
    return Finding("clock", f"{skew:.1f} s apart", advice)


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
