"""What one worker process has: its database, its engine, its leases."""

import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any
from uuid import UUID, uuid4

from summarizer import tariff
from summarizer.backends import opened
from summarizer.errors import InvalidBackends, ModelFailure
from summarizer.generate import Generator
from summarizer.jobs import Work
from summarizer.log import logger
from summarizer.metrics.engines import engines
from summarizer.metrics.labels import declare
from summarizer.metrics.process import process
from summarizer.model import load
from summarizer.queue import WORKER_QUEUE, Queue
from summarizer.settings import Settings
from summarizer.specs import OURS, Specs
from summarizer.store import model_versions
from summarizer.store.database import Database, app_engine
from summarizer.store.jobs import Lease
from summarizer.store.model_versions import Serving
from workers.backends import Backends, Models
from workers.leases import LeaseKeeper
from workers.stuck import Watchdog, end_unless_called_again, settle

Load = Callable[..., Any]  #: as `summarizer.model.load`


@dataclass(frozen=True, slots=True)
class Runtime:
    """Everything a task needs, opened once at the start of the process."""

    work: Work
    leases: LeaseKeeper
    watchdog: Watchdog
    backends: Backends

    def close(self) -> None:
        """Let the leases end and close what was opened."""
        self.backends.close(drain=False)
        self.leases.close()
        end_unless_called_again(within=None)
        self.work.database.close()


class NoModels:
    """Our own engine where it is not installed."""

    @contextmanager
    def serving(self, job_id: UUID) -> Iterator[Generator]:  # noqa: ARG002  # whichever it is
        """Nothing; always raises ModelFailure."""
        raise ModelFailure("Our own engine cannot be opened here: torch is not installed.")
        yield  # what makes it an iterator

    def close(self, *, drain: bool) -> None:
        """Nothing is open."""


def start(settings: Settings, *, load: Load = load) -> Runtime:
    """Load the champion, or MODEL_DIR while nothing was ever promoted; follow it; begin to keep leases.

    Where torch is not installed other backends write, as a small worker's do.
    """
    database = Database(app_engine(settings))
    if find_spec("torch") is None:
        if set(settings.default_backends) == {OURS}:
            raise InvalidBackends("torch is not installed, and DEFAULT_BACKENDS names our own engine alone")
        runtime = keeping(settings, database, NoModels())
        logger(__name__).info("worker ready, without our own engine", owner=runtime.work.owner)
        return runtime
    from workers.following import Following

    first = _first(database, settings, load)
    models = Following(first, load=lambda version: load(settings, version), look=lambda: _look(database)).start(
        every_seconds=settings.follow_interval.total_seconds()
    )
    runtime = keeping(settings, database, models)
    engines.watch(lambda: [*((OURS, one) for one in models.generators), *runtime.backends.opened])
    logger(__name__).info(
        "worker ready",
        owner=runtime.work.owner,
        model_version=first.model_version[:12],
        precision=first.precision.value,
        is_native=first.is_native,
    )
    return runtime


def keeping(settings: Settings, database: Database, models: Models) -> Runtime:
    """What runs jobs with these models, keeps their leases, and ends the process when one of them hangs."""
    known = tariff.read(settings.backends_file, settings.prices_file, device=settings.device)
    _check_defaults(settings, known.specs)
    declare("backend", known.specs)
    queue, longest = Queue(settings), settings.job_deadline + settings.lease
    process.watch(pool=database, queue=queue)
    watchdog = Watchdog(
        alive_file=settings.alive_file,
        num_waiting=partial(queue.num_waiting, WORKER_QUEUE),
        longest=longest,
        settle=lambda overdue, others: settle(work, overdue, others),
    )

    def watch(held: Mapping[Lease, float]) -> None:
        end_unless_called_again(within=longest)
        watchdog.look(held)

    end_unless_called_again(within=longest)  # the first job may take hold of the interpreter before anybody watches
    leases = LeaseKeeper(database, lease=settings.lease, watch=watch)
    backends = Backends(
        models,
        known.specs,
        opened=lambda one: opened(one, settings),
        register=lambda version, name: _register(database, version, name),
    )
    work = Work(database, queue, backends.serving, new_owner(), settings, leases.holding, tariff=known)
    return Runtime(work, leases, watchdog, backends)


def new_owner() -> str:
    """Who holds a lease: this process, and no other after it."""
    return f"{socket.gethostname()}/{os.getpid()}/{uuid4().hex[:8]}"


def _check_defaults(settings: Settings, known: Specs) -> None:
    """Before any job; raises InvalidBackends."""
    for name in settings.default_backends:
        if name not in known:
            raise InvalidBackends(f"DEFAULT_BACKENDS names {name}, and BACKENDS_FILE has no such backend")


def _register(database: Database, model_version: str, backend: str) -> None:
    with database.begin(None) as session:
        model_versions.register(session, model_version, directory=f"backend:{backend}")


def _look(database: Database) -> Serving | None:
    with database.begin(None) as session:
        return model_versions.serving(session)


def _first(database: Database, settings: Settings, load: Load) -> Any:
    """The model to begin with; a champion that cannot be loaded is said, and MODEL_DIR serves meanwhile."""
    from workers.following import say_refused

    serving = _look(database)
    if serving is not None:
        try:
            return load(settings, serving.champion)
        except Exception as error:
            say_refused(serving.champion, error)
    generator = load(settings)
    with database.begin(None) as session:
        model_versions.register(session, generator.model_version, directory=str(settings.model_dir))
    return generator


def stop_after(runtime: Runtime, *, grace_seconds: float) -> threading.Timer:
    """Give running jobs some time, then stop the engine, so that their leases are handed back."""
    timer = threading.Timer(grace_seconds, runtime.backends.close, kwargs={"drain": False})
    timer.daemon = True
    timer.start()
    return timer
