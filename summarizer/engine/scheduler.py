"""Who runs next: waiting, running, admission. It counts tokens and never touches a tensor.

    add ─▶ waiting ─ admission, oldest first ─▶ running ─ schedule: a chunk each ─▶ remove

Nobody overtakes: when the oldest waiting sequence does not fit, those behind it wait as well.
"""

from collections import deque
from dataclasses import dataclass

from summarizer.engine.cache import Cache
from summarizer.engine.sequence import Sequence


@dataclass(frozen=True, slots=True)
class Chunk:
    """How many of a sequence's pending tokens to run in this step."""

    sequence: Sequence
    num_tokens: int


class Scheduler:
    """At most `max_batch` sequences run, and at most `tokens_per_step` of their tokens in one step."""

    def __init__(self, cache: Cache, *, max_batch: int, tokens_per_step: int) -> None:
        if not 1 <= max_batch <= tokens_per_step:
            raise ValueError("A step must have room for one token of every sequence in the batch.")
        self._cache = cache
        self._max_batch = max_batch
        self._tokens_per_step = tokens_per_step
        self._waiting: deque[Sequence] = deque()
        self._running: list[Sequence] = []

    @property
    def sequences(self) -> list[Sequence]:
        """All of them, oldest first."""
        return [*self._running, *self._waiting]

    def add(self, sequence: Sequence) -> None:
        """Let a sequence wait behind the others."""
        if sequence.max_tokens > self._cache.capacity:
            raise ValueError("This sequence would wait for ever.")
        self._waiting.append(sequence)

    def remove(self, sequence: Sequence) -> None:
        """Forget a sequence, finished or not, and free its memory."""
        if sequence.memory is None:
            self._waiting.remove(sequence)
        else:
            self._running.remove(sequence)
            self._cache.free(sequence.memory)
            sequence.memory = None

    def schedule(self) -> list[Chunk]:
        """The chunks of this step, oldest first: the rest of each prompt as far as the budget goes, or one token."""
        self._admit()
        chunks = []
        room = self._tokens_per_step
        for sequence in self._running:
            if num_tokens := min(sequence.num_pending, room):
                chunks.append(Chunk(sequence, num_tokens))
                room -= num_tokens
        return chunks

    def _admit(self) -> None:
        while self._waiting and len(self._running) < self._max_batch:
            sequence = self._waiting[0]
            if not self._cache.can_allocate(sequence.max_tokens):
                return
            sequence.memory = self._cache.allocate(sequence.max_tokens)
            self._running.append(self._waiting.popleft())
