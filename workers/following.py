"""The generators of one worker, following what Postgres says is to serve; no job changes models half-way.

look ─▶ champion, challenger ─▶ load what is missing ─▶ swap ─▶ close what nobody uses any more
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from summarizer.engine.generator import BloomGenerator
from summarizer.errors import ModelFailure, Unavailable
from summarizer.log import logger
from summarizer.store.model_versions import Serving, Version

RETRY_SECONDS = 60.0  # after a model that could not be loaded


@dataclass(slots=True, eq=False)
class Loaded:
    """A generator, and how many jobs use it now."""

    generator: BloomGenerator
    num_users: int = 0
    is_retired: bool = False


class Following:
    """Hands each job the generator of the version that is its to be served by."""

    def __init__(
        self, first: BloomGenerator, *, load: Callable[[Version], BloomGenerator], look: Callable[[], Serving | None]
    ) -> None:
        self._load = load
        self._look = look
        self._loaded = {first.model_version: Loaded(first)}
        self._champion = first.model_version
        self._challenger: str | None = None
        self._share = 0.0
        self._changed = threading.Lock()  # guards all of the above
        self._not_before: dict[str, float] = {}
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, *, every_seconds: float) -> "Following":
        """Look again and again, in a thread of its own."""
        self._thread = threading.Thread(target=self._follow, args=(every_seconds,), name="following", daemon=True)
        self._thread.start()
        return self

    @contextmanager
    def serving(self, job_id: UUID) -> Iterator[BloomGenerator]:
        """The generator for this job; it stays open until the job is done, whatever is promoted meanwhile."""
        with self._changed:
            version = self._challenger if self._challenger and is_tried_on(job_id, self._share) else self._champion
            loaded = self._loaded[version]
            loaded.num_users += 1
        try:
            yield loaded.generator.for_one_attempt()
        finally:
            with self._changed:
                loaded.num_users -= 1
                is_over = loaded.is_retired and not loaded.num_users
            if is_over:
                loaded.generator.close()

    def follow(self) -> None:
        """Look once, and change to what is to serve; what cannot be loaded is said, and the present one goes on."""
        wanted = self._look()
        if wanted is None:
            return
        champion = self._ready(wanted.champion) and wanted.champion.id
        challenger = wanted.challenger and self._ready(wanted.challenger) and wanted.challenger.id
        with self._changed:
            self._champion = champion or self._champion
            self._challenger, self._share = challenger or None, wanted.share
            needed = {self._champion, self._challenger}
            retired = [self._loaded.pop(version) for version in list(self._loaded) if version not in needed]
            for one in retired:
                one.is_retired = True
            unused = [one for one in retired if not one.num_users]
        for one in unused:
            one.generator.close()

    @property
    def generators(self) -> list[BloomGenerator]:
        """Those that may be given a job now."""
        with self._changed:
            return [one.generator for one in self._loaded.values()]

    def close(self, *, drain: bool) -> None:
        """Look no more, and close every generator."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
        with self._changed:
            loaded = list(self._loaded.values())
        for one in loaded:
            one.generator.close(drain=drain)

    def _ready(self, version: Version) -> bool:
        if version.id in self._loaded:
            return True
        if time.monotonic() < self._not_before.get(version.id, 0.0):
            return False
        try:
            generator = self._load(version)
        except Exception as error:
            say_refused(version, error)
            self._not_before[version.id] = time.monotonic() + RETRY_SECONDS
            return False
        with self._changed:
            self._loaded[version.id] = Loaded(generator)
        logger(__name__).info("model loaded", model_version=version.id[:12], precision=generator.precision.value)
        return True

    def _follow(self, every_seconds: float) -> None:
        while not self._stopped.wait(every_seconds):
            try:
                self.follow()
            except Unavailable:
                logger(__name__).warning("database away")
            except Exception:
                logger(__name__).exception("following failed")


def say_refused(version: Version, error: Exception) -> None:
    """What a person can act on; of an error that nobody foresaw the name alone."""
    reason = str(error) if isinstance(error, ModelFailure) else type(error).__name__
    logger(__name__).error("model refused", model_version=version.id[:12], error=reason)


def is_tried_on(job_id: UUID, share: float) -> bool:
    """Whether a job belongs to the share on which a challenger is tried; the same for every attempt of a job."""
    return job_id.int % 10_000 < share * 10_000
