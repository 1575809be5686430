"""Who runs next: waiting, running, admission. It counts tokens and never touches a tensor.

    add ─▶ waiting ─ admit, earliest turn first ─▶ running ─ schedule: a chunk each ─▶ remove
              ▲                                       │
              └──── preempt, latest turn first ◀──────┘

A turn is the time of arrival, or later for what can wait: so a backfill lets live calls pass, and still gets its
turn. Nobody overtakes: when the first in line does not fit, those behind it wait as well, and a running sequence
whose turn comes after its own gives way. Its blocks are remembered, so that little is read twice.
"""

import bisect
from dataclasses import dataclass

from summarizer.engine.cache import BLOCK, Cache
from summarizer.engine.sequence import Sequence


@dataclass(frozen=True, slots=True)
class Chunk:
    """What to run of a sequence in this step: some of its pending tokens, and guesses after the last of them."""

    sequence: Sequence
    num_tokens: int
    guess: tuple[int, ...]
    num_scores: int  #: none while tokens are pending, else one, and one more for each guess


class Scheduler:
    """At most `max_batch` sequences run, and at most `tokens_per_step` of their tokens in one step.

    Guesses are made only as far as the step writes no more than `guess_tokens` tokens.
    """

    def __init__(self, cache: Cache, *, max_batch: int, tokens_per_step: int, guess_tokens: int = 0) -> None:
        if not 1 <= max_batch <= tokens_per_step:
            raise ValueError("A step must have room for one token of every sequence in the batch.")
        self.max_batch = max_batch
        self.tokens_per_step = tokens_per_step
        self._most = (max_batch, tokens_per_step)
        self._guess_tokens = guess_tokens
        self._cache = cache
        self._waiting: list[Sequence] = []
        self._running: list[Sequence] = []
        self.num_preempted = 0

    @property
    def num_running(self) -> int:
        """Sequences in the batch."""
        return len(self._running)

    @property
    def num_waiting(self) -> int:
        """Sequences whose turn has not come."""
        return len(self._waiting)

    @property
    def sequences(self) -> list[Sequence]:
        """All of them: the running ones, then the others as their turns come."""
        return [*self._running, *self._waiting]

    def add(self, sequence: Sequence) -> None:
        """Let a sequence wait for its turn."""
        if not self._cache.can_ever_hold(sequence.max_tokens):
            raise ValueError("This sequence would wait for ever.")
        bisect.insort(self._waiting, sequence, key=_turn)

    def remove(self, sequence: Sequence) -> None:
        """Forget a sequence, finished or not, and free its memory."""
        if sequence.holding is None:
            self._waiting.remove(sequence)
        else:
            self._running.remove(sequence)
            self._cache.free(sequence.holding)
            sequence.holding = None

    def schedule(self) -> list[Chunk]:
        """The chunks of this step: a token of each sequence that writes, then prompts as far as the budget goes."""
        self._admit()
        room = self.tokens_per_step - len(self._running)
        writing = [sequence for sequence in self._running if sequence.num_pending == 1]
        num_guesses = min(self._guess_tokens // max(len(writing), 1) - 1, room // max(len(writing), 1))
        chunks = []
        for sequence in self._running:
            num_tokens = 1 + min(sequence.num_pending - 1, room)
            is_last = num_tokens == sequence.num_pending
            guess = tuple(sequence.guess(num_guesses)) if num_guesses > 0 and sequence in writing else ()
            room -= num_tokens - 1 + len(guess)
            chunks.append(Chunk(sequence, num_tokens, guess, num_scores=is_last + len(guess)))
        return chunks

    def advance(self, sequence: Sequence, num_tokens: int) -> None:
        """So many more of a running sequence's tokens are in memory."""
        assert sequence.holding is not None
        sequence.num_cached += num_tokens
        if sequence.num_cached >= sequence.holding.num_known + BLOCK:
            self._cache.remember(sequence.holding, sequence.tokens[: sequence.num_cached])

    def halve(self) -> bool:
        """From now on do half as much at once; false when there is nothing left to halve."""
        if self.tokens_per_step == 1:
            return False
        self.tokens_per_step //= 2
        self.max_batch = min(max(self.max_batch // 2, 1), self.tokens_per_step)
        while len(self._running) > self.max_batch:
            self._preempt(max(self._running, key=_turn))
        return True

    def restore(self) -> None:
        """Do as much at once as in the beginning: what was too large was not the step."""
        self.max_batch, self.tokens_per_step = self._most

    def _admit(self) -> None:
        while self._waiting:
            sequence = self._waiting[0]
            if len(self._running) < self.max_batch:
                sequence.holding = self._cache.take(sequence.tokens, num_tokens=sequence.max_tokens)
            if sequence.holding is not None:
                sequence.num_cached = sequence.holding.num_known
                if not sequence.completion:  # what a preempted one finds again of itself was read for it before
                    sequence.meter.known_tokens = max(sequence.meter.known_tokens, sequence.num_cached)
                bisect.insort(self._running, self._waiting.pop(0), key=_turn)
                continue
            last = self._running[-1] if self._running else None
            if last is None or last.turn <= sequence.turn:
                return
            self._preempt(last)

    def _preempt(self, sequence: Sequence) -> None:
        self.num_preempted += 1
        self.remove(sequence)
        sequence.num_cached = 0
        bisect.insort(self._waiting, sequence, key=_turn)


def _turn(sequence: Sequence) -> float:
    return sequence.turn
