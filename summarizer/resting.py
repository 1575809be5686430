"""A backend that keeps failing is left alone for a while where another can write: its time-outs cost others time."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable

NUM_FAILURES = 3  #: in a row
SECONDS = 30.0


class Resting:
    """What failed of late in this process; any thread may ask."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._num_failures: dict[str, int] = defaultdict(int)
        self._until: dict[str, float] = {}
        self._changing = threading.Lock()

    def is_resting(self, backend: str) -> bool:
        """Whether nobody should ask it now who has another."""
        return self._clock() < self._until.get(backend, 0.0)

    def wrote(self, backend: str) -> None:
        """It is well."""
        with self._changing:
            self._num_failures.pop(backend, None)
            self._until.pop(backend, None)

    def failed(self, backend: str) -> None:
        """Once more; after a rest a single failure is enough for the next."""
        with self._changing:
            self._num_failures[backend] += 1
            if self._num_failures[backend] >= NUM_FAILURES:
                self._until[backend] = self._clock() + SECONDS
