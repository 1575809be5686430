"""How an engine does, for whoever watches it; counted in plain numbers, read at any time by another thread."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

_BATCH = (1, 2, 4, 8, 16, 32, 64, 128)
_STEP_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
_FIRST_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)


class Tally:
    """How many values were at most so large, and what all come to."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.sum = 0.0
        self._bounds = bounds
        self._nums = [0] * (len(bounds) + 1)

    def add(self, value: float) -> None:
        """One more."""
        self._nums[bisect_left(self._bounds, value)] += 1
        self.sum += value

    def cumulative(self) -> Iterator[tuple[float, int]]:
        """Each bound with the number of values that are not greater; infinity with that of all."""
        return zip((*self._bounds, float("inf")), accumulate(self._nums), strict=True)


@dataclass(slots=True)
class Tallies:
    """What an engine notes at each step and at each first token."""

    batch: Tally = field(default_factory=lambda: Tally(_BATCH))
    step_seconds: Tally = field(default_factory=lambda: Tally(_STEP_SECONDS))
    first_token_seconds: Tally = field(default_factory=lambda: Tally(_FIRST_SECONDS))


@dataclass(frozen=True, slots=True)
class Vitals:
    """One look at an engine."""

    precision: str
    device: str
    tokens: Mapping[str, int]  #: by what became of them
    num_steps: int
    num_preempted: int
    num_running: int
    num_waiting: int
    used_ratio: float  #: of the memory for keys and values
    batch: Tally
    step_seconds: Tally
    first_token_seconds: Tally
