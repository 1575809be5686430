"""Requests under way: a few of one call at a time, and nobody waits for one that nobody wants any more."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, InvalidStateError, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from summarizer.errors import GeneratorStopped

NUM_AT_ONCE = 8  #: of one call

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
Ask = Callable[[Asked, threading.Event], Answer]  #: the event is set when nobody waits for the answer any more


class Calls(Generic[Asked, Answer]):
    """Asks in threads that a process need not wait for when it ends."""

    def __init__(self) -> None:
        self._running: set[Future[Answer]] = set()
        self._is_closed = False
        self._lock = threading.Lock()

    def all(self, ask: Ask[Asked, Answer], questions: Sequence[Asked]) -> list[Answer]:
        """Every answer in the order of the questions; at the first failure, that failure."""
        futures: list[Future[Answer]] = [Future() for _ in questions]
        self._begin(futures)
        waiting = deque(zip(futures, questions, strict=True))
        is_over = threading.Event()
        try:
            for _ in range(min(NUM_AT_ONCE, len(questions))):
                threading.Thread(target=_work, args=(waiting, ask, is_over), name="endpoint", daemon=True).start()
            for future in wait(futures, return_when=FIRST_EXCEPTION).done:
                future.result()
            return [future.result() for future in futures]
        finally:
            is_over.set()
            _stop(futures)  # also for whoever waits in `close`
            with self._lock:
                self._running.difference_update(futures)

    def close(self, *, drain: bool) -> None:
        """Take nothing more; wait for what is under way, or fail it with GeneratorStopped."""
        with self._lock:
            self._is_closed = True
            running = list(self._running)
        if drain:
            wait(running)
        _stop(running)

    def _begin(self, futures: list[Future[Answer]]) -> None:
        with self._lock:
            if self._is_closed:
                raise GeneratorStopped("The endpoint is closed.")
            self._running.update(futures)


@dataclass(slots=True)
class Share:
    """What one request had of a device, known when it is over."""

    seconds: float = 0.0


class Shares:
    """Divides a device's time among the requests of this process that run beside each other."""

    def __init__(self) -> None:
        self._num_running = 0
        self._since = 0.0
        self._for_each = 0.0  #: seconds that a request has had that was there from the beginning
        self._lock = threading.Lock()

    @contextmanager
    def measured(self) -> Iterator[Share]:
        """The share of what is done in this block."""
        share, before = Share(), self._changed(by=1)
        try:
            yield share
        finally:
            share.seconds = self._changed(by=-1) - before

    def _changed(self, *, by: int) -> float:
        with self._lock:
            now = time.monotonic()
            if self._num_running:
                self._for_each += (now - self._since) / self._num_running
            self._since = now
            self._num_running += by
            return self._for_each


def _stop(futures: Iterable[Future[Answer]]) -> None:
    """Fail those that are not done."""
    for future in futures:
        with suppress(InvalidStateError):
            future.set_exception(GeneratorStopped("The endpoint was closed before the text was written."))


def _work(waiting: deque[tuple[Future[Answer], Asked]], ask: Ask[Asked, Answer], is_over: threading.Event) -> None:
    """Ask what waits, until nothing does."""
    while waiting and not is_over.is_set():
        with suppress(IndexError, InvalidStateError):  # another took the last one; it was closed meanwhile
            future, question = waiting.popleft()
            _settle(future, partial(ask, question, is_over))


def _settle(future: Future[Answer], ask: Callable[[], Answer]) -> None:
    try:
        answer = ask()
    except Exception as error:
        future.set_exception(error)
    else:
        future.set_result(answer)
