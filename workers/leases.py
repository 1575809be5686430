"""Keeps the leases of all jobs this process runs, from one thread."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from summarizer.errors import Unavailable
from summarizer.log import logger
from summarizer.store import jobs
from summarizer.store.database import Database
from summarizer.store.jobs import Lease

RENEWALS_PER_LEASE = 4


class LeaseKeeper:
    """Renews what is held; a lease that was lost is let go, and its result will be refused.

    Before each round `watch` sees what is held and since when, by the monotonic clock: it ends a process whose jobs
    run for ever, or their leases would be renewed for ever.
    """

    def __init__(
        self, database: Database, *, lease: timedelta, watch: Callable[[Mapping[Lease, float]], None] | None = None
    ) -> None:
        self._database = database
        self._watch = watch
        self._lease = lease
        self._held: dict[Lease, float] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease-keeper", daemon=True)
        self._thread.start()

    @contextmanager
    def holding(self, held: Lease) -> Iterator[None]:
        """Renew this lease until the block is left."""
        with self._lock:
            self._held[held] = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._held.pop(held, None)

    def close(self) -> None:
        """Renew nothing more."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._lease.total_seconds() / RENEWALS_PER_LEASE):
            try:
                self._renew_all()
            except Exception:  # a thread that ended would let every lease of this process end
                logger(__name__).exception("leases not renewed")

    def _renew_all(self) -> None:
        with self._lock:
            held = dict(self._held)
        if self._watch is not None:
            self._watch(held)
        for one in held:
            self._renew(one)

    def _renew(self, held: Lease) -> None:
        try:
            with self._database.begin(held.tenant_id) as session:
                is_ours = jobs.heartbeat(session, held, lease=self._lease)
        except Unavailable:
            return  # the next renewal comes before the lease ends
        if not is_ours:
            logger(__name__).warning("lease lost", job_id=str(held.job_id), attempt=held.attempt)
            with self._lock:
                self._held.pop(held, None)
