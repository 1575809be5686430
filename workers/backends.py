"""The backends of one worker: the champion follows what is promoted, others are opened when first asked for."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol
from uuid import UUID

from summarizer.errors import ModelFailure
from summarizer.generate import Generator, Opened
from summarizer.log import logger
from summarizer.specs import OURS, Spec, Specs

RETRY_SECONDS = 60.0  # after a backend that could not be opened


class Models(Protocol):
    """Which version of our own model serves a job; `Following` in a worker."""

    def serving(self, job_id: UUID) -> AbstractContextManager[Generator]:
        """The generator for a job, open until the job is done."""

    def close(self, *, drain: bool) -> None:
        """Close every generator."""


class Backends:
    """Hands each attempt the generator of a backend."""

    def __init__(
        self,
        models: Models,
        specs: Specs,
        *,
        opened: Callable[[Spec], Opened],
        register: Callable[[str, str], None],
    ) -> None:
        """`register` makes a model version and the backend's name known, so that summaries can name it."""
        self._models = models
        self._specs = specs
        self._open = opened
        self._register = register
        self._opened: dict[str, Opened] = {}
        self._not_before: dict[str, float] = {}
        self._opening = {name: threading.Lock() for name in specs}  #: nobody waits for a backend but its own

    @contextmanager
    def serving(self, backend: str, job_id: UUID) -> Iterator[Generator]:
        """The generator of a backend for one attempt; raises ModelFailure when it cannot be opened."""
        if backend == OURS:
            with self._models.serving(job_id) as generator:
                yield generator
        else:
            yield self._ready(backend).for_one_attempt()

    @property
    def opened(self) -> list[tuple[str, Opened]]:
        """Every backend that is open, but the champion, with its name."""
        return list(self._opened.items())

    def close(self, *, drain: bool) -> None:
        """Close every generator."""
        self._models.close(drain=drain)
        for _, one in self.opened:
            one.close(drain=drain)

    def _ready(self, backend: str) -> Opened:
        with self._opening[backend]:
            if backend not in self._opened:
                self._opened[backend] = self._newly_opened(backend)
            return self._opened[backend]

    def _newly_opened(self, backend: str) -> Opened:
        if time.monotonic() < self._not_before.get(backend, 0.0):
            raise ModelFailure(f"The backend {backend} could not be opened a moment ago.")
        try:
            generator = self._open(self._specs[backend])
            self._register(generator.model_version, backend)
        except Exception as error:
            self._not_before[backend] = time.monotonic() + RETRY_SECONDS
            reason = str(error) if isinstance(error, ModelFailure) else type(error).__name__
            logger(__name__).error("backend not opened", backend=backend, error=reason)
            raise ModelFailure(f"The backend {backend} cannot be opened.") from error
        logger(__name__).info("backend opened", backend=backend, model_version=generator.model_version[:40])
        return generator
