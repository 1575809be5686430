"""Continuous batching: many callers submit prompts, one thread steps them all.

    submit ─▶ arrivals ─▶ scheduler ─▶ model ─▶ next tokens ─▶ Future
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

import torch
from torch import Tensor

from summarizer.engine.attention import Attention, Row
from summarizer.engine.cache import BLOCK, Cache
from summarizer.engine.capacity import Capacity, measured_cache_tokens
from summarizer.engine.sampling import Best, SamplingOptions, best_of, next_token
from summarizer.engine.scheduler import Chunk, Scheduler
from summarizer.engine.sequence import Meter, Sequence
from summarizer.engine.trouble import is_device_lost, is_out_of_memory
from summarizer.engine.vitals import Tallies, Vitals
from summarizer.errors import DeadlineExceeded, DeviceLost, GeneratorStopped, ModelFailure

logger = logging.getLogger(__name__)

FAILED = "The model failed while this text was being written."
LOST = "The device failed and can compute nothing more in this process."

Clock = Callable[[], float]


class Model(Protocol):
    """What the engine needs of a model."""

    vocabulary_size: int

    @property
    def bytes_per_token(self) -> int:
        """Memory for the keys and values of one token."""

    @property
    def device(self) -> torch.device:
        """Where that memory is."""

    def new_memory(self, num_blocks: int) -> Attention:
        """Memory for so many blocks of keys and values."""

    def forward(self, rows: collections.abc.Sequence[Row], memory: Attention) -> Tensor:
        """Scores (sum of num_scores, vocabulary) of what follows; see `trouble` for what may be raised."""


@dataclass(slots=True)
class Totals:
    """What an engine has done so far."""

    steps: int = 0
    known_tokens: int = 0  #: not run, since they were found in memory
    run_tokens: int = 0  #: through the model, guesses included
    written_tokens: int = 0
    guessed_tokens: int = 0
    right_tokens: int = 0  #: guesses that were what came next


class Engine:
    """Writes completions for any number of callers at once; `start` it, or call `step` by hand."""

    def __init__(self, model: Model, *, capacity: Capacity | None = None, clock: Clock = time.monotonic) -> None:
        capacity = capacity or Capacity()
        cache_tokens = capacity.cache_tokens or measured_cache_tokens(
            bytes_per_token=model.bytes_per_token, device=model.device
        )
        self.totals = Totals()
        self._tallies = Tallies()
        self._model = model
        self._clock = clock
        self._cache = Cache(cache_tokens // BLOCK)
        self._memory = model.new_memory(self._cache.num_blocks)
        self._scheduler = Scheduler(
            self._cache,
            max_batch=capacity.max_batch,
            tokens_per_step=capacity.tokens_per_step,
            guess_tokens=capacity.guess_tokens,
        )
        self._arrivals: list[Sequence] = []
        self._is_closed = False
        self._is_canceled = False
        self._is_lost = False
        self._changed = threading.Condition()  # guards the four above; all else belongs to the stepping thread
        self._thread = threading.Thread(target=self._run_until_closed, name="engine", daemon=True)

    @property
    def max_tokens(self) -> int:
        """The longest prompt and completion together."""
        return self._cache.num_blocks * BLOCK

    @property
    def num_free_tokens(self) -> int:
        """Room for keys and values that nobody running holds."""
        return self._cache.num_free * BLOCK

    def vitals(self, *, precision: str) -> Vitals:
        """How it does now; any thread may ask."""
        totals, tallies, blocks = self.totals, self._tallies, self._cache
        return Vitals(
            precision=precision,
            device=self._model.device.type,
            tokens={
                "known": totals.known_tokens,
                "run": totals.run_tokens,
                "written": totals.written_tokens,
                "guessed": totals.guessed_tokens,
                "right": totals.right_tokens,
            },
            num_steps=totals.steps,
            num_preempted=self._scheduler.num_preempted,
            num_running=self._scheduler.num_running,
            num_waiting=self._scheduler.num_waiting + len(self._arrivals),
            used_ratio=1 - blocks.num_free / max(blocks.num_blocks, 1),
            batch=tallies.batch,
            step_seconds=tallies.step_seconds,
            first_token_seconds=tallies.first_token_seconds,
        )

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
        patience: float = 0.0,
        meter: Meter | None = None,
    ) -> Future[list[int]]:
        """The completion to come: its tokens, with the stop token that ended it, if one did.

        `deadline` is an instant of the engine's clock, in seconds. With `patience`, in seconds, a sequence lets
        those pass that arrive so much later. A `meter` is filled with what it took.
        The Future raises ModelFailure for a prompt that cannot be read and for what goes wrong later, DeadlineExceeded
        when the time is over.
        """
        now = self._clock()
        sequence = Sequence(
            tuple(prompt), options, deadline=deadline, arrived=now, turn=now + patience, meter=meter or Meter()
        )
        if refusal := self._refusal(sequence):
            sequence.future.set_exception(ModelFailure(refusal))
            return sequence.future
        with self._changed:
            if self._is_lost:
                sequence.future.set_exception(DeviceLost(LOST))
            elif self._is_closed:
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
                self._advance(chunks)
        except Exception as error:
            if is_out_of_memory(error):
                self._do_with_less(chunks)
            elif is_device_lost(error):
                self._give_up(error)
            else:
                logger.exception("A step failed.")
                failed = [chunk.sequence for chunk in chunks] or self._scheduler.sequences
                self._fail(failed, error=ModelFailure(FAILED))

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
        if not self._cache.can_ever_hold(sequence.max_tokens):
            return f"Prompt and completion may need {sequence.max_tokens} tokens; {self.max_tokens} are the limit."
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

    def _advance(self, chunks: list[Chunk]) -> None:
        """Run the chunks; if that fails, each by itself, so that only the bad one's caller hears of it."""
        started = time.perf_counter()
        try:
            scores = self._run(chunks)
        except Exception as error:
            if is_out_of_memory(error) or is_device_lost(error):
                raise
            logger.exception("The model failed on %d sequences.", len(chunks))
            if len(chunks) == 1:
                self._fail([chunks[0].sequence], error=ModelFailure(FAILED))
            else:
                for chunk in chunks:
                    self._advance([chunk])
        else:
            self._postprocess(chunks, scores=scores, started=started)

    def _run(self, chunks: list[Chunk]) -> Tensor:
        rows = []
        for chunk in chunks:
            sequence = chunk.sequence
            assert sequence.holding is not None  # the scheduler admits before it schedules
            tokens = [*sequence.pending(chunk.num_tokens), *chunk.guess]
            rows.append(Row(tokens, sequence.num_cached, sequence.holding.blocks, chunk.num_scores))
        self.totals.steps += 1
        self.totals.known_tokens = self._cache.num_found
        self.totals.run_tokens += sum(len(row.tokens) for row in rows)
        return self._model.forward(rows, self._memory)

    def _postprocess(self, chunks: list[Chunk], *, scores: Tensor, started: float) -> None:
        """Write what the scores say after each sequence whose tokens have all been run."""
        best = best_of(scores)
        seconds = time.perf_counter() - started  # a device is done when its best are known here
        _charge(chunks, seconds=seconds)
        self._tallies.step_seconds.add(seconds)
        self._tallies.batch.add(len(chunks))
        first = 0
        for chunk in chunks:
            own = slice(first, first + chunk.num_scores)
            first = own.stop
            self._scheduler.advance(chunk.sequence, chunk.num_tokens)
            if not chunk.num_scores:
                continue
            try:
                self._write(chunk, scores=scores[own], best=best[own])
            except ModelFailure as error:
                self._settle(chunk.sequence, error=error)
            except Exception:  # the hook of one sequence is no other sequence's trouble
                logger.exception("No next token could be chosen.")
                self._fail([chunk.sequence], error=ModelFailure("The next token could not be chosen."))
            else:
                if chunk.sequence.is_finished:
                    self._settle(chunk.sequence)

    def _write(self, chunk: Chunk, *, scores: Tensor, best: list[Best]) -> None:
        """Choose the next token, and go on for as long as it is the one that was guessed."""
        sequence = chunk.sequence
        if not sequence.completion:
            self._tallies.first_token_seconds.add(self._clock() - sequence.arrived)
        num_right = 0
        for index in range(chunk.num_scores):
            token = next_token(
                scores[index],
                sequence.options,
                best=best[index],
                completion=sequence.completion,
                random=sequence.random,
            )
            sequence.write(token)
            self.totals.written_tokens += 1
            if index == len(chunk.guess) or token != chunk.guess[index] or sequence.is_finished:
                break
            num_right += 1
        self._scheduler.advance(sequence, num_right)
        sequence.lookup.learn(num_guessed=len(chunk.guess), num_right=num_right)
        self.totals.guessed_tokens += len(chunk.guess)
        self.totals.right_tokens += num_right

    def _do_with_less(self, chunks: list[Chunk]) -> None:
        """Out of memory: nothing of the step counts, and it is tried again with half as much.

        A text for which not even one token a step is little enough is too long by itself: it alone fails, and since
        it was to blame and not the size, the others go on with steps as large as at first.
        """
        if self._scheduler.halve():
            size = (self._scheduler.tokens_per_step, self._scheduler.max_batch)
            logger.warning("Out of memory: at most %d tokens of %d texts a step from now on.", *size)
            return
        for chunk in chunks:
            length = len(chunk.sequence.tokens)
            logger.warning("Out of memory: a text of %d tokens is too long by itself.", length)
            error = ModelFailure(f"There is not enough memory for a text of {length} tokens: it is too long.")
            self._fail([chunk.sequence], error=error)
        self._scheduler.restore()

    def _give_up(self, error: Exception) -> None:
        """Take nothing more, and let everybody who waits know; another process has to go on."""
        logger.error("The device is lost: %s.", type(error).__name__)
        with self._changed:
            self._is_closed = self._is_lost = True
        self._take_arrivals()
        self._fail(self._scheduler.sequences, error=DeviceLost(LOST))

    def _settle(self, sequence: Sequence, *, error: ModelFailure | None = None) -> None:
        """Give the caller the completion or the error, unless they have gone, and free the memory."""
        self._scheduler.remove(sequence)
        if not sequence.future.set_running_or_notify_cancel():
            return
        if error is None:
            sequence.future.set_result(sequence.completion)
        else:
            sequence.future.set_exception(error)

    def _fail(self, sequences: list[Sequence], *, error: ModelFailure) -> None:
        for sequence in sequences:
            if sequence in self._scheduler.sequences:  # it may have been settled before the step failed
                self._settle(sequence, error=error)

    def _abandon(self) -> None:
        """Nobody may wait for a thread that is gone."""
        with self._changed:
            self._is_closed = True
        self._take_arrivals()
        self._fail(self._scheduler.sequences, error=ModelFailure("The engine has stopped."))


def _charge(chunks: list[Chunk], *, seconds: float) -> None:
    """Each sequence takes its share of a step."""
    sizes = [chunk.num_tokens + len(chunk.guess) for chunk in chunks]
    for chunk, size in zip(chunks, sizes, strict=True):
        chunk.sequence.meter.device_seconds += seconds * size / sum(sizes)


def write_all(
    model: Model, prompts: collections.abc.Sequence[collections.abc.Sequence[int]], options: SamplingOptions
) -> list[list[int]]:
    """The completions of all prompts, written together by an engine of their own."""
    engine = Engine(model)
    futures = [engine.submit(prompt, options) for prompt in prompts]
    engine.close()
    return [future.result() for future in futures]
