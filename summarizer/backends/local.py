"""A local model behind the seam: requests of all threads wait in one line, and are written a few at a time.

call ─▶ requests ─▶ line, by when they came and how patient they are ─▶ batch ─▶ Writer ─▶ tokens ─▶ text

A batch is what waits when a place is free, whoever asked; nothing joins it later, as it does in our own engine.
"""

import copy
import heapq
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Protocol

from summarizer.backends.asking import Asked, Asking
from summarizer.errors import DeadlineExceeded, GeneratorStopped, ModelFailure
from summarizer.generate import NO_PATIENCE, Completion, Prompt

IsOver = Callable[[int], bool]  #: whether nobody waits any more for this row of a batch


class Writer(Protocol):
    """Token ids in, token ids out."""

    @property
    def num_places(self) -> int:
        """So many batches are written at once."""

    @property
    def max_batch(self) -> int:
        """So many requests are one batch."""

    def write(self, batch: Sequence[Asked], is_over: IsOver) -> list[list[int] | ModelFailure]:
        """What is written for each, or why nothing is; raises ModelFailure when it is the same for all."""


@dataclass(frozen=True, slots=True)
class _Written:
    tokens: list[int]
    device_seconds: float


@dataclass(slots=True, order=True)
class _Request:
    """One prompt on its way."""

    turn: float  #: by the monotonic clock; whoever has the earlier goes first
    number: int
    asked: Asked = field(compare=False)
    until: float | None = field(compare=False)
    written: "Future[_Written]" = field(compare=False, default_factory=Future)
    is_given_up: bool = field(compare=False, default=False)

    @property
    def is_late(self) -> bool:
        """Its time is over."""
        return self.until is not None and time.monotonic() >= self.until


@dataclass(slots=True)
class _Line:
    """Who waits for a place, and what becomes of them."""

    waiting: list[_Request] = field(default_factory=list)  #: a heap
    changed: threading.Condition = field(default_factory=threading.Condition)
    num_running: int = 0  #: batches
    is_closed: bool = False  #: nobody may come any more
    is_stopped: bool = False  #: what is being written is in vain


