"""Continuous batching: many callers submit prompts, one thread steps them all.

    submit ─▶ arrivals ─▶ scheduler ─▶ model ─▶ next token ─▶ Future
                             ▲                      │
                             └──── not finished ────┘

Token ids in, token ids out. A Future may be cancelled at any time; that, and its deadline, is looked at
between two tokens.
"""

import collections.abc
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from summarizer.engine.bloom import Row
from summarizer.engine.cache import Cache
from summarizer.engine.sampling import SamplingOptions, next_token
from summarizer.engine.scheduler import Chunk, Scheduler
from summarizer.engine.sequence import Sequence
from summarizer.errors import DeadlineExceeded, GeneratorStopped, ModelFailure

logger = logging.getLogger(__name__)

Clock = Callable[[], float]


class Model(Protocol):
    """What the engine needs of a model."""

    vocabulary_size: int

    def new_cache(self, capacity: int) -> Cache:
        """Memory for `capacity` tokens."""

    def forward(self, rows: collections.abc.Sequence[Row]) -> Tensor:
        """Scores (rows, vocabulary) of what follows each row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How much the engine does at once."""

    max_batch: int = 16  #: sequences running together
    tokens_per_step: int = 512  #: larger steps make a running sequence wait longer for a newcomer's prompt
    cache_tokens: int = 32768  #: prompt and completion tokens of all running sequences, set aside on admission


class Engine:
    """Writes completions for any number of callers at once; `start` it, or call `step` by hand."""

    def __init__(self, model: Model, *, capacity: Capacity | None = None, clock: Clock = time.monotonic) -> None:
        capacity = capacity or Capacity()
        self._model = model
        self._clock = clock
        self._max_tokens = capacity.cache_tokens
        self._scheduler = Scheduler(
            model.new_cache(capacity.cache_tokens),
            max_batch=capacity.max_batch,
            tokens_per_step=capacity.tokens_per_step,
        )
        self._arrivals: list[Sequence] = []
        self._is_closed = False
        self._is_canceled = False
        self._changed = threading.Condition()  # guards the three above; all else belongs to the stepping thread
        self._thread = threading.Thread(target=self._run_until_closed, name="engine", daemon=True)

    def start(self) -> "Engine":
        """Step in a thread of its own from now on."""
        self._thread.start()
        return self

    def submit(
        self,
        prompt: collections.abc.Sequence[int],
        options: SamplingOptions,
        *,
        deadline: float | None = None,
    ) -> Future[list[int]]:
        """The completion to come: its tokens, with the stop token that ended it, if one did.

        `deadline` is an instant of the engine's clock, in seconds. The Future raises ModelFailure for a prompt
        that cannot be read and for what goes wrong later, DeadlineExceeded when the time is over.
        """
        sequence = Sequence(tuple(prompt), options, deadline=deadline)
        if refusal := self._refusal(sequence):
            sequence.future.set_exception(ModelFailure(refusal))
            return sequence.future
        with self._changed:
            if self._is_closed:
                sequence.future.set_exception(GeneratorStopped("The engine is closed."))
            else:
                self._arrivals.append(sequence)
                self._changed.notify()
        return sequence.future

    def step(self) -> None:
        """Bring every chosen sequence one chunk or one token further; what fails takes only this step along."""
        chunks: list[Chunk] = []
        try:
            self._take_arrivals()
            self._retire()
            chunks = self._scheduler.schedule()
            if chunks:
                self._postprocess(chunks, scores=self._run(chunks))
        except Exception:
            logger.exception("A step failed.")
            failed = [chunk.sequence for chunk in chunks] or self._scheduler.sequences
            self._fail(failed, error="The model failed while this text was being written.")

    def close(self, *, drain: bool = True) -> None:
        """Take nothing more; finish what is there, or cancel it; return when all is quiet."""
        with self._changed:
            self._is_closed = True
            self._is_canceled = not drain
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join()
        else:
            self._run_until_closed()

    def _refusal(self, sequence: Sequence) -> str | None:
        """Why this sequence can never be written, if it cannot."""
        if not sequence.prompt:
            return "The prompt is empty."
        if sequence.max_tokens > self._max_tokens:
            return f"Prompt and completion may need {sequence.max_tokens} tokens; {self._max_tokens} are the limit."
        if not 0 <= min(sequence.prompt) <= max(sequence.prompt) < self._model.vocabulary_size:
            return "The prompt holds a token outside the vocabulary."
        return None

    def _run_until_closed(self) -> None:
        try:
            while self._wait_for_work():
                self.step()
        finally:
            self._abandon()

    def _wait_for_work(self) -> bool:
        """Sleep while there is nothing to do; false when there never will be."""
        with self._changed:
            while not (self._arrivals or self._scheduler.sequences or self._is_closed):
                self._changed.wait()
            return bool(self._arrivals or self._scheduler.sequences)

    def _take_arrivals(self) -> None:
        with self._changed:
            arrivals, self._arrivals = self._arrivals, []
        for sequence in arrivals:
            self._scheduler.add(sequence)

    def _retire(self) -> None:
        """Let go of what nobody waits for any more and of what is too late."""
        now = self._clock()
        for sequence in self._scheduler.sequences:
            if self._is_canceled:
                sequence.future.cancel()
            if sequence.future.cancelled():
                self._scheduler.remove(sequence)
                sequence.future.set_running_or_notify_cancel()
            elif sequence.deadline is not None and now >= sequence.deadline:
                self._settle(sequence, error=DeadlineExceeded("The model did not finish in time."))

    def _run(self, chunks: list[Chunk]) -> Tensor:
        rows = []
        for chunk in chunks:
            sequence = chunk.sequence
            assert sequence.memory is not None  # the scheduler admits before it schedules
            rows.append(Row(sequence.pending(chunk.num_tokens), sequence.num_cached, sequence.memory))
        return self._model.forward(rows)

    def _postprocess(self, chunks: list[Chunk], *, scores: Tensor) -> None:
        """Choose the next token of every sequence whose tokens have all been run."""
        for chunk, row in zip(chunks, scores, strict=True):
            sequence = chunk.sequence
            sequence.num_cached += chunk.num_tokens
            if sequence.num_pending:
                continue
            try:
                sequence.completion.append(
                    next_token(row, sequence.options, completion=sequence.completion, random=sequence.random)
                )
            except ModelFailure as error:
                self._settle(sequence, error=error)
            except Exception:  # the hook of one sequence is no other sequence's trouble
                logger.exception("No next token could be chosen.")
                self._fail([sequence], error="The next token could not be chosen.")
            else:
                if sequence.is_finished:
                    self._settle(sequence)

    def _settle(self, sequence: Sequence, *, error: ModelFailure | None = None) -> None:
        """Give the caller the completion or the error, unless they have gone, and free the memory."""
        self._scheduler.remove(sequence)
        if not sequence.future.set_running_or_notify_cancel():
            return
        if error is None:
            sequence.future.set_result(sequence.completion)
        else:
            sequence.future.set_exception(error)

    def _fail(self, sequences: list[Sequence], *, error: str) -> None:
        for sequence in sequences:
            if sequence in self._scheduler.sequences:  # it may have been settled before the step failed
                self._settle(sequence, error=ModelFailure(error))

    def _abandon(self) -> None:
        """Nobody may wait for a thread that is gone."""
        with self._changed:
            self._is_closed = True
        self._take_arrivals()
        self._fail(self._scheduler.sequences, error="The engine has stopped.")
