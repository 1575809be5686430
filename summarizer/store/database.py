"""One transaction for one tenant: `with database.begin(tenant_id) as session`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from uuid import UUID

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from summarizer.customers import customer_key
from summarizer.errors import Unavailable
from summarizer.keyring import Keyring
from summarizer.settings import Settings
from summarizer.store import audit
from summarizer.store.tables import APP_ROLE
from summarizer.store.transcripts import KEYRING

LEADER_LOCK = 0x77726170  # "wrap"; who holds it sweeps and opens nights
READ_ONLY = "25006"  # SQLSTATE: the transaction may not write
CUSTOMER_KEY = "customer_key"  #: by which `store.conversations` hashes customers
_SET_TENANT = text("SELECT set_config('app.tenant', :tenant, true)")


def driver_url(url: str) -> URL:
    """The address with the one driver we use, whatever the user wrote before `://`."""
    return make_url(url).set(drivername="postgresql+psycopg")


def app_engine(settings: Settings) -> Engine:
    """Connections that act as `wrapup_app`, whoever logs in, so that row-level security always applies."""
    timeout = round(settings.database_timeout.total_seconds())
    return create_engine(
        driver_url(settings.database_url.get_secret_value()),
        pool_size=settings.database_pool_size,
        max_overflow=0,
        pool_timeout=timeout,
        pool_pre_ping=True,
        execution_options={
            KEYRING: Keyring(settings.master_key, encrypts=settings.encrypt_transcripts),
            CUSTOMER_KEY: customer_key(settings.master_key),
        },
        hide_parameters=True,  # or an error would quote what was to be stored
        connect_args={"connect_timeout": timeout, "options": f"-c role={APP_ROLE} -c statement_timeout=30s"},
    )


class Database:
    """Begins transactions; a tenant sees its own rows only, nobody's when none is named."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def begin(self, tenant_id: UUID | None) -> Iterator[Session]:
        """A transaction: left normally it commits, an exception undoes everything.

        Raises Unavailable when Postgres does not answer or goes away; after a lost connection in the commit
        the outcome is unknown, and only reading again tells.
        """
        try:
            with self._session() as session, session.begin():
                if tenant_id is not None:
                    session.execute(_SET_TENANT, {"tenant": str(tenant_id)})
                yield session
                audit.write(session)
        except (OperationalError, PoolTimeout) as error:
            raise Unavailable("the database does not answer") from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise Unavailable("the database connection was lost") from error
            if getattr(error.orig, "sqlstate", None) == READ_ONLY:
                self.engine.dispose()  # the pool is full of connections to a server that is the primary no longer
                raise Unavailable("the database takes no writes") from error
            raise

    def _session(self) -> Session:
        """A session that knows how transcripts are encrypted."""
        known = {KEYRING: self.engine.get_execution_options().get(KEYRING)}
        return Session(self.engine, expire_on_commit=False, info=known)

    @property
    def num_in_use(self) -> int:
        """Connections that somebody works with now."""
        return cast(QueuePool, self.engine.pool).checkedout()

    @property
    def max_connections(self) -> int:
        """So many there may be."""
        return cast(QueuePool, self.engine.pool).size()

    def is_answering(self) -> bool:
        """Whether a query gets an answer now."""
        try:
            with self.begin(None) as session:
                session.execute(text("SELECT 1"))
        except Unavailable:
            return False
        return True

    @contextmanager
    def leading(self, lock: int) -> Iterator[Connection | None]:
        """A connection while this process holds the advisory lock, or None when another holds it."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            is_leader = connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": lock})
            try:
                yield connection if is_leader else None
            finally:
                if is_leader and not connection.invalidated:
                    connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": lock})

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()
