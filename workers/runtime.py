"""What one worker process has: its database, its engine, its leases."""

import os
import socket
import threading
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from summarizer.jobs import Work
from summarizer.log import logger
from summarizer.model import load
from summarizer.settings import Settings
from summarizer.store import model_versions
from summarizer.store.database import Database, app_engine
from workers.leases import LeaseKeeper


@dataclass(frozen=True, slots=True)
class Runtime:
    """Everything a task needs, opened once at the start of the process."""

    work: Work
    leases: LeaseKeeper
    generator: Any  # BloomGenerator; its module loads torch, which only `start` may do

    def close(self) -> None:
        """Let the leases end and close what was opened."""
        self.generator.close(drain=False)
        self.leases.close()
        self.work.database.close()


def start(settings: Settings) -> Runtime:
    """Load the model, make its version known, and begin to keep leases."""
    generator = load(settings)
    database = Database(app_engine(settings))
    with database.begin(None) as session:
        model_versions.register(session, generator.model_version, directory=str(settings.model_dir))
    leases = LeaseKeeper(database, lease=settings.lease, alive_file=settings.alive_file)
    owner = f"{socket.gethostname()}/{os.getpid()}/{uuid4().hex[:8]}"
    logger(__name__).info(
        "worker ready",
        owner=owner,
        model_version=generator.model_version[:12],
        precision=generator.precision.value,
        is_native=generator.is_native,
    )
    return Runtime(Work(database, generator, owner, settings, leases.holding), leases, generator)


def stop_after(runtime: Runtime, *, grace_seconds: float) -> threading.Timer:
    """Give running jobs some time, then stop the engine, so that their leases are handed back."""
    timer = threading.Timer(grace_seconds, runtime.generator.close, kwargs={"drain": False})
    timer.daemon = True
    timer.start()
    return timer