class Local:
    """A Generator around a Writer, for any number of threads at once."""

    def __init__(self, writer: Writer, asking: Asking, *, model_version: str, deadline: timedelta | None) -> None:
        self._writer = writer
        self._asking = asking
        self._model_version = model_version
        self._deadline = deadline
        self._until: float | None = None  #: by the monotonic clock, for all calls together
        self._line = _Line()
        self._numbers = count()
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(writer.num_places)]
        for thread in self._threads:
            thread.start()

    @property
    def model_version(self) -> str:
        """SHA-256 that names weights, tokenizer and configuration together, and how they are used."""
        return self._model_version

    @property
    def max_prompt_tokens(self) -> int:
        """The longest prompt the model reads without loss."""
        return self._asking.max_prompt_tokens

    def count_tokens(self, text: str) -> int:
        """How many tokens this model makes of a text."""
        return self._asking.count_tokens(text)

    def __call__(self, prompts: Sequence[Prompt], *, patience: timedelta = NO_PATIENCE) -> list[Completion]:
        """Completions in the order of their prompts, all or none; raises ModelFailure, DeadlineExceeded, DeviceLost."""
        until = self._from_now() if self._until is None else self._until
        turn = time.monotonic() + patience.total_seconds()
        requests = [_Request(turn, next(self._numbers), self._asking.asked(one), until) for one in prompts]
        try:
            self._enqueue(requests)
            written = _all([one.written for one in requests], until=until)
            return [self._completion(*both) for both in zip(requests, written, strict=True)]
        finally:
            for one in requests:  # whoever is interrupted here leaves no work behind
                one.is_given_up = True

    def for_one_attempt(self) -> "Local":
        """The same generator, but all calls together have the time that else each of them has."""
        one = copy.copy(self)
        one._until = self._from_now()
        return one

    def close(self, *, drain: bool = True) -> None:
        """Finish what has been asked for, or cancel it, and take nothing more."""
        with self._line.changed:
            self._line.is_closed = True
            self._line.is_stopped = self._line.is_stopped or not drain
            self._line.changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _from_now(self) -> float | None:
        return time.monotonic() + self._deadline.total_seconds() if self._deadline else None

    def _enqueue(self, requests: Sequence[_Request]) -> None:
        with self._line.changed:
            if self._line.is_closed:
                raise GeneratorStopped("The model is closed.")
            for one in requests:
                if one.asked.num_new:
                    heapq.heappush(self._line.waiting, one)
                else:  # as much has been begun as may be written
                    one.written.set_result(_Written([], 0.0))
            self._line.changed.notify_all()

    def _serve(self) -> None:
        """One place: batch after batch, until the model is closed and nobody waits."""
        while batch := self._next_batch():
            try:
                self._write(batch)
            except ModelFailure as error:
                _fail(batch, error)
            except Exception as error:
                failure = ModelFailure(f"The model could not write: {type(error).__name__}.")
                failure.__cause__ = error
                _fail(batch, failure)
            finally:
                with self._line.changed:
                    self._line.num_running -= 1

    def _next_batch(self) -> list[_Request]:
        """Those whose turn it is; none once the model is closed and nobody waits."""
        line = self._line
        with line.changed:
            line.changed.wait_for(lambda: line.waiting or line.is_closed)
            line.num_running += 1
            num = min(len(line.waiting), self._writer.max_batch)
            return [heapq.heappop(line.waiting) for _ in range(num)]

    def _write(self, batch: list[_Request]) -> None:
        own = [one for one in batch if not self._gone(one)]
        if not own:
            return
        started, num_sharing = time.monotonic(), self._line.num_running
        results = self._writer.write([one.asked for one in own], lambda row: self._is_over(own[row]))
        seconds = (time.monotonic() - started) / num_sharing
        per_token = seconds / sum(map(_num_tokens, own, results))
        for one, done in zip(own, results, strict=True):
            if isinstance(done, ModelFailure):
                one.written.set_exception(done)
            elif not self._gone(one):
                one.written.set_result(_Written(done, per_token * _num_tokens(one, done)))

    def _gone(self, one: _Request) -> bool:
        """Whether nobody waits for it any more, which is then said."""
        is_over = self._is_over(one)
        if is_over:
            one.written.set_exception(self._why(one))
        return is_over

    def _is_over(self, one: _Request) -> bool:
        return self._line.is_stopped or one.is_given_up or one.is_late

    def _why(self, one: _Request) -> ModelFailure:
        if one.is_late:
            return DeadlineExceeded("The time of this attempt is over.")
        return GeneratorStopped("The model was closed before the text was written.")

    def _completion(self, one: _Request, written: _Written) -> Completion:
        return Completion(
            text=self._asking.text(one.asked, written.tokens),
            prompt_tokens=len(one.asked.ids),
            completion_tokens=len(written.tokens),
            device_seconds=written.device_seconds,
        )


def _all(futures: Sequence["Future[_Written]"], *, until: float | None) -> list[_Written]:
    """What was written for every one; at the first failure, that failure."""
    left = None if until is None else max(0.0, until - time.monotonic())
    done, open_ = wait(futures, timeout=left, return_when=FIRST_EXCEPTION)
    for future in done:
        future.result()
    if open_:
        raise DeadlineExceeded("The time of this attempt is over.")
    return [one.result() for one in futures]


def _num_tokens(one: _Request, done: list[int] | ModelFailure) -> int:
    return len(one.asked.ids) + (len(done) if isinstance(done, list) else 0)


def _fail(batch: list[_Request], error: ModelFailure) -> None:
    for one in batch:
        if not one.written.done():
            one.written.set_exception(error)
