"""What one worker process has: its database, its engine, its leases."""

import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from summarizer.errors import ModelFailure
from summarizer.jobs import Work
from summarizer.log import logger
from summarizer.model import load
from summarizer.queue import Queue
from summarizer.settings import Settings
from summarizer.store import model_versions
from summarizer.store.database import Database, app_engine
from summarizer.store.model_versions import Serving
from workers.leases import LeaseKeeper

Load = Callable[..., Any]  #: as `summarizer.model.load`


@dataclass(frozen=True, slots=True)
class Runtime:
    """Everything a task needs, opened once at the start of the process."""

    work: Work
    leases: LeaseKeeper
    models: Any  # Following; its module loads torch, which only `start` may do

    def close(self) -> None:
        """Let the leases end and close what was opened."""
        self.models.close(drain=False)
        self.leases.close()
        self.work.database.close()


def start(settings: Settings, *, load: Load = load) -> Runtime:
    """Load the champion, or MODEL_DIR while nothing was ever promoted; follow it; begin to keep leases."""
    from workers.following import Following

    database = Database(app_engine(settings))
    first = _first(database, settings, load)
    models = Following(first, load=lambda version: load(settings, version), look=lambda: _look(database)).start(
        every_seconds=settings.follow_interval.total_seconds()
    )
    leases = LeaseKeeper(database, lease=settings.lease, alive_file=settings.alive_file)
    owner = new_owner()
    logger(__name__).info(
        "worker ready",
        owner=owner,
        model_version=first.model_version[:12],
        precision=first.precision.value,
        is_native=first.is_native,
    )
    return Runtime(Work(database, Queue(settings), models.serving, owner, settings, leases.holding), leases, models)


def new_owner() -> str:
    """Who holds a lease: this process, and no other after it."""
    return f"{socket.gethostname()}/{os.getpid()}/{uuid4().hex[:8]}"


def _look(database: Database) -> Serving | None:
    with database.begin(None) as session:
        return model_versions.serving(session)


def _first(database: Database, settings: Settings, load: Load) -> Any:
    """The model to begin with; a champion that cannot be loaded is said, and MODEL_DIR serves meanwhile."""
    serving = _look(database)
    if serving is not None:
        try:
            return load(settings, serving.champion)
        except ModelFailure as error:
            logger(__name__).error("model refused", model_version=serving.champion.id[:12], error=str(error))
    generator = load(settings)
    with database.begin(None) as session:
        model_versions.register(session, generator.model_version, directory=str(settings.model_dir))
    return generator


def stop_after(runtime: Runtime, *, grace_seconds: float) -> threading.Timer:
    """Give running jobs some time, then stop the engine, so that their leases are handed back."""
    timer = threading.Timer(grace_seconds, runtime.models.close, kwargs={"drain": False})
    timer.daemon = True
    timer.start()
    return timer
